"""The language of the pages, as each person chose it for his account."""

from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for
from flask_login import current_user, user_logged_in

from webapp.accounts.access import actor
from webapp.accounts.models import User
from webapp.extensions import db
from webapp.web import language
from webapp.web.pages import redirect

blueprint = Blueprint("languages", __name__)


def init_app(app: Flask) -> None:
    """Speak an account's language from its sign-in on."""
    user_logged_in.connect(_speak_own, app)


@blueprint.post("/langue")
def choose() -> Response:
    """Speak another language from now on: in this browser, and for the account signed in."""
    code = request.form.get("language", "")
    if code not in language.LANGUAGES:
        abort(400)
    if current_user.is_authenticated:
        keep(actor(), code)
        db.session.commit()
    language.choose(code)
    return redirect(_page_to_return_to(request.form.get("next", "")))


def keep(user: User, code: str) -> None:
    """Keep an account's language, and speak it in this browser; whoever asked commits.

    :param code: one of `language.LANGUAGES`; anything else: what the browser prefers.
    """
    user.language = code if code in language.LANGUAGES else ""
    language.choose(user.language)


def _speak_own(_app: Flask, user: User, **_details: Any) -> None:
    # An account without a choice of its own leaves what was chosen in this browser.
    if user.language:
        language.choose(user.language)


def _page_to_return_to(address: str) -> str:
    """Give the page that was shown, if the address is one of ours that can be asked for again."""
    path = address.partition("?")[0]
    adapter = current_app.create_url_adapter(request)
    if (
        adapter is None
        or not address.isprintable()
        or not path.startswith("/")
        or path.startswith(("//", "/\\"))
    ):
        return url_for("desk.dashboard")
    return address if adapter.test(path, method="GET") else url_for("desk.dashboard")
