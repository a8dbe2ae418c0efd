"""Postal addresses: French postcodes, countries, an envelope's lines (AFNOR NF Z10-011)."""

import re
from functools import lru_cache

from webapp.contacts.messages import Finding, error, warning
from webapp.texts import fold, unaccented

LINE_LENGTH = 38
"""How many characters a line of the address may have (AFNOR NF Z10-011)."""

_FRANCE = frozenset(("france", "f", "fr", "fra", "france metropolitaine", "republique francaise"))
_MONACO = frozenset(("monaco", "mc", "mco", "principaute de monaco"))

_FRENCH_CODE = re.compile(r"(?:0[1-9]|[1-8][0-9]|9[0-5])[0-9]{3}|97[1-8][0-9]{2}|98[04678][0-9]{2}")
"""Departments 01 to 95 (Corsica's are 20), overseas 971 to 978, Monaco 980, Pacific 984 to 988."""

_MONACO_CODE = re.compile(r"980[0-9]{2}")
_COUNTRY_BEFORE_CODE = re.compile(r"(?:FR|F|MC)-?(?=[0-9]{5}$)", re.IGNORECASE)
_SIGNS = re.compile(r"[^\w]+|_")


@lru_cache(maxsize=1024)
def clean_country(text: str) -> str:
    """Write France and Monaco in one way, whatever was typed; leave any other country as it is."""
    folded = fold(text)
    if folded in _FRANCE:
        return "France"
    return "Monaco" if folded in _MONACO else text


def is_abroad(country: str) -> bool:
    """Whether a clean country is another one than France; not given means France."""
    return country not in ("", "France")


def is_complete(address_1: str, postal_code: str, city: str, country: str) -> bool:
    """Whether a letter can be posted there; a postcode is not needed where La Poste rules not."""
    return bool(address_1 and city and (postal_code or not _has_french_codes(country)))


def _has_french_codes(country: str) -> bool:
    return country in ("", "France", "Monaco")


def check_postal_code(text: str, country: str) -> tuple[str, Finding | None]:
    """Check a postcode that is given: five digits of an existing French department, or Monaco's.

    Spaces inside are taken out; the zero that spreadsheets take away is put back, with a warning.
    A postcode of another country is kept as it is.
    """
    if not _has_french_codes(country):
        return text, None
    if country != "Monaco" and _FRENCH_CODE.fullmatch(text):
        return text, None
    code = _COUNTRY_BEFORE_CODE.sub("", text.replace(" ", ""))
    completed = len(code) == 4 and code.isascii() and code.isdigit()
    if completed:
        code = f"0{code}"
    expected = _MONACO_CODE if country == "Monaco" else _FRENCH_CODE
    if not expected.fullmatch(code):
        return text, error("postal_code", "postal_code_invalid")
    if completed:
        return code, warning("postal_code", "postal_code_completed", completed=code)
    return code, None


def check_completeness(texts: dict[str, str], *, needed: bool) -> list[Finding]:
    """Name what an address lacks that was begun; an error when the recipient has nothing else.

    :param needed: whether the address is the only way to reach the recipient.
    """
    if texts["address_1"] and texts["postal_code"] and texts["city"]:
        return []
    find = error if needed else warning
    findings = []
    if not texts["address_1"]:
        findings.append(find("address_1", "street_missing"))
    if not texts["postal_code"] and _has_french_codes(texts["country"]):
        findings.append(find("postal_code", "postal_code_missing"))
    if not texts["city"]:
        findings.append(find("city", "city_missing"))
    return findings


def street_line(text: str, country: str) -> str:
    """Print the street: in France letters, digits and spaces only, elsewhere as it is."""
    return _without_signs(text) if _has_french_codes(country) else text


def town_line(postal_code: str, city: str, country: str) -> str:
    """Print postcode and town in capitals without accents, in France without signs either."""
    line = unaccented(f"{postal_code} {city}".strip()).upper()
    return _without_signs(line) if _has_french_codes(country) else line


def country_line(country: str) -> str:
    """Print the country in capitals; nothing for France."""
    return unaccented(country).upper() if is_abroad(country) else ""


def _without_signs(text: str) -> str:
    return _SIGNS.sub(" ", text).strip()
