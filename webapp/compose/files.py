"""Which files may go with a letter: told by their content, with a name that agrees with it.

ASVS 5.2.2 (the kind is that of the content), 5.2.3 and 5.3.2 (archives are not unfolded, names are
made safe).
"""

import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath

from flask_babel import gettext as _

from webapp.compose.office import Unreadable, office_kind
from webapp.sheets.tables import XLSX
from webapp.texts import without_heaps
from webapp.web.uploads import is_text, media_type_by_opening

PDF = "application/pdf"
TEXT = "text/plain"
_WORDPROCESSING = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_PRESENTATION = "application/vnd.openxmlformats-officedocument.presentationml.presentation"

EXTENSIONS: Mapping[str, tuple[str, ...]] = {
    PDF: ("pdf",),
    _WORDPROCESSING: ("docx",),
    XLSX: ("xlsx",),
    _PRESENTATION: ("pptx",),
    "application/vnd.oasis.opendocument.text": ("odt",),
    "application/vnd.oasis.opendocument.spreadsheet": ("ods",),
    "application/vnd.oasis.opendocument.presentation": ("odp",),
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/tiff": ("tif", "tiff"),
    TEXT: ("txt",),
}
"""The media types that are accepted, and how the names of such files end."""

ACCEPTED = ",".join(f".{extension}" for endings in EXTENSIONS.values() for extension in endings)
"""For `<input type="file" accept>`: what the browser offers to choose."""

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ARCHIVE = b"PK\x03\x04"
_NAME_LENGTH = 120
_READ_OF_A_NAME = 4096
_FORBIDDEN = dict.fromkeys(map(ord, '<>:"/\\|?*'), "_")
_RESERVED = {"con", "prn", "aux", "nul"} | {
    f"{device}{number}" for device in ("com", "lpt") for number in range(1, 10)
}


class NotAccepted(Exception):
    """A file that cannot go with a letter; `message` says why, and what to do, to the sender."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def media_type_of(name: str, content: bytes) -> str:
    """Tell the kind of a file by its content, and see that its name says the same.

    :raises NotAccepted: the file is empty, of a kind that is not accepted, or named as another.
    """
    if not content:
        raise NotAccepted(_("« %(name)s » est vide.", name=name))
    if content.startswith(_OLD_OFFICE):
        raise NotAccepted(
            _(
                "« %(name)s » est d’un ancien format, ou protégé par un mot de passe : "
                "enregistrez-le en .docx, .xlsx ou .pptx sans mot de passe, ou mieux en PDF.",
                name=name,
            )
        )
    found = _kind_of_archive(name, content) if content.startswith(_ARCHIVE) else _kind(content)
    ending = name.rpartition(".")[2].casefold()
    if found is None or (found == TEXT and ending not in EXTENSIONS[TEXT]):
        raise NotAccepted(
            _(
                "« %(name)s » n’est pas d’un format accepté : enregistrez-le en PDF.",
                name=name,
            )
        )
    if ending not in EXTENSIONS[found]:
        raise NotAccepted(
            _(
                "Le nom de « %(name)s » ne dit pas ce qu’il contient : il devrait finir par "
                ".%(extension)s.",
                name=name,
                extension=EXTENSIONS[found][0],
            )
        )
    return found


def remark_on(media_type: str, content: bytes) -> str:
    """Tell what the sender should know of an accepted file: `""`, `"encrypted"` or `"script"`."""
    if media_type != PDF:
        return ""
    if b"/Encrypt" in content:
        return "encrypted"
    return "script" if b"/JavaScript" in content or b"/JS" in content else ""


def clean_name(given: str) -> str:
    """Make of a browser's file name one that every system takes, and that reads as it is.

    Folders go, and so do control characters and those that turn the reading direction; what Windows
    forbids becomes `_`; at most 120 characters, the ending kept.
    """
    given = without_heaps(given[-_READ_OF_A_NAME:])
    name = PurePosixPath(unicodedata.normalize("NFC", given).replace("\\", "/")).name
    name = "".join(
        sign for sign in name if unicodedata.category(sign)[0] not in "CZ" or sign == " "
    )
    name = " ".join(name.translate(_FORBIDDEN).split()).rstrip(". ")
    stem, dot, ending = name.rpartition(".") if "." in name else (name, "", "")
    stem = stem.strip(". ")
    if stem.casefold().partition(".")[0] in _RESERVED:
        stem = f"_{stem}"
    stem = stem[: _NAME_LENGTH - len(dot + ending[:10])].rstrip(". ") or "fichier"
    return f"{stem}{dot}{ending[:10]}"


def _kind(content: bytes) -> str | None:
    if kind := media_type_by_opening(content):
        return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return TEXT if is_text(content) else None


def _kind_of_archive(name: str, content: bytes) -> str | None:
    try:
        kind = office_kind(content)
    except Unreadable as error:
        raise NotAccepted(
            _(
                "« %(name)s » est abîmé ou protégé par un mot de passe : enregistrez-le de "
                "nouveau, ou mieux en PDF.",
                name=name,
            )
        ) from error
    if kind is not None and kind.has_macros:
        raise NotAccepted(
            _(
                "« %(name)s » contient des macros (des programmes) : enregistrez-le sans macros, "
                "ou mieux en PDF.",
                name=name,
            )
        )
    return kind.media_type if kind else None
