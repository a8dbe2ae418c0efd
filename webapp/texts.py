"""Texts as people type and paste them: cleaned for keeping, folded for comparing."""

import re
import unicodedata
from collections.abc import Iterable

_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
"""Control characters, halves of characters, and what turns the direction of the text around it."""

_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u2060\ufeff"))
"""Nothing is seen where they stand: what browsers and address books leave in a copied text."""

_TEXT_MARK = re.compile(r"\A'+(?=[=+@-])")
"""How a spreadsheet says that no formula follows: a CSV file keeps it, the person's text has none.

A text never begins so, and what is written into a CSV file therefore comes back as it was.
"""

_QUOTED = re.compile("\"([^\"]+)\"|'([^']+)'|“([^“”]+)”|‘([^‘’]+)’|«([^«»]+)»")

_QUOTE_FIRST = re.compile('[|]["“‘«]')

_MARKS = re.compile("[\u0300-\u036f]+")
"""The accents of Latin letters, standing after them."""

_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "’": "'"})
"""What Unicode does not take apart, and a person types without."""


_FRENCH_AND_BESIDE = (*map(chr, range(0x80)), *map(chr, range(0xC0, 0x180)), "’")
"""The signs of nearly every name in a list: ASCII, Latin letters with their accents."""

_MARKS_IN_A_ROW = 30
"""As many accents on one letter as the Stream-Safe Text Format allows (UAX #15)."""

_SHORT = 200
_LOOKED_AT_AT_ONCE = 2000


def without_heaps(text: str) -> str:
    """Leave out what is heaped on one letter beyond thirty accents.

    To put accents in their order takes the square of their number: a hundred thousand of them would
    stop everything for half a minute.
    """
    if len(text) < _SHORT or text.isascii():
        return text
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept)


def clean(text: str) -> str:
    """Strip a text, make every run of spaces, tabs and line breaks one space, compose accents.

    The apostrophe goes by which a spreadsheet says that what follows is a text (`'=1+1`).
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", without_heaps(text))
        if not text.isprintable():
            text = text.translate(_INVISIBLE)
    return _TEXT_MARK.sub("", " ".join(text.split()))


def unquoted(text: str) -> str:
    """Take the quotation marks off that stand around the whole of a text; it is clean already."""
    while (quoted := _QUOTED.fullmatch(text)) is not None:
        text = quoted[quoted.lastindex or 0].strip()
    return text


def tidied(text: str) -> str:
    """Clean a text that fills a cell or a field, without the quotation marks around all of it."""
    return unquoted(clean(text))


def are_clean(texts: Iterable[str]) -> bool:
    """Tell at one look that `tidied` changes none of them; false may mean perhaps."""
    whole = f"|{'|'.join(texts)}|"
    return (
        len(whole) < _LOOKED_AT_AT_ONCE
        and whole.isprintable()
        and "  " not in whole
        and " |" not in whole
        and "| " not in whole
        and "|'" not in whole
        and not _QUOTE_FIRST.search(whole)
        and unicodedata.is_normalized("NFC", whole)
    )


def forbidden_character(text: str) -> str | None:
    """Name the first character that no field may hold ("U+202E"), None if there is none."""
    found = _FORBIDDEN.search(text)
    return f"U+{ord(found.group()):04X}" if found else None


def without_forbidden(text: str) -> str:
    """Leave out the characters that no field may hold."""
    return " ".join(_FORBIDDEN.sub("", text).split())


def fold(text: str) -> str:
    """Make texts equal that differ by case, accents or runs of spaces only. Twice is as once."""
    if text.isascii():
        return " ".join(text.lower().split())
    folded = text.translate(_FOLDED)
    return " ".join((folded if folded.isascii() else _folded(text)).split())


def _folded(text: str) -> str:
    folded = unaccented(text.casefold()).casefold()
    return folded if folded.isascii() else folded.translate(_LETTERS)


def searched_words(search: str) -> list[str]:
    """Give the words that somebody looks for, folded: those in the first 200 characters."""
    return fold(search[:_SHORT]).split()


def unaccented(text: str) -> str:
    """Take the accents off, and presentation forms apart (Unicode's NFKD)."""
    if text.isascii():
        return text
    parts = _MARKS.sub("", unicodedata.normalize("NFKD", without_heaps(text)))
    if parts.isascii():
        return parts
    return "".join(character for character in parts if not unicodedata.combining(character))


_FOLDED = {ord(sign): _folded(sign) for sign in _FRENCH_AND_BESIDE}
"""Each sign by itself as `fold` makes it: one look a sign is a fifth of the whole way's cost."""
