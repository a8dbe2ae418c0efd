"""What the sender decides about the persons whom groups, contacts and rows name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from webapp.contacts.consent_models import USUAL

OTHERS = 0
"""Stands, among the ids of groups, for the persons whom no group reaches."""

ON_PAPER = "paper"
TAKE_OUT = "out"
ASK_FIRST = "ask"


class Statement(NamedTuple):
    """That individuals consented, and how and when in the sender's words; `field` holds them."""

    field: str
    means: str


@dataclass(frozen=True)
class Choices:
    """The sender's decisions; persons are named by their keys (`resolution.key_of`).

    CPCE art. L100: an individual must have consented before the letter leaves by e-mail. The sender
    states it for one person, for a group, or for all; each means serves those it is closest to.

    :param agreed: the persons who consented by what `each` says.
    :param groups: what is stated of the individuals of a group, by its id or `OTHERS`.
    :param everyone: what is stated of all individuals of the letter.
    :param otherwise: what becomes of individuals of whom nothing is stated: `ON_PAPER`, for those
        without a postal address `TAKE_OUT`; `ASK_FIRST`, and each is told when he has agreed; or
        nothing yet, and the letter waits.
    :param days: how long those who are asked first have to answer.
    """

    taken_out: frozenset[str] = frozenset()
    on_paper: frozenset[str] = frozenset()
    agreed: frozenset[str] = frozenset()
    each: Statement = Statement("agreed_means", "")
    groups: Mapping[int, Statement] = field(default_factory=dict)
    everyone: Statement | None = None
    otherwise: str = ""
    days: int = USUAL

    def statement_for(self, key: str, groups: Iterable[int]) -> Statement | None:
        """Give what is stated of one individual, None when nothing is.

        :param groups: the ids of the groups that reach him.
        """
        if key in self.agreed:
            return self.each
        for group in groups or (OTHERS,):
            if group in self.groups:
                return self.groups[group]
        return self.everyone
