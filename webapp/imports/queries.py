"""What the import pages read: an organisation's imports, their lines, and how many of each kind."""

import heapq
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from operator import itemgetter

from sqlalchemy import ColumnElement, Select, Text, cast, exists, func, or_, select
from sqlalchemy.orm import joinedload

from webapp.contacts.messages import Finding
from webapp.contacts.models import Contact, Group, Membership
from webapp.contacts.queries import found_in
from webapp.contacts.rules import fold
from webapp.cycles import no_cycles
from webapp.database import AnySession
from webapp.imports.checking import DUPLICATE, ERROR, IGNORED, READY
from webapp.imports.effects import BOTH, OUTCOMES, PRESENT
from webapp.imports.findings import unpacked
from webapp.imports.models import Import, ImportEdit, ImportRow
from webapp.web.paging import PAGE_SIZE, Page, page_of

MOST_RECURRING = 12
_OWN = ("email", "last_name", "first_name", "company")
"""What each person has for herself."""


@dataclass(frozen=True, slots=True)
class Summary:
    """How many lines an import has of each kind; `rows` is always the sum of the four others.

    Those that are ready are new to the group or change a contact; duplicates stand on an earlier
    line or in the group.
    """

    ready: int
    errors: int
    duplicates: int
    ignored: int

    @property
    def rows(self) -> int:
        """Count every line of the spreadsheet that was not empty."""
        return self.ready + self.errors + self.duplicates + self.ignored


@dataclass(frozen=True, slots=True)
class Recurring:
    """A fault of several lines: the field, its text on all of them, how many they are, which."""

    field: str
    text: str
    count: int
    finding: Finding

    @property
    def has_one_answer(self) -> bool:
        """Whether one text can be right on all these lines: nobody shares a name by chance."""
        return bool(self.text) or self.field not in _OWN


def import_of(session: AnySession, organisation_id: int, import_id: int) -> Import | None:
    """Find one of the organisation's imports."""
    return session.scalar(
        select(Import)
        .where(Import.organisation_id == organisation_id, Import.id == import_id)
        .options(joinedload(Import.group))
    )


def imports_page(session: AnySession, organisation_id: int, number: int) -> Page[Import]:
    """Give a page of the organisation's imports, the newest first, each with its group."""
    newest = (
        select(Import)
        .where(Import.organisation_id == organisation_id)
        .options(joinedload(Import.group), joinedload(Import.author))
        .order_by(Import.created_at.desc(), Import.id.desc())
    )
    return page_of(session, newest, number)


@no_cycles()
def rows_with(session: AnySession, import_: Import, shown: Collection[str]) -> list[ImportRow]:
    """List an import's lines with the effects given, in their order."""
    return list(
        session.scalars(
            select(ImportRow)
            .where(ImportRow.import_id == import_.id, ImportRow.effect.in_(shown))
            .order_by(ImportRow.number)
        )
    )


def unfinished(session: AnySession, organisation_id: int, group_id: int) -> list[Import]:
    """List a group's imports whose contacts have not entered it yet, the newest first."""
    return list(
        session.scalars(
            select(Import)
            .where(
                Import.organisation_id == organisation_id,
                Import.group_id == group_id,
                Import.committed_at.is_(None),
            )
            .order_by(Import.created_at.desc(), Import.id.desc())
        )
    )


def row_of(session: AnySession, import_: Import, number: int) -> ImportRow | None:
    """Find a line of an import by its number in the spreadsheet."""
    return session.scalar(
        select(ImportRow).where(ImportRow.import_id == import_.id, ImportRow.number == number)
    )


def rows_page(
    session: AnySession, import_: Import, shown: Collection[str], number: int
) -> Page[ImportRow]:
    """Give a page of an import's lines with the effects given, those to correct first.

    Counted by what the import says of itself, and read in the order of an index: neither goes
    through the whole of a long list.
    """
    empty: Page[ImportRow] = Page((), 1, sum(import_.counts.get(effect, 0) for effect in shown))
    number = min(max(1, number), empty.last)
    first = (number - 1) * PAGE_SIZE
    wrong = import_.counts.get(ERROR, 0) if ERROR in shown else 0
    rows = _lines(session, import_, [ERROR], first, min(wrong - first, PAGE_SIZE))
    others = [effect for effect in shown if effect != ERROR]
    rows += _lines(session, import_, others, max(0, first - wrong), PAGE_SIZE - len(rows))
    return replace(empty, items=rows, number=number)


