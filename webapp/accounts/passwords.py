"""Passwords that are guessed first: refused wherever a password is chosen (ASVS 6.2.4, 6.2.11).

No list of passwords is long enough, as most are made by a rule: a favourite word and a year, a
walk over the keyboard, something twice. So the password is cut into such pieces, each with the
number of guesses that it costs someone who knows the rule, and the cheapest way of cutting counts;
that is the reasoning of zxcvbn (Wheeler, USENIX Security 2016), made short. Nothing asks for
capitals or digits.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from math import log10
from pathlib import Path

ENOUGH = 9.0
"""The power of ten of the guesses that a password must cost; attempts are slowed down besides."""

UNKNOWN = 1.0
"""What a character costs that fits no rule: less than a random one, for it may be of a word."""

SEPARATOR = 0.5
CHANGED = 0.5
"""What a word costs more that is written with digits for letters, or with capitals."""

OURSELVES = "plirec"
CONTEXT = 0.5
"""What a word costs that names the person or the organisation."""

WALKS = tuple(
    """
    01234567890123456789 abcdefghijklmnopqrstuvwxyz azertyuiopqsdfghjklmwxcvbn
    qwertyuiopasdfghjklzxcvbnm azertyuiop qsdfghjklm wxcvbn asdfghjkl zxcvbnm
    1q2w3e4r5t6y7u8i9o0p q1w2e3r4t5y6u7i8o9p0 1a2z3e4r5t6y7u8i9o0p a1z2e3r4t5y6u7i8o9p0
    1qaz2wsx3edc4rfv5tgb6yhn7ujm 1aqw2zsx3edc4rfv5tgb zaq1xsw2cde3vfr4bgt5 zaq12wsxcde34rfvbgt5
    qazwsxedcrfvtgbyhnujm qweasdzxc azeqsdwxc qweasdzxc123 123qweasdzxc 147258369 741852963 159753
    !@#$%^&*()
    """.split()  # noqa: SIM905 - a list would take a page
)
LEET = tuple(str.maketrans("@4301$57!", f"aaeo{letter}sst{letter}") for letter in "il")
YEAR = re.compile(r"(19|20)\d\d")
DATE = re.compile(r"(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])((19|20)?\d\d)")
LONGEST_PIECE = 40


def is_common(password: str, about: Iterable[str] = ()) -> bool:
    """Say whether a password would be among the first that are tried.

    :param about: names and addresses of the person and of the organisation: whoever attacks an
        account begins with them.
    """
    return guesses(password, (OURSELVES, *about)) < ENOUGH


def guesses(password: str, about: Iterable[str] = ()) -> float:
    """Give the power of ten of the guesses that the cheapest way to this password takes."""
    text = _folded(password)
    words = {**_common_words(), **{word: CONTEXT for name in about for word in _words(name)}}
    # Each way to read it, and what reading digits as letters costs.
    readings = ((text, 0.0), *((text.translate(leet), CHANGED) for leet in LEET))
    cheapest = [0.0]
    for end in range(1, len(text) + 1):
        ways = [cheapest[end - 1] + (UNKNOWN if text[end - 1].isalnum() else SEPARATOR)]
        for start in range(max(0, end - LONGEST_PIECE), end - 1):
            costs = [
                words[read[start:end]] + more for read, more in readings if read[start:end] in words
            ]
            costs += _made_by_rule(text[start:end])
            ways += [cheapest[start] + cost for cost in costs]
        cheapest.append(min([*ways, *_repeated(text, end, cheapest)]))
    return cheapest[-1] + (CHANGED if password != password.lower() else 0)


def _made_by_rule(piece: str) -> Iterable[float]:
    if piece in _walks():
        yield 1.5 + log10(len(piece)) / 2
    if YEAR.fullmatch(piece):
        yield 2.0
    if DATE.fullmatch(piece):
        yield 4.0


def _repeated(text: str, end: int, cheapest: list[float]) -> Iterable[float]:
    """Give the cost of each way to see the text before `end` as a piece written several times."""
    for size in range(1, end // 2 + 1):
        unit = text[end - size : end]
        times = 1
        while text[max(0, end - (times + 1) * size) : end - times * size] == unit:
            times += 1
        first = end - (times - 1) * size
        if times > 1 and first >= size:
            yield cheapest[first] + log10(times)


def _words(text: str) -> Iterable[str]:
    folded = _folded(text)
    words = [word for word in re.split(r"[^a-z0-9]+", folded) if len(word) >= 3]
    return {*words, "".join(re.findall(r"[a-z0-9]+", folded))} - {""}


def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@cache
def _common_words() -> dict[str, float]:
    """Words by what they cost: the power of ten of their place in the list."""
    lines = (Path(__file__).parent / "common_words.txt").read_text().splitlines()
    words = (line for line in lines if not line.startswith("#"))
    return {word: log10(place + 10) for place, word in enumerate(words)}


@cache
def _walks() -> frozenset[str]:
    """Every part of a walk, in both directions, of three keys at least."""
    return frozenset(
        walk[start:end]
        for one in WALKS
        for walk in (one, one[::-1])
        for start in range(len(walk))
        for end in range(start + 3, len(walk) + 1)
    )
