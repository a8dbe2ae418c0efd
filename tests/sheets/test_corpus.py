"""Every file of the corpus is read as it should be, or costs one clear line and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sheets.hostile_files import HOSTILE
from tests.sheets.messy_files import MESSY
from webapp.imports.checking import check_file
from webapp.sheets.limits import Limits
from webapp.sheets.unreadable import UnreadableSheet

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
CHECK = "from webapp.imports.commands import contacts; contacts()"
WORST = (
    *("bombe-qui-ment.xlsx", "case-lointaine.xlsx", "milliard-de-rires.xlsx"),
    *("cases-et-lignes-repetees.ods", "secteurs-sans-fin.xls"),
)


@pytest.mark.parametrize("name", MESSY)
def test_a_messy_list_is_read_as_its_owner_means_it(name: str, tmp_path: Path) -> None:
    make, expected = MESSY[name]
    (tmp_path / name).write_bytes(make())
    found = check_file(tmp_path / name, Limits())
    counts = (found.rows, found.ready, found.errors, found.duplicates)
    assert counts == expected[:4], found.problems
    assert [note.code for note in found.notes] == list(expected.notes)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_costs_one_clear_line(name: str, tmp_path: Path) -> None:
    make, codes = HOSTILE[name]
    (tmp_path / name).write_bytes(make())
    with pytest.raises(UnreadableSheet) as refused:
        check_file(tmp_path / name, Limits())
    assert refused.value.code in codes
    assert "\n" not in str(refused.value)


@pytest.mark.slow
@pytest.mark.parametrize("name", WORST)
def test_the_worst_files_end_the_command_well_and_within_its_memory(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(HOSTILE[name].make())
    command = [sys.executable, "-c", CHECK, "check", str(tmp_path / name)]
    with (
        (tmp_path / "out").open("wb") as out,
        (tmp_path / "err").open("wb") as err,
        subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=err) as process,
    ):
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 2
    assert (tmp_path / "out").read_bytes() == b""
    assert (tmp_path / "err").read_text().count("\n") == 1
    assert "Traceback" not in (tmp_path / "err").read_text()
    assert usage.ru_maxrss * 1024 <= Limits().memory_bytes


def test_the_corpus_is_written_to_a_folder(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "tools" / "corpus.py"), str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert {path.name for path in (tmp_path / "messy").iterdir()} == set(MESSY)
    assert {path.name for path in (tmp_path / "hostile").iterdir()} == set(HOSTILE)
