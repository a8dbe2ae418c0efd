"""The buttons that hold the notices of one letter back, and let them leave again."""

from datetime import UTC, datetime

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from webapp.accounts.access import actor, signed_in
from webapp.delivery import pausing
from webapp.delivery.asked import letter_asked
from webapp.delivery.leaving import announce_leaving
from webapp.delivery.tasks import wake
from webapp.extensions import db
from webapp.web.pages import announce, redirect

blueprint = Blueprint("pauses", __name__)


@blueprint.post("/courriers/<number>/pause")
@signed_in
def pause(number: str) -> Response:
    """Hold back the notices of a letter that have not left."""
    letter = letter_asked(number)
    pausing.pause(db.session, letter, actor(), datetime.now(UTC))
    db.session.commit()
    announce(
        _(
            "Ce courrier est en pause. Les quelques avis déjà en train de partir arriveront "
            "encore ; tous les autres attendent que vous repreniez l’envoi."
        )
    )
    return redirect(url_for("delivery.letter", number=number))


@blueprint.post("/courriers/<number>/reprise")
@signed_in
def resume(number: str) -> Response:
    """Let them leave again."""
    letter = letter_asked(number)
    pausing.resume(db.session, letter, actor(), datetime.now(UTC))
    db.session.commit()
    wake()
    announce_leaving(db.session, letter, _("Les avis de ce courrier repartent."))
    return redirect(url_for("delivery.letter", number=number))
