"""The list « Qui reçoit » of the send form: a page of it, and what stays out of sight."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from webapp.compose.choices import OTHERS, Choices
from webapp.compose.resolution import Candidate, Resolution
from webapp.contacts.queries import GroupLine
from webapp.contacts.rules import fold
from webapp.web.paging import PAGE_SIZE, Page

KINDS = {
    "": _l("Tous"),
    "email": _l("Par e-mail"),
    "paper": _l("Sur papier"),
    "consent": _l("Particuliers sans accord enregistré"),
    "unreachable": _l("Ne peuvent pas recevoir"),
    "out": _l("Retirés"),
    "repeated": _l("Nommés plusieurs fois"),
}


@dataclass(frozen=True)
class Source:
    """Where individuals without a consent on record come from: a group, or the other ways."""

    id: int
    name: str
    count: int


def people(resolution: Resolution, kind: str, search: str, number: int) -> Page[Candidate]:
    """Give a page of the persons of one of `KINDS` in whom every word of `search` occurs."""
    found = _of_kind(resolution, kind)
    words = fold(search).split()
    if words:
        found = [one for one in found if _holds(one, words)]
    number = min(max(1, number), Page((), 1, len(found)).last)
    return Page(found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE], number, len(found))


def out_of_sight(choices: Choices, shown: Iterable[Candidate]) -> dict[str, list[str]]:
    """Give by field the decisions about persons that the page does not show, to be kept."""
    seen = {person.key for person in shown}
    decided = {
        "taken_out": choices.taken_out,
        "on_paper": choices.on_paper,
        "agreed": choices.agreed,
    }
    return {name: sorted(keys - seen) for name, keys in decided.items()}


def sources(resolution: Resolution, groups: Sequence[GroupLine]) -> list[Source]:
    """Say for each group, and for the other ways, how many individuals lack a consent.

    One who stands in several groups counts in each.
    """
    counts: Counter[int] = Counter()
    for person in resolution.without_consent:
        counts.update(person.groups or (OTHERS,))
    lines = [(line.group.id, line.group.name) for line in groups]
    return [Source(id, name, counts[id]) for id, name in [*lines, (OTHERS, "")] if counts[id]]


def _of_kind(resolution: Resolution, kind: str) -> Sequence[Candidate]:
    kinds = {
        "email": resolution.by_email,
        "paper": resolution.on_paper,
        "unreachable": resolution.unreachable,
        "out": resolution.taken_out,
        "repeated": resolution.repeated,
    }
    if kind == "consent":
        return [one for one in resolution.everyone if one.lacks_consent]
    return kinds.get(kind, resolution.everyone)


def _holds(person: Candidate, words: Sequence[str]) -> bool:
    text = fold(" ".join(person.texts))
    return all(word in text for word in words)
