"""What a file is, by its content and never by its name."""

import re
from enum import Enum, auto
from pathlib import Path

from webapp.sheets.unreadable import UnreadableSheet


class Kind(Enum):
    """A kind of file that is read."""

    ARCHIVE = auto()
    """A zip file: .xlsx or .ods, or something else."""
    OLD_EXCEL = auto()
    """Excel 97 to 2003 (.xls)."""
    TEXT = auto()
    """Columns between separators (.csv, .tsv)."""


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_NEW_EXCEL = "EncryptedPackage".encode("utf-16-le")
OLD_EXCEL_STREAMS = ("Workbook", "Book")
"""What the part of an .xls file is called that holds its sheets."""

_ENCRYPTED_OLD_EXCEL = re.compile(
    rb"\x09\x08(?:\x10\0.{16}|\x08\0.{8})(?:\x86\0\0\0)?\x2f\0", re.DOTALL
)
"""The stream's start, perhaps « recommended read-only », then FilePass ([MS-XLS] 2.1.7.20.3)."""

_OTHER_TABLES = (b"<", b"ID;P", b"TABLE\r\n0,1", b"TABLE\n0,1")
"""Markup (web pages called .xls, Excel's XML of 2003, .fods), SYLK and DIF: programs open them."""

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_HEAD = 4096


def kind_of(path: Path) -> Kind:
    """Tell what a file is.

    :raises UnreadableSheet: the file is empty, or of a kind that is not read.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise UnreadableSheet("empty")
    if head.startswith(b"PK\x03\x04"):
        return Kind.ARCHIVE
    if head.startswith(_OLE):
        _check_old_office(path.read_bytes())
        return Kind.OLD_EXCEL
    if head.startswith(b"%PDF"):
        raise UnreadableSheet("pdf")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(_OTHER_TABLES):
        raise UnreadableSheet("other_table")
    is_binary = b"\0" in head and not head.startswith(_UTF_16)
    if is_binary or start.startswith(b"{\\rtf"):
        raise UnreadableSheet("not_a_sheet")
    return Kind.TEXT


def _check_old_office(content: bytes) -> None:
    """See that a compound file is a workbook without password: its bytes show what it holds."""
    if _ENCRYPTED_NEW_EXCEL in content or _ENCRYPTED_OLD_EXCEL.search(content):
        raise UnreadableSheet("password")
    if not any(f"{name}\0".encode("utf-16-le") in content for name in OLD_EXCEL_STREAMS):
        raise UnreadableSheet("not_a_sheet")
