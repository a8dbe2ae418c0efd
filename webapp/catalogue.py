"""Texts for the translation catalogue where Flask is not loaded, and how French says them."""

from collections.abc import Callable
from dataclasses import dataclass

Forms = tuple[str, str]
"""A text for one thing and for several, with `%(count)s` where the number stands."""


def N_(text: str) -> str:  # noqa: N802  (the name gettext's tools look for)
    """Give the text as it is; `pybabel extract` finds it by this call."""
    return text


def NN_(one: str, several: str) -> Forms:  # noqa: N802
    """Give both forms of a text that counts, as they are; the extraction finds them by this call.

    Every language has its own rule for which form goes with which number: French says « 0 ligne »,
    English “0 lines”. Only a `Speech` chooses.
    """
    return one, several


@dataclass(frozen=True)
class Speech:
    """How one language says a text of the catalogue, a number of things, and a bare number."""

    text: Callable[[str], str]
    count: Callable[[Forms, int], str]
    number: Callable[[int], str]


def _french_number(value: int) -> str:
    return f"{value:,}".replace(",", "\u202f")


def _french_count(forms: Forms, value: int) -> str:
    return forms[value > 1] % {"count": _french_number(value)}


FRENCH = Speech(str, _french_count, _french_number)
"""The texts as they stand in the code: what the command line speaks."""