def _lines(
    session: AnySession, import_: Import, shown: Collection[str], first: int, most: int
) -> list[ImportRow]:
    if not shown or most <= 0:
        return []
    outcomes = {OUTCOMES[effect] for effect in shown}
    wanted = select(ImportRow).where(
        ImportRow.import_id == import_.id,
        ImportRow.outcome.in_(outcomes),
        ImportRow.effect.in_(shown),
    )
    return list(session.scalars(wanted.order_by(ImportRow.number).offset(first).limit(most)))


def summary(import_: Import) -> Summary:
    """Count the lines of an import by what becomes of them."""
    counts = dict.fromkeys((READY, ERROR, DUPLICATE, IGNORED), 0)
    for effect, lines in import_.counts.items():
        counts[OUTCOMES[effect]] += lines
    return Summary(*counts.values())


def absent(import_: Import) -> Select[Contact]:
    """Select the group's contacts that no line of the file is, in no order."""
    return found_in(import_.group_id, "").where(_is_absent(import_))


def absent_count(session: AnySession, import_: Import) -> int:
    """Count the group's contacts that no line of the file is."""
    members = select(func.count()).where(Membership.group_id == import_.group_id)
    return session.scalar(members.where(_is_absent(import_))) or 0


def _is_absent(import_: Import) -> ColumnElement[bool]:
    """Say of a member that no line is that contact."""
    line = exists().where(
        ImportRow.import_id == import_.id,
        ImportRow.contact_id == Membership.contact_id,
        finds_its_contact(),
    )
    return ~line


def finds_its_contact() -> ColumnElement[bool]:
    """Say of a line that its contact stands in the file, be it beside one more person."""
    return or_(ImportRow.effect.in_(PRESENT), ImportRow.choice == BOTH)


def absent_page(session: AnySession, import_: Import, number: int) -> Page[Contact]:
    """Give a page of the group's contacts that no line of the file is, by name."""
    return page_of(session, absent(import_).order_by(Contact.sort_name, Contact.id), number)


@no_cycles()
def recurring(session: AnySession, import_: Import) -> list[Recurring]:
    """List the faults that several lines have with one text, in whatever case, commonest first."""
    counts: Counter[tuple[str, str, str]] = Counter()
    examples: dict[tuple[str, str, str], Finding] = {}
    for faults, texts in _faulty(session, import_):
        for fault in faults:
            said = fault.field, fault.code, texts[fault.field]
            counts[said] += 1
            examples.setdefault(said, fault)
    alike: dict[tuple[str, str, str], list[tuple[str, str, str]]] = defaultdict(list)
    for said in counts:
        alike[(*said[:2], _folded(said[2]))].append(said)
    sums = ((-sum(counts[said] for said in all_), *key, all_) for key, all_ in alike.items())
    several = (found for found in sums if found[0] < -1)
    # The text goes before the code, as the lines of one text stand together on the page.
    commonest = heapq.nsmallest(MOST_RECURRING, several, key=itemgetter(0, 1, 3, 2))
    return [
        Recurring(field, min(all_)[2], -count, examples[min(all_)])
        for count, field, _code, _text, all_ in commonest
    ]


def _faulty(session: AnySession, import_: Import) -> Iterator[tuple[list[Finding], dict[str, str]]]:
    """Give the errors and the texts of every line to correct.

    Read as they are kept: SQLite takes a column's JSON apart anew for each value that is asked of
    it, and most lines of a long list have the same few errors, which are taken apart once here.
    """
    rows = session.execute(
        select(cast(ImportRow.findings, Text), cast(ImportRow.texts, Text))
        .where(ImportRow.import_id == import_.id, ImportRow.outcome == ERROR)
        .order_by(ImportRow.number)
    )
    known: dict[str, list[Finding]] = {}
    for kept, texts in rows:
        if kept not in known:
            found = unpacked(json.loads(kept))
            known[kept] = [fault for fault in found if fault.severity == "error"]
        yield known[kept], json.loads(texts)


def _folded(text: str) -> str:
    """Put a text in lower case as SQLite's `lower` does, by which `editing.edit_alike` finds it."""
    return text.encode().lower().decode()


def corrections(session: AnySession, import_: Import) -> int:
    """Count the corrections that can be taken back."""
    made = select(func.count()).where(ImportEdit.import_id == import_.id)
    return session.scalar(made) or 0


def group_named(session: AnySession, organisation_id: int, name: str) -> Group | None:
    """Find one of the organisation's groups by its name, case and accents apart."""
    return session.scalar(
        select(Group).where(
            Group.organisation_id == organisation_id, Group.folded_name == fold(name)
        )
    )
