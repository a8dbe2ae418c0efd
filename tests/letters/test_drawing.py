"""The machine that docs/delivery.md draws is the one that runs."""

import re
from pathlib import Path

from webapp.letters.steps import FIRST, STEPS, State

PAGE = (Path(__file__).parents[2] / "docs" / "delivery.md").read_text()
ROW = re.compile(r"^\| `(\w+)` \| `(\w+)` \| `(\w+)`", re.MULTILINE)


def drawn_arrows() -> set[tuple[str, str]]:
    """Follow each arrow back: on its line to the state before it, else to that above its branch."""
    arrows = set()
    for drawing in re.findall(r"(?:^(?:    .*)?\n)+", PAGE, re.MULTILINE):
        trunks: dict[int, str] = {}
        lines = drawing.splitlines()
        for line in lines:
            for state in re.finditer(r"[a-z_]+ (?=─)", line):
                end = re.search(r"[┼┬]", line[state.end() :])
                if end is not None:
                    trunks[state.end() + end.start()] = state[0].strip()
        for line in lines:
            arrows |= set(re.findall(r"([a-z_]+) ─+▶ ([a-z_]+)", line))
            for arrow in re.finditer(r"[┌├└┼┬]─*▶ ([a-z_]+)", line):
                arrows.add((trunks[arrow.start()], arrow[1]))
    return arrows


def test_the_table_names_each_step_with_the_event_that_it_writes() -> None:
    rows = ROW.findall(PAGE)
    assert len(rows) == len(set(rows))
    assert set(rows) == {(source, target, kind) for (source, kind), target in STEPS.items()}


def test_the_drawing_has_an_arrow_for_each_step_and_no_other() -> None:
    assert drawn_arrows() == {(source, target) for (source, _), target in STEPS.items()}


def test_every_state_is_reached_from_the_first_ones() -> None:
    reached = set(FIRST.values())
    for _ in State:
        reached |= {target for (source, _), target in STEPS.items() if source in reached}
    assert reached == set(State)
