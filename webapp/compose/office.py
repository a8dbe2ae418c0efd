"""What is inside an office document's zip file, read within bounds and never unfolded whole."""

import re
import zlib
from io import BytesIO
from typing import NamedTuple
from zipfile import BadZipFile, LargeZipFile, ZipFile

_OPEN_XML = "application/vnd.openxmlformats-officedocument"
_MAIN_PARTS = {
    "word/document.xml": f"{_OPEN_XML}.wordprocessingml.document",
    "xl/workbook.xml": f"{_OPEN_XML}.spreadsheetml.sheet",
    "ppt/presentation.xml": f"{_OPEN_XML}.presentationml.presentation",
}
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_OPEN_DOCUMENT_KINDS = ("text", "spreadsheet", "presentation")
_CONTENT_TYPES = "[Content_Types].xml"

_DIRECTORY_BYTES = 1024 * 1024
"""How large the list of what is inside may be: some ten thousand parts."""

_TYPES_BYTES = 1024 * 1024
_END = b"PK\x05\x06"
_END_LENGTH = 22
_COMMENT_LENGTH = 65_535
_LARGE_END = b"PK\x06\x07"
_ENCRYPTED = 0x1


class Unreadable(Exception):
    """A zip file that is damaged, encrypted, or out of bounds."""


class OfficeKind(NamedTuple):
    """What an office document is, and whether it holds programs."""

    media_type: str
    has_macros: bool


def office_kind(content: bytes) -> OfficeKind | None:
    """Tell an office document by the parts inside it; None: it is another kind of archive.

    :raises Unreadable: what is inside cannot be known.
    """
    _bound_directory(content)
    try:
        with ZipFile(BytesIO(content)) as archive:
            if any(part.flag_bits & _ENCRYPTED for part in archive.infolist()):
                raise Unreadable
            names = {part.filename for part in archive.infolist()}
            return _open_xml(archive, names) or _open_document(archive, names)
    except (
        BadZipFile,
        EOFError,
        LargeZipFile,
        NotImplementedError,
        UnicodeDecodeError,
        ValueError,
        zlib.error,
    ) as error:
        raise Unreadable from error


def _open_xml(archive: ZipFile, names: set[str]) -> OfficeKind | None:
    if _CONTENT_TYPES not in names:
        return None
    for part, media_type in _MAIN_PARTS.items():
        if part in names:
            # Whatever its encoding, UTF-16 too, the words are the same letters.
            types = _head(archive, _CONTENT_TYPES, _TYPES_BYTES).replace(b"\0", b"").lower()
            has_program = any(name.lower().endswith("vbaproject.bin") for name in names)
            says_so = b"macroenabled" in types or b"vbaproject" in types
            return OfficeKind(media_type, has_program or says_so)
    return None


def _open_document(archive: ZipFile, names: set[str]) -> OfficeKind | None:
    if "mimetype" not in names or "content.xml" not in names:
        return None
    told = _head(archive, "mimetype", 100).decode("ascii").strip()
    if told not in {f"{_OPEN_DOCUMENT}{kind}" for kind in _OPEN_DOCUMENT_KINDS}:
        return None
    return OfficeKind(told, any(name.startswith(("Basic/", "Scripts/")) for name in names))


def _head(archive: ZipFile, name: str, length: int) -> bytes:
    with archive.open(name) as part:
        return part.read(length)


def _bound_directory(content: bytes) -> None:
    """Look how long the list of parts says it is, before a reader takes it all in.

    :raises Unreadable: it is too long, or there is none.
    """
    tail = content[-(_END_LENGTH + _COMMENT_LENGTH) :]
    ends = [found.start() for found in re.finditer(re.escape(_END), tail)]
    sizes = [int.from_bytes(tail[at + 12 : at + 16], "little") for at in ends]
    # Readers disagree on which end counts where a forged file has several: all must be modest.
    if not sizes or max(sizes) > _DIRECTORY_BYTES or _LARGE_END in tail:
        raise Unreadable
