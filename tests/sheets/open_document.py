"""Writes small workbooks as LibreOffice does (.ods): what the tests need of OpenDocument 1.3."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"
_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style")
)
_STYLES = (
    "<office:automatic-styles>"
    '<style:style style:name="hidden" style:family="table">'
    '<style:table-properties table:display="false"/></style:style>'
    "</office:automatic-styles>"
)
_MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="content.xml">{}</manifest:file-entry>'
    "</manifest:manifest>"
)


def text(value: str) -> str:
    """Write a cell that holds a text."""
    return (
        f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
    )


def value(kind: str, attribute: str, content: str, shown: str) -> str:
    """Write a cell that holds a number, a day or the like, and what is shown of it."""
    return (
        f'<table:table-cell office:value-type="{kind}" office:{attribute}="{content}">'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )


def empty(times: int) -> str:
    """Write cells that hold nothing, as LibreOffice ends its rows."""
    return f'<table:table-cell table:number-columns-repeated="{times}"/>'


def row(*cells: str, times: int = 1) -> str:
    """Write a row, or several that are alike."""
    return (
        f'<table:table-row table:number-rows-repeated="{times}">{"".join(cells)}</table:table-row>'
    )


def sheet(name: str, *rows: str, hidden: bool = False) -> str:
    """Write one sheet."""
    style = ' table:style-name="hidden"' if hidden else ""
    return f'<table:table table:name="{name}"{style}>{"".join(rows)}</table:table>'


def ods_bytes(
    *sheets: str, kind: str = SPREADSHEET, before: str = "", encryption: str = ""
) -> bytes:
    """Make the file of some sheets; `before` stands ahead of the document's own element."""
    body = f"<office:body><office:spreadsheet>{''.join(sheets)}</office:spreadsheet></office:body>"
    document = f"<office:document-content {_SPACES}>{_STYLES}{body}</office:document-content>"
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, ZIP_STORED)
        archive.writestr("content.xml", f'<?xml version="1.0"?>{before}{document}')
        archive.writestr("META-INF/manifest.xml", _MANIFEST.format(encryption))
    return made.getvalue()
