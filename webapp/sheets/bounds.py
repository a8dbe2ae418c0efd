"""Bounds a workbook's zip file before any reader opens it."""

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from webapp.sheets.limits import MEGABYTE, Limits
from webapp.sheets.unreadable import UnreadableSheet

RATIO = 400
"""How many times its size a part may unfold to; the most uniform real sheets reach half of it."""

_SMALL = MEGABYTE
"""Below it the ratio says nothing."""

_LOCAL_HEADER = 30
_PACKED_PIECE = 64 * 1024
_MIMETYPE = "mimetype"
_OPEN_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST = "META-INF/manifest.xml"
_ENCRYPTED_PART = b"encryption-data"
_ENCRYPTED_WHOLE = "encrypted-package"
_ENCRYPTED = 0x1


def check_archive(path: Path, limits: Limits, watch: Callable[[str, bytes], None]) -> None:
    """See that a zip file is a workbook whose real unfolded size is within bounds.

    The declared sizes may lie, so every part is unfolded for real, piece by piece, and counted.

    :param watch: is shown each piece of each part, with the part's name, as it goes by.
    :raises UnreadableSheet: it is not.
    """
    try:
        with ZipFile(path) as archive, path.open("rb") as file:
            parts = archive.infolist()
            _check_kind(archive, {part.filename for part in parts})
            if len(parts) > limits.entries:
                raise UnreadableSheet("too_large_inside")
            if sum(part.compress_size for part in parts) > limits.bytes:
                # Parts that overlap: the whole file is smaller than that.
                raise UnreadableSheet("too_large_inside")
            if sum(part.file_size for part in parts) > limits.unpacked_bytes:
                raise UnreadableSheet("too_large_inside")
            _check_real_sizes(parts, file, limits, watch)
            _check_password(archive)
    except (BadZipFile, zlib.error, NotImplementedError, ValueError, EOFError) as broken:
        raise UnreadableSheet("damaged") from broken


def _check_kind(archive: ZipFile, names: set[str]) -> None:
    if "xl/workbook.xml" in names:
        return
    if _MIMETYPE not in names or not _beginning(archive, _MIMETYPE).startswith(_OPEN_SPREADSHEET):
        raise UnreadableSheet("not_a_sheet")


def _check_password(archive: ZipFile) -> None:
    """OpenDocument names what is encrypted in its manifest, or keeps one part with all in it."""
    names = set(archive.namelist())
    whole = _ENCRYPTED_WHOLE in names
    if whole or (_MANIFEST in names and _ENCRYPTED_PART in _beginning(archive, _MANIFEST)):
        raise UnreadableSheet("password")


def _beginning(archive: ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(MEGABYTE)


def _check_real_sizes(
    parts: list[ZipInfo], file: IO[bytes], limits: Limits, watch: Callable[[str, bytes], None]
) -> None:
    left = limits.unpacked_bytes
    for part in parts:
        if part.flag_bits & _ENCRYPTED:
            raise UnreadableSheet("password")
        if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise UnreadableSheet("damaged")
        bound = min(left, max(_SMALL, part.compress_size * RATIO))
        size = 0
        for piece in pieces(part, file):
            size += len(piece)
            if size > bound:
                raise UnreadableSheet("too_large_inside")
            watch(part.filename, piece)
        left -= size


def pieces(part: ZipInfo, file: IO[bytes]) -> Iterator[bytes]:
    """Unfold a part of a zip file, stored or deflated, by at most a megabyte at a time."""
    file.seek(part.header_offset)
    header = file.read(_LOCAL_HEADER)
    name_and_extra = int.from_bytes(header[26:28], "little") + int.from_bytes(
        header[28:30], "little"
    )
    file.seek(name_and_extra, 1)
    left = part.compress_size
    unfold = zlib.decompressobj(-zlib.MAX_WBITS)
    while left > 0 and not unfold.eof and (packed := file.read(min(left, _PACKED_PIECE))):
        left -= len(packed)
        if part.compress_type == ZIP_STORED:
            yield packed
            continue
        while packed and not unfold.eof:
            yield unfold.decompress(packed, MEGABYTE)
            packed = unfold.unconsumed_tail
    yield unfold.flush()
