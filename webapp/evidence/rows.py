"""The lines that a proof is made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from webapp.evidence.moments import in_paris, in_utc


@dataclass(frozen=True)
class Row:
    """One line of a proof; `code` is what machines read: a hash, a moment in UTC."""

    label: str
    value: str = ""
    code: str = ""


@dataclass(frozen=True)
class Section:
    """Some lines of a proof under one heading."""

    title: str
    rows: tuple[Row, ...]


Rows = Iterator[Row]


def dated(label: str, at: datetime) -> Row:
    """Say when (aware), in Paris time and in UTC."""
    return Row(label, f"{in_paris(at)} (heure de Paris)", in_utc(at))
