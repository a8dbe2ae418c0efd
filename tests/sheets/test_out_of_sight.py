"""What a person does not see in the spreadsheet is found, and an error is never an empty cell."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from tests.sheets.open_document import empty, ods_bytes, row, sheet, text
from webapp.sheets.error_words import WITHOUT_VALUE
from webapp.sheets.limits import Limits
from webapp.sheets.reader import Row, read
from webapp.sheets.unreadable import UnreadableSheet

pytestmark = pytest.mark.slow

Save = Callable[[bytes], Path]
Make = Callable[[dict[str, Any]], bytes]
Replace = Callable[[bytes, str, bytes], bytes]

SHEET = "xl/worksheets/sheet1.xml"
SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
NAME = '<c r="A1" t="inlineStr"><is><t>Nom</t></is></c>'
SHOWN = "<table:table-cell {}><text:p>{}</text:p></table:table-cell>"


@pytest.fixture
def sheet_of(workbook_bytes: Make, with_part: Replace, saved: Save) -> Callable[[str], Path]:
    """Save a workbook whose one sheet is the given XML, between its root's tags."""

    def make(inside: str, root: str = f"<worksheet {SPACE}>", end: str = "</worksheet>") -> Path:
        part = f"{root}{inside}{end}"
        return saved(with_part(workbook_bytes({"A1": "x"}), SHEET, part.encode()))

    return make


def test_an_error_is_read_as_its_word(workbook_bytes: Make, saved: Save) -> None:
    cells = {"A1": "Nom", "B1": "Ville", "A2": "#N/A", "B2": "Lyon", "D2": "#DIV/0!", "C9": "#REF!"}
    (found,) = read(saved(workbook_bytes(cells)), Limits())
    assert found.rows == [
        Row(1, ["Nom", "Ville", "", ""]),
        Row(2, ["#N/A", "Lyon", "", "#DIV/0!"]),
        Row(9, ["", "", "#REF!", ""]),
    ]


def test_a_formula_without_its_value_is_an_error_even_where_nothing_else_stands(
    workbook_bytes: Make, saved: Save
) -> None:
    (found,) = read(saved(workbook_bytes({"A1": "Nom", "B2": "=A1", "A7": "=1+1"})), Limits())
    assert found.rows == [
        Row(1, ["Nom"]),
        Row(2, ["", WITHOUT_VALUE]),
        Row(7, [WITHOUT_VALUE]),
    ]
    assert found.out_of_sight.formulas == {}


def test_a_formula_is_read_as_its_last_known_value(sheet_of: Callable[..., Path]) -> None:
    path = sheet_of(
        f'<sheetData><row r="1">{NAME}<c r="B1" t="str"><f>UPPER("a")</f><v>A</v></c></row>'
        '<row r="2"><c r="B2" t="str"><f>IF(1,"")</f><v></v></c>'
        '<c r="C2"><f>1</f><v>1</v></c></row>'
        '<row r="3"><c r="B3" t="str"><f t="shared" si="0"/><v>B</v></c></row></sheetData>'
    )
    (found,) = read(path, Limits())
    assert [line.cells for line in found.rows] == [["Nom", "A", ""], ["", "", "1"], ["", "B", ""]]
    assert found.out_of_sight.formulas == {1: [[1, 3]], 2: [[2, 2]]}


def test_hidden_rows_and_columns_are_found(saved: Save) -> None:
    workbook = Workbook()
    members = workbook.worksheets[0]
    for number in range(1, 9):
        members.append([f"Nom {number}", "Lyon", "x"])
    for number in (2, 3, 7):
        members.row_dimensions[number].hidden = True
    members.column_dimensions["B"].hidden = True
    workbook.create_sheet("Anciens").sheet_state = "hidden"
    workbook.create_sheet("Très anciens").sheet_state = "veryHidden"
    content = BytesIO()
    workbook.save(content)
    (found,) = read(saved(content.getvalue()), Limits())
    assert len(found.rows) == 8
    assert found.out_of_sight.rows == [[2, 3], [7, 7]]
    assert found.out_of_sight.columns == [[1, 1]]
    assert found.out_of_sight.sheets == ["Anciens", "Très anciens"]


def test_each_sheet_has_its_own_traces(saved: Save) -> None:
    workbook = Workbook()
    workbook.worksheets[0]["A1"] = "Bonjour"
    for name in ("A & B", "C"):
        workbook.create_sheet(name).append([name, "#N/A"])
    workbook["C"].row_dimensions[1].hidden = True
    content = BytesIO()
    workbook.save(content)
    plain, one, two = read(saved(content.getvalue()), Limits())
    assert (plain.rows, one.rows) == ([Row(1, ["Bonjour"])], [Row(1, ["A & B", "#N/A"])])
    assert [each.out_of_sight.rows for each in (plain, one, two)] == [[], [], [[1, 1]]]


def test_cells_and_rows_that_do_not_say_their_place_are_followed(
    sheet_of: Callable[..., Path],
) -> None:
    path = sheet_of(
        '<sheetData><row hidden="1"><c t="inlineStr"><is><t>Nom</t></is></c>'
        '<c t="e"><v>#NUM!</v></c></row><row><c t="e"><v>#NULL!</v></c></row></sheetData>'
    )
    (found,) = read(path, Limits())
    assert found.rows == [Row(1, ["Nom", "#NUM!"]), Row(2, ["#NULL!", ""])]
    assert found.out_of_sight.rows == [[1, 1]]


