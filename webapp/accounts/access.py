"""Who may open a page; each view says so in its decorator."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_security import auth_required

from webapp.accounts import second_factor, team
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
                    "Votre compte est un compte « simple » : il envoie à un seul destinataire à la "
                    "fois. S’il vous en faut davantage, demandez à %(names)s.",
                    names=whom_to_ask(),
                ),
            )
        return view(*arguments, **named)

    return checked


def administrators(view: View) -> View:
    """Open the view to administrators, and say to the others why not, and whom to ask."""

    @signed_in
    @wraps(view)
    def checked(*arguments: Any, **named: Any) -> Any:
        if actor().kind != Kind.ADMINISTRATOR:
            raise refusal(
                403,
                _(
                    "Cette page sert à gérer l’association : elle est réservée aux comptes "
                    "« administrateur ». Pour ce qu’elle permet, demandez à %(names)s.",
                    names=whom_to_ask(),
                ),
            )
        return view(*arguments, **named)

    return checked


def whom_to_ask() -> str:
    """Name the administrators of the signed-in account's organisation: « Anne ou Paul »."""
    return team.whom_to_ask(db.session, actor().organisation_id)


def actor() -> User:
    """Give the account that is signed in; its organisation is where every query starts."""
    user: User = current_user._get_current_object()
    return user
