"""The workbook that people fill in."""

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale, gettext
from openpyxl import load_workbook

from webapp.contacts.guide import COLUMNS, LIST_SHEET
from webapp.contacts.messages import FIELD_NAMES
from webapp.contacts.rules import FIELDS, check
from webapp.contacts.template import GUIDE_SHEET, template_workbook
from webapp.imports.checking import check_file
from webapp.sheets.limits import Limits
from webapp.sheets.unreadable import UnreadableSheet


@pytest.fixture(scope="module")
def content() -> bytes:
    return template_workbook(str)


def test_the_template_has_its_ten_columns_a_frozen_heading_and_no_example(content: bytes) -> None:
    sheet = load_workbook(BytesIO(content))[LIST_SHEET]
    assert [cell.value for cell in sheet[1]] == list(FIELD_NAMES.values())
    assert sheet.max_row == 1
    assert sheet.freeze_panes == "A2"


def test_the_status_is_chosen_from_a_list_whose_words_are_accepted(content: bytes) -> None:
    sheet = load_workbook(BytesIO(content))[LIST_SHEET]
    (choice,) = sheet.data_validations.dataValidation
    assert str(choice.sqref) == "E2:E5000"
    assert choice.error
    for word in str(choice.formula1).strip('"').split(","):
        texts = {"status": word, "last_name": "Morel", "company": "x", "email": "a@exemple.fr"}
        assert check(texts).recipient is not None


def test_every_column_is_text_so_that_a_postcode_keeps_its_zero(content: bytes) -> None:
    sheet = load_workbook(BytesIO(content))[LIST_SHEET]
    assert {sheet.column_dimensions[letter].number_format for letter in "ABCDEFGHIJ"} == {"@"}


def test_the_second_sheet_explains_every_column_and_its_examples_are_right(content: bytes) -> None:
    rows = list(load_workbook(BytesIO(content))[GUIDE_SHEET].values)
    explained = {row[0]: row for row in rows}
    assert all(explained[FIELD_NAMES[field]][1] for field in FIELDS)
    for kind in ("individual", "professional"):
        texts = {field: getattr(column, kind) for field, column in COLUMNS.items()}
        assert check(texts).findings == ()


def test_a_filled_template_reads_in_and_an_empty_one_says_so(
    content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "modele.xlsx"
    path.write_bytes(content)
    with pytest.raises(UnreadableSheet) as empty:
        check_file(path, Limits())
    assert empty.value.code == "no_row"

    workbook = load_workbook(path)
    row = ("jeanne@exemple.fr", "Morel", "Jeanne", None, "particulier", "1 rue X", None, "01000")
    workbook[LIST_SHEET].append((*row, "Bourg", None))
    workbook.save(path)
    report = check_file(path, Limits())
    assert (report.rows, report.ready, report.problems) == (1, 1, [])


def test_in_english_the_template_reads_in_as_well(tmp_path: Path, app: Flask) -> None:
    with app.app_context(), force_locale("en"):
        content = template_workbook(gettext)
    workbook = load_workbook(BytesIO(content))
    assert workbook.sheetnames == ["Recipients", "How to"]
    sheet = workbook["Recipients"]
    assert [cell.value for cell in sheet[1]][:5] == [
        *("E-mail", "Last name", "First name", "Company name", "Status")
    ]
    (choice,) = sheet.data_validations.dataValidation
    assert choice.formula1 == '"professional,individual"'
    address = ("3 The Close", "", "75001", "Paris", "")
    sheet.append(("ada@x.example", "Blanc", "Ada", "", "individual", *address))
    path = tmp_path / "list.xlsx"
    workbook.save(path)
    report = check_file(path, Limits())
    assert (report.rows, report.errors) == (1, 0)
