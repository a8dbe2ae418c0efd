"""What a file is, by its content and never by its name."""

from pathlib import Path

from webapp.sheets.unreadable import UnreadableSheet

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_HEAD = 4096


def is_archive(path: Path) -> bool:
    """Tell a zip file (true) from a text (false).

    :raises UnreadableSheet: the file is empty, or of a kind that is not read.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise UnreadableSheet("empty")
    if head.startswith(b"PK\x03\x04"):
        return True
    if head.startswith(_OLE):
        raise UnreadableSheet("password" if _ENCRYPTED in path.read_bytes() else "old_excel")
    if head.startswith(b"%PDF"):
        raise UnreadableSheet("pdf")
    is_markup = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"{\\rtf"))
    is_binary = b"\0" in head and not head.startswith(_UTF_16)
    if is_markup or is_binary:
        raise UnreadableSheet("not_a_sheet")
    return False
