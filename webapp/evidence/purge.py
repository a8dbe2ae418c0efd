"""The deletion of facts once the law lets them go; the chain stays, and still verifies."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import Table, bindparam, insert, select

from webapp.database import AnySession
from webapp.evidence.models import JournalEntry, JournalFacts, JournalPurge


class TooEarly(Exception):
    """Facts that the law says to keep for now."""


def end_of_retention(occurred_at: datetime) -> datetime:
    """Give the first moment at which an event's facts may go: one year later, in UTC.

    29 February ends on 1 March (CPCE art. R53-2 and R53-3: one year at least).
    """
    start = occurred_at.astimezone(UTC)
    try:
        return start.replace(year=start.year + 1)
    except ValueError:
        return start.replace(year=start.year + 1, month=3, day=1)


def purge(session: AnySession, entry_ids: Sequence[int], purged_at: datetime, ground: str) -> None:
    """Delete the facts of these entries, and keep why; entries already purged are left alone.

    :param purged_at: an aware moment, not one to come.
    :param ground: the rule under which they go, in French, kept for ever.
    :raises TooEarly: one of them is not a year old at that moment; nothing is deleted then.
    """
    kept = [entry for entry_id in entry_ids for entry in _with_facts(session, entry_id)]
    for entry in kept:
        if purged_at < end_of_retention(entry.occurred_at):
            raise TooEarly(f"the facts of entry {entry.id} are kept for one year at least")
    if not kept:
        return
    session.execute(
        insert(JournalPurge),
        [{"entry_id": entry.id, "purged_at": purged_at, "ground": ground} for entry in kept],
    )
    facts = cast(Table, JournalFacts.__table__)
    session.connection().execute(
        facts.delete().where(facts.c.entry_id == bindparam("purged")),
        [{"purged": entry.id} for entry in kept],
    )
    for entry in kept:
        session.expire(entry)


def _with_facts(session: AnySession, entry_id: int) -> Sequence[JournalEntry]:
    return session.scalars(
        select(JournalEntry).join(JournalFacts).where(JournalEntry.id == entry_id)
    ).all()
