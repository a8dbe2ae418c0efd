"""The one set of rules that every recipient meets, however he is entered."""

from collections.abc import Mapping
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from webapp.contacts import postal
from webapp.contacts.mailboxes import check_email, is_wrapped
from webapp.contacts.messages import Finding, error, warning
from webapp.contacts.recipient import Recipient, identity
from webapp.contacts.spoiled import check_spoiled
from webapp.texts import (
    are_clean,
    fold,
    forbidden_character,
    tidied,
    without_forbidden,
)

__all__ = [
    "FIELDS",
    "INDIVIDUAL",
    "LENGTHS",
    "PROFESSIONAL",
    "Checked",
    "Finding",
    "Recipient",
    "check",
    "fold",
    "identity",
    "says_status",
]

PROFESSIONAL = "professional"
INDIVIDUAL = "individual"

LENGTHS = {
    "email": 254,
    "last_name": 120,
    "first_name": 120,
    "company": 120,
    "status": 120,
    "address_1": 120,
    "address_2": 120,
    "postal_code": 16,
    "city": 120,
    "country": 80,
}
"""How many characters each field may have; an e-mail's figure is RFC 5321's."""

FIELDS = tuple(LENGTHS)

_NOTHING = dict.fromkeys(FIELDS, "")
_ten = itemgetter(*FIELDS)

_EMAIL = FIELDS.index("email")
_POSTAL_CODE = FIELDS.index("postal_code")
_SHORT = min(limit for field, limit in LENGTHS.items() if field != "postal_code")

_STATUS_WORDS = {
    PROFESSIONAL: (
        "professional,professionnel,professionnelle,pro,pro.,prof,prof.,professionnels,"
        "entreprise,entreprises,societe,sarl,sas,sasu,eurl,sa,snc,artisan,commercant,"
        "auto-entrepreneur,micro-entreprise,profession liberale,company,business"
    ),
    INDIVIDUAL: (
        "individual,particulier,particuliere,part,part.,particuliers,personne physique,"
        "private individual,individu"
    ),
}
"""The words that say it for sure. An association, a town hall or a property company (SCI) may be
either in the law's eyes: whoever sends is asked."""

_STATUSES = {word: status for status, words in _STATUS_WORDS.items() for word in words.split(",")}


class Checked(NamedTuple):
    """What the rules say: a recipient exactly when no finding is an error.

    `tidied` counts the cells that are kept otherwise than they were written: what is not seen,
    spaces too many, quotation marks around it, what stands around an address.
    """

    recipient: Recipient | None
    findings: tuple[Finding, ...]
    tidied: int = 0


def check(texts: Mapping[str, str]) -> Checked:
    """Hold the texts of one recipient, by field as they were typed, against every rule.

    A field that is missing counts as empty. The status is mandatory (the sender must state for each
    recipient whether he is a professional, CPCE art. L100), so are an e-mail or a complete postal
    address, and a last name or a company.
    """
    findings: list[Finding] = []
    cleaned, changed = _cleaned(texts, findings)
    findings += check_spoiled(cleaned)
    cleaned["country"] = postal.clean_country(cleaned["country"])
    _check_status(cleaned, findings)
    _check_name(cleaned, findings)
    _check_reach(cleaned, findings)
    if findings and any(finding.severity == "error" for finding in findings):
        return Checked(None, tuple(findings), changed)
    recipient = Recipient._make(_ten(cleaned))
    findings += _long_lines(recipient)
    return Checked(recipient, tuple(findings), changed)


def says_status(text: str) -> bool:
    """Say whether a word tells for certain a professional, or an individual."""
    return fold(text) in _STATUSES


def _cleaned(texts: Mapping[str, str], findings: list[Finding]) -> tuple[dict[str, str], int]:
    cleaned = {**_NOTHING, **texts}
    typed = _ten(cleaned)
    wrapped = is_wrapped(typed[_EMAIL])
    if are_clean(typed) and _are_short(typed):
        return cleaned, int(wrapped)
    tidy = {field: tidied(text) for field, text in zip(FIELDS, typed, strict=True)}
    changed = [field for field in FIELDS if tidy[field] != cleaned[field]]
    for field in FIELDS:
        cleaned[field] = _without_forbidden(field, tidy[field], findings)
    for field, limit in LENGTHS.items():
        if len(cleaned[field]) > limit:
            findings.append(error(field, "too_long", limit=str(limit)))
            cleaned[field] = cleaned[field][:limit]
    return cleaned, len(changed) + int(wrapped and "email" not in changed)


def _are_short(texts: tuple[str, ...]) -> bool:
    """Tell at one look that none of the ten is too long; false may mean perhaps."""
    return max(map(len, texts)) <= _SHORT and len(texts[_POSTAL_CODE]) <= LENGTHS["postal_code"]


def _without_forbidden(field: str, text: str, findings: list[Finding]) -> str:
    character = forbidden_character(text)
    if character is None:
        return text
    findings.append(error(field, "control_character", character=character))
    return without_forbidden(text)


def _check_status(texts: dict[str, str], findings: list[Finding]) -> None:
    status = _status(texts["status"])
    if status:
        texts["status"] = status
    elif not _is_told("status", findings):
        code = "status_unknown" if texts["status"] else "status_missing"
        findings.append(error("status", code))


@lru_cache(maxsize=1024)
def _status(said: str) -> str | None:
    return _STATUSES.get(fold(said))


def _is_told(field: str, findings: list[Finding]) -> bool:
    return any(finding.field == field for finding in findings)


def _check_name(texts: dict[str, str], findings: list[Finding]) -> None:
    if texts["last_name"]:
        if texts["status"] == PROFESSIONAL and not texts["company"]:
            findings.append(warning("company", "professional_without_company"))
    elif not texts["company"]:
        findings.append(error("last_name", "name_missing"))
    elif texts["status"] == INDIVIDUAL:
        findings.append(warning("last_name", "individual_without_name"))


def _check_reach(texts: dict[str, str], findings: list[Finding]) -> None:
    if texts["email"] and not (findings and _is_told("email", findings)):
        texts["email"], finding = check_email(texts["email"])
        if finding:
            findings.append(finding)
    if texts["postal_code"] and not (findings and _is_told("postal_code", findings)):
        texts["postal_code"], finding = postal.check_postal_code(
            texts["postal_code"], texts["country"]
        )
        if finding:
            findings.append(finding)
    begun = texts["address_1"] or texts["address_2"] or texts["postal_code"] or texts["city"]
    if begun:
        findings += postal.check_completeness(texts, needed=not texts["email"])
    elif not texts["email"]:
        findings.append(error("email", "unreachable"))


def _long_lines(recipient: Recipient) -> list[Finding]:
    if _surely_fits(recipient) or not recipient.has_postal_address:
        return []
    return [
        warning(field, "line_too_long", length=str(len(line)), limit=str(postal.LINE_LENGTH))
        for field, line in recipient.printed.items()
        if len(line) > postal.LINE_LENGTH
    ]


def _surely_fits(recipient: Recipient) -> bool:
    """Tell most addresses without printing them: only accents in capitals make a line longer."""
    _, last_name, first_name, company, _, address_1, address_2, postal_code, city, country = (
        recipient
    )
    return (
        len(first_name) + len(last_name) < postal.LINE_LENGTH
        and len(postal_code) + len(city) < postal.LINE_LENGTH
        and max(map(len, (company, address_1, address_2, country))) <= postal.LINE_LENGTH
        and city.isascii()
        and postal_code.isascii()
        and country.isascii()
    )
