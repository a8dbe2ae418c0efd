"""Broken and hostile files, each with the reasons for which it may be refused."""

import random
import struct
from collections.abc import Callable, Collection
from io import BytesIO
from typing import Any, NamedTuple
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

from tests.sheets import open_document as od
from tests.sheets.old_excel import OLE_HEAD, SECTOR, in_container, xls_bytes
from webapp.sheets.limits import MEGABYTE

SHEET = "xl/worksheets/sheet1.xml"
SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
CELLS = {"A1": "Nom", "B1": "E-mail", "A2": "Morel", "B2": "a@exemple.fr"}
OLE = OLE_HEAD + bytes(600)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1"
OLD = [["Nom", "E-mail"], ["Morel", "a@exemple.fr"]]
OPEN_ROW = od.row(od.text("Nom"), od.text("E-mail"))


class Hostile(NamedTuple):
    """A file to make, and the reasons one of which must be given."""

    make: Callable[[], bytes]
    codes: Collection[str]


def workbook_bytes(cells: dict[str, Any]) -> bytes:
    """Make a workbook of one sheet out of its cells ({"A1": "Nom"})."""
    workbook = Workbook()
    for place, value in cells.items():
        workbook.worksheets[0][place] = value
    content = BytesIO()
    workbook.save(content)
    return content.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """Put other bytes in the place of one part of a workbook's zip file."""
    altered = BytesIO()
    with (
        ZipFile(BytesIO(content)) as source,
        ZipFile(altered, "w", ZIP_DEFLATED, compresslevel=9) as target,
    ):
        for other in source.namelist():
            target.writestr(other, part if other == name else source.read(other))
    return altered.getvalue()


def sheet_xml(inside: str, before: str = "") -> bytes:
    """Make a workbook whose one sheet holds the given XML."""
    part = f"{before}<worksheet {SPACE}>{inside}</worksheet>"
    return with_part(workbook_bytes(CELLS), SHEET, part.encode())


def laughs() -> str:
    """Declare entities of which each holds ten of the one before: `&i;` is a billion letters."""
    entities = "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    return f'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{entities}]>'


def bomb(*, lying: bool = False) -> bytes:
    """Make a small workbook whose sheet unfolds to 40 MB; `lying`: it says 1,000 bytes."""
    content = with_part(workbook_bytes(CELLS), SHEET, bytes(40 * MEGABYTE))
    true_size, small = struct.pack("<I", 40 * MEGABYTE), struct.pack("<I", 1000)
    assert true_size in content
    return content.replace(true_size, small) if lying else content


def with_parts(count: int) -> bytes:
    """Make a workbook with many more parts than a sheet needs."""
    content = BytesIO(workbook_bytes(CELLS))
    with ZipFile(content, "a") as archive:
        for number in range(count):
            archive.writestr(f"xl/media/{number}", "")
    return content.getvalue()


def overlapping() -> bytes:
    """Make a workbook that lists one part twenty times."""
    content = BytesIO(workbook_bytes(CELLS))
    with ZipFile(content, "a") as archive:
        archive.writestr("xl/media/image", bytes(MEGABYTE))
        archive.filelist.extend([archive.getinfo("xl/media/image")] * 20)
    return content.getvalue()


def packed_otherwise() -> bytes:
    """Make a workbook with a part packed as no spreadsheet does."""
    content = BytesIO(workbook_bytes(CELLS))
    with ZipFile(content, "a", ZIP_BZIP2) as archive:
        archive.writestr("xl/media/image", bytes(MEGABYTE))
    return content.getvalue()


def archive_of(*names: str) -> bytes:
    """Make a zip file that is no workbook."""
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return content.getvalue()


def _chain_without_end() -> bytes:
    content = bytearray(xls_bytes(OLD))
    # The sector of the folder is followed by itself.
    struct.pack_into("<I", content, SECTOR + 4, 1)
    return bytes(content)


def nested(depth: int) -> bytes:
    """Make a workbook whose one hidden row holds elements within elements."""
    cell = '<c r="A1"><v>1</v></c>'
    return sheet_xml(
        f'<sheetData><row r="1" hidden="1">{cell}{"<a>" * depth}{"</a>" * depth}</row></sheetData>'
    )


def _wide(times: int) -> bytes:
    cell = od.text("x").replace(
        "table-cell ", 'table-cell table:number-columns-repeated="16384" ', 1
    )
    return od.ods_bytes(od.sheet("a", od.row(cell, times=times)))


def _columns(count: int) -> bytes:
    return (";".join(["x"] * count) + "\n").encode()


_LAUGHING_ROW = (
    '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&i;</t></is></c></row></sheetData>'
)
_UNREADABLE = ("damaged", "reader_stopped", "too_large_inside")

