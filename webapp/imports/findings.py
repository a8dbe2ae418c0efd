"""What was found on a line of an import, as its row keeps it and as a person reads it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from webapp.catalogue import N_
from webapp.contacts import messages
from webapp.contacts.messages import Finding, warning

REPEATED = "duplicate"
ALREADY_IN_GROUP = "already_in_group"

_MESSAGES = {
    ALREADY_IN_GROUP: N_("Cette personne est déjà dans le groupe : elle ne sera pas reprise."),
}


def repeated(texts: Mapping[str, str], first_number: int) -> Finding:
    """Find that the same person already stands on an earlier line of the spreadsheet."""
    return warning(_field(texts), REPEATED, row=str(first_number))


def already_in_group(texts: Mapping[str, str]) -> Finding:
    """Find that the same person already stands in the group."""
    return warning(_field(texts), ALREADY_IN_GROUP)


def _field(texts: Mapping[str, str]) -> str:
    return "email" if texts["email"] else "last_name"


def packed(findings: Iterable[Finding]) -> list[Any]:
    """Give findings as the plain values that a row keeps."""
    return [list(finding) for finding in findings]


def unpacked(kept: Iterable[Any]) -> list[Finding]:
    """Give findings from the plain values that a row keeps."""
    return [Finding(*values) for values in kept]


def is_repetition(finding: Finding) -> bool:
    """Tell what concerns the whole line (who is there already) from what concerns a cell."""
    return finding.code in (REPEATED, ALREADY_IN_GROUP)


def describe(finding: Finding, translate: Callable[[str], str]) -> str:
    """Say a finding in the language of `translate`."""
    own = _MESSAGES.get(finding.code)
    return translate(own) if own else messages.describe(finding, translate)
