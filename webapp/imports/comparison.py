"""Compares a line with the contacts that are kept: who it is among them, and what would change."""

from collections.abc import Mapping
from typing import NamedTuple

from webapp.contacts import postal
from webapp.contacts.messages import Finding
from webapp.contacts.recipient import Recipient
from webapp.contacts.rules import FIELDS, check
from webapp.imports import findings
from webapp.imports.effects import BOTH, CREATE, JOIN, KEPT, SKIP, UNCHANGED, UPDATE

_POSTAL = ("address_1", "address_2", "postal_code", "city", "country")

SAME = "same"
"""The same person: address and name alike."""
SAME_NAME = "same_name"
"""In the group, with the line's name but another address."""
SAME_ADDRESS = "same_address"
"""In the group, with the line's e-mail but another name: two people may share one."""


class Kept(NamedTuple):
    """A contact that is kept, as far as a comparison needs it."""

    id: int
    is_member: bool
    """Whether it stands in the import's group."""
    identity: str
    recipient: Recipient


class Match(NamedTuple):
    """The contact that a line may be, and how it was found."""

    kept: Kept
    how: str


class Decision(NamedTuple):
    """What a line does, to which contact, and what is to be said of it."""

    effect: str
    contact_id: int | None
    findings: list[Finding]


def recipient_of(texts: Mapping[str, str]) -> Recipient:
    """Give the recipient of a line that has no error.

    :raises ValueError: it has one.
    """
    recipient = check(texts).recipient
    if recipient is None:
        raise ValueError("a line with an error has no recipient")
    return recipient


def place_and_name(identity: str) -> tuple[str, str]:
    """Take an identity apart (`contacts.rules.identity`); ("", "") of one that was shortened."""
    place, _, name = identity.partition("\n")
    return (place, name) if name else ("", "")


def merged(kept: Recipient, line: Recipient) -> Recipient:
    """Give a kept contact with the line's values.

    An empty cell erases nothing, since a list may lack the column. A postal address is taken whole
    or not at all: half of each would be nobody's.
    """
    is_located = line.address_1 or line.address_2 or line.postal_code or line.city
    values = {
        field: getattr(line, field)
        if (is_located if field in _POSTAL else getattr(line, field))
        else getattr(kept, field)
        for field in FIELDS
    }
    same_country = postal.is_abroad(values["country"]) == postal.is_abroad(kept.country)
    if not values["country"] and same_country:
        values["country"] = kept.country
    return Recipient(**values)


def changes(kept: Recipient, line: Recipient) -> dict[str, str]:
    """Give the fields that `merged` changes, each with the value that is kept today."""
    after = merged(kept, line)
    return {
        field: getattr(kept, field)
        for field in FIELDS
        if getattr(kept, field) != getattr(after, field)
    }


def decide(recipient: Recipient, match: Match | None, choice: str) -> Decision:
    """Say what becomes of a line that no earlier one repeats.

    :param choice: one of `effects.CHOICES`, or empty: what is usual is done.
    """
    if match is None:
        return Decision(CREATE, None, [])
    if match.how == SAME:
        return _same(recipient, match.kept, choice)
    return _alike(recipient, match, choice)


def _same(recipient: Recipient, kept: Kept, choice: str) -> Decision:
    before = changes(kept.recipient, recipient)
    if choice == BOTH:
        return Decision(CREATE, kept.id, [])
    if before and choice != SKIP:
        return Decision(UPDATE, kept.id, _changed(before))
    if not kept.is_member:
        return Decision(JOIN, kept.id, [findings.known_elsewhere(recipient.email)])
    found = [findings.already_in_group(recipient.email)]
    return Decision(KEPT if before else UNCHANGED, kept.id, found)


def _alike(recipient: Recipient, match: Match, choice: str) -> Decision:
    kept = match.kept
    said = findings.alike(match.how, kept.recipient.name, kept.recipient.email)
    usual = UPDATE if match.how == SAME_NAME else BOTH
    chosen = choice or usual
    if chosen == UPDATE:
        return Decision(UPDATE, kept.id, [said, *_changed(changes(kept.recipient, recipient))])
    return Decision(KEPT if chosen == SKIP else CREATE, kept.id, [said])


def _changed(before: Mapping[str, str]) -> list[Finding]:
    return [findings.changed(field, text) for field, text in before.items()]
