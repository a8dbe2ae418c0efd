"""What the limits of reading do, made small enough to meet; the corpus holds hostile files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sheets.hostile_files import CELLS, OLE, bomb, with_parts, workbook_bytes
from webapp.sheets.limits import MEGABYTE, Limits
from webapp.sheets.reader import read
from webapp.sheets.unreadable import REASONS, UnreadableSheet

pytestmark = pytest.mark.slow

Save = Callable[[bytes], Path]


def refusal(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(UnreadableSheet) as refused:
        read(path, limits or Limits())
    message = str(refused.value)
    assert message
    assert "\n" not in message
    return refused.value.code


@pytest.mark.parametrize("content", [OLE, b"Nom;Ville\nMor\x81\xb3\xba\xb9;Lyon\n"])
def test_bytes_that_only_begin_like_a_table_are_named(content: bytes, saved: Save) -> None:
    assert refusal(saved(content)) == "not_a_sheet"


def test_a_workbook_cut_short_anywhere_is_damaged(saved: Save) -> None:
    content = workbook_bytes(CELLS)
    for length in (len(content) // 3, len(content) // 2, len(content) - 30):
        assert refusal(saved(content[:length])) == "damaged"


def test_a_zip_bomb_is_small_and_the_limit_of_what_it_unfolds_to_holds(saved: Save) -> None:
    assert len(bomb()) < MEGABYTE // 10
    assert refusal(saved(bomb()), Limits(unpacked_bytes=MEGABYTE)) == "too_large_inside"
    assert refusal(saved(bomb(lying=True)), Limits(unpacked_bytes=MEGABYTE)) == "too_large_inside"


def test_an_archive_of_too_many_parts_is_refused(saved: Save) -> None:
    assert refusal(saved(with_parts(50)), Limits(entries=50)) == "too_large_inside"


def test_a_file_that_takes_too_long_is_given_up(saved: Save) -> None:
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
