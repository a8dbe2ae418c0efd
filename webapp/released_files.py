"""Files of the store that a room let go: they are deleted once nothing names them any more."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Select, String, Table, delete, exists, literal, select, union_all
from sqlalchemy.orm import Mapped, mapped_column

from webapp import storage
from webapp.database import AnySession, Base, insert_new

REST = timedelta(hours=1)
"""How long a file stays after it was stored last: whoever did so may not have named it yet."""


class ReleasedFile(Base):
    """A file that is to go, by its SHA-256, unless another row names it still.

    Written with what lets it go: a process that dies before the file is deleted leaves it here.
    """

    __tablename__ = "released_file"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    released_at: Mapped[datetime]


def release(session: AnySession, digests: Iterable[str], now: datetime) -> None:
    """Let files go with the caller's transaction; `remove_due` deletes those nothing else names."""
    for digest in sorted(set(digests)):
        insert_new(session, ReleasedFile, {"sha256": digest, "released_at": now})


def remove_due(session: AnySession, directory: Path, now: datetime) -> None:
    """Delete the files that were let go, one a transaction; those named again stay.

    May be cut off at any place: the next call goes on from there.

    :param now: an aware moment.
    """
    waiting = session.scalars(select(ReleasedFile.sha256).order_by(ReleasedFile.sha256)).all()
    session.rollback()
    for digest in waiting:
        held = select(ReleasedFile).where(ReleasedFile.sha256 == digest)
        if session.scalar(held.with_for_update(skip_locked=True)) is not None:
            _settle(session, directory, digest, now)
        session.commit()


def _settle(session: AnySession, directory: Path, digest: str, now: datetime) -> None:
    if is_named(session, digest):
        storage.put_back(directory, digest)
    elif not storage.remove(directory, digest, unless_stored_since=now - REST):
        return
    session.execute(delete(ReleasedFile).where(ReleasedFile.sha256 == digest))


def is_named(session: AnySession, digest: str) -> bool:
    """Say whether any row of the database names a file of the store.

    One question: a file that moves from a draft to its letter meanwhile is seen in one of the two.
    """
    tables = [table for table in Base.metadata.sorted_tables if "digest" in table.c]
    rows = [_naming(table).where(table.c.digest == digest) for table in tables]
    return session.execute(union_all(*rows).limit(1)).first() is not None


def _naming(table: Table) -> Select[int]:
    """Choose the rows that name a file, by the rule of `desk.archive.digests`."""
    rows = select(literal(1)).select_from(table)
    if "is_kept" in table.c:
        rows = rows.where(table.c.is_kept)
    if "entry_id" in table.c:
        purges = Base.metadata.tables["journal_purge"]
        rows = rows.where(~exists().where(purges.c.entry_id == table.c.entry_id))
    return rows
