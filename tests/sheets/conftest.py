"""What the tests of spreadsheets share: small workbooks, and their zip files altered by hand."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

FIRST_SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def workbook_bytes() -> Callable[[dict[str, Any]], bytes]:
    """Make a workbook of one sheet out of its cells ({"A1": "Nom"})."""

    def make(cells: dict[str, Any]) -> bytes:
        workbook = Workbook()
        for place, value in cells.items():
            workbook.worksheets[0][place] = value
        content = BytesIO()
        workbook.save(content)
        return content.getvalue()

    return make


@pytest.fixture
def with_part() -> Callable[[bytes, str, bytes], bytes]:
    """Put other bytes in the place of one part of a workbook's zip file."""

    def replace(content: bytes, name: str, part: bytes) -> bytes:
        altered = BytesIO()
        with (
            ZipFile(BytesIO(content)) as source,
            ZipFile(altered, "w", ZIP_DEFLATED, compresslevel=9) as target,
        ):
            for other in source.namelist():
                target.writestr(other, part if other == name else source.read(other))
        return altered.getvalue()

    return replace


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[bytes], Path]:
    """Save bytes under a name that says nothing of what they are."""

    def save(content: bytes) -> Path:
        path = tmp_path / "liste.xlsx"
        path.write_bytes(content)
        return path

    return save
