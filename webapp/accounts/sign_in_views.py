"""The sign-in's pages: the password, then the second factor of those who have one; the way out."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from flask_security import login_user, logout_user
from sqlalchemy import select

from webapp.accounts import credentials, known_browsers, second_factor, sessions, wording
from webapp.accounts.attempts import Paused
from webapp.accounts.forms import CodeForm, NextPageForm, RecoveryForm, SignInForm
from webapp.accounts.models import User
from webapp.accounts.sign_in import IDENTIFIER, client_address, identifier
from webapp.accounts.tokens import hashed
from webapp.extensions import db
from webapp.web.pages import announce, redirect, render

blueprint = Blueprint("security", __name__)

HALFWAY = "halfway"
HALFWAY_FOR = timedelta(minutes=10)
"""How long the second step may take after the first."""


@blueprint.route("/connexion", methods=["GET", "POST"])
def login() -> Response:
    """Ask for the address and the password."""
    form = SignInForm()
    if current_user.is_authenticated:
        return redirect(_next_page(form))
    if not form.validate_on_submit():
        return _page("accounts/sign_in.html", form, 422 if form.errors else 200)
    now = datetime.now(UTC)
    try:
        user = credentials.account_of(
            db.session,
            form.email.data or "",
            form.password.data or "",
            client_address(),
            known_browsers.mark_for(form.email.data or ""),
            now,
        )
    except credentials.WrongPassword:
        form.email.errors = [_("L’adresse e-mail ou le mot de passe n’est pas juste.")]
        return _page("accounts/sign_in.html", form, 422)
    except Paused as pause:
        form.email.errors = [wording.paused(pause.until)]
        return _page("accounts/sign_in.html", form, 429)
    if second_factor.is_on(db.session, user.id):
        session[HALFWAY] = (user.id, now.timestamp(), hashed(user.password))
        db.session.commit()
        return redirect(url_for("security.second_step", next=form.next.data or None))
    return _enter(user, form)


@blueprint.route("/connexion/code", methods=["GET", "POST"])
def second_step() -> Response:
    """Ask for the telephone's code."""
    return _second_step("accounts/second_step.html", CodeForm(), second_factor.use_code)


@blueprint.route("/connexion/secours", methods=["GET", "POST"])
def recovery_step() -> Response:
    """Ask for a recovery code in its place."""
    return _second_step(
        "accounts/recovery_step.html", RecoveryForm(), second_factor.use_recovery_code
    )


@blueprint.post("/deconnexion")
def logout() -> Response:
    """End the session, here and on the server."""
    if current_user.is_authenticated:
        sessions.end_one(db.session, identifier() or "", datetime.now(UTC))
        db.session.commit()
        logout_user()
        session.pop(IDENTIFIER, None)
        announce(_("Vous êtes déconnecté."))
    return redirect(url_for("security.login"))


def _second_step(
    template: str,
    form: CodeForm | RecoveryForm,
    use: Callable[..., None],
) -> Response:
    user = _halfway()
    if user is None:
        return redirect(url_for("security.login", next=form.next.data or None))
    if not form.validate_on_submit():
        return _page(template, form, 422 if form.errors else 200)
    try:
        use(db.session, user.id, form.code.data, client_address(), datetime.now(UTC))
    except second_factor.WrongCode:
        form.code.errors = [_("Ce code n’est pas juste, ou il a déjà servi.")]
        return _page(template, form, 422)
    except Paused as pause:
        form.code.errors = [wording.paused(pause.until)]
        return _page(template, form, 429)
    answer = _enter(user, form)
    if use is second_factor.use_recovery_code:
        _say_how_many_are_left(user)
    return answer


def _halfway() -> User | None:
    """Give the account whose password was given a moment ago, in this browser."""
    user_id, moment, password = session.get(HALFWAY, (0, 0.0, ""))
    if datetime.now(UTC).timestamp() - moment > HALFWAY_FOR.total_seconds():
        return None
    user = db.session.scalar(select(User).where(User.id == user_id, User.active))
    # A password that was changed meanwhile lets nobody in who gave the old one.
    return user if user is not None and hashed(user.password) == password else None


def _enter(user: User, form: NextPageForm) -> Response:
    login_user(user)
    db.session.commit()
    return redirect(_next_page(form))


def _next_page(form: NextPageForm) -> str:
    form.validate_next(form.next)
    return form.next.data or url_for("desk.dashboard")


def _say_how_many_are_left(user: User) -> None:
    left = second_factor.recovery_codes_left(db.session, user.id)
    announce(
        ngettext(
            "Il vous reste %(num)s code de secours. Vous pouvez en refaire sur « Mon compte ».",
            "Il vous reste %(num)s codes de secours. Vous pouvez en refaire sur « Mon compte ».",
            left,
        ),
        "warning",
    )


def _page(template: str, form: NextPageForm, status: int) -> Response:
    return render(template, "main", status=status, form=form)
