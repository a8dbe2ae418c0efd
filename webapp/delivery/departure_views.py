"""Changing when a letter leaves, as long as it waits for its date."""

from datetime import UTC, datetime

from flask import Response, request, url_for
from flask_babel import gettext as _

from webapp.accounts.access import actor, signed_in
from webapp.delivery.asked import letter_asked
from webapp.delivery.departure_form import DepartureForm, bounds
from webapp.delivery.leaving import announce_leaving
from webapp.delivery.tasks import wake
from webapp.delivery.views import blueprint
from webapp.extensions import db
from webapp.letters import departure
from webapp.letters.models import Letter
from webapp.web.pages import announce, redirect, render
from webapp.web.templating import moment


@blueprint.get("/courriers/<number>/depart")
@signed_in
def ask_departure(number: str) -> Response:
    """Ask for another moment; a letter that has left is shown instead."""
    shown, now = letter_asked(number), datetime.now(UTC)
    if shown.leaves_at is None or not departure.is_waiting(shown, now):
        return redirect(url_for(".letter", number=shown.number))
    return _page(shown, DepartureForm.of(shown.leaves_at), now)


@blueprint.post("/courriers/<number>/depart")
@signed_in
def change_departure(number: str) -> Response:
    """Let the letter leave at another moment, or now."""
    shown, now = letter_asked(number), datetime.now(UTC)
    form = DepartureForm()
    asked = now if "now" in request.form else form.moment()
    if asked != now and not form.is_possible(now):
        return _page(shown, form, now, status=422)
    try:
        departure.change(db.session, shown, asked or now, actor().name, now)
    except departure.HasLeft:
        announce(_("Les avis partent déjà : leur date ne peut plus être changée."), "warning")
        return redirect(url_for(".letter", number=shown.number))
    db.session.commit()
    if asked == now:
        wake()
        announce_leaving(db.session, shown, _("Les avis partent maintenant."))
    else:
        words = _("Les avis partiront le %(moment)s.", moment=moment(asked or now))
        announce_leaving(db.session, shown, words)
    return redirect(url_for(".letter", number=shown.number))


def _page(shown: Letter, form: DepartureForm, now: datetime, *, status: int = 200) -> Response:
    return render(
        "delivery/departure.html",
        "main",
        status=status,
        letter=shown,
        form=form,
        bounds=bounds(now),
    )
