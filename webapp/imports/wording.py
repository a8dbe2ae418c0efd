"""The one sentence that says how many lines of a spreadsheet are ready, wrong, or left out."""

from collections.abc import Callable
from typing import Protocol

from webapp.catalogue import N_

SUMMARY = N_("%(rows)s : %(ready)s, %(errors)s, %(duplicates)s, %(ignored)s.")
COUNTS = {
    "rows": (N_("%(num)s ligne"), N_("%(num)s lignes")),
    "ready": (N_("%(num)s prête"), N_("%(num)s prêtes")),
    "errors": (N_("%(num)s à corriger"), N_("%(num)s à corriger")),
    "duplicates": (N_("%(num)s doublon"), N_("%(num)s doublons")),
    "ignored": (N_("%(num)s ignorée"), N_("%(num)s ignorées")),
}
"""Each for none or one, and for more, as French counts."""


class Counted(Protocol):
    """Anything that counts lines: `rows` is the sum of the others."""

    @property
    def rows(self) -> int: ...  # noqa: D102
    @property
    def ready(self) -> int: ...  # noqa: D102
    @property
    def errors(self) -> int: ...  # noqa: D102
    @property
    def duplicates(self) -> int: ...  # noqa: D102
    @property
    def ignored(self) -> int: ...  # noqa: D102


def summary_sentence(counted: Counted, translate: Callable[[str], str]) -> str:
    """Say « 118 lignes : 109 prêtes, 6 à corriger, 3 doublons, 0 ignorée. »."""
    counts = {name: _count(name, getattr(counted, name), translate) for name in COUNTS}
    return translate(SUMMARY) % counts


def _count(name: str, number: int, translate: Callable[[str], str]) -> str:
    one, several = COUNTS[name]
    return translate(several if number > 1 else one) % {"num": f"{number:,}".replace(",", "\u202f")}
