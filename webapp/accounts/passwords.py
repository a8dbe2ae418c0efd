"""Passwords that are guessed first: refused wherever a password is chosen (ASVS 6.2.4, 6.2.11).

Nothing asks for capitals or digits: what counts is how many guesses a password costs someone who
knows how people make them (zxcvbn: Wheeler, USENIX Security 2016).
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from threading import Lock

ENOUGH = 10.0
"""The power of ten of the guesses from which zxcvbn calls a password very hard to guess."""

MEASURED = 72
"""How many characters are measured: as many as zxcvbn takes, and more than any guesser tries."""

OURSELVES = "plirec"
_ONE_AT_A_TIME = Lock()
"""zxcvbn keeps the names that it is given in one place for all threads."""


def is_common(password: str, about: Iterable[str] = ()) -> bool:
    """Say whether a password would be among the first that are tried.

    :param about: names and addresses of the person and of the organisation: whoever attacks an
        account begins with them.
    """
    # Its lists are long, and few requests choose a password.
    from zxcvbn import zxcvbn  # noqa: PLC0415

    _know_french()
    names = [word for name in (OURSELVES, *about) for word in _words(name)]
    with _ONE_AT_A_TIME:
        measured = zxcvbn(_unaccented(password)[:MEASURED], user_inputs=list(dict.fromkeys(names)))
    return float(measured["guesses_log10"]) < ENOUGH


def _words(text: str) -> Iterable[str]:
    """Give the words of a name, and its ends written in one: `lesamisdulavoir`, `amisdulavoir`."""
    words = re.findall(r"[a-z0-9]+", _unaccented(text).lower())
    ends = ("".join(words[start:]) for start in range(len(words)))
    return [word for word in (*words, *ends) if len(word) >= 3]


def _unaccented(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@cache
def _know_french() -> None:
    """Add the words that the lists of zxcvbn, which are English, have not; the usual ones first."""
    from zxcvbn.matching import add_frequency_lists  # noqa: PLC0415

    lines = (Path(__file__).parent / "french_words.txt").read_text().splitlines()
    add_frequency_lists({"french": [line for line in lines if not line.startswith("#")]})
