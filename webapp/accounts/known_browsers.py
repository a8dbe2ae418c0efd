"""Browsers in which an account has signed in before: the attempts they make are counted apart.

Whoever knows an address could otherwise keep its owner out, by being the one who tries as soon as
each pause ends (the device cookies of OWASP's Blocking Brute Force Attacks).
"""

from datetime import timedelta
from typing import Any

from flask import Flask, Response, after_this_request, current_app, request
from flask_login import user_logged_in
from itsdangerous import BadSignature, URLSafeSerializer

from webapp.accounts.models import User
from webapp.accounts.tokens import hashed, new_token

COOKIE = "plirec-known"
KEPT_FOR = timedelta(days=365)


def init_app(app: Flask) -> None:
    """Remember each browser in which somebody signs in."""
    user_logged_in.connect(_signed_in, app)


def mark_for(email: str) -> str:
    """Give the mark of this browser, nothing where this account was never signed in to in it.

    :param email: in any form in which a person types it.
    """
    try:
        account, mark = _signer().loads(request.cookies.get(COOKIE, ""))
    except (BadSignature, ValueError, TypeError):
        return ""
    return mark if account == hashed(email.strip().lower()) else ""


def remember(user: User) -> None:
    """Let the answer to this request mark the browser as one of this account's."""
    mark = mark_for(user.email) or new_token()
    told = _signer().dumps([hashed(user.email), mark])

    @after_this_request
    def mark_browser(response: Response) -> Response:
        response.set_cookie(
            COOKIE,
            told,
            max_age=KEPT_FOR,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )
        return response


def _signed_in(_app: Flask, user: User, **_details: Any) -> None:
    remember(user)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="known-browser")
