"""Whether the journal still holds what the roots say, and the roots what was made and stamped."""

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select, union

from webapp.database import AnySession
from webapp.evidence import tree
from webapp.evidence.authority_call import NoStamp
from webapp.evidence.faults import Fault, FaultKind
from webapp.evidence.models import JournalEntry
from webapp.evidence.witness import Head, leaf
from webapp.evidence.witness_models import DailyRoot, RootLeaf, RootStamp, WitnessErrand


def faults(session: AnySession) -> Iterator[Fault]:
    """Compute each root again from its leaves, and look each leaf up in the journal."""
    roots = session.scalars(select(DailyRoot).order_by(DailyRoot.number)).all()
    by_number = {root.number: root for root in roots}
    last = max(by_number, default=0)
    for number in sorted(_numbers(session, last) - set(by_number)):
        yield Fault(FaultKind.ROOT_MISSING, "", number)
    yield from _faults_of_roots(session, by_number)
    yield from _faults_of_leaves(session, by_number)
    yield from _faults_of_stamps(session, by_number)


def _numbers(session: AnySession, last: int) -> set[int]:
    """Give the numbers that a root should have: all up to the last, and those that left traces."""
    traces = union(*(select(table.number) for table in (RootLeaf, RootStamp, WitnessErrand)))
    return {*range(1, last + 1), *session.scalars(traces)}


def _faults_of_roots(session: AnySession, roots: dict[int, DailyRoot]) -> Iterator[Fault]:
    added: defaultdict[int, list[Head]] = defaultdict(list)
    asked = select(RootLeaf.number, RootLeaf.chain, RootLeaf.sequence, RootLeaf.entry_hash)
    for number, chain, sequence, entry_hash in session.execute(asked):
        added[number].append(Head(chain, sequence, entry_hash))
    hashes: dict[bytes, bytes] = {}
    for number in sorted({*roots, *added}):
        hashes.update((head.chain.encode(), leaf(head)) for head in added[number])
        root = roots.get(number)
        if root is None:
            continue  # named already, as missing
        found = tree.root([hashes[chain] for chain in sorted(hashes)]).hex()
        if (root.root, root.tree_size) != (found, len(hashes)):
            yield Fault(FaultKind.ROOT_CHANGED, "", number, day=root.day)


def _faults_of_leaves(session: AnySession, roots: dict[int, DailyRoot]) -> Iterator[Fault]:
    """Name each leaf that is not in the journal any more: cut off, or written anew."""
    is_same = (JournalEntry.chain == RootLeaf.chain) & (JournalEntry.sequence == RootLeaf.sequence)
    lost = session.execute(
        select(RootLeaf.number, RootLeaf.chain, RootLeaf.sequence, JournalEntry.id)
        .outerjoin(JournalEntry, is_same)
        .where(JournalEntry.id.is_(None) | (JournalEntry.entry_hash != RootLeaf.entry_hash))
        .order_by(RootLeaf.number, RootLeaf.chain)
    )
    for number, chain, sequence, entry_id in lost:
        kind = FaultKind.CUT_OFF if entry_id is None else FaultKind.REWRITTEN
        root = roots.get(number)
        yield Fault(kind, chain, sequence, entry_id, root.day if root else None)


def _faults_of_stamps(session: AnySession, roots: dict[int, DailyRoot]) -> Iterator[Fault]:
    numbers = session.scalars(select(RootStamp.number).order_by(RootStamp.number)).all()
    if not numbers:
        return
    from webapp.evidence import stamps

    for number in numbers:
        root = roots.get(number)
        if root is None:
            continue  # named already, as missing
        kept = session.get_one(RootStamp, number)
        try:
            said = stamps.read(kept.token, bytes.fromhex(root.root))
        except (NoStamp, ValueError):
            yield Fault(FaultKind.STAMP_CHANGED, "", number, day=root.day)
            continue
        if (said.stamped_at, said.signer, said.certificate) != (
            kept.stamped_at,
            kept.signer,
            kept.certificate,
        ):
            yield Fault(FaultKind.STAMP_CHANGED, "", number, day=root.day)
