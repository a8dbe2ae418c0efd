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


@dataclass(frozen=True)
class Imprint:
    """What a proof says of its seal.

    :param fingerprint: SHA-256 of the certificate that it will be sealed with, in hexadecimal.
    :param address: the public address of the installation, without a slash at its end; may be "".
    :param is_stamped: whether an outside authority will date the seal.
    """

    fingerprint: str
    address: str = ""
    is_stamped: bool = False


@dataclass(frozen=True)
class Contents:
    """A whole proof, ready to be laid out; `scope` says what it is worth and what it is not."""

    title: str
    number: str
    subtitle: str
    statement: str
    scope: str
    is_trial: bool
    sections: tuple[Section, ...]
    imprint: Imprint

    @property
    def verify_at(self) -> str:
        """Give the page where anybody can have this proof checked; empty where there is none."""
        return f"{self.imprint.address}/verifier" if self.imprint.address else ""

    @property
    def seal_at(self) -> str:
        """Give the page where the certificate is published; empty where there is none."""
        return f"{self.imprint.address}/sceau" if self.imprint.address else ""


Rows = Iterator[Row]


def dated(label: str, at: datetime) -> Row:
    """Say when (aware), in Paris time and in UTC."""
    return Row(label, f"{in_paris(at)} (heure de Paris)", in_utc(at))
