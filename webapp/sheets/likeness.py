"""Tells what a heading means that is known only nearly: misspelt, or with words around it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import NamedTuple

NEARLY = 0.85
"""How like a known heading one must be, as `difflib` counts: a letter in seven may be wrong."""

_SHORTEST = 5
"""In a shorter word one letter makes another word: « Nom », « Don »."""

_LONGEST = 60
"""A longer cell is a sentence."""

_WORD = re.compile(r"[a-z0-9]+")


class Guess(NamedTuple):
    """A field, and how like its heading is (1: the same but for words that say nothing)."""

    score: float
    field: str


def words_of(text: str) -> tuple[str, ...]:
    """Take a heading apart into words without case and accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(character for character in parts if not unicodedata.combining(character))
    return tuple(_WORD.findall(plain))


class Likeness:
    """Known headings by field, and the words that may stand around them."""

    def __init__(self, aliases: Mapping[str, Iterable[str]], neutral: Iterable[str]) -> None:
        self._known = {words_of(name): field for field, names in aliases.items() for name in names}
        self._neutral = frozenset(neutral)
        self._guesses: dict[str, Guess | None] = {}

    def guess(self, heading: str) -> Guess | None:
        """Give the one field that a heading is like; None when there is none, or several."""
        if heading not in self._guesses:
            words = words_of(heading) if len(heading) <= _LONGEST else ()
            self._guesses[heading] = self._contained(words) or self._nearly(words)
        return self._guesses[heading]

    def _contained(self, words: tuple[str, ...]) -> Guess | None:
        """Find a known heading whole among words that say nothing: « Votre e-mail (perso) »."""
        for length in range(len(words), 0, -1):
            found = set()
            for start in range(len(words) - length + 1):
                field = self._known.get(words[start : start + length])
                around = words[:start] + words[start + length :]
                if field and self._neutral.issuperset(around):
                    found.add(field)
            if found:
                return Guess(1, found.pop()) if len(found) == 1 else None
        return None

    def _nearly(self, words: tuple[str, ...]) -> Guess | None:
        text = "".join(words)
        if len(text) < _SHORTEST:
            return None
        scores: dict[str, float] = {}
        for known, field in self._known.items():
            score = _likeness(text, "".join(known))
            scores[field] = max(score, scores.get(field, 0))
        best = sorted(((score, field) for field, score in scores.items()), reverse=True)
        if not best or best[0][0] < NEARLY or (len(best) > 1 and best[1][0] >= best[0][0]):
            return None
        return Guess(*best[0])


def _likeness(text: str, known: str) -> float:
    """Compare two texts; figures are no misspelling: « Adresse 3 » is not « Adresse 2 »."""
    if len(known) < _SHORTEST or _figures(text) != _figures(known):
        return 0
    matcher = SequenceMatcher(None, text, known, autojunk=False)
    if matcher.real_quick_ratio() < NEARLY or matcher.quick_ratio() < NEARLY:
        return 0
    return matcher.ratio()


def _figures(text: str) -> list[str]:
    return [character for character in text if character.isdigit()]
