"""What a file that somebody shows says of itself: plain values, to go from process to process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Seal:
    """A seal on a PDF: by which certificate (SHA-256), and whether it still holds all of it."""

    fingerprint: str
    is_intact: bool
    is_whole: bool


@dataclass(frozen=True)
class SeenPdf:
    """What a file that claims to be a proof shows of itself; plain values all.

    :param seals: None where it is too damaged, or too hostile, to be read.
    """

    is_pdf: bool
    sha256: str
    seals: Sequence[Seal] | None
    is_trial: bool


@dataclass(frozen=True)
class SeenArchive:
    """What an archive shows of itself; plain values all.

    :param found: each check of the archive's own, and where it found something wrong.
    :param hashes: sequence and hash of each entry of its journal that holds.
    :param roots: what it says of each day's root, by path: day, root and size of the tree.
    """

    found: Sequence[tuple[str, Sequence[str]]]
    certificates: Sequence[str]
    seals: Mapping[str, str]
    digests: Mapping[str, str]
    chain: str
    made_at: str
    hashes: Sequence[tuple[int, str]]
    roots: Mapping[str, tuple[str, str, int]]
    is_trial: bool


@dataclass(frozen=True)
class NotKnown:
    """A ZIP that is no archive of a letter, or one of another format."""


Seen: TypeAlias = SeenPdf | SeenArchive | NotKnown
