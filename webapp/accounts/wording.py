"""What the pages of accounts say of a refusal."""

from datetime import datetime, timedelta

from flask_babel import format_time
from flask_babel import gettext as _


def common_password() -> str:
    """Say why a password is refused, and what to do."""
    return str(
        _(
            "Ce mot de passe serait vite deviné. Choisissez une phrase de quatre mots sans rapport "
            "entre eux, par exemple tirés d’un livre ouvert au hasard."
        )
    )


def paused(until: datetime) -> str:
    """Say when the next attempt may be made (Europe/Paris, rounded up to the minute)."""
    shown = until + timedelta(minutes=1) if until.second or until.microsecond else until
    return str(
        _(
            "Trop d’essais ont été faits. Réessayez à partir de %(time)s.",
            time=format_time(shown, "HH'\u00a0h\u00a0'mm"),
        )
    )
