"""Measures the check of a workbook against bare reads of the same file.

    python benchmarks/check_workbook.py [ROWS]

Whole processes, their own children included: CPU seconds (user and system) and peak memory of the
greatest process. Each way runs three times, by turns; the best counts.
"""

import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from openpyxl import Workbook

from webapp.contacts.messages import FIELD_NAMES

TURNS = 3
BAD_ROWS = 0.02
PROJECT = Path(__file__).parents[1]

CALAMINE = (
    "import sys; from python_calamine import load_workbook;"
    " sum(1 for row in load_workbook(sys.argv[1]).get_sheet_by_index(0).iter_rows())"
)
OPENPYXL = (
    "import sys; from openpyxl import load_workbook;"
    " sum(1 for row in load_workbook(sys.argv[1], read_only=True).active.values)"
)
CHECK = "from webapp.imports.commands import contacts; contacts()"

WAYS = {
    "python-calamine, only reading": [sys.executable, "-c", CALAMINE],
    "plirec contacts check --json": [sys.executable, "-c", CHECK, "check", "--json"],
    "openpyxl read-only, only reading": [sys.executable, "-c", OPENPYXL],
}


class Cost(NamedTuple):
    """CPU seconds of a process and its children; bytes of memory of the greatest of them."""

    seconds: float
    memory: int


def make_workbook(path: Path, rows: int) -> None:
    """Write an invented list of ten columns, two rows in a hundred of them wrong."""
    chance = random.Random(20260101)
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Destinataires")
    sheet.append(list(FIELD_NAMES.values()))
    for number in range(rows):
        sheet.append(_invented(number, chance))
    workbook.save(path)


def _invented(number: int, chance: random.Random) -> list[str]:
    first = chance.choice(("Jérôme", "Léon", "Marie", "Sylvie", "Noël", "Paulette", "Victor"))
    last = chance.choice(("Lefèvre", "Hoarau", "Martin", "Le Gall", "Muñoz", "Petit", "Mahé"))
    is_professional = chance.random() < 1 / 6
    email = f"{last.split()[0].lower()}.{number}@exemple.org".encode("ascii", "ignore").decode()
    row = [
        *(email, f"{last}-{number}", first, f"Société {number}" if is_professional else ""),
        "professionnel" if is_professional else "particulier",
        *(f"{number % 900 + 1} rue des Tilleuls", "Bâtiment B" if number % 9 == 0 else ""),
        *(f"{number % 94 + 1:02}{number % 900:03}", f"Saint-Martin {number % 500}", "France"),
    ]
    if chance.random() < BAD_ROWS:
        column, text = chance.choice(((0, "sans-arobase"), (4, ""), (7, "ABC"), (0, "a@b@c.fr")))
        row[column] = text
    return row


def measure(command: list[str]) -> Cost:
    """Run a command to its end; what it and the processes it waited for took."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=PROJECT)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def main(rows: int) -> None:
    """Make the workbook, measure each way by turns, and print one line a way."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        make_workbook(path, rows)
        costs: dict[str, list[Cost]] = {name: [] for name in WAYS}
        for _ in range(TURNS):
            for name, command in WAYS.items():
                costs[name].append(measure([*command, str(path)]))
        size = path.stat().st_size
    best = {name: min(several) for name, several in costs.items()}
    bare = next(iter(best.values())).seconds
    print(f"{rows} rows, {size / 1e6:.1f} MB; best of {TURNS}")
    for name, cost in best.items():
        memory = f"{cost.memory / 1e6:6.0f} MB"
        print(f"{name:34} {cost.seconds:6.2f} s CPU  {memory}  × {cost.seconds / bare:.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
