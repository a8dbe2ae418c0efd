"""What processes take, by turns: their children's CPU and memory included."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

TURNS = 3
PROJECT = Path(__file__).parents[1]


class Cost(NamedTuple):
    """CPU seconds (user and system) of a process and its children; bytes of its greatest one."""

    seconds: float
    memory: int


def measure(
    command: Sequence[str | Path], *, good: Sequence[int] = (0,), shown: bool = False
) -> Cost:
    """Run a command to its end; what it and the processes it waited for took.

    :param shown: whether what it prints is.
    :param good: how the command may end; 1 is how a check says that lines are wrong.
    """
    process = subprocess.Popen(command, stdout=None if shown else subprocess.DEVNULL, cwd=PROJECT)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in good:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def by_turns(ways: Mapping[str, Sequence[str | Path]]) -> dict[str, Cost]:
    """Run each way in turn, three times; give the best of each."""
    costs: dict[str, list[Cost]] = {name: [] for name in ways}
    for _ in range(TURNS):
        for name, command in ways.items():
            costs[name].append(measure(command, good=(0, 1)))
    return {name: min(several) for name, several in costs.items()}


def verdict(figure: float, limit: float, unit: str = "×") -> str:
    """Say a figure beside its limit, and whether it is held."""
    return (
        f"{figure:5.1f} {unit}  (limit {limit:g} {unit}: {'held' if figure <= limit else 'MISSED'})"
    )
