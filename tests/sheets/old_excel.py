"""Writes small workbooks as Excel 97 did (.xls): what the tests need of [MS-XLS] and [MS-CFB]."""

import struct
from collections.abc import Sequence

OLE_HEAD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_NONE = 0xFFFFFFFF
_LEAST_STREAM = 4096
"""A shorter stream would have to stand among the small ones."""

Cell = str | float | None


def xls_bytes(
    rows: Sequence[Sequence[Cell]], *, hidden: Sequence[Sequence[Cell]] = (), password: bool = False
) -> bytes:
    """Make a workbook of one sheet, « Membres », and of a hidden one if it has rows."""
    sheets = [("Membres", 0, rows), *([("Cachée", 1, hidden)] if hidden else [])]
    before = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 1997, 0, 0))
    if password:
        before += _record(0x002F, struct.pack("<HHHH", 0, 0, 0x1234, 0x5678))
    end = _record(0x000A, b"")
    bodies = [_sheet(cells) for _, _, cells in sheets]
    place = len(before) + sum(len(_bound(0, state, name)) for name, state, _ in sheets) + len(end)
    index = b""
    for (name, state, _), body in zip(sheets, bodies, strict=True):
        index += _bound(place, state, name)
        place += len(body)
    return in_container("Workbook", before + index + end + b"".join(bodies))


def in_container(name: str, stream: bytes) -> bytes:
    """Put one stream into a compound file, whose table of sectors stands first."""
    stream = stream.ljust(max(_LEAST_STREAM, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    sectors = len(stream) // SECTOR
    chain = [*range(3, 2 + sectors), _END]
    table = struct.pack("<128I", *([_FAT, _END, *chain] + [_FREE] * (126 - sectors)))
    head = OLE_HEAD + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, _LEAST_STREAM, _END, 0, _END, 0)
    head += struct.pack("<109I", 0, *[_FREE] * 108)
    root = _entry("Root Entry", 5, 1, _END, 0)
    folder = (root + _entry(name, 2, _NONE, 2, len(stream))).ljust(SECTOR, b"\0")
    return head + table + folder + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<BBIII", kind, 1, _NONE, _NONE, child)
    return (
        text.ljust(64, b"\0")
        + struct.pack("<H", len(text))
        + links
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<HH", number, len(content)) + content


def _bound(place: int, state: int, name: str) -> bytes:
    text = name.encode("utf-16-le")
    return _record(0x0085, struct.pack("<IBBBB", place, state, 0, len(name), 1) + text)


def _sheet(rows: Sequence[Sequence[Cell]]) -> bytes:
    cells = b"".join(
        _cell(row, column, value)
        for row, values in enumerate(rows)
        for column, value in enumerate(values)
        if value is not None
    )
    start = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 1997, 0, 0))
    return start + cells + _record(0x000A, b"")


def _cell(row: int, column: int, value: Cell) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(value, bool):
        return _record(0x0205, place + struct.pack("<BB", value, 0))
    if isinstance(value, str):
        text = value.encode("utf-16-le")
        return _record(0x0204, place + struct.pack("<HB", len(value), 1) + text)
    return _record(0x0203, place + struct.pack("<d", value))
