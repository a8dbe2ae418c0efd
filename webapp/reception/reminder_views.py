"""Stopping the reminders: by a POST, since mail scanners open every link."""

from datetime import UTC, datetime

from flask import Response, url_for

from webapp.extensions import db
from webapp.letters import reminders
from webapp.reception.standing import Standing, standing_of
from webapp.reception.views import addressee_of, blueprint, client, held
from webapp.web.pages import redirect, render


@blueprint.get("/r/<token>/rappels")
def ask_stop(token: str) -> Response:
    """Ask whether to stop the reminders; an answered letter has none, and is shown instead."""
    addressee = addressee_of(token)
    if standing_of(addressee, datetime.now(UTC)) != Standing.WAITING:
        return redirect(url_for(".letter", token=token))
    is_reminded = reminders.is_reminded(addressee)
    return render(
        "reception/reminders.html", token=token, addressee=addressee, is_reminded=is_reminded
    )


@blueprint.post("/r/<token>/rappels")
def stop(token: str) -> Response:
    """Stop the reminders; a second press says that they are stopped."""
    addressee, now = held(token), datetime.now(UTC)
    if standing_of(addressee, now) == Standing.WAITING and reminders.is_reminded(addressee):
        reminders.stop(db.session, addressee, client(), now)
        db.session.commit()
    return redirect(url_for(".ask_stop", token=token))
