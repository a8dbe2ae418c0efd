"""One answer for all lines of an import that have the same fault."""

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.accounts.access import many_recipients
from webapp.contacts.rules import FIELDS
from webapp.extensions import db
from webapp.imports import editing, staging
from webapp.imports.asked import import_asked
from webapp.web.pages import announce, redirect
from webapp.web.templating import number as written

blueprint = Blueprint("repairs", __name__)
LONGEST = 500


@blueprint.post("/imports/<int:import_id>/corriger")
@many_recipients
def edit_alike(import_id: int) -> Response:
    """Write the same text into a cell of every line that has the same fault there."""
    import_ = import_asked(import_id)
    field, said = request.form.get("field", ""), request.form.get("said", "")
    text = request.form.get("text", "").strip()[:LONGEST]
    if field not in FIELDS:
        abort(400)
    back = redirect(url_for("imports.review", import_id=import_.id))
    if not text:
        announce(_("Écrivez d’abord ce qu’il faut mettre à la place."), "warning")
        return back
    try:
        count = editing.edit_alike(db.session, import_, field, said, text)
    except staging.ImportClosed:
        db.session.rollback()
        announce(_("Cet import est déjà terminé : rien n’a été changé."), "warning")
        return back
    db.session.commit()
    announce(
        ngettext(
            "%(count)s ligne a été changée.",
            "%(count)s lignes ont été changées.",
            count,
            count=written(count),
        )
    )
    return back
