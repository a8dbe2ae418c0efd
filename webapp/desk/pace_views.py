"""How fast mail leaves, and the pause that holds every notice back."""

from datetime import UTC, datetime

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from webapp.accounts import pace
from webapp.accounts.access import actor, administrators
from webapp.delivery import pausing
from webapp.delivery.tasks import wake
from webapp.desk.pace_form import PaceForm
from webapp.desk.settings_views import mail_page, require_first_organisation
from webapp.extensions import db
from webapp.web.errors import refusal
from webapp.web.pages import announce, redirect
from webapp.web.settings import current

blueprint = Blueprint("pace", __name__, url_prefix="/organisation/messagerie")


@blueprint.post("/limites")
@administrators
def limits() -> Response:
    """Keep how many messages may leave in a minute and in an hour."""
    require_first_organisation()
    if pace.are_in_environment(current()):
        raise refusal(
            403,
            _(
                "Les limites sont fixées sur la machine (PLIREC_MAIL_PER_HOUR) : c’est là qu’elles "
                "se changent, par la personne qui a installé Plirec."
            ),
        )
    form = PaceForm()
    if not form.validate():
        return mail_page(None, pace_form=form, status=422)
    pace.set_limits(db.session, form.limits())
    db.session.commit()
    announce(_("Les limites d’envoi sont enregistrées."))
    return redirect(url_for("settings.mail"))


@blueprint.post("/pause")
@administrators
def pause() -> Response:
    """Hold every notice of the installation back."""
    require_first_organisation()
    pausing.pause_all(db.session, actor(), datetime.now(UTC))
    db.session.commit()
    announce(
        _(
            "Tous les avis sont en pause. Les quelques-uns déjà en train de partir arriveront "
            "encore ; les autres attendent que vous les laissiez repartir."
        )
    )
    return redirect(url_for("settings.mail"))


@blueprint.post("/reprise")
@administrators
def resume() -> Response:
    """Let notices leave again."""
    require_first_organisation()
    pausing.resume_all(db.session, actor(), datetime.now(UTC))
    db.session.commit()
    wake()
    announce(_("Les avis repartent, sauf ceux des courriers mis en pause un par un."))
    return redirect(url_for("settings.mail"))
