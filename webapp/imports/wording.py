"""The one sentence that says how many lines of a spreadsheet are ready, wrong, or left out."""

from typing import Protocol

from webapp.catalogue import N_, NN_, Speech

SUMMARY = N_("%(rows)s : %(ready)s, %(errors)s, %(duplicates)s, %(ignored)s.")
COUNTS = {
    "rows": NN_("%(count)s ligne", "%(count)s lignes"),
    "ready": NN_("%(count)s prête", "%(count)s prêtes"),
    "errors": NN_("%(count)s à corriger", "%(count)s à corriger"),
    "duplicates": NN_("%(count)s doublon", "%(count)s doublons"),
    "ignored": NN_("%(count)s ignorée", "%(count)s ignorées"),
}


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


def summary_sentence(counted: Counted, speech: Speech) -> str:
    """Say « 118 lignes : 109 prêtes, 6 à corriger, 3 doublons, 0 ignorée. »."""
    counts = {name: speech.count(forms, getattr(counted, name)) for name, forms in COUNTS.items()}
    return speech.text(SUMMARY) % counts
