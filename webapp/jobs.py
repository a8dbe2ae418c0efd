"""Huey, which only carries the call: what is due stands in the rooms' own rows."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from flask import current_app
from huey import SqliteHuey, crontab
from huey.api import Huey
from huey.consumer import Consumer

from webapp import signals

if TYPE_CHECKING:
    from flask import Flask

STOPPED_WITHIN = 45
"""How many seconds what is in hand may still take; systemd's unit waits for sixty."""


def init_app(app: "Flask", data_directory: Path) -> None:
    """Open the queue of calls of this installation, once; each room then registers its own."""
    app.extensions["plirec-queue"] = SqliteHuey(
        "plirec", filename=str(data_directory / "jobs.sqlite"), fsync=True
    )
    app.extensions["plirec-stopping"] = threading.Event()


def queue_of(app: "Flask") -> Huey:
    """Give the queue that rooms register their calls on, and that the worker consumes."""
    huey: Huey = app.extensions["plirec-queue"]
    return huey


def register(app: "Flask", name: str, work: Callable[[], None]) -> Callable[[], object]:
    """Let the worker do `work` when it is called for, and every minute besides.

    What a crash left, or what became due with time, waits for nobody's call.

    :returns: what calls for it; a call may be lost or run twice without harm.
    """
    huey = queue_of(app)

    def within_the_application() -> None:
        with app.app_context():
            work()

    call: Callable[[], object] = huey.task(name=name)(within_the_application)
    huey.periodic_task(crontab(minute="*"), name=f"{name}-sweep")(within_the_application)
    return call


def is_stopping() -> bool:
    """Say whether this process was asked to stop: what is in hand is the last thing to do."""
    event: threading.Event = current_app.extensions["plirec-stopping"]
    return event.is_set()


def consume(app: "Flask") -> None:
    """Do what is called for, and sweep, until the process is asked to stop by a signal.

    What is in hand is finished, and nothing more is begun; what would take too long is left to
    whoever comes next, as after a crash.
    """
    is_asked = signals.heed()
    consumer = _Consumer(
        queue_of(app), workers=1, initial_delay=0.1, shutdown_timeout=STOPPED_WITHIN
    )
    consumer.start()
    checked_at = time.monotonic()
    while not is_asked():
        checked_at = consumer.loop(checked_at)
    app.extensions["plirec-stopping"].set()
    consumer.stop(graceful=True)


class _Consumer(Consumer):  # type: ignore[misc]  # Huey tells no types
    """Huey's consumer; one of its two signals would cut off the message that is in hand."""

    def _set_signal_handlers(self) -> None:
        """Leave the signals to whoever runs it."""
