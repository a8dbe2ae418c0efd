"""What a link opens for a person who is signed out: an invitation, a new password."""

from datetime import UTC, datetime

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_security import login_user

from webapp.accounts import attempts, invitations, known_browsers, messages, password_links, tasks
from webapp.accounts.invitations import NotOpen, Standing
from webapp.accounts.kinds import EXPLANATIONS
from webapp.accounts.models import Kind
from webapp.accounts.sign_in import client_address
from webapp.accounts.team_forms import AcceptanceForm, AskPasswordForm, NewPasswordForm
from webapp.accounts.users import AccountError, CommonPassword, EmailTaken, WeakPassword
from webapp.accounts.wording import common_password, paused
from webapp.extensions import db
from webapp.web.pages import announce, redirect, render
from webapp.web.settings import current

blueprint = Blueprint("links", __name__)


@blueprint.after_request
def keep_address_secret(response: Response) -> Response:
    """Give the secret address to no other site and no search engine.

    The name of our own host still goes with a form: it is held against forgery.
    """
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@blueprint.get("/invitation/<token>")
def invitation(token: str) -> Response:
    """Say who invites, where and as what, and ask for a name and a password."""
    found = invitations.invitation_by_token(db.session, token)
    form = AcceptanceForm(formdata=None, name=found.name if found else "")
    return _invitation_page(token, form)


@blueprint.post("/invitation/<token>")
def accept(token: str) -> Response:
    """Make the invited account, and sign it in."""
    form = AcceptanceForm()
    if current_user.is_authenticated or not form.validate():
        return _invitation_page(token, form, status=422)
    try:
        user = invitations.accept(
            db.session, token, form.name.data or "", form.password.data or "", datetime.now(UTC)
        )
    except (NotOpen, EmailTaken):
        db.session.rollback()
        return _invitation_page(token, form, status=422)
    except (WeakPassword, CommonPassword) as refused:
        db.session.rollback()
        form.password.errors = [_refusal(refused)]
        return _invitation_page(token, form, status=422)
    login_user(user)
    db.session.commit()
    announce(_("Votre compte est créé, et vous êtes connecté."))
    return redirect(url_for("desk.dashboard"))


@blueprint.route("/mot-de-passe-oublie", methods=["GET", "POST"])
def ask_password() -> Response:
    """Take the address of whoever forgot the password; the answer tells nothing about accounts."""
    can_mail = messages.post(db.session, current()).is_open
    form = AskPasswordForm()
    if not can_mail or not form.validate_on_submit():
        return _asking(form, can_mail=can_mail, status=422 if form.errors else 200)
    email, now = form.email.data or "", datetime.now(UTC)
    try:
        attempts.count(db.session, "forgotten", email, client_address(), now)
    except attempts.Paused as pause:
        db.session.rollback()
        form.email.errors = [paused(pause.until)]
        return _asking(form, can_mail=True, status=429)
    password_links.ask(db.session, email, now)
    db.session.commit()
    tasks.wake()
    announce(
        _(
            "Si un compte existe avec cette adresse, un message y arrive dans quelques minutes. "
            "Regardez aussi dans les courriers indésirables. Un nouveau message ne part que cinq "
            "minutes après le précédent."
        )
    )
    return redirect(url_for(".ask_password"))


@blueprint.get("/mot-de-passe/<token>")
def new_password(token: str) -> Response:
    """Ask for a new password."""
    return _password_page(token, NewPasswordForm(formdata=None))


@blueprint.post("/mot-de-passe/<token>")
def choose_password(token: str) -> Response:
    """Take the new password; every session of the account ends, and one signs in with it."""
    form = NewPasswordForm()
    if not form.validate():
        return _password_page(token, form, status=422)
    try:
        user = password_links.choose(db.session, token, form.password.data or "", datetime.now(UTC))
    except NotOpen:
        db.session.rollback()
        return _password_page(token, form, status=422)
    except (WeakPassword, CommonPassword) as refused:
        db.session.rollback()
        form.password.errors = [_refusal(refused)]
        return _password_page(token, form, status=422)
    db.session.commit()
    known_browsers.remember(user)
    announce(_("Le nouveau mot de passe est enregistré. Connectez-vous avec lui."))
    return redirect(url_for("security.login"))


def _asking(form: AskPasswordForm, *, can_mail: bool, status: int) -> Response:
    return render("accounts/password_forgotten.html", status=status, form=form, can_mail=can_mail)


def _invitation_page(token: str, form: AcceptanceForm, *, status: int = 200) -> Response:
    found = invitations.invitation_by_token(db.session, token)
    standing = invitations.standing_of(found, datetime.now(UTC))
    if found is None or standing != Standing.OPEN:
        return _over("accounts/invitation_over.html", standing)
    return render(
        "accounts/invitation.html",
        status=status,
        form=form,
        invitation=found,
        explanation=EXPLANATIONS[Kind(found.kind)],
        has_account=invitations.has_account(db.session, found.email),
    )


def _password_page(token: str, form: NewPasswordForm, *, status: int = 200) -> Response:
    found = password_links.link_by_token(db.session, token)
    standing = password_links.standing_of(found, datetime.now(UTC))
    if found is None or standing != Standing.OPEN:
        return _over("accounts/password_over.html", standing)
    return render("accounts/password_new.html", status=status, form=form, person=found.user)


def _over(template: str, standing: Standing) -> Response:
    status = 404 if standing == Standing.UNKNOWN else 410
    return render(template, status=status, standing=standing)


def _refusal(refused: AccountError) -> str:
    if isinstance(refused, CommonPassword):
        return common_password()
    return str(_("Le mot de passe doit avoir entre 12 et 256 caractères."))
