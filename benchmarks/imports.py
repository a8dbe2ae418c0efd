"""Measures an import: a workbook staged and shown, committed, and a cell of it corrected.

    python benchmarks/imports.py [ROWS]

Every step is a process of its own, on a fresh copy of one empty installation; steps and what they
are held against take turns, three times; the best of each counts.
"""

import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.check_workbook import BARE, WAYS
from benchmarks.measuring import PROJECT, TURNS, Cost, measure, verdict
from benchmarks.workbooks import make_workbook

SHOWN, ENTERED, EDITED = 8, 6, 1.5
FEW = 100
STEPS = Path(__file__).with_name("import_steps.py")
SHOW = Path(__file__).with_name("import_shown.py")


def step(name: str, *paths: Path) -> list[str | Path]:
    return [sys.executable, STEPS, name, *paths]


def said(command: list[str | Path]) -> list[float]:
    """Run a step, and give the figures that it prints."""
    answer = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, cwd=PROJECT)
    return [float(figure) for figure in answer.stdout.split()]


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        many, few = folder / "many.xlsx", folder / "few.xlsx"
        make_workbook(many, rows)
        make_workbook(few, FEW)
        said(step("make", folder / "empty"))
        turns = [one_turn(folder, many) for _ in range(TURNS)]
        edited = said(step("edit", folder / "empty", many, few))
    report(rows, *(min(several) for several in zip(*turns, strict=True)))
    print(f"one cell corrected      {edited[0]:7.4f} s, among {FEW} {edited[1]:.4f} s")
    print(f"                        {verdict(edited[0] / edited[1], EDITED)}")


def one_turn(folder: Path, workbook: Path) -> tuple[Cost, float, float, float, float]:
    used = folder / "used"
    shutil.copytree(folder / "empty", used)
    read = measure([*WAYS[BARE], workbook])
    before = children()
    shown = said([sys.executable, SHOW, used, workbook])
    whole = children() - before
    entered = said(step("enter", used))
    inserted = said(step("insert_bare", used))
    shutil.rmtree(used)
    return read, shown[0], whole, entered[0], inserted[0]


def children() -> float:
    """Count the CPU seconds of all processes that were started and have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def report(rows: int, read: Cost, show: float, whole: float, enter: float, insert: float) -> None:
    print(f"an import of {rows:,} rows; best of {TURNS}, CPU seconds")
    print(f"bare calamine read      {read.seconds:6.2f} s  {read.memory / 1e6:4.0f} MB")
    print(f"staged and shown        {show:6.2f} s")
    print(f"                        {verdict(show / read.seconds, SHOWN)}")
    print(f"  its whole process     {whole:6.2f} s, the application's start and sign-in included")
    print(f"                        {verdict(whole / read.seconds, SHOWN)}")
    print(f"bare executemany        {insert:6.2f} s")
    print(f"committed               {enter:6.2f} s")
    print(f"                        {verdict(enter / insert, ENTERED)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
