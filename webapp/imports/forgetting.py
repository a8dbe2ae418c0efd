"""What an import keeps no longer than it can be taken back: its lines, and whom it took out."""

from datetime import datetime

from sqlalchemy import delete, exists, func, or_, select, update

from webapp.database import AnySession
from webapp.imports.models import Import, ImportRow
from webapp.imports.undoing import TERM

PORTION = 5_000
"""How many lines are deleted in one transaction: nobody waits long for the lock."""


def has_lapsed(import_: Import, now: datetime) -> bool:
    """Say whether the lines of a done import are no more to be seen (`now`: an aware moment)."""
    done = import_.committed_at
    return done is not None and now - done > TERM


def forget_lapsed(session: AnySession, now: datetime) -> None:
    """Delete what served the review and the undoing of imports whose term is over.

    Commits as it goes, and may be cut off at any place: the next call goes on from there. What
    the history shows stays (the file's name, who and when, and how many lines had each effect).

    :param now: an aware moment.
    """
    lapsed = session.scalars(
        select(Import.id).where(
            Import.committed_at < now - TERM,
            or_(
                func.json_array_length(Import.removed) > 0,
                exists().where(ImportRow.import_id == Import.id),
            ),
        )
    ).all()
    session.rollback()
    for import_id in lapsed:
        session.execute(update(Import).where(Import.id == import_id).values(removed=[]))
        session.commit()
        while _delete_some(session, import_id):
            session.commit()
        session.rollback()


def _delete_some(session: AnySession, import_id: int) -> bool:
    some = select(ImportRow.id).where(ImportRow.import_id == import_id).limit(PORTION)
    deleted = delete(ImportRow).where(ImportRow.id.in_(some)).returning(ImportRow.id)
    return bool(session.scalars(deleted).all())
