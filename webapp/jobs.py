"""Huey, which only carries the call: what is due stands in the rooms' own rows."""

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

from flask import current_app
from huey import PostgresHuey, SqliteHuey, crontab
from huey.api import Huey
from huey.consumer import Consumer

from webapp import signals

if TYPE_CHECKING:
    from flask import Flask

    from config import Config

log = logging.getLogger(__name__)
ALIVE_EVERY = 30
"""How often, in seconds, a worker says that it is there."""
STOPPED_WITHIN = 45
"""How many seconds what is in hand may still take; systemd's unit waits for sixty."""

TABLES = "huey_"
"""How the names of the queue's own tables begin on PostgreSQL; Huey makes them."""


def init_app(app: "Flask", config: "Config") -> None:
    """Open the queue of calls of this installation, once; each room then registers its own."""
    app.extensions["plirec-queue"] = (
        PostgresHuey("plirec", dsn=config.postgresql_address, create_tables=False)
        if config.is_on_postgresql
        else SqliteHuey("plirec", filename=str(config.data_directory / "jobs.sqlite"), fsync=True)
    )
    app.extensions["plirec-stopping"] = lambda: False
    app.extensions["plirec-works"] = []


def make_tables(app: "Flask") -> None:
    """Make the queue's tables where they are missing."""
    queue_of(app).storage.initialize_schema()


def queue_of(app: "Flask") -> Huey:
    """Give the queue that rooms register their calls on, and that the worker consumes."""
    huey: Huey = app.extensions["plirec-queue"]
    return huey


def is_rooms_own(
    _item: object, name: str | None, kind: str, _is_reflected: bool, _compared_to: object
) -> bool:
    """Tell Alembic which tables it compares with the code: not those that Huey makes."""
    return not (kind == "table" and name and name.startswith(TABLES))


def register(app: "Flask", name: str, work: Callable[[], None]) -> Callable[[], object]:
    """Let the worker do `work` when it is called for, and every minute besides.

    What a crash left, or what became due with time, waits for nobody's call.

    :returns: what calls for it; a call may be lost or run twice without harm.
    """
    huey = queue_of(app)
    app.extensions["plirec-works"].append(work)

    def within_the_application() -> None:
        with app.app_context():
            work()

    call: Callable[[], object] = huey.task(name=name)(within_the_application)
    huey.periodic_task(crontab(minute="*"), name=f"{name}-sweep")(within_the_application)
    return call


def is_stopping() -> bool:
    """Say whether this process was asked to stop: what is in hand is the last thing to do."""
    is_asked: Callable[[], bool] = current_app.extensions["plirec-stopping"]
    return is_asked()


def consume(app: "Flask", say_alive: Callable[[], None]) -> None:
    """Do what is called for, and sweep, until the process is asked to stop by a signal.

    What is in hand is finished, and nothing more is begun; what would take too long is left to
    whoever comes next, as after a crash.

    :param say_alive: called twice a minute, however long the work takes.
    """
    is_asked = app.extensions["plirec-stopping"] = signals.heed()
    consumer = _Consumer(
        queue_of(app), workers=1, initial_delay=0.1, shutdown_timeout=STOPPED_WITHIN
    )
    consumer.start()
    checked_at = said_at = time.monotonic()
    say_alive()
    while not is_asked():
        checked_at = consumer.loop(checked_at)
        if time.monotonic() - said_at >= ALIVE_EVERY:
            said_at = time.monotonic()
            say_alive()
    consumer.stop(graceful=True)


def do_once(app: "Flask") -> bool:
    """Do all that is due, of every kind, and say whether nothing was left undone.

    What could not be done was logged as a warning or worse by whoever tried; it stays due. A signal
    ends it as it does `consume`.
    """
    complaints = _Complaints()
    complaints.setLevel(logging.WARNING)
    logging.getLogger("webapp").addHandler(complaints)
    is_asked = app.extensions["plirec-stopping"] = signals.heed()
    with app.app_context():
        for work in app.extensions["plirec-works"]:
            if not is_asked():
                _do_apart(work)
    logging.getLogger("webapp").removeHandler(complaints)
    return not complaints.count


def _do_apart(work: Callable[[], None]) -> None:
    """Let what cannot be foreseen stop one kind of work only."""
    try:
        work()
    except Exception:
        log.exception("%s could not be done", work.__name__)


class _Complaints(logging.StreamHandler[TextIO]):
    """Counts what is logged, and writes it to the error output as it was without."""

    count = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Count one more."""
        self.count += 1
        super().emit(record)


class _Consumer(Consumer):  # type: ignore[misc]  # Huey tells no types
    """Huey's consumer; one of its two signals would cut off the message that is in hand."""

    def _set_signal_handlers(self) -> None:
        """Leave the signals to whoever runs it."""
