"""Measures the check of a workbook against bare reads of the same file, and against a peer.

    python benchmarks/check_workbook.py [ROWS]

Whole processes, their own children included: CPU seconds (user and system) and peak memory of the
greatest process. Each way runs three times, by turns; the best counts. The peer is
django-import-export (a dry run, `benchmarks/peers`), where `make bench` has set it up.
"""

import sys
import tempfile
from pathlib import Path

from benchmarks.measuring import PROJECT, TURNS, by_turns, verdict
from benchmarks.workbooks import make_workbook

MOST_FOR_THE_PEER = 10_000
RATIO, MEGABYTES = 5, 250

CALAMINE = (
    "import sys; from python_calamine import load_workbook;"
    " sum(1 for row in load_workbook(sys.argv[1]).get_sheet_by_index(0).iter_rows())"
)
OPENPYXL = (
    "import sys; from openpyxl import load_workbook;"
    " sum(1 for row in load_workbook(sys.argv[1], read_only=True).active.values)"
)
CHECK = "from webapp.imports.commands import contacts; contacts()"

BARE = "python-calamine, only reading"
OURS = "plirec contacts check --json"
WAYS = {
    BARE: [sys.executable, "-c", CALAMINE],
    OURS: [sys.executable, "-c", CHECK, "check", "--json"],
    "openpyxl read-only, only reading": [sys.executable, "-c", OPENPYXL],
}
PEER = PROJECT / ".venv-bench" / "bin" / "python"


def main(rows: int) -> None:
    """Make the workbook, measure each way by turns, and print one line a way."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        make_workbook(path, rows)
        ways = {name: [*command, path] for name, command in WAYS.items()}
        if PEER.exists() and rows <= MOST_FOR_THE_PEER:
            dry_run = PROJECT / "benchmarks" / "peers" / "dry_run.py"
            ways["django-import-export, dry run"] = [PEER, dry_run, path]
        best = by_turns(ways)
        size = path.stat().st_size
    bare = best[BARE].seconds
    print(f"{rows} rows, {size / 1e6:.1f} MB; best of {TURNS}")
    for name, cost in best.items():
        memory = f"{cost.memory / 1e6:6.0f} MB"
        print(f"{name:34} {cost.seconds:6.2f} s CPU  {memory}  × {cost.seconds / bare:.1f}")
    ours = best[OURS]
    print(f"check: {verdict(ours.seconds / bare, RATIO)}")
    print(f"check: {verdict(ours.memory / 1e6, MEGABYTES, 'MB')}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
