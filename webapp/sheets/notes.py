"""What a person is told about a spreadsheet as a whole, once it was read."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from webapp.catalogue import N_, NN_, Speech
from webapp.texts import clean, without_forbidden

SHEET_READ = "sheet_read"
HIDDEN_SHEETS = "hidden_sheets"
IGNORED_COLUMNS = "ignored_columns"
HIDDEN_COLUMNS = "hidden_columns"
HIDDEN_ROWS = "hidden_rows"
BLANK_ROWS = "blank_rows"
SILENT_ROWS = "silent_rows"
FORMULAS = "formulas"
DATES = "dates"
TRUTHS = "truths"
CLEANED = "cleaned"

TOLD = {
    SHEET_READ: NN_("Feuille lue", "Feuilles lues"),
    HIDDEN_SHEETS: NN_(
        "%(count)s feuille masquée n’est pas lue", "%(count)s feuilles masquées ne sont pas lues"
    ),
    IGNORED_COLUMNS: NN_(
        "%(count)s colonne n’est pas reprise", "%(count)s colonnes ne sont pas reprises"
    ),
    HIDDEN_COLUMNS: NN_(
        "%(count)s colonne masquée est lue aussi", "%(count)s colonnes masquées sont lues aussi"
    ),
    HIDDEN_ROWS: NN_(
        "%(count)s ligne masquée est lue aussi", "%(count)s lignes masquées sont lues aussi"
    ),
    SILENT_ROWS: NN_(
        "%(count)s ligne n’a rien dans les colonnes reprises, et n’est pas lue",
        "%(count)s lignes n’ont rien dans les colonnes reprises, et ne sont pas lues",
    ),
    BLANK_ROWS: NN_("%(count)s ligne vide", "%(count)s lignes vides"),
    FORMULAS: NN_(
        "%(count)s case contient une formule, lue selon son dernier résultat connu",
        "%(count)s cases contiennent une formule, lue selon son dernier résultat connu",
    ),
    DATES: NN_(
        "%(count)s case ressemble à une date et non à un texte",
        "%(count)s cases ressemblent à une date et non à un texte",
    ),
    CLEANED: NN_(
        "%(count)s case est nettoyée (espaces en trop, guillemets autour, « mailto: »…)",
        "%(count)s cases sont nettoyées (espaces en trop, guillemets autour, « mailto: »…)",
    ),
    TRUTHS: NN_(
        "%(count)s case contient « vrai » ou « faux » au lieu d’un texte",
        "%(count)s cases contiennent « vrai » ou « faux » au lieu d’un texte",
    ),
}
"""By code, for one and for several."""

_ALONE = N_("%(told)s.")
_WITH_ALL = N_("%(told)s : %(names)s.")
_WITH_SOME = N_("%(told)s : %(names)s…")
_QUOTED = N_("« %(name)s »")
_NUMBERED = (HIDDEN_ROWS, SILENT_ROWS)

_MOST_NAMED = 8
_LONGEST_NAME = 40


class Note(NamedTuple):
    """One thing that is told: how many there are of it, and the first few of their names.

    Plain values, which the database keeps; the words are chosen when it is said.
    """

    code: str
    """A key of `TOLD`."""
    quantity: int
    names: list[str]


def note(code: str, names: Iterable[object]) -> list[Note]:
    """Note things by their names or numbers; nothing when there is none."""
    said = [_short(str(name)) for name in names]
    return [Note(code, len(said), said[:_MOST_NAMED])] if said else []


def counted(code: str, count: int) -> list[Note]:
    """Note how many there are of something without a name; nothing when there is none."""
    return [Note(code, count, [])] if count else []


def _short(name: str) -> str:
    """Give a name out of an untrusted file as one short line that a terminal can show."""
    name = without_forbidden(clean(name))
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"


def unpacked(kept: Iterable[Sequence[Any]]) -> list[Note]:
    """Give notes from the plain values that the database keeps."""
    return [Note(*values) for values in kept]


def describe(note: Note, speech: Speech) -> str:
    """Say a note in one sentence (`FRENCH`, or `webapp.web.language.PAGE` on a page)."""
    told = speech.count(TOLD[note.code], note.quantity)
    if not note.names:
        return speech.text(_ALONE) % {"told": told}
    names = note.names
    if note.code not in _NUMBERED:
        names = [speech.text(_QUOTED) % {"name": name} for name in names]
    whole = _WITH_ALL if len(names) == note.quantity else _WITH_SOME
    return speech.text(whole) % {"told": told, "names": ", ".join(names)}
