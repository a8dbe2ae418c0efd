import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from webapp.storage import DamagedFile, load, place, put_back, remove, store

CONTENT = b"%PDF-1.7 une preuve"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def files(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


def test_what_is_stored_is_found_again_under_its_hash(tmp_path: Path) -> None:
    assert store(tmp_path, CONTENT) == DIGEST
    assert load(tmp_path, DIGEST) == CONTENT


def test_the_same_bytes_are_kept_once_and_leave_no_other_file(tmp_path: Path) -> None:
    assert store(tmp_path, CONTENT) == store(tmp_path, CONTENT)
    assert files(tmp_path) == [tmp_path / DIGEST[:2] / DIGEST]


@pytest.mark.parametrize("damaged", [CONTENT + b" ", CONTENT[:-1], b""])
def test_bytes_that_changed_on_the_disk_are_never_given(tmp_path: Path, damaged: bytes) -> None:
    (path,) = [tmp_path / DIGEST[:2] / store(tmp_path, CONTENT)]
    path.write_bytes(damaged)
    with pytest.raises(DamagedFile, match=DIGEST):
        load(tmp_path, DIGEST)


def test_a_file_that_disappeared_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(DamagedFile, match="missing"):
        load(tmp_path, DIGEST)


def test_a_file_that_cannot_be_kept_whole_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / DIGEST[:2]).write_text("a file where the folder should be")
    with pytest.raises(OSError, match=DIGEST[:2]):
        store(tmp_path, CONTENT)
    assert files(tmp_path) == [tmp_path / DIGEST[:2]]


def test_a_file_goes_unless_it_was_stored_again_lately(tmp_path: Path) -> None:
    store(tmp_path, CONTENT)
    now = datetime.now(UTC)
    assert not remove(tmp_path, DIGEST, unless_stored_since=now - timedelta(hours=1))
    assert load(tmp_path, DIGEST) == CONTENT
    assert remove(tmp_path, DIGEST, unless_stored_since=now + timedelta(hours=1))
    assert remove(tmp_path, DIGEST, unless_stored_since=now + timedelta(hours=1))
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_file_that_a_dead_process_set_aside_is_put_back_when_it_is_needed(tmp_path: Path) -> None:
    store(tmp_path, CONTENT)
    path = tmp_path / place(DIGEST)
    path.replace(path.with_name(f"{DIGEST}.aside"))
    put_back(tmp_path, DIGEST)
    assert load(tmp_path, DIGEST) == CONTENT
