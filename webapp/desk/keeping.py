"""The daily job that erases letters whose term is over, room by room, a letter a transaction."""

import logging
from datetime import date, datetime
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import delete, select

from webapp import released_files
from webapp.accounts.models import Organisation
from webapp.clock import Clock, machine_clock
from webapp.compose.models import SentForm
from webapp.database import AnySession, alone, hold_row, overwrite_deleted
from webapp.delivery import erasure as delivery
from webapp.desk import consent_keeping
from webapp.extensions import db
from webapp.jobs import is_stopping, register
from webapp.letters import erasure as letters
from webapp.letters import keeping
from webapp.letters.models import Letter
from webapp.letters.term import PARIS
from webapp.paper import erasure as paper
from webapp.reception import erasure as reception
from webapp.web.settings import current

log = logging.getLogger(__name__)
_DONE = "plirec-keeping-done"


def init_app(app: Flask) -> None:
    """Register the job; every minute it is asked, once a day it works."""
    app.extensions[_DONE] = None
    register(app, "keeping", erase_daily)


def erase_daily(clock: Clock = machine_clock) -> None:
    """Erase what is due, unless this process did so today (Europe/Paris)."""
    today = clock().astimezone(PARIS).date()
    done: date | None = current_app.extensions[_DONE]
    if done == today:
        return
    erase_due(db.session, current().files_directory, clock)
    if not is_stopping():
        current_app.extensions[_DONE] = today


def erase_due(session: AnySession, files: Path, clock: Clock = machine_clock) -> None:
    """Erase every letter whose term is over, what is said of consents that served for nothing
    else, then the files that nothing names any more.

    Commits letter by letter, and may be cut off at any place: the next call goes on from there.
    """
    organisations = session.scalars(select(Organisation).order_by(Organisation.id)).all()
    ended = [(row.id, keeping.due(session, row, clock())) for row in organisations]
    session.rollback()
    for organisation_id, letter_ids in ended:
        for letter_id in letter_ids:
            if is_stopping():
                return
            _erase_apart(session, organisation_id, letter_id, clock())
        consent_keeping.purge_due(session, organisation_id, clock())
    released_files.remove_due(session, files, clock())


def _erase_apart(session: AnySession, organisation_id: int, letter_id: int, now: datetime) -> None:
    """Let what cannot be foreseen stop the erasure of one letter only; it is tried again."""
    try:
        erase(session, organisation_id, letter_id, now)
    except Exception:
        session.rollback()
        log.exception("letter %s could not be erased yet", letter_id)


def erase(session: AnySession, organisation_id: int, letter_id: int, now: datetime) -> bool:
    """Erase one letter in one transaction, if it is still due; commit, and say whether it was.

    Whoever copies it, mends it or takes in what came back holds what is held here.
    """
    alone(session, f"organisation:{organisation_id}")
    overwrite_deleted(session)
    letter = session.get_one(Letter, letter_id)
    organisation = session.get_one(Organisation, organisation_id)
    hold_row(session, letter)
    letters.hold(session, letter)
    if not keeping.is_due(session, letter, organisation, now):
        session.rollback()
        return False
    ground = keeping.ground(organisation.keeping_years)
    files = letters.erase(session, letter, ground, now)
    files |= delivery.erase(session, letter) | paper.erase(session, letter)
    reception.erase(session, letter)
    session.execute(delete(SentForm).where(SentForm.letter_id == letter_id))
    released_files.release(session, files, now)
    session.commit()
    log.info("letter %s was erased, its term being over", letter_id)
    return True
