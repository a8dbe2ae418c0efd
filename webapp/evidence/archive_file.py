"""A letter's archive as a file of anybody's: opened within bounds, and read part by part."""

import zlib
from collections import Counter
from dataclasses import dataclass
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

_ENCRYPTED = 0x1
_BROKEN = (BadZipFile, zlib.error, NotImplementedError, ValueError, EOFError, OSError)


@dataclass(frozen=True)
class Bounds:
    """How large an archive may be: what it unfolds to, in bytes, its parts, and its proofs."""

    unfolded: int
    parts: int
    proofs: int


class NoArchive(Exception):
    """A file that is no ZIP at all."""


class TooLarge(Exception):
    """An archive beyond the bounds; nothing of it was unfolded."""


class PartLost(Exception):
    """A part that is not there, or that cannot be read."""


class ArchiveFile:
    """The parts of a ZIP. A name that is there twice is read from the first."""

    def __init__(self, file: IO[bytes], bounds: Bounds) -> None:
        """Look at the list of parts.

        :raises NoArchive: it is no ZIP.
        :raises TooLarge: it is beyond the bounds.
        """
        try:
            self._zip = ZipFile(file)
        except _BROKEN as error:
            raise NoArchive from error
        parts = self._zip.infolist()
        self.names = Counter(part.filename for part in parts)
        unfolded = sum(part.file_size for part in parts)
        proofs = sum(is_proof(part.filename) for part in parts)
        if (unfolded, len(parts), proofs) != (
            min(unfolded, bounds.unfolded),
            min(len(parts), bounds.parts),
            min(proofs, bounds.proofs),
        ):
            raise TooLarge
        self._first: dict[str, ZipInfo] = {}
        for part in parts:
            self._first.setdefault(part.filename, part)

    def read(self, path: str) -> bytes:
        """Unfold one part, never beyond the size that it says it has.

        :raises PartLost: it is not there, or is damaged.
        """
        part = self._first.get(path)
        if part is None or part.flag_bits & _ENCRYPTED:
            raise PartLost(path)
        if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise PartLost(path)
        try:
            with self._zip.open(part) as opened:
                content = opened.read(part.file_size)
        except _BROKEN as error:
            raise PartLost(path) from error
        if len(content) != part.file_size:
            raise PartLost(path)
        return content


def is_proof(path: str) -> bool:
    """Say whether a path of an archive is that of a proof."""
    return path.startswith("preuves/") and path.endswith(".pdf")
