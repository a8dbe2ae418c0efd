"""Before what matters most, the person who is signed in shows to be there still (ASVS 7.5.1)."""

from datetime import UTC, datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.accounts import credentials, known_browsers, sessions, wording
from webapp.accounts.access import actor
from webapp.accounts.attempts import Paused
from webapp.accounts.forms import CurrentPasswordForm
from webapp.accounts.sign_in import client_address, identifier
from webapp.extensions import db


def denial(form: CurrentPasswordForm) -> int | None:
    """Look at the current password that a form holds, before anything else is changed.

    Where it is not right, or may not be tried now, the field says so, and the status to answer
    with is given (422 or 429).
    """
    field = form.current_password
    try:
        credentials.confirm(
            db.session,
            actor(),
            field.data or "",
            client_address(),
            known_browsers.mark_for(actor().email),
            datetime.now(UTC),
        )
    except credentials.WrongPassword:
        field.errors = [_("Ce n’est pas votre mot de passe actuel.")]
        return 422
    except Paused as pause:
        field.errors = [wording.paused(pause.until)]
        return 429
    return None


def end_the_others() -> str:
    """End every session of this account but this one, and say how many; nothing if none.

    Whoever asked commits.
    """
    number = sessions.end_sessions(db.session, actor().id, datetime.now(UTC), identifier())
    if not number:
        return ""
    return str(
        ngettext(
            "Votre autre session a été fermée.",
            "Vos %(num)s autres sessions ont été fermées.",
            number,
        )
    )
