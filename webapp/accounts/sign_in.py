"""Sign-in and sign-out, by Flask-Security on our own table and pages."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, request, session, url_for
from flask_babel import gettext as _
from flask_login import user_logged_in, user_logged_out
from flask_security import RoleMixin, SQLAlchemyUserDatastore

from webapp import keys
from webapp.accounts.forms import SignInForm
from webapp.accounts.models import User
from webapp.accounts.users import PASSWORD_LENGTH
from webapp.extensions import db, security
from webapp.web.pages import announce, redirect, render, wants_fragment
from webapp.web.settings import current


class NoRole(RoleMixin):
    """Flask-Security asks for a class of roles; an account's kind decides here, and none exist."""


def init_app(app: Flask) -> None:
    """Set up sign-in with argon2 (OWASP's profile of 19 MiB, two passes)."""
    with app.app_context():
        salt = keys.secret(current().keys_directory, "password")
    app.config.update(
        SECURITY_PASSWORD_SALT=salt.hex(),
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - a scheme, no password
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS={
            "argon2__memory_cost": 19_456,
            "argon2__time_cost": 2,
            "argon2__parallelism": 1,
        },
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_PASSWORD_LENGTH_MIN=PASSWORD_LENGTH,
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_LOGIN_URL="/connexion",
        SECURITY_LOGOUT_URL="/deconnexion",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/connexion",
        SECURITY_LOGIN_USER_TEMPLATE="accounts/sign_in.html",
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_STATIC_FOLDER=None,
        # Every attempt is checked for forgery, also one made by a script that sends JSON.
        SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS=False,
        # No page asks to sign in again, and so Flask-Security adds none of its own for it.
        SECURITY_FRESHNESS=timedelta(minutes=-1),
    )
    security.init_app(
        app,
        SQLAlchemyUserDatastore(db, User, NoRole),
        register_blueprint=True,
        login_form=SignInForm,
        render_template=_sign_in_page,
    )
    security.want_json(lambda _request: False)
    security.unauthn_handler(ask_to_sign_in)
    user_logged_in.connect(_renew_session, app)
    user_logged_in.connect(_note_sign_in, app)
    user_logged_out.connect(_say_signed_out, app)


def ask_to_sign_in(*_mechanisms: Any, **_headers: Any) -> Response:
    """Lead a request that nobody is signed in for to the sign-in page, and back afterwards."""
    address = _address_to_return_to()
    if address == "/":
        return redirect(url_for("security.login"))
    announce(_("Connectez-vous pour ouvrir cette page."), "warning")
    return redirect(url_for("security.login", next=address))


def _address_to_return_to() -> str:
    """Give the page, not the fragment of it nor the form's address, that was in use."""
    if wants_fragment():
        page = request.headers.get("HX-Current-URL", "")
    else:
        page = request.url if request.method == "GET" else request.referrer or ""
    parts = urlsplit(page)
    if parts.netloc != request.host:
        return "/"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"


def _sign_in_page(template: str, **context: Any) -> Response:
    form = context["login_user_form"]
    return render(template, "main", status=422 if form.errors else 200, form=form)


def _renew_session(_app: Flask, **_details: Any) -> None:
    """Leave behind whatever the session held before, which someone else may have put there."""
    for name in set(session) - {"_user_id", "_id", "_fresh", "_permanent", "language"}:
        del session[name]
    g.pop("csrf_token", None)


def _note_sign_in(_app: Flask, user: User, **_details: Any) -> None:
    user.signed_in_at = datetime.now(UTC)
    db.session.commit()


def _say_signed_out(_app: Flask, **_details: Any) -> None:
    announce(_("Vous êtes déconnecté."))
