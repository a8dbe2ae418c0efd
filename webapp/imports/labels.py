"""What the import pages call things."""

from collections.abc import Collection, Mapping

from flask_babel import LazyString, ngettext
from flask_babel import lazy_gettext as _l

from webapp.imports import effects
from webapp.imports.checking import DUPLICATE, ERROR, IGNORED, READY
from webapp.web.templating import number as written

ABSENT = "absents"
"""What is shown are contacts, not lines."""

FILTERS: dict[str, Collection[str]] = {
    "": tuple(effects.OUTCOMES),
    "a-corriger": (ERROR,),
    "pretes": (effects.CREATE, effects.JOIN, effects.UPDATE),
    "nouveaux": (effects.CREATE, effects.JOIN),
    "modifies": (effects.UPDATE, effects.KEPT),
    "inchanges": (effects.UNCHANGED,),
    "doublons": (effects.REPEATED, effects.UNCHANGED, effects.KEPT),
    "ignorees": (IGNORED,),
    ABSENT: (),
}
"""By the word in the address: the effects of the lines that are shown."""

FILTER_NAMES = {
    "": _l("Tout"),
    "a-corriger": _l("À corriger"),
    "pretes": _l("Prêtes"),
    "nouveaux": _l("Nouveaux"),
    "modifies": _l("Modifiés"),
    "inchanges": _l("Inchangés"),
    "doublons": _l("Doublons"),
    "ignorees": _l("Ignorées"),
    ABSENT: _l("Absents du fichier"),
}
CHOICES = {
    effects.UPDATE: _l("Mettre à jour"),
    effects.SKIP: _l("Garder l’ancien"),
    effects.BOTH: _l("Garder les deux"),
}
FOR_ALL = {
    effects.UPDATE: (effects.KEPT,),
    effects.SKIP: (effects.UPDATE,),
    effects.BOTH: (effects.REPEATED,),
}
"""What may be chosen for all lines at once, with the effects of the lines it changes."""
FOR_ALL_NAMES = {
    effects.UPDATE: _l("Tous les modifiés : mettre à jour"),
    effects.SKIP: _l("Tous les modifiés : garder l’ancien"),
    effects.BOTH: _l("Répétés dans le fichier : les garder tous"),
}

FILTER_NAMES_WHEN_DONE = FILTER_NAMES | {"pretes": _l("Importées")}
OUTCOMES = {
    READY: _l("prête"),
    ERROR: _l("à corriger"),
    DUPLICATE: _l("doublon"),
    IGNORED: _l("ignorée"),
}
OUTCOMES_WHEN_DONE = OUTCOMES | {READY: _l("importée")}
BADGES = {READY: "ready", ERROR: "error", DUPLICATE: "duplicate", IGNORED: "waiting"}


def what_was_imported(counts: Mapping[str, int], gone: int) -> str:
    """Say how many contacts entered the group, changed or left it, and how many lines stayed out.

    :param counts: how many lines have each effect.
    :param gone: how many contacts left the group, being absent from the file.
    """
    added = counts.get(effects.CREATE, 0) + counts.get(effects.JOIN, 0)
    changed = counts.get(effects.UPDATE, 0)
    left = sum(counts.values()) - added - changed
    said = []
    if added or not (changed or gone):
        said.append(
            ngettext(
                "%(count)s contact importé.",
                "%(count)s contacts importés.",
                added,
                count=written(added),
            )
        )
    if changed:
        said.append(
            ngettext(
                "%(count)s contact mis à jour.",
                "%(count)s contacts mis à jour.",
                changed,
                count=written(changed),
            )
        )
    if gone:
        said.append(_who_went(gone))
    if left:
        said.append(
            ngettext(
                "%(left)s ligne n’a pas été reprise.",
                "%(left)s lignes n’ont pas été reprises.",
                left,
                left=written(left),
            )
        )
    return " ".join(said)


def _who_went(gone: int) -> str:
    said: str = ngettext(
        "%(count)s contact absent du fichier a quitté le groupe.",
        "%(count)s contacts absents du fichier ont quitté le groupe.",
        gone,
        count=written(gone),
    )
    return said


def choices_for_all(counts: Mapping[str, int]) -> dict[str, LazyString]:
    """Give what may be chosen for all lines at once, where there are such lines, and its name."""
    return {
        choice: FOR_ALL_NAMES[choice]
        for choice, shown in FOR_ALL.items()
        if any(counts.get(effect) for effect in shown)
    }


def comparison_sentence(counts: Mapping[str, int]) -> str:
    """Say how the lines compare with the group: « 12 nouveaux, 3 modifiés, 105 inchangés »."""
    new = counts.get(effects.CREATE, 0) + counts.get(effects.JOIN, 0)
    changed = counts.get(effects.UPDATE, 0) + counts.get(effects.KEPT, 0)
    unchanged = counts.get(effects.UNCHANGED, 0)
    parts = (
        ngettext("%(count)s nouveau", "%(count)s nouveaux", new, count=written(new)),
        ngettext("%(count)s modifié", "%(count)s modifiés", changed, count=written(changed)),
        ngettext("%(count)s inchangé", "%(count)s inchangés", unchanged, count=written(unchanged)),
    )
    return ", ".join(parts)
