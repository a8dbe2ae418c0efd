"""What was found on a line of an import, as its row keeps it and as a person reads it."""

from collections.abc import Callable, Iterable
from typing import Any

from webapp.catalogue import N_
from webapp.contacts import messages
from webapp.contacts.messages import Finding, warning

REPEATED = "duplicate"
ALREADY_IN_GROUP = "already_in_group"
KNOWN_ELSEWHERE = "known_elsewhere"
CHANGED = "changed"
ADDED = "added"
CHANGES = (CHANGED, ADDED)
"""What says that a kept contact gets another value."""

_MESSAGES = {
    ALREADY_IN_GROUP: N_("Cette personne est déjà dans le groupe : elle ne sera pas reprise."),
    KNOWN_ELSEWHERE: N_("Cette personne est déjà dans vos contacts : elle rejoindra ce groupe."),
    CHANGED: N_("Valeur actuelle : « %(before)s »."),
    ADDED: N_("Cette case était vide."),
    "same_name": N_(
        "%(name)s est déjà dans le groupe avec une autre adresse (%(email)s) : nous la remplaçons,"
        " sauf si vous choisissez autre chose."
    ),
    "same_address": N_(
        "%(name)s a déjà cette adresse dans le groupe : nous gardons les deux personnes,"
        " sauf si vous choisissez autre chose."
    ),
}
_OF_THE_LINE = {REPEATED, *_MESSAGES}


def repeated(email: str, first_number: int) -> Finding:
    """Find that the same person already stands on an earlier line of the spreadsheet."""
    return warning(_field(email), REPEATED, row=str(first_number))


def already_in_group(email: str) -> Finding:
    """Find that the same person already stands in the group."""
    return Finding(_field(email), ALREADY_IN_GROUP, "information", {})


def known_elsewhere(email: str) -> Finding:
    """Find that the same person is kept among the organisation's contacts, outside the group."""
    return Finding(_field(email), KNOWN_ELSEWHERE, "information", {})


def changed(field: str, before: str) -> Finding:
    """Find that the line gives a field of a kept contact another value."""
    if not before:
        return Finding(field, ADDED, "information", {})
    return Finding(field, CHANGED, "information", {"before": before})


def alike(how: str, name: str, email: str) -> Finding:
    """Find someone in the group who may be the line's person (`comparison.SAME_NAME` and so on)."""
    return warning("email", how, name=name, email=email or "—")


def _field(email: str) -> str:
    return "email" if email else "last_name"


def packed(findings: Iterable[Finding]) -> list[Any]:
    """Give findings as the plain values that a row keeps."""
    return [list(finding) for finding in findings]


def unpacked(kept: Iterable[Any]) -> list[Finding]:
    """Give findings from the plain values that a row keeps."""
    return [Finding(*values) for values in kept]


def is_of_the_line(finding: Finding) -> bool:
    """Tell what concerns the whole line (who is there already) from what is wrong in a cell."""
    return finding.code in _OF_THE_LINE


def describe(finding: Finding, translate: Callable[[str], str]) -> str:
    """Say a finding in the language of `translate`."""
    own = _MESSAGES.get(finding.code)
    if own is None:
        return messages.describe(finding, translate)
    return translate(own) % finding.parameters
