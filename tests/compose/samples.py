"""Files of every kind, as small as they can be and still be of their kind."""

from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
ENCRYPTED_PDF = PDF.replace(b"/Root", b"/Encrypt 2 0 R/Root")
SCRIPTED_PDF = PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
JPEG = b"\xff\xd8\xff\xe0" + bytes(20)
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
EXECUTABLE = b"MZ\x90\0" + bytes(60)


def archive(**parts: bytes) -> bytes:
    """Make a zip file; a part's name is written with `__` for the slash."""
    content = BytesIO()
    with ZipFile(content, "w") as packed:
        for name, text in parts.items():
            packed.writestr(name.replace("__", "/"), text)
    return content.getvalue()


def open_xml(main: str, *more: str, types: bytes = b"<Types/>") -> bytes:
    """Make a Word, Excel or PowerPoint document of these parts."""
    return archive(**{"[Content_Types].xml": types, main: b"<x/>", **dict.fromkeys(more, b"x")})


def open_document(kind: str, *more: str) -> bytes:
    """Make a LibreOffice document."""
    content = BytesIO()
    with ZipFile(content, "w") as packed:
        told = f"application/vnd.oasis.opendocument.{kind}"
        packed.writestr(ZipInfo("mimetype"), told, ZIP_STORED)
        for name in ("content.xml", *more):
            packed.writestr(name, "<x/>")
    return content.getvalue()


DOCX = open_xml("word__document.xml")
