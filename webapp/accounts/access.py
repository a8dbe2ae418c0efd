"""Who may open a page; each view says so in its decorator."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_security import auth_required

from webapp.accounts import second_factor
from webapp.accounts.models import Kind, User
from webapp.extensions import db
from webapp.web.errors import refusal
from webapp.web.pages import announce, redirect

View = Callable[..., Any]


def signed_in(view: View) -> View:
    """Open the view to every account that is signed in, and has the second factor it must have."""

    @without_second_factor
    @wraps(view)
    def checked(*arguments: Any, **named: Any) -> Any:
        if second_factor.is_missing(db.session, actor()):
            announce(
                _(
                    "Votre association demande à ses administrateurs un deuxième facteur : "
                    "mettez-le en place pour continuer."
                ),
                "warning",
            )
            return redirect(url_for("second_factor.start"))
        return view(*arguments, **named)

    return checked


def without_second_factor(view: View) -> View:
    """Open the view to every account that is signed in, even while it must set its factor up."""
    return auth_required("session")(view)  # type: ignore[no-any-return]


def many_recipients(view: View) -> View:
    """Open the view to accounts that may write to many recipients, and say why to the others."""

    @signed_in
    @wraps(view)
    def checked(*arguments: Any, **named: Any) -> Any:
        if not actor().may_send_to_many:
            raise refusal(
                403,
                _(
                    "Les groupes sont réservés aux comptes « administrateur » et « administré ». "
                    "Votre compte envoie à un seul destinataire ; demandez à l’administrateur de "
                    "votre association s’il vous en faut davantage."
                ),
            )
        return view(*arguments, **named)

    return checked


def administrators(view: View) -> View:
    """Open the view to administrators, and tell the others whom to ask."""

    @signed_in
    @wraps(view)
    def checked(*arguments: Any, **named: Any) -> Any:
        if actor().kind != Kind.ADMINISTRATOR:
            raise refusal(
                403,
                _(
                    "Cette page est réservée aux administrateurs de votre association. "
                    "Demandez à l’un d’eux de faire ce changement."
                ),
            )
        return view(*arguments, **named)

    return checked


def actor() -> User:
    """Give the account that is signed in; its organisation is where every query starts."""
    user: User = current_user._get_current_object()
    return user
