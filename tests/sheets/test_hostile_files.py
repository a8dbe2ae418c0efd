"""A hostile or broken file costs one clear message, and nothing else."""

import struct
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZipFile

import pytest

from tests.sheets.old_excel import OLE_HEAD
from webapp.sheets.limits import MEGABYTE, Limits
from webapp.sheets.reader import read
from webapp.sheets.unreadable import REASONS, UnreadableSheet

Save = Callable[[bytes], Path]
Make = Callable[[dict[str, Any]], bytes]
Replace = Callable[[bytes, str, bytes], bytes]

SHEET = "xl/worksheets/sheet1.xml"
CELLS = {"A1": "Nom", "B1": "E-mail", "A2": "Morel", "B2": "a@exemple.fr"}
OLE = OLE_HEAD + bytes(600)


def refusal(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(UnreadableSheet) as refused:
        read(path, limits or Limits())
    message = str(refused.value)
    assert message
    assert "\n" not in message
    return refused.value.code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (OLE, "not_a_sheet"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"%PDF-1.7\n...", "pdf"),
        (bytes(range(256)) * 8, "not_a_sheet"),
        (b"<html><table><tr><td>Nom</td></tr></table>", "not_a_sheet"),
        (b"PK\x03\x04 and no more", "damaged"),
        (b"Nom;Ville\nMor\x81el;Lyon\n", "not_a_sheet"),
    ],
)
def test_a_file_that_is_no_workbook_is_named(content: bytes, code: str, saved: Save) -> None:
    assert refusal(saved(content)) == code


def test_a_workbook_cut_short_is_damaged(workbook_bytes: Make, saved: Save) -> None:
    content = workbook_bytes(CELLS)
    for length in (len(content) // 3, len(content) - 30):
        assert refusal(saved(content[:length])) == "damaged"


def test_a_workbook_whose_sheet_is_no_xml_is_damaged(
    workbook_bytes: Make, with_part: Replace, saved: Save
) -> None:
    assert refusal(saved(with_part(workbook_bytes(CELLS), SHEET, b"\xff<nothing"))) == "damaged"


def test_other_archives_are_no_tables(saved: Save) -> None:
    for names in (["word/document.xml"], ["mimetype", "content.xml"]):
        content = BytesIO()
        with ZipFile(content, "w") as archive:
            for name in names:
                archive.writestr(name, "x")
        assert refusal(saved(content.getvalue())) == "not_a_sheet"


def test_a_zip_bomb_is_stopped_before_it_is_opened(
    workbook_bytes: Make, with_part: Replace, saved: Save
) -> None:
    bomb = with_part(workbook_bytes(CELLS), SHEET, bytes(40 * MEGABYTE))
    assert len(bomb) < MEGABYTE // 10
    assert refusal(saved(bomb)) == "too_large_inside"
    assert refusal(saved(bomb), Limits(unpacked_bytes=MEGABYTE)) == "too_large_inside"


def test_a_zip_bomb_that_lies_about_its_size_is_stopped_too(
    workbook_bytes: Make, with_part: Replace, saved: Save
) -> None:
    bomb = with_part(workbook_bytes(CELLS), SHEET, bytes(40 * MEGABYTE))
    true_size, small = struct.pack("<I", 40 * MEGABYTE), struct.pack("<I", 1000)
    assert true_size in bomb
    assert refusal(saved(bomb.replace(true_size, small))) == "too_large_inside"


def test_an_archive_of_too_many_parts_is_refused(workbook_bytes: Make, saved: Save) -> None:
    content = BytesIO(workbook_bytes(CELLS))
    with ZipFile(content, "a") as archive:
        for number in range(50):
            archive.writestr(f"xl/media/{number}", "")
    assert refusal(saved(content.getvalue()), Limits(entries=50)) == "too_large_inside"


def test_parts_that_overlap_are_refused(workbook_bytes: Make, saved: Save) -> None:
    content = BytesIO(workbook_bytes(CELLS))
    with ZipFile(content, "a") as archive:
        archive.writestr("xl/media/image", bytes(MEGABYTE))
        archive.filelist.extend([archive.getinfo("xl/media/image")] * 20)
    assert refusal(saved(content.getvalue())) == "too_large_inside"


def test_a_part_packed_in_a_way_that_spreadsheets_do_not_use_is_refused(
    workbook_bytes: Make, saved: Save
) -> None:
    content = BytesIO(workbook_bytes(CELLS))
    with ZipFile(content, "a", ZIP_BZIP2) as archive:
        archive.writestr("xl/media/image", bytes(MEGABYTE))
    assert refusal(saved(content.getvalue())) == "damaged"


def test_one_cell_at_the_very_end_of_the_sheet_costs_a_message_only(
    workbook_bytes: Make, saved: Save
) -> None:
    started = time.monotonic()
    code = refusal(saved(workbook_bytes({**CELLS, "XFD1048576": "x"})))
    assert code == "reader_stopped"
    assert time.monotonic() - started < 10


def test_entities_that_multiply_are_never_unfolded(
    workbook_bytes: Make, with_part: Replace, saved: Save
) -> None:
    entities = "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    sheet = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{entities}]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&i;</t></is></c></row></sheetData></worksheet>'
    )
    path = saved(with_part(workbook_bytes(CELLS), SHEET, sheet.encode()))
    assert refusal(path) in ("damaged", "no_row")


def test_a_file_that_takes_too_long_is_given_up(workbook_bytes: Make, saved: Save) -> None:
    path = saved(workbook_bytes({f"A{number}": "x" for number in range(1, 3000)}))
    assert refusal(path, Limits(seconds=0)) == "too_slow"


def test_a_file_that_takes_too_much_memory_is_given_up(saved: Save) -> None:
    path = saved(b"Nom;Ville\n" * 500_000)
    assert refusal(path, Limits(memory_bytes=60 * MEGABYTE)) in (
        "reader_stopped",
        "too_large_inside",
    )


def test_every_reason_is_one_line_that_says_what_to_do() -> None:
    for code in REASONS:
        message = str(UnreadableSheet(code, 1234))
        assert "\n" not in message
        assert "%" not in message
        assert ":" in message