HOSTILE = {
    "vide.xlsx": Hostile(lambda: b"", ["empty"]),
    "image.xlsx": Hostile(lambda: PNG, ["not_a_sheet"]),
    "document.xlsx": Hostile(lambda: b"%PDF-1.7\n...", ["pdf"]),
    "page.xls": Hostile(lambda: b"<html><table><tr><td>Nom</td></tr></table>", ["other_table"]),
    "sylk.xls": Hostile(lambda: b'ID;PCALCOOO32\nC;X1;Y1;K"Nom"\nE\n', ["other_table"]),
    "octets.csv": Hostile(lambda: bytes(range(256)) * 8, ["not_a_sheet"]),
    "lettre.xlsx": Hostile(lambda: archive_of("word/document.xml"), ["not_a_sheet"]),
    "archive.ods": Hostile(lambda: archive_of("mimetype", "content.xml"), ["not_a_sheet"]),
    "sans-fin.xlsx": Hostile(lambda: b"PK\x03\x04 and no more", ["damaged"]),
    "coupe.xlsx": Hostile(lambda: workbook_bytes(CELLS)[:-30], ["damaged"]),
    "coupe.xls": Hostile(lambda: xls_bytes(OLD)[:2100], _UNREADABLE),
    "coupe.ods": Hostile(lambda: od.ods_bytes(od.sheet("a", OPEN_ROW))[:300], ["damaged"]),
    "mot-de-passe.xlsx": Hostile(
        lambda: OLE + "EncryptedPackage".encode("utf-16-le"), ["password"]
    ),
    "mot-de-passe.xls": Hostile(lambda: xls_bytes(OLD, password=True), ["password"]),
    "mot-de-passe.ods": Hostile(
        lambda: od.ods_bytes(
            od.sheet("a", OPEN_ROW), encryption='<manifest:encryption-data manifest:checksum="x"/>'
        ),
        ["password"],
    ),
    "autre-document.xls": Hostile(lambda: in_container("WordDocument", b"x"), ["not_a_sheet"]),
    "secteurs-sans-fin.xls": Hostile(_chain_without_end, _UNREADABLE),
    "hasard.xls": Hostile(
        lambda: xls_bytes(OLD)[: 3 * SECTOR] + random.Random(97).randbytes(6000), _UNREADABLE
    ),
    "bombe.xlsx": Hostile(bomb, ["too_large_inside"]),
    "bombe-qui-ment.xlsx": Hostile(lambda: bomb(lying=True), ["too_large_inside"]),
    "bombe.ods": Hostile(
        lambda: od.ods_bytes(od.sheet("a", od.row(od.text("x" * 40 * MEGABYTE)))),
        ["too_large_inside"],
    ),
    "deux-mille-parties.xlsx": Hostile(lambda: with_parts(2000), ["too_large_inside"]),
    "parties-l-une-sur-l-autre.xlsx": Hostile(overlapping, ["too_large_inside"]),
    "autre-compression.xlsx": Hostile(packed_otherwise, ["damaged"]),
    "pas-du-xml.xlsx": Hostile(
        lambda: with_part(workbook_bytes(CELLS), SHEET, b"\xff<nothing"), ["damaged"]
    ),
    "pas-du-xml.ods": Hostile(lambda: od.ods_bytes("<table:table"), ["damaged", "no_row"]),
    "milliard-de-rires.xlsx": Hostile(lambda: sheet_xml(_LAUGHING_ROW, laughs()), ["damaged"]),
    "milliard-de-rires.ods": Hostile(
        lambda: od.ods_bytes(od.sheet("a", od.row(od.text("&i;"))), before=laughs()), ["damaged"]
    ),
    "case-lointaine.xlsx": Hostile(
        lambda: workbook_bytes({**CELLS, "XFD1048576": "x"}), ["reader_stopped"]
    ),
    "erreur-lointaine.xlsx": Hostile(
        lambda: workbook_bytes({**CELLS, "XFD1048576": "#N/A"}),
        ["reader_stopped", "too_many_columns"],
    ),
    "cases-repetees.ods": Hostile(lambda: _wide(1), ["too_many_columns"]),
    "cases-et-lignes-repetees.ods": Hostile(lambda: _wide(1_048_576), _UNREADABLE),
    "cent-une-colonnes.xlsx": Hostile(
        lambda: workbook_bytes({"A1": "Nom", "CW1": "x"}), ["too_many_columns"]
    ),
    "cent-une-colonnes.csv": Hostile(lambda: _columns(101), ["too_many_columns"]),
    "case-sans-fin.csv": Hostile(lambda: b"Nom;Ville\n" + b"x" * MEGABYTE, ["damaged"]),
}
"""By file name; each must cost one clear line."""
