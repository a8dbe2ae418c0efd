"""Takes a stream out of a compound file, the container of Excel 97's workbooks ([MS-CFB])."""

import struct
from collections.abc import Iterator, Sequence

from webapp.sheets.unreadable import UnreadableSheet

_ENTRY = 128
_ROOT = 5
_LAST = 0xFFFFFFFA
"""A number beyond it is no sector: the end of a chain, or a free one."""


def stream_of(content: bytes, names: Sequence[str]) -> bytes:
    """Give the content of the first stream that has one of the names.

    :raises UnreadableSheet: there is none, or the chains of sectors lead nowhere.
    """
    try:
        return _Compound(content).stream(names)
    except (struct.error, IndexError, ValueError) as broken:
        raise UnreadableSheet("damaged") from broken


class _Compound:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self._shift, small_shift = struct.unpack_from("<HH", content, 30)
        if self._shift not in (9, 12) or small_shift >= self._shift:
            raise ValueError(self._shift)
        self._small = 1 << small_shift
        self._folder, self._least, self._first_small = (
            number for at in (48, 56, 60) for number in struct.unpack_from("<I", content, at)
        )
        self._table = self._numbers(b"".join(map(self._sector, self._table_sectors())))

    def _sector(self, number: int) -> bytes:
        start = (number + 1) << self._shift
        if start >= len(self._content):
            raise IndexError(number)
        return self._content[start : start + (1 << self._shift)]

    def _numbers(self, content: bytes) -> Sequence[int]:
        return struct.unpack_from(f"<{len(content) // 4}I", content)

    def _table_sectors(self) -> Iterator[int]:
        yield from (n for n in struct.unpack_from("<109I", self._content, 76) if n < _LAST)
        more, count = struct.unpack_from("<II", self._content, 68)
        for _ in range(min(count, len(self._content) >> self._shift)):
            if more >= _LAST:
                return
            *numbers, more = self._numbers(self._sector(more))
            yield from (number for number in numbers if number < _LAST)

    def _chain(self, table: Sequence[int], number: int) -> Iterator[int]:
        for _ in range(len(table)):
            if number >= _LAST:
                return
            yield number
            number = table[number]
        raise ValueError("a chain without end")

    def _whole(self, first: int) -> bytes:
        return b"".join(map(self._sector, self._chain(self._table, first)))

    def stream(self, names: Sequence[str]) -> bytes:
        folder = self._whole(self._folder)
        root = -1
        for at in range(0, len(folder) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", folder, at + 64)
            first, size = struct.unpack_from("<II", folder, at + 116)
            if kind == _ROOT:
                root = first
            elif folder[at : at + length].decode("utf-16-le").rstrip("\0") in names:
                found = self._whole(first) if size >= self._least else self._of_small(root, first)
                return found[:size]
        raise ValueError("no such stream")

    def _of_small(self, root: int, first: int) -> bytes:
        """Short streams share one that the root holds, in smaller sectors of their own."""
        shared, table = self._whole(root), self._numbers(self._whole(self._first_small))
        starts = (number * self._small for number in self._chain(table, first))
        return b"".join(shared[start : start + self._small] for start in starts)
