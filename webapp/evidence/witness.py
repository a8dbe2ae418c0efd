"""The daily root: the heads of all chains under one hash, which people outside are given.

A chain of which a root holds the head can be neither cut off nor written anew before that head
without the root saying otherwise; and the root is where whoever keeps the database cannot reach.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select

from config import Config
from webapp.clock import Clock
from webapp.database import AnySession, alone, reading_only
from webapp.evidence import canonical, tree
from webapp.evidence.models import JournalEntry
from webapp.evidence.moments import PARIS
from webapp.evidence.witness_models import DailyRoot, RootLeaf, WitnessErrand
from webapp.evidence.witness_setting import mails
from webapp.prepared import insert_many

STAMP = ""
"""The address of the errand that is a stamp."""


class Head(NamedTuple):
    """The last entry of a chain, as a leaf holds it."""

    chain: str
    sequence: int
    entry_hash: str


def leaf(head: Head) -> bytes:
    """Hash a head as a leaf: its canonical JSON (RFC 8785), version 1, as RFC 6962 hashes one."""
    return tree.leaf_hash(canonical.dumps({**head._asdict(), "version": 1}))


def make_due(session: AnySession, config: Config, clock: Clock) -> bool:
    """Make the root of the day (Europe/Paris) unless it is there; commits.

    The journal is read in a transaction that keeps nobody from writing. Two who do this at once
    make one root; an empty journal has none.

    :returns: whether a root was made.
    """
    is_made = _is_made(session, day_of(clock()))
    session.rollback()
    if is_made:
        return False
    with _reading(session):
        last = _last_number(session)
        before = {head.chain: head for head in heads_under(session, last)}
        found = _heads(session)
    if not found:
        return False
    made_at = clock()
    day = day_of(made_at)
    alone(session, "witness")
    if _last_number(session) != last or _is_made(session, day):
        session.rollback()
        return False
    root = tree.root([leaf(head) for head in found]).hex()
    number = last + 1
    session.add(DailyRoot(number=number, day=day, tree_size=len(found), root=root, made_at=made_at))
    for address in (STAMP, *mails(session, config)):
        session.add(WitnessErrand(number=number, address=address, due_at=made_at))
    insert_many(session, RootLeaf, ("number", *Head._fields), _changed(number, found, before))
    session.commit()
    return True


def day_of(at: datetime) -> date:
    """Give the day (Europe/Paris) to which a root that is made at this moment belongs."""
    return at.astimezone(PARIS).date()


def heads_under(session: AnySession, number: int) -> list[Head]:
    """Give the leaves of a root in the order of the tree: that of the chains' names, in bytes."""
    newest = (
        select(RootLeaf.chain, func.max(RootLeaf.number).label("number"))
        .where(RootLeaf.number <= number)
        .group_by(RootLeaf.chain)
        .subquery()
    )
    rows = session.execute(
        select(RootLeaf.chain, RootLeaf.sequence, RootLeaf.entry_hash).join(
            newest, (newest.c.chain == RootLeaf.chain) & (newest.c.number == RootLeaf.number)
        )
    )
    return in_order(Head(*row) for row in rows)


def in_order(heads: Iterator[Head]) -> list[Head]:
    """Put leaves into the order of the tree."""
    return sorted(heads, key=lambda head: head.chain.encode())


def _heads(session: AnySession) -> list[Head]:
    last = (
        select(JournalEntry.chain, func.max(JournalEntry.sequence).label("sequence"))
        .group_by(JournalEntry.chain)
        .subquery()
    )
    rows = session.execute(
        select(JournalEntry.chain, JournalEntry.sequence, JournalEntry.entry_hash).join(
            last, (last.c.chain == JournalEntry.chain) & (last.c.sequence == JournalEntry.sequence)
        )
    )
    return in_order(Head(*row) for row in rows)


def _changed(
    number: int, found: Sequence[Head], before: Mapping[str, Head]
) -> Iterator[Sequence[object]]:
    return ((number, *head) for head in found if before.get(head.chain) != head)


def _is_made(session: AnySession, day: date) -> bool:
    return session.scalar(select(DailyRoot.number).where(DailyRoot.day == day)) is not None


def _last_number(session: AnySession) -> int:
    return session.scalar(select(func.max(DailyRoot.number))) or 0


@contextmanager
def _reading(session: AnySession) -> Iterator[None]:
    """Read one moment of the database, without the lock that writers wait for."""
    was = reading_only.set(True)
    try:
        yield
        session.rollback()
    finally:
        reading_only.reset(was)
