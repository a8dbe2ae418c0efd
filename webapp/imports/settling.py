"""Decides what the lines of an import do, where several are one person or a kept contact."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from webapp.contacts.rules import check, identity
from webapp.database import AnySession, portions
from webapp.imports import effects, findings
from webapp.imports.checking import DUPLICATE, ERROR, IGNORED, READY
from webapp.imports.comparison import Decision, decide, recipient_of
from webapp.imports.known import Known, everyone, those_like
from webapp.imports.models import Import, ImportRow

_FEW = 20
"""Up to so many persons, each is asked for by name; more, and all contacts are loaded."""


def recheck(import_: Import, row: ImportRow, *, is_ignored: bool) -> None:
    """Hold a line's texts against the rules; `settle` then decides among its namesakes."""
    checked = check(row.texts)
    recipient = checked.recipient
    row.findings = findings.packed(checked.findings)
    row.identity = identity(recipient) if recipient else ""
    row.contact_id = row.contact_id if is_ignored else None
    effect = IGNORED if is_ignored else effects.CREATE if recipient else ERROR
    _set_effect(import_, row, effect)


def settle(session: AnySession, import_: Import, persons: Iterable[str]) -> list[ImportRow]:
    """Decide again what the lines of some persons do, and those of whoever they displace.

    :param persons: identities; the lines' outcomes must be fresh (`recheck`).
    :returns: the lines that changed.
    """
    changed: list[ImportRow] = []
    done: set[str] = set()
    waiting = set(persons) - {""}
    while waiting:
        done |= waiting
        rows, taken = _settle(session, import_, sorted(waiting))
        changed += rows
        waiting = _displaced(session, import_, taken, done)
    return changed


def _settle(
    session: AnySession, import_: Import, persons: Sequence[str]
) -> tuple[list[ImportRow], dict[int, str]]:
    session.flush()
    known = _known(session, import_, persons)
    changed: list[ImportRow] = []
    taken: dict[int, str] = {}
    for person, rows in _namesakes(session, import_, persons):
        changed += decide_person(import_, rows, known)
        same = known.same(person)
        if same:
            taken[same.id] = person
    session.flush()
    return changed, taken


def _known(session: AnySession, import_: Import, persons: Sequence[str]) -> Known:
    """Load the contacts that matter, knowing those that other lines are already."""
    is_few = len(persons) <= _FEW
    known = those_like(session, import_, persons) if is_few else everyone(session, import_)
    if not known.ids:
        return known
    others = select(ImportRow.identity, ImportRow.contact_id).where(
        ImportRow.import_id == import_.id, ImportRow.outcome != ERROR
    )
    if is_few:
        # Two questions, so that each is answered by its index.
        by_identity = others.where(ImportRow.identity.in_(known.identities))
        by_contact = others.where(ImportRow.contact_id.in_(known.ids))
        rows = [*session.execute(by_identity), *session.execute(by_contact)]
    else:
        rows = list(session.execute(others))
    mine = set(persons)
    for person, contact_id in rows:
        if person not in mine:
            known.take(person, contact_id)
    return known


def _displaced(
    session: AnySession, import_: Import, taken: dict[int, str], done: set[str]
) -> set[str]:
    """Find who is by likeness a contact that another line is for certain."""
    found: set[str] = set()
    for contacts in portions(list(taken)):
        rows = session.execute(
            select(ImportRow.identity, ImportRow.contact_id).where(
                ImportRow.import_id == import_.id,
                ImportRow.contact_id.in_(contacts),
                ImportRow.outcome.in_((READY, DUPLICATE)),
            )
        )
        found.update(person for person, contact in rows if contact and taken[contact] != person)
    return found - done


def _namesakes(
    session: AnySession, import_: Import, persons: Sequence[str]
) -> Iterator[tuple[str, list[ImportRow]]]:
    for some in portions(persons):
        rows: dict[str, list[ImportRow]] = defaultdict(list)
        for row in session.scalars(
            select(ImportRow)
            .where(
                ImportRow.import_id == import_.id,
                ImportRow.identity.in_(some),
                ImportRow.outcome.in_((READY, DUPLICATE)),
            )
            # By number alone, SQLite would go through the whole import in the order of its lines.
            .order_by(ImportRow.identity, ImportRow.number)
        ):
            rows[row.identity].append(row)
        yield from rows.items()


def decide_person(import_: Import, rows: Sequence[ImportRow], known: Known) -> list[ImportRow]:
    """Decide for the lines that are one person, in their order; give those that changed."""
    changed = []
    first: ImportRow | None = None
    for row in rows:
        if first is None:
            match = known.match(row.identity)
            decision = decide(recipient_of(row.texts), match, row.choice)
            first = row
        else:
            decision = repeats(row.texts["email"], first.number, row.choice)
        if _apply(import_, row, decision):
            changed.append(row)
    return changed


def repeats(email: str, first_number: int, choice: str) -> Decision:
    """Say what becomes of a line whose person stands on an earlier one."""
    if choice == effects.BOTH:
        return Decision(effects.CREATE, None, [])
    return Decision(effects.REPEATED, None, [findings.repeated(email, first_number)])


def _apply(import_: Import, row: ImportRow, decision: Decision) -> bool:
    own = [found for found in findings.unpacked(row.findings) if not findings.is_of_the_line(found)]
    found = findings.packed([*own, *decision.findings])
    after = (decision.effect, decision.contact_id, found)
    if (row.effect, row.contact_id, row.findings) == after:
        return False
    row.contact_id, row.findings = decision.contact_id, found
    _set_effect(import_, row, decision.effect)
    return True


def _set_effect(import_: Import, row: ImportRow, effect: str) -> None:
    if effect == row.effect:
        return
    # Changed in their place: two new dictionaries a line are felt in a list of a hundred thousand.
    counts = import_.counts
    counts[row.effect] = counts.get(row.effect, 0) - 1
    counts[effect] = counts.get(effect, 0) + 1
    flag_modified(import_, "counts")
    row.effect, row.outcome = effect, effects.OUTCOMES[effect]


def count_anew(session: AnySession, import_: Import) -> None:
    """Count the lines of an import by effect."""
    session.flush()
    rows = session.execute(
        select(ImportRow.effect, func.count())
        .where(ImportRow.import_id == import_.id)
        .group_by(ImportRow.effect)
    )
    import_.counts = dict(rows.all())
    session.flush()
