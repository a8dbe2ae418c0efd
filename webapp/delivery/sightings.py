"""When a worker was last seen, and where: several machines may share one database."""

import logging
import socket
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from webapp.database import AnySession
from webapp.delivery.models import WorkerSighting

log = logging.getLogger(__name__)
LATELY = timedelta(minutes=10)
"""A worker notes twice a minute that it is there; one that cron starts comes every five minutes."""


def note(session: AnySession, now: datetime) -> None:
    """Note that a worker runs on this machine; commits, and lets a busy database go without."""
    machine = socket.gethostname()
    ours = update(WorkerSighting).where(WorkerSighting.machine == machine)
    try:
        found = session.execute(ours.values(seen_at=now).returning(WorkerSighting.machine))
        if found.scalar() is None:
            session.add(WorkerSighting(machine=machine, seen_at=now))
        session.commit()
    except (IntegrityError, OperationalError):
        session.rollback()
        log.info("it could not be noted that a worker runs")


def last_seen(session: AnySession) -> datetime | None:
    """Give when any worker was last seen; None before the first."""
    return session.scalar(select(func.max(WorkerSighting.seen_at)))


def is_recent(seen_at: datetime | None, now: datetime) -> bool:
    """Say whether that was lately enough for notices to leave."""
    return seen_at is not None and now - seen_at <= LATELY
