"""What the tests of spreadsheets share: small workbooks, and their zip files altered by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.sheets import hostile_files


@pytest.fixture
def workbook_bytes() -> Callable[[dict[str, Any]], bytes]:
    """Make a workbook of one sheet out of its cells ({"A1": "Nom"})."""
    return hostile_files.workbook_bytes


@pytest.fixture
def with_part() -> Callable[[bytes, str, bytes], bytes]:
    """Put other bytes in the place of one part of a workbook's zip file."""
    return hostile_files.with_part


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[bytes], Path]:
    """Save bytes under a name that says nothing of what they are."""

    def save(content: bytes) -> Path:
        path = tmp_path / "liste.xlsx"
        path.write_bytes(content)
        return path

    return save
