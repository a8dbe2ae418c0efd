"""A recipient's page was opened, maybe by a machine: the one thing that a GET leaves behind.

A reading request writes nothing (`web/transactions.py`). This is the named exception: when the
answer has gone out, a transaction of its own adds an event that changes no state (ETSI EN 319
522-1: NotificationAccessTracking, and ContentAccessTracking after acceptance). Mail scanners open
every link, and often: an hour has one event from each client, and few in all.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, delete, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from webapp.database import AnySession, alone, is_busy, reading_only, release
from webapp.evidence.kinds import EventKind
from webapp.letters import steps
from webapp.letters.models import Addressee
from webapp.reception.models import Opening
from webapp.reception.standing import Standing

log = logging.getLogger(__name__)
HOUR = timedelta(hours=1)
MOST_IN_AN_HOUR = 10
"""For one addressee, from wherever: who comes each time from elsewhere fills no journal either."""


@dataclass(frozen=True)
class Opened:
    """What was opened, and from where.

    :param client: stands for the address that it came from (`attempts.key_of`).
    :param page: what follows the secret part of the address: empty, `/rappels`, `/fichiers/1`.
    """

    addressee_id: int
    kind: EventKind
    client: str
    ip: str
    user_agent: str
    method: str
    page: str


def kind_of(standing: Standing) -> EventKind:
    """Say what opening a page is, by how the letter stands."""
    is_read = standing == Standing.ACCEPTED
    return EventKind.CONTENT_ACCESS_TRACKING if is_read else EventKind.NOTIFICATION_ACCESS_TRACKING


def record(engine: Engine, opened: Opened, now: datetime) -> None:
    """Record an opening, unless this hour has one from there, or enough of them.

    Only what is to be written waits for others who write. Where they take too long, the log says
    that one is missing: the page has been shown.
    """
    was = reading_only.set(True)
    try:
        with Session(engine) as reading:
            if _is_enough(reading, opened, now):
                return
        reading_only.set(False)
        release()
        with Session(engine) as writing:
            _write(writing, opened, now)
    except OperationalError as problem:
        if not is_busy(problem):
            raise
        log.warning("an opening of addressee %s was not recorded", opened.addressee_id)
    finally:
        reading_only.reset(was)


def _write(session: Session, opened: Opened, now: datetime) -> None:
    alone(session, f"opening:{opened.addressee_id}")
    if _is_enough(session, opened, now):
        return
    ours = Opening.addressee_id == opened.addressee_id
    session.execute(delete(Opening).where(ours, ~_is_recent(now)))
    addressee = session.get_one(Addressee, opened.addressee_id)
    session.add(
        Opening(addressee_id=opened.addressee_id, client=opened.client, kind=opened.kind, at=now)
    )
    facts: dict[str, Any] = {
        "ip": opened.ip,
        "user_agent": opened.user_agent,
        "method": opened.method,
        "page": opened.page,
        "maybe_by_a_machine": True,
    }
    steps.write(session, addressee, opened.kind, facts, now)
    session.commit()


def _is_enough(session: AnySession, opened: Opened, now: datetime) -> bool:
    lately = Opening.addressee_id == opened.addressee_id, _is_recent(now)
    from_there = func.count().filter(Opening.client == opened.client, Opening.kind == opened.kind)
    counted = select(from_there, func.count()).select_from(Opening).where(*lately)
    there, together = session.execute(counted).one()
    return bool(there) or together >= MOST_IN_AN_HOUR


def _is_recent(now: datetime) -> ColumnElement[bool]:
    return Opening.at > now - HOUR