def test_a_sheet_written_with_prefixes_or_apostrophes_is_looked_at_too(
    sheet_of: Callable[..., Path],
) -> None:
    cells = '<{0}c r="A1"><{0}v>1</{0}v></{0}c><{0}c r="B1" t="e"><{0}v>#NAME?</{0}v></{0}c>'
    data = '<{0}sheetData><{0}row r="1">' + cells + "</{0}row></{0}sheetData>"
    prefixed = f"<x:worksheet {SPACE.replace('xmlns', 'xmlns:x')}>"
    for path in (
        sheet_of(data.format("x:"), prefixed, "</x:worksheet>"),
        sheet_of(data.format("").replace('"', "'"), f"<worksheet {SPACE}>".replace('"', "'")),
    ):
        (found,) = read(path, Limits())
        assert found.rows == [Row(1, ["1", "#NAME?"])]


def test_a_sign_that_lies_across_two_pieces_is_seen(sheet_of: Callable[..., Path]) -> None:
    # Pieces of an unfolded part end at every 64 kB of the packed one: noise packs badly.
    rows = "".join(
        f'<row r="{number}"><c r="A{number}" t="e"><v>#N/A</v></c></row>'
        for number in range(1, 20_001)
    )
    (found,) = read(sheet_of(f"<sheetData>{rows}</sheetData>"), Limits())
    assert {line.cells[0] for line in found.rows} == {"#N/A"}
    assert len(found.rows) == 20_000


def test_the_same_is_found_in_a_list_of_libreoffice(saved: Save) -> None:
    wrong = 'table:formula="of:=NA()" office:value-type="string" office:string-value="" '
    counted = 'table:formula="of:=1" office:value-type="float" office:value="{}"'
    filtered = row(text("Petit")).replace('number-rows-repeated="1"', 'visibility="filter"')
    members = sheet(
        "Membres",
        '<table:table-column/><table:table-column table:visibility="collapse"'
        ' table:number-columns-repeated="2"/>',
        row(text("Nom"), text("Ville")),
        row(SHOWN.format(wrong + 'calcext:value-type="error"', "#N/D"), text("Lyon")),
        row(SHOWN.format(counted.format(1), "1")),
        row(empty(1), '<table:table-cell table:formula="of:=A1"/>', times=2),
        row(SHOWN.format(counted.format(0), "Err:508")),
        filtered,
    )
    (found,) = read(saved(ods_bytes(members)), Limits())
    assert [(line.number, "|".join(line.cells).strip("|")) for line in found.rows] == [
        (1, "Nom|Ville"),
        (2, "#N/D|Lyon"),
        (3, "1"),
        (4, WITHOUT_VALUE),
        (5, WITHOUT_VALUE),
        (6, "Err:508"),
        (7, "Petit"),
    ]
    assert found.out_of_sight.rows == [[7, 7]]
    assert found.out_of_sight.columns == [[1, 2]]
    assert found.out_of_sight.formulas == {0: [[3, 3]]}


def test_a_note_beside_a_cell_is_no_part_of_it(saved: Save) -> None:
    noted = (
        '<table:table-cell table:formula="of:=1" office:value-type="float" office:value="1">'
        "<office:annotation><text:p>#REF!</text:p></office:annotation><text:p>1</text:p>"
        "</table:table-cell>"
    )
    (found,) = read(saved(ods_bytes(sheet("a", row(noted)))), Limits())
    assert found.rows == [Row(1, ["1"])]
    assert found.out_of_sight.formulas == {0: [[1, 1]]}


@pytest.mark.parametrize(
    "inside",
    [
        '<sheetData><row r="1" hidden="1">',
        '<sheetData><row r="0"><c r="A0" t="e"><v>#N/A</v></c></row></sheetData>',
        '<sheetData><row r="9999999"><c r="A1" t="e"><v>#N/A</v></c></row></sheetData>',
        '<sheetData><row r="1"><c r="ZZZZZZ1" t="e"><v>#N/A</v></c></row></sheetData>',
        '<cols><col min="x" max="2" hidden="1"/></cols><sheetData/>',
    ],
)
def test_what_cannot_be_is_damaged(inside: str, sheet_of: Callable[..., Path]) -> None:
    with pytest.raises(UnreadableSheet) as refused:
        read(sheet_of(inside), Limits())
    assert refused.value.code == "damaged"


def test_a_sheet_that_declares_a_document_type_is_refused(sheet_of: Callable[..., Path]) -> None:
    declared = '<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY a "b">]>'
    data = '<sheetData><row r="1" hidden="1"><c r="A1"><v>1</v></c></row></sheetData>'
    with pytest.raises(UnreadableSheet) as refused:
        read(sheet_of(data, f"{declared}<worksheet {SPACE}>"), Limits())
    assert refused.value.code == "damaged"


def test_an_error_far_to_the_right_is_a_table_that_is_too_wide(
    workbook_bytes: Make, saved: Save
) -> None:
    with pytest.raises(UnreadableSheet, match="plus de 100 colonnes"):
        read(saved(workbook_bytes({"A1": "Nom", "XFD1": "#N/A"})), Limits())


def test_errors_repeated_beyond_measure_cost_no_more_than_the_limit(saved: Save) -> None:
    wrong = '<table:table-cell table:formula="of:=NA()" table:number-columns-repeated="5"/>'
    (found,) = read(saved(ods_bytes(sheet("a", row(wrong, times=1_048_576)))), Limits(rows=9))
    assert found.full
    assert found.rows[0].cells == [WITHOUT_VALUE] * 5
