"""Imports that were made: listed, what they left out given back, and each taken back."""

from datetime import UTC, datetime
from io import BytesIO

from flask import Response, request, send_file, url_for
from flask_babel import gettext as _

from webapp.accounts.access import actor, many_recipients
from webapp.extensions import db
from webapp.imports import forgetting, queries, undoing
from webapp.imports.asked import import_asked
from webapp.imports.views import blueprint
from webapp.sheets.tables import XLSX
from webapp.web.pages import announce, redirect, render
from webapp.web.paging import asked


@blueprint.get("/imports")
@many_recipients
def history() -> Response:
    """List the organisation's imports, the newest first."""
    page = queries.imports_page(db.session, actor().organisation_id, asked(request.args))
    return render("imports/history.html", "main", page=page)


@blueprint.get("/imports/<int:import_id>/reste.xlsx")
@many_recipients
def left_out(import_id: int) -> Response:
    """Give the lines that were left out, with the reasons, as an Excel workbook.

    An import whose lines are forgotten says so on its page.
    """
    from webapp.imports import rest

    import_ = import_asked(import_id)
    if forgetting.has_lapsed(import_, datetime.now(UTC)):
        return redirect(url_for(".review", import_id=import_id))
    content = rest.as_workbook(db.session, import_, _)
    name = _("a-revoir-%(number)s.xlsx", number=import_id)
    return send_file(BytesIO(content), XLSX, as_attachment=True, download_name=name)


@blueprint.get("/imports/<int:import_id>/annuler")
@many_recipients
def ask_to_undo(import_id: int) -> Response:
    """Say what taking the import back would do, and what it cannot do."""
    import_ = import_asked(import_id)
    is_possible = undoing.is_possible(import_, datetime.now(UTC))
    plan = undoing.plan(db.session, import_) if is_possible else None
    return render("imports/undo.html", "main", import_=import_, plan=plan)


@blueprint.post("/imports/<int:import_id>/annuler")
@many_recipients
def undo(import_id: int) -> Response:
    """Take the import back."""
    import_ = import_asked(import_id)
    try:
        undoing.undo(db.session, import_, datetime.now(UTC))
    except undoing.CannotUndo:
        db.session.rollback()
        announce(_("Cet import ne peut pas être annulé : rien n’a été changé."), "warning")
        return redirect(url_for(".review", import_id=import_id))
    db.session.commit()
    announce(_("L’import est annulé."))
    return redirect(url_for("contacts.group", group_id=import_.group_id))
