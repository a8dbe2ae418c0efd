"""No text that we write becomes a formula."""

from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from webapp.sheets.writer import append_texts, write_text

DANGEROUS = ["=1+1", "+33612345678", "-5", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")']


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_that_looks_like_a_formula_stays_a_text(text: str) -> None:
    filled, listed = Workbook(), Workbook(write_only=True)
    write_text(filled.worksheets[0]["A1"], text)
    append_texts(listed.create_sheet(), [text, "Morel"])
    for workbook in (filled, listed):
        content = BytesIO()
        workbook.save(content)
        cell = load_workbook(content).worksheets[0]["A1"]
        assert cell.data_type == "s"
        assert cell.quotePrefix
        assert str(cell.value).strip() == text.strip()


def test_a_postcode_keeps_its_zero_and_control_characters_are_left_out() -> None:
    workbook = Workbook()
    cell = workbook.worksheets[0]["A1"]
    write_text(cell, "01000\x07")
    assert (cell.value, cell.number_format, cell.data_type) == ("01000", "@", "s")
