"""The settings: who sends, the public address, the mail server and its trial."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from config import Config
from webapp.accounts import mail_settings, pace
from webapp.accounts.access import actor, administrators
from webapp.accounts.addresses import mail_obstacle, public_address
from webapp.accounts.mail_passwords import PasswordWanted
from webapp.accounts.mail_settings import has_mail_server, may_set_mail, with_mail_settings
from webapp.accounts.models import Installation
from webapp.accounts.organisations import change_identity
from webapp.accounts.return_mailbox import is_in_environment
from webapp.accounts.telltale import telltales
from webapp.delivery import pausing, retrying
from webapp.delivery.mail_trial import TrialResult, send_trial
from webapp.delivery.tasks import wake
from webapp.desk import status, status_words
from webapp.desk.pace_form import PaceForm
from webapp.desk.return_mailbox_form import ReturnMailboxForm
from webapp.desk.settings_forms import IdentityForm, MailForm, PublicAddressForm
from webapp.desk.sources import setting_lines
from webapp.evidence.witness_setting import with_witness_settings
from webapp.extensions import db
from webapp.web.errors import refusal
from webapp.web.pages import announce, redirect, render
from webapp.web.settings import current

blueprint = Blueprint("settings", __name__)


@blueprint.app_context_processor
def _for_the_navigation() -> dict[str, Callable[[], bool]]:
    return {"answers_for_all": lambda: may_set_mail(db.session, actor())}


@blueprint.route("/organisation", methods=["GET", "POST"])
@administrators
def organisation() -> Response:
    """Show and change who sends."""
    form = IdentityForm.of(actor().organisation)
    if not form.validate_on_submit():
        status = 422 if form.errors else 200
        return render(
            "desk/organisation.html",
            "main",
            status=status,
            form=form,
            telltales=telltales(db.session, current(), actor().organisation),
            hides_sender=not actor().organisation.names_sender,
        )
    change_identity(actor().organisation, form.settled())
    db.session.commit()
    announce(_("C’est enregistré. Les prochains courriers porteront ces indications."))
    return redirect(url_for(".organisation"))


@blueprint.get("/organisation/etat")
@administrators
def state() -> Response:
    """Show how the service does, and what to do about what is not well."""
    if not may_set_mail(db.session, actor()):
        raise refusal(
            403,
            _(
                "Plusieurs associations partagent cette installation : seuls les administrateurs "
                "de la première voient l’état du service, qui est celui de toutes."
            ),
        )
    found = status.gather(db.session, current(), datetime.now(UTC))
    lines = status_words.lines(found)
    return render("desk/status.html", "main", status_of=found, lines=lines)


@blueprint.get("/organisation/messagerie")
@administrators
def mail() -> Response:
    """Show the mail server in use, where it is set, and what stands in the way of notices."""
    return mail_page(None)


@blueprint.post("/organisation/messagerie")
@administrators
def save_mail() -> Response:
    """Keep the mail server; pressed with the trial's button, send a message through it at once."""
    _require_may_set_mail()
    form = MailForm()
    if not form.validate():
        return mail_page(form, status=422)
    now = datetime.now(UTC)
    try:
        mail_settings.save(db.session, current(), form.settings(), actor(), now)
    except PasswordWanted:
        db.session.rollback()
        form.password.errors = [
            _(
                "Écrivez le mot de passe : celui qui est gardé ne sert qu’au serveur et au "
                "compte d’avant."
            )
        ]
        return mail_page(form, status=422)
    retrying.try_again(db.session, now)
    db.session.commit()
    wake()
    announce(_("Le serveur de messagerie est enregistré."))
    if "trial" in request.form:
        return _tried(form)
    return redirect(url_for(".mail"))


@blueprint.post("/organisation/messagerie/essai")
@administrators
def try_mail() -> Response:
    """Send a message through the mail server in use, and say at which stage it stops."""
    if not has_mail_server(db.session, current()):
        announce(_("Enregistrez d’abord un serveur de messagerie."), "warning")
        return redirect(url_for(".mail"))
    return _tried(None)


