"""Counting on from one label of the post to the next, where the format says how."""

import re
from collections.abc import Iterator

_S10 = re.compile(r"([A-Z]{2})(\d{8})(\d)([A-Z]{2})", re.ASCII)
_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_LAST = 99_999_999


class Uncountable(Exception):
    """What follows this number is not known: no format known here, or a wrong check digit."""


def following(number: str) -> str:
    """Give the number of the next label, its spaces where the given one has them.

    Only the standard S10 of the Universal Postal Union is known with certainty: two letters, a
    serial number of eight digits, a check digit, two letters of the country ("RK 123 456 785 FR").
    Other labels, La Poste's own among them, may end in a check digit of another rule: the number
    that follows is then not one more.

    :param number: in capitals.
    :raises Uncountable: it is no S10 number, its check digit is wrong, or it is the last one.
    """
    match = _S10.fullmatch(number.replace(" ", ""))
    if match is None:
        raise Uncountable
    service, serial, check, country = match.groups()
    if int(check) != _check_digit(serial) or int(serial) == _LAST:
        raise Uncountable
    serial = f"{int(serial) + 1:08}"
    characters: Iterator[str] = iter(f"{service}{serial}{_check_digit(serial)}{country}")
    return "".join(sign if sign == " " else next(characters) for sign in number)


def _check_digit(serial: str) -> int:
    """Give 11 less the weighted sum modulo 11, as S10 says it; 10 is written 0, and 11 is 5."""
    weighted = sum(int(digit) * weight for digit, weight in zip(serial, _WEIGHTS, strict=True))
    rest = 11 - weighted % 11
    return {10: 0, 11: 5}.get(rest, rest)
