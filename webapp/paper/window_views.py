"""Where the window of the envelopes is, and a sheet to try it."""

from flask import Response, url_for
from flask_babel import gettext as _

from webapp.accounts.access import actor, signed_in
from webapp.extensions import db
from webapp.paper import queries
from webapp.paper.forms import WindowForm
from webapp.paper.pages import blueprint, pdf_file
from webapp.paper.printing import Window, window_trial_pdf
from webapp.paper.window import keep_window
from webapp.web.pages import announce, redirect, render


@blueprint.route("/a-poster/fenetre", methods=["GET", "POST"])
@signed_in
def window() -> Response:
    """Ask where the window of the envelopes is."""
    kept = queries.window_of(db.session, actor().organisation_id)
    form = WindowForm(top=kept.top, left=kept.left)
    if not form.validate_on_submit():
        return render("paper/window.html", status=422 if form.errors else 200, form=form)
    chosen = Window(form.top.data or kept.top, form.left.data or kept.left)
    keep_window(db.session, actor().organisation_id, chosen)
    db.session.commit()
    announce(_("La place de la fenêtre est enregistrée."))
    return redirect(url_for(".window"))


@blueprint.get("/a-poster/fenetre.pdf")
@signed_in
def window_trial() -> Response:
    """Give a sheet to hold into an envelope."""
    kept = queries.window_of(db.session, actor().organisation_id)
    return pdf_file(window_trial_pdf(kept), "fenetre.pdf")