@blueprint.post("/organisation/messagerie/oublier")
@administrators
def forget_mail() -> Response:
    """Go back to the trial box."""
    _require_may_set_mail()
    mail_settings.forget(db.session)
    db.session.commit()
    announce(_("Plus aucun serveur de messagerie : les prochains courriers seront des essais."))
    return redirect(url_for(".mail"))


@blueprint.post("/organisation/messagerie/adresse-publique")
@administrators
def change_public_address() -> Response:
    """Keep the address that recipients open."""
    _require_may_set_mail()
    form = PublicAddressForm()
    if not form.validate():
        return mail_page(None, address_form=form, status=422)
    db.session.get_one(Installation, 1).public_url = form.public_url.data or ""
    retrying.try_again(db.session, datetime.now(UTC))
    db.session.commit()
    wake()
    announce(_("L’adresse publique est enregistrée."))
    return redirect(url_for(".mail"))


def _tried(form: MailForm | None) -> Response:
    in_use, recipient = with_mail_settings(db.session, current()), actor().email
    db.session.rollback()  # no transaction stays open while the server is waited for
    outcome = send_trial(db.session, in_use, recipient, datetime.now(UTC))
    return mail_page(form, outcome=outcome)


def mail_page(
    form: MailForm | None,
    *,
    address_form: PublicAddressForm | None = None,
    pace_form: PaceForm | None = None,
    mailbox_form: ReturnMailboxForm | None = None,
    outcome: TrialResult | None = None,
    status: int = 200,
) -> Response:
    """Show all that there is to the sending of mail, with a form that was filled wrong."""
    config = current()
    limits = pace.limits(db.session, config)
    in_use = with_mail_settings(db.session, config)
    address = public_address(db.session, config)
    return render(
        "desk/mail.html",
        "main",
        status=status,
        form=form or _filled(in_use),
        address_form=address_form or PublicAddressForm(formdata=None, public_url=address),
        pace_form=pace_form
        or PaceForm(formdata=None, per_minute=limits.per_minute, per_hour=limits.per_hour),
        limits=limits,
        limits_in_environment=pace.are_in_environment(config),
        paused_at=pausing.paused_since(db.session),
        mailbox_form=mailbox_form or ReturnMailboxForm.of(in_use),
        mailbox_in_environment=is_in_environment(config),
        outcome=outcome,
        in_use=in_use,
        may_change=may_set_mail(db.session, actor()),
        in_environment=mail_settings.are_in_environment(config),
        address_in_environment=bool(config.public_url),
        address=address,
        obstacle=mail_obstacle(db.session, config),
        lines=list(setting_lines(config, _all_in_use(in_use, limits))),
        own_email=actor().email,
    )


def _all_in_use(in_use: Config, limits: pace.Limits) -> Config:
    per_minute, per_hour = limits.per_minute or 0, limits.per_hour or 0
    witnessed = with_witness_settings(db.session, in_use)
    return replace(witnessed, mail_per_minute=per_minute, mail_per_hour=per_hour)


def _filled(in_use: Config) -> MailForm:
    return MailForm(
        formdata=None,
        host=in_use.smtp_host,
        port=in_use.smtp_port,
        security=in_use.smtp_security,
        username=in_use.smtp_username,
        mail_from=in_use.mail_from,
    )


def _require_may_set_mail() -> None:
    if mail_settings.are_in_environment(current()):
        raise refusal(
            403,
            _(
                "Le serveur de messagerie est fixé sur la machine (SMTP_HOST) : c’est là qu’il se "
                "change, par la personne qui a installé Plirec."
            ),
        )
    require_first_organisation()


def require_first_organisation() -> None:
    """Refuse what holds for all to whom it does not belong."""
    if not may_set_mail(db.session, actor()):
        raise refusal(
            403,
            _(
                "Plusieurs associations partagent cette installation : seuls les administrateurs "
                "de la première règlent la messagerie, qui sert à toutes."
            ),
        )
