"""Sign-in: the library's ground (hashes, the signed-in account), on sessions of our own."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, request, session, url_for
from flask_babel import gettext as _
from flask_login import user_logged_in
from flask_security import RoleMixin, SQLAlchemyUserDatastore
from flask_security.utils import set_request_attr

from webapp import keys
from webapp.accounts import browsers, sessions
from webapp.accounts.models import User
from webapp.accounts.organisations import work_alone
from webapp.accounts.users import PASSWORD_LENGTH
from webapp.database import reading_only
from webapp.extensions import db, security
from webapp.web.pages import announce, redirect, wants_fragment
from webapp.web.settings import current

KEPT_AT_SIGN_IN = {"_user_id", "_id", "_fresh", "_permanent", "language"}
IDENTIFIER = "identifier"
"""Where the browser's cookie holds the session's identifier."""


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
        SECURITY_FLASH_MESSAGES=False,
        # Our pages ask for the password again where it matters.
        SECURITY_FRESHNESS=timedelta(minutes=-1),
    )
    # The library's own pages stay out: ours count attempts and ask for a second factor.
    security.init_app(app, SQLAlchemyUserDatastore(db, User, NoRole), register_blueprint=False)
    security.want_json(lambda _request: False)
    security.unauthn_handler(ask_to_sign_in)
    app.login_manager.user_loader(_user_of_session)  # type: ignore[attr-defined]
    user_logged_in.connect(_open_session, app)
    app.teardown_request(_note_use)


def identifier() -> str | None:
    """Give the identifier of the session that this browser holds."""
    return session.get(IDENTIFIER)


def client_address() -> str:
    """Give the address that the request comes from, behind the proxies that are trusted."""
    return request.remote_addr or ""


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


def _user_of_session(uniquifier: str) -> User | None:
    """Give the account that a cookie names, as long as its session is open on the server."""
    now = datetime.now(UTC)
    if not reading_only.get():
        organisation_id = sessions.organisation_of(db.session, identifier() or "")
        if organisation_id is not None:
            work_alone(db.session, organisation_id)
    found = sessions.open_one(db.session, identifier() or "", now)
    if found is None or found.user.fs_uniquifier != uniquifier:
        return None
    if found.seen_at < now - sessions.NOTED_EVERY:
        g.session_in_use = found.id
    set_request_attr("fs_authn_via", "session")
    return found.user


def _open_session(_app: Flask, user: User, **_details: Any) -> None:
    """Leave behind whatever the session held before, which someone else may have put there."""
    for name in set(session) - KEPT_AT_SIGN_IN:
        del session[name]
    g.pop("csrf_token", None)
    agent, now = request.user_agent.string, datetime.now(UTC)
    user.signed_in_at = now
    session[IDENTIFIER] = sessions.open_session(
        db.session,
        user.id,
        browser=browsers.browser_of(agent),
        system=browsers.system_of(agent),
        address=client_address(),
        now=now,
    )


def _note_use(_error: BaseException | None) -> None:
    """Note the session's use when the answer is made and the request's transaction is over."""
    session_id = g.pop("session_in_use", None)
    if session_id is not None:
        db.session.remove()
        sessions.note_use(db.engine, session_id, datetime.now(UTC))
