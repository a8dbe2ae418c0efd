"""What a person chooses about an import's lines, in one line or in many, and takes back."""

from flask import Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.accounts.access import many_recipients
from webapp.contacts.rules import FIELDS
from webapp.extensions import db
from webapp.imports import editing, queries
from webapp.imports.asked import import_asked
from webapp.imports.effects import CHOICES
from webapp.imports.labels import ABSENT, FOR_ALL
from webapp.imports.models import Import
from webapp.imports.staging import hold
from webapp.imports.views import blueprint, import_and_row, replaced
from webapp.web.pages import announce, redirect
from webapp.web.templating import number as written

LONGEST = 500


@blueprint.post("/imports/<int:import_id>/lignes/<int:number>/choix")
@many_recipients
def choose(import_id: int, number: int) -> Response:
    """Say what one line does to the contact that it is."""
    import_, row = import_and_row(import_id, number)
    choice = _asked_choice()
    changed = editing.choose(db.session, import_, [row], choice)
    return replaced(import_, row, [other for other in changed if other is not row])


@blueprint.post("/imports/<int:import_id>/choix")
@many_recipients
def choose_for_all(import_id: int) -> Response:
    """Say it for all the lines that are compared, or repeated."""
    import_, choice = import_asked(import_id), _asked_choice()
    rows = queries.rows_with(db.session, import_, FOR_ALL[choice])
    editing.choose(db.session, import_, rows, choice)
    db.session.commit()
    return _changed(import_, len(rows))


@blueprint.post("/imports/<int:import_id>/corriger")
@many_recipients
def edit_alike(import_id: int) -> Response:
    """Write the same text, or nothing, into a cell of every line that has the same fault there."""
    import_ = import_asked(import_id)
    field, said = _asked_field(), request.form.get("said", "")
    text = request.form.get("text", "").strip()[:LONGEST]
    if "clear" in request.form:
        text = ""
    elif not text:
        announce(_("Écrivez d’abord ce qu’il faut mettre à la place."), "warning")
        return _review(import_)
    count = editing.edit_alike(db.session, import_, field, said, text)
    db.session.commit()
    return _changed(import_, count)


@blueprint.post("/imports/<int:import_id>/ignorer")
@many_recipients
def ignore_alike(import_id: int) -> Response:
    """Leave out every line that has the same fault."""
    import_ = import_asked(import_id)
    field, said = _asked_field(), request.form.get("said", "")
    code = request.form.get("code", "")
    count = editing.ignore_alike(db.session, import_, field, code, said)
    db.session.commit()
    return _changed(import_, count)


@blueprint.post("/imports/<int:import_id>/remplacer")
@many_recipients
def replace(import_id: int) -> Response:
    """Find a text in a column, and put another in its place."""
    import_ = import_asked(import_id)
    field, said = _asked_field(), request.form.get("said", "")[:LONGEST]
    if not said:
        announce(_("Écrivez d’abord le texte à chercher."), "warning")
        return _review(import_)
    text = request.form.get("text", "")[:LONGEST]
    count = editing.replace(db.session, import_, field, said, text)
    db.session.commit()
    if not count:
        words = _(
            "Rien n’a été changé : dans cette colonne, aucune case ne dit « %(said)s ».", said=said
        )
        announce(words, "warning")
        return _review(import_)
    return _changed(import_, count)


@blueprint.post("/imports/<int:import_id>/defaire")
@many_recipients
def take_back(import_id: int) -> Response:
    """Take back the newest correction."""
    import_ = import_asked(import_id)
    numbers = editing.undo(db.session, import_)
    db.session.commit()
    if not numbers:
        announce(_("Il n’y a aucune correction à annuler."), "warning")
        return _review(import_)
    if len(numbers) == 1:
        announce(_("Ligne %(number)s : la correction est annulée.", number=numbers[0]))
        return redirect(f"{url_for('.review', import_id=import_.id)}#row-{numbers[0]}")
    announce(_("La correction de %(count)s lignes est annulée.", count=written(len(numbers))))
    return _review(import_)


@blueprint.post("/imports/<int:import_id>/absents")
@many_recipients
def decide_on_absent(import_id: int) -> Response:
    """Let the contacts that are absent from the file leave the group, or stay."""
    import_ = import_asked(import_id)
    hold(db.session, import_)
    import_.takes_absent_out = request.form.get("leave") == "y"
    db.session.commit()
    if import_.takes_absent_out:
        announce(_("À l’import, les contacts absents du fichier quitteront le groupe."))
    else:
        announce(_("Les contacts absents du fichier resteront dans le groupe."))
    return redirect(url_for(".review", import_id=import_.id, voir=ABSENT))


def _asked_choice() -> str:
    choice = request.form.get("choice", "")
    return choice if choice in CHOICES else abort(400)


def _asked_field() -> str:
    field = request.form.get("field", "")
    return field if field in FIELDS else abort(400)


def _review(import_: Import) -> Response:
    return redirect(url_for(".review", import_id=import_.id))


def _changed(import_: Import, count: int) -> Response:
    announce(
        ngettext(
            "%(count)s ligne a été changée.",
            "%(count)s lignes ont été changées.",
            count,
            count=written(count),
        )
    )
    return _review(import_)
