"""The deletion of facts once the law lets them go; the chain stays, and still verifies."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import Table, bindparam, func, insert, literal, select

from webapp.database import AnySession, UtcDateTime, alone
from webapp.evidence.models import JournalEntry, JournalFacts, JournalPurge


class TooEarly(Exception):
    """Facts that the law says to keep for now."""


def end_of_retention(occurred_at: datetime) -> datetime:
    """Give the first moment at which an event's facts may go: one year later, in UTC.

    29 February ends on 1 March (CPCE art. R53-2 and R53-3: one year at least).
    """
    return years_later(occurred_at, 1)


def years_later(moment: datetime, years: int) -> datetime:
    """Give the same day and time (UTC) so many years later; 29 February becomes 1 March."""
    start = moment.astimezone(UTC)
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return start.replace(year=start.year + years, month=3, day=1)


def purge_chain(session: AnySession, chain: str, purged_at: datetime, ground: str) -> None:
    """Delete the facts of a whole chain, however long, and keep why; as `purge` does.

    :raises TooEarly: its last event is not a year old at that moment; nothing is deleted then.
    """
    alone(session, chain)
    last = last_event_at(session, chain)
    if last is None:
        return
    if purged_at < end_of_retention(last):
        raise TooEarly(f"the last facts of {chain} are kept for one year at least")
    kept = select(JournalEntry.id).join(JournalFacts).where(JournalEntry.chain == chain)
    ids = kept.with_only_columns(
        JournalEntry.id, literal(purged_at, UtcDateTime()), literal(ground)
    )
    connection = session.connection()
    purges, facts = (cast(Table, table.__table__) for table in (JournalPurge, JournalFacts))
    connection.execute(insert(purges).from_select(["entry_id", "purged_at", "ground"], ids))
    whole = select(JournalEntry.id).where(JournalEntry.chain == chain)
    connection.execute(facts.delete().where(facts.c.entry_id.in_(whole)))
    session.expire_all()


def last_event_at(session: AnySession, chain: str) -> datetime | None:
    """Give the moment of the youngest event of a chain; None: it has none."""
    youngest = select(func.max(JournalEntry.occurred_at)).where(JournalEntry.chain == chain)
    return session.scalar(youngest)


def ground_of(session: AnySession, chain: str) -> str:
    """Give the rule under which the facts of a chain went, in French; empty: they are kept."""
    purges = select(JournalPurge.ground).join(
        JournalEntry, JournalEntry.id == JournalPurge.entry_id
    )
    first = purges.where(JournalEntry.chain == chain).order_by(JournalEntry.sequence).limit(1)
    return session.scalar(first) or ""


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
