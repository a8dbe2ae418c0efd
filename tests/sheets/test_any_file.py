"""Whatever the bytes, and whatever a workbook holds: rows, or one clear reason, never a trace.

Each example starts a reading process, so few are tried by default; `PLIREC_EXAMPLES=2000` tries
more.
"""

import contextlib
import os
import tempfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from tests.sheets.hostile_files import CELLS, SHEET, sheet_xml, with_part, workbook_bytes
from tests.sheets.old_excel import xls_bytes
from tests.sheets.open_document import ods_bytes, row, sheet, text
from webapp.imports.checking import Report, check_file
from webapp.sheets.error_words import WITHOUT_VALUE
from webapp.sheets.limits import MEGABYTE, Limits
from webapp.sheets.reader import read
from webapp.sheets.unreadable import REASONS, UnreadableSheet

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("PLIREC_EXAMPLES", "6"))
LIMITS = Limits(memory_bytes=512 * MEGABYTE, seconds=30)
WHOLE = (
    workbook_bytes({**CELLS, "C2": "#N/A", "D2": "=A1"}),
    ods_bytes(sheet("a", row(text("Nom"), text("E-mail")), row(text("Morel"), text("x")))),
    xls_bytes([["Nom", "E-mail"], ["Morel", 75001.0]]),
    b"Nom;E-mail\r\nMorel;m@exemple.fr\r\n",
)
few = settings(max_examples=EXAMPLES, deadline=None, derandomize=EXAMPLES < 100, database=None)

starts = st.sampled_from((b"", b"PK\x03\x04", b"\xff\xfe", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
changes = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=40)
_PIECES = (
    *('<row r="1" hidden="1">', "<row>", "</row>", '<c r="B2" t="e">', '<c r="XFD1" t="b">', "<c>"),
    *("</c>", "<f>", "</f>", "<v>", "</v>", "#N/A", "1", "<sheetData>", "</sheetData>", "<x:f/>"),
    *("<is><t>x</t></is>", '<col min="1" max="9" hidden="1"/>', "&amp;", "&a;", "]]>", "<!-- -->"),
)
xml = st.lists(st.sampled_from(_PIECES), max_size=30)
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.datetimes().map(lambda moment: moment.replace(year=max(moment.year, 1900))),
    st.sampled_from(["#N/A", "#REF!", "=A1", '=IF(A1="","",1)', "Nom", "E-mail", "pro", "01000"]),
    st.text(max_size=60).map(lambda value: ILLEGAL_CHARACTERS_RE.sub("", value).strip("=")),
)
tables = st.lists(st.lists(values, max_size=12), max_size=25)


def outcome(content: bytes) -> Report | UnreadableSheet:
    """Check a file of these bytes; nothing but a report or a reason is let through."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "liste"
        path.write_bytes(content)
        try:
            found = check_file(path, LIMITS)
        except UnreadableSheet as unreadable:
            return unreadable
    assert found.rows == found.ready + found.errors + found.duplicates + found.ignored
    return found


def is_clear(found: Report | UnreadableSheet) -> bool:
    return isinstance(found, Report) or (found.code in REASONS and "\n" not in str(found))


@few
@given(starts, st.binary(max_size=3000))
def test_random_bytes_give_rows_or_one_clear_reason(start: bytes, content: bytes) -> None:
    assert is_clear(outcome(start + content))


@few
@given(st.sampled_from(WHOLE), changes)
def test_a_file_with_some_bytes_changed_gives_rows_or_one_clear_reason(
    content: bytes, changed: Sequence[tuple[int, int]]
) -> None:
    altered = bytearray(content)
    for place, value in changed:
        altered[place % len(altered)] = value
    assert is_clear(outcome(bytes(altered)))


@few
@given(xml)
def test_a_sheet_of_any_xml_gives_rows_or_one_clear_reason(pieces: Sequence[str]) -> None:
    assert is_clear(outcome(sheet_xml("".join(pieces))))
    assert is_clear(outcome(with_part(workbook_bytes(CELLS), SHEET, "".join(pieces).encode())))


@few
@given(xml)
def test_a_document_of_any_xml_gives_rows_or_one_clear_reason(pieces: Sequence[str]) -> None:
    cells = "".join(pieces).replace("<f>", '<table:table-cell table:formula="of:=1">')
    assert is_clear(outcome(ods_bytes(sheet("a", cells.replace("</f>", "</table:table-cell>")))))


@few
@given(tables)
def test_a_workbook_of_any_values_is_read_with_nothing_lost(table: list[list[Any]]) -> None:
    workbook = Workbook()
    for number, cells in enumerate(table, start=1):
        for column, value in enumerate(cells, start=1):
            workbook.worksheets[0].cell(number, column, value)
    content = BytesIO()
    workbook.save(content)
    filled = {
        number: [column for column, value in enumerate(cells) if str(value or "").strip()]
        for number, cells in enumerate(table, start=1)
    }
    rows = _rows(content.getvalue())
    for number, columns in filled.items():
        for column in columns:
            assert rows[number][column], table[number - 1][column]
    for number, cells in enumerate(table, start=1):
        for column, value in enumerate(cells):
            if isinstance(value, str) and value.startswith("#"):
                assert rows[number][column].startswith("#")
            if isinstance(value, str) and value.startswith("="):
                assert rows[number][column] == WITHOUT_VALUE


def _rows(content: bytes) -> dict[int, list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "liste"
        path.write_bytes(content)
        with contextlib.suppress(UnreadableSheet):
            (found,) = read(path, LIMITS)
            return {line.number: line.cells for line in found.rows}
    return {}


def test_the_archives_that_are_changed_are_read_as_they_are() -> None:
    for content in WHOLE:
        found = outcome(content)
        assert isinstance(found, Report)
        assert found.rows == 1
    with ZipFile(BytesIO(WHOLE[0])) as archive:
        assert archive.getinfo(SHEET).compress_type == ZIP_DEFLATED
