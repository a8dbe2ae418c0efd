"""The demonstration shows each page full."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from webapp.letters.labels import LABELS

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]
ROOT = Path(__file__).resolve().parents[2]


def test_the_demonstration_has_groups_contacts_of_every_kind_and_letters_in_every_state(
    tmp_path: Path,
) -> None:
    made = subprocess.run(
        [sys.executable, "tools/demo.py"],
        cwd=ROOT,
        env={**os.environ, "PLIREC_DATA": str(tmp_path / "demo")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "odile@lavoir.example" in made.stdout
    database = sqlite3.connect(tmp_path / "demo" / "plirec.sqlite")

    def all_of(query: str) -> list[tuple[object, ...]]:
        return database.execute(query).fetchall()

    filled = all_of("SELECT group_id, count(*) FROM membership GROUP BY group_id")
    assert len(filled) == 3
    assert sum(int(str(count)) for _group, count in filled) == 150
    kinds = set(all_of("SELECT status, email <> '', address_1 <> '' FROM contact"))
    assert {"individual", "professional"} == {kind[0] for kind in kinds}
    assert {(1, 0), (0, 1), (1, 1)} <= {kind[1:] for kind in kinds}
    states = {state for (state,) in all_of("SELECT DISTINCT state FROM addressee")}
    assert states == set(LABELS)
    assert all_of("SELECT count(*) FROM returned_message WHERE is_kept") == [(1,)]
    assert all_of("SELECT count(*) FROM letter WHERE leaves_at > submitted_at") == [(1,)]
    database.close()
