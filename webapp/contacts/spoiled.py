"""What a spreadsheet made of a text that was typed into it: an error, a day, true or false."""

import re
from collections.abc import Mapping

from webapp.contacts.messages import FIELD_NAMES, Finding, error, warning
from webapp.sheets.error_words import WITHOUT_VALUE, is_error

_MIDDLE_OF_A_DAY = re.compile(r"-\d\d-")
_MOMENT = re.compile(r"(?:\d{4}-\d\d-\d\d)?(?: ?\d\d:\d\d:\d\d)?")
_TRUTHS = ("vrai", "faux")
"""As a cell that holds true or false is read, and nobody's name is written."""

_ANY_TEXT = ("last_name", "first_name", "company", "address_1", "address_2", "city", "country")
"""The fields whose own rules would let a day pass."""


def check_spoiled(texts: Mapping[str, str]) -> list[Finding]:
    """Find the fields, already cleaned, that a spreadsheet spoiled.

    An error is no text and never kept for one; a day or a truth may be what was meant, and be
    typed: the text alone does not tell, and what is said of it must hold for both.
    """
    # One look at all of them, for every line passes here and nearly none has anything.
    whole = f"|{'|'.join(texts.values())}|"
    if not (
        "|#" in whole
        or ":" in whole
        or "|vrai|" in whole
        or "|faux|" in whole
        or _MIDDLE_OF_A_DAY.search(whole)
    ):
        return []
    return [finding for field in FIELD_NAMES for finding in _spoiled(field, texts[field])]


def _spoiled(field: str, text: str) -> list[Finding]:
    if is_error(text):
        code = "formula_without_value" if text == WITHOUT_VALUE else "spreadsheet_error"
        return [error(field, code, word=text)]
    if not text or field not in _ANY_TEXT:
        return []
    if _MOMENT.fullmatch(text):
        return [warning(field, "cell_is_date", text=text)]
    return [warning(field, "cell_is_truth", text=text)] if text in _TRUTHS else []
