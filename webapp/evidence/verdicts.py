"""What a verification ends with, and the steps that led there."""

from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """What a verification ends with."""

    GENUINE = "genuine"
    ALTERED = "altered"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Step:
    """One check, whether it passed, and what that means, in French.

    `places` are where it found something: paths in an archive, entries as `journal.json #3`.
    """

    check: StrEnum
    passed: bool
    text: str
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """The answer, what it means, in French, and the steps that led to it.

    `is_trial` says that it is about a letter that was a trial, and so worth nothing.
    """

    answer: Answer
    text: str
    steps: tuple[Step, ...]
    is_trial: bool = False
