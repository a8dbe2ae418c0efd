"""The dashboard, and the first run."""

from datetime import UTC, datetime

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_security import login_user

from webapp.accounts.access import actor, signed_in
from webapp.accounts.addresses import mail_obstacle
from webapp.accounts.first_run import AlreadyOpen, is_open, open_installation
from webapp.accounts.mail_settings import has_mail_server
from webapp.delivery import pausing
from webapp.delivery.outlook import hindrance_of
from webapp.desk import queries, waiting
from webapp.desk.forms import FirstRunForm
from webapp.extensions import db
from webapp.letters import keeping
from webapp.letters.labels import BADGES, LABELS
from webapp.letters.models import Letter
from webapp.letters.queries import visible_to
from webapp.web.pages import announce, redirect, render
from webapp.web.settings import current

blueprint = Blueprint("desk", __name__)

OPEN_BEFORE_THE_FIRST_RUN = (None, "static", "desk.first_run", "languages.choose")
NOT_THE_STAFFS = ("reception", "health")


@blueprint.before_app_request
def lead_to_the_first_run() -> Response | None:
    """While no account exists, every page of the staff leads to the one that makes the first."""
    if request.endpoint in OPEN_BEFORE_THE_FIRST_RUN or request.blueprint in NOT_THE_STAFFS:
        return None
    if current_user.is_authenticated or is_open(db.session):
        return None
    return redirect(url_for("desk.first_run"))


@blueprint.get("/")
@signed_in
def dashboard() -> Response:
    """Show what waits for this account."""
    user = actor()
    config = current()
    return render(
        "desk/dashboard.html",
        "main",
        user=user,
        progress=queries.progress(db.session, user),
        counts=queries.recipients_by_state(db.session, user),
        labels=LABELS,
        badges=BADGES,
        unanswered=waiting.unanswered(db.session, user),
        undelivered=waiting.undelivered(db.session, user),
        to_post=waiting.to_post(db.session, user),
        ending=keeping.soon(db.session, user, datetime.now(UTC)),
        imports=queries.unfinished_imports(db.session, user) if user.may_send_to_many else (),
        obstacle=mail_obstacle(db.session, config) if has_mail_server(db.session, config) else None,
        hindrance=hindrance_of(db.session, visible_to(user).with_only_columns(Letter.id)),
        paused_at=pausing.paused_since(db.session),
    )


@blueprint.route("/bienvenue", methods=["GET", "POST"])
def first_run() -> Response:
    """Ask what an installation must know, once."""
    if is_open(db.session):
        return redirect(url_for("security.login"))
    form = FirstRunForm(public_url=request.url_root.rstrip("/"))
    if current().public_url:
        del form.public_url
    if not form.validate_on_submit():
        status = 422 if form.errors else 200
        return render("desk/first_run.html", "main", status=status, form=form)
    return _open(form)


def _open(form: FirstRunForm) -> Response:
    opening = form.opening(public_url=current().public_url)
    try:
        administrator = open_installation(db.session, opening, datetime.now(UTC))
    except AlreadyOpen:
        db.session.rollback()
        announce(_("Cette installation vient d’être ouverte : connectez-vous."), "warning")
        return redirect(url_for("security.login"))
    login_user(administrator)
    db.session.commit()
    announce(_("Plirec est prêt. Vous êtes connecté comme administrateur."))
    return redirect(url_for("desk.dashboard"))
