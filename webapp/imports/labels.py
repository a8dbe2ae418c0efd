"""What the import pages call things."""

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from webapp.imports.checking import DUPLICATE, ERROR, IGNORED, READY
from webapp.web.templating import number as written

FILTERS = {"": None, "a-corriger": ERROR, "pretes": READY, "doublons": DUPLICATE}
FILTER_NAMES = {
    "": _l("Tout"),
    "a-corriger": _l("À corriger"),
    "pretes": _l("Prêtes"),
    "doublons": _l("Doublons"),
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


def what_was_imported(count: int, left: int) -> str:
    """Say how many contacts entered the group, and how many lines stayed out of it."""
    done: str = ngettext(
        "%(count)s contact importé.", "%(count)s contacts importés.", count, count=written(count)
    )
    if not left:
        return done
    rest = ngettext(
        "%(left)s ligne n’a pas été reprise.",
        "%(left)s lignes n’ont pas été reprises.",
        left,
        left=written(left),
    )
    return f"{done} {rest}"
