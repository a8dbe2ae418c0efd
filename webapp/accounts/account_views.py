"""One's own account: the name, the password, the sessions."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, url_for
from flask_babel import gettext as _

from webapp.accounts import second_factor, sessions
from webapp.accounts.access import actor, signed_in
from webapp.accounts.confirmation import denial, end_the_others
from webapp.accounts.forms import AnswersForm, NameForm, PasswordForm
from webapp.accounts.models import UserSession
from webapp.accounts.sign_in import identifier
from webapp.accounts.users import CommonPassword, change_password, clean_name
from webapp.accounts.wording import common_password
from webapp.extensions import db
from webapp.web.pages import announce, redirect, render

blueprint = Blueprint("account", __name__)


@blueprint.route("/compte", methods=["GET", "POST"])
@signed_in
def overview() -> Response:
    """Show one's account, and take another name for it."""
    user = actor()
    form = NameForm(obj=user)
    if form.validate_on_submit():
        user.name = clean_name(form.name.data or "")
        db.session.commit()
        announce(_("Votre nom est enregistré."))
        return redirect(url_for(".overview"))
    return _account_page(form, AnswersForm(formdata=None, obj=user))


@blueprint.post("/compte/reponses")
@signed_in
def change_answers() -> Response:
    """Choose when to be told what became of one's letters."""
    user, form = actor(), AnswersForm()
    if not form.validate():
        return _account_page(NameForm(formdata=None, obj=user), form)
    user.answers_told = form.answers_told.data
    db.session.commit()
    announce(_("C’est enregistré."))
    return redirect(url_for(".overview"))


def _account_page(form: NameForm, answers: AnswersForm) -> Response:
    user = actor()
    return render(
        "accounts/account.html",
        "main",
        status=422 if form.errors or answers.errors else 200,
        form=form,
        answers=answers,
        user=user,
        has_second_factor=second_factor.is_on(db.session, user.id),
        codes_left=second_factor.recovery_codes_left(db.session, user.id),
        open_sessions=_mine(),
        is_this_one=lambda one: sessions.is_same(one, identifier()),
    )


@blueprint.route("/compte/mot-de-passe", methods=["GET", "POST"])
@signed_in
def password() -> Response:
    """Change the password, which ends the other sessions."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return _password_page(form, 422 if form.errors else 200)
    if status := denial(form):
        return _password_page(form, status)
    try:
        change_password(actor(), form.password.data or "")
    except CommonPassword:
        form.password.errors = [common_password()]
        return _password_page(form, 422)
    ended = end_the_others()
    db.session.commit()
    announce(f"{_('Votre mot de passe est changé.')} {ended}".strip())
    return redirect(url_for(".overview"))


@blueprint.post("/compte/sessions/fermer")
@signed_in
def end_other_sessions() -> Response:
    """End every session but this one."""
    ended = end_the_others()
    db.session.commit()
    announce(ended or _("Aucune autre session n’était ouverte."))
    return redirect(url_for(".overview"))


@blueprint.post("/compte/sessions/<int:session_id>/fermer")
@signed_in
def end_session(session_id: int) -> Response:
    """End one session of one's own."""
    if not sessions.end_session(db.session, actor().id, session_id, datetime.now(UTC)):
        abort(404)
    db.session.commit()
    announce(_("La session est fermée."))
    return redirect(url_for(".overview"))


def _mine() -> Sequence[UserSession]:
    return sessions.open_of(db.session, actor().id, datetime.now(UTC))


def _password_page(form: PasswordForm, status: int) -> Response:
    return render("accounts/password.html", "main", status=status, form=form, user=actor())
