"""Huey, which only carries the call: what is due stands in the rooms' own rows."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from huey import SqliteHuey, crontab
from huey.api import Huey

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask", data_directory: Path) -> None:
    """Open the queue of calls of this installation, once; each room then registers its own."""
    app.extensions["plirec-queue"] = SqliteHuey(
        "plirec", filename=str(data_directory / "jobs.sqlite"), fsync=True
    )


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
