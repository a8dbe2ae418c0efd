"""A ZIP that is written once, in one go: safe names, fixed moments, a SHA-256 for each file."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from webapp.letters.term import PARIS
from webapp.texts import fold

LONGEST = 40
_READABLE = 0o644 << 16
_UNIX = 3


@dataclass(frozen=True)
class Filed:
    """A file in the ZIP: its path there, its SHA-256 in hexadecimal, its size in bytes."""

    path: str
    sha256: str
    size: int


def slug(text: str) -> str:
    """Make a part of a file name of a person's text: lower-case ASCII letters, digits, hyphens.

    Nothing else of the text is left: no path, no formula, no name that a system keeps for itself
    once a number stands before it. It may be empty.
    """
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:LONGEST].rstrip("-")


class ZipWriter:
    """Writes files into a ZIP one after the other; only the file at hand is in memory.

    `filed` names what was written, in its order.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = ZipFile(file, "w")
        self.filed: list[Filed] = []

    def __enter__(self) -> "ZipWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    def text(self, path: str, pieces: Iterable[str], at: datetime) -> Filed:
        """Write a text in UTF-8, compressed; see `_write`."""
        return self._write(path, (piece.encode() for piece in pieces), at, ZIP_DEFLATED)

    def content(self, path: str, content: bytes, at: datetime) -> Filed:
        """Write bytes as they are: PDFs and pictures are compressed already; see `_write`."""
        return self._write(path, (content,), at, ZIP_STORED)

    def _write(self, path: str, pieces: Iterable[bytes], at: datetime, method: int) -> Filed:
        """Write one file.

        :param at: an aware moment; a ZIP says it in the time of Paris, to two seconds.
        """
        info = ZipInfo(path, at.astimezone(PARIS).timetuple()[:6])
        info.compress_type, info.external_attr, info.create_system = method, _READABLE, _UNIX
        digest, size = hashlib.sha256(), 0
        with self._zip.open(info, "w") as target:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                target.write(piece)
        filed = Filed(path, digest.hexdigest(), size)
        self.filed.append(filed)
        return filed
