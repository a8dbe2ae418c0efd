"""The letter that a page is asked for, where the account may see it."""

from flask import abort
from flask_babel import gettext as _

from webapp.accounts.access import actor
from webapp.extensions import db
from webapp.letters.models import Letter
from webapp.letters.queries import letter_of
from webapp.web.errors import refusal
from webapp.web.templating import day


def letter_asked(number: str) -> Letter:
    """Give a letter that the signed-in account may see; else 404, or 410 once it was erased."""
    letter = letter_or_trace_asked(number)
    if letter.purged_at is not None:
        raise refusal(
            410,
            _(
                "Son contenu, ses destinataires, ses fichiers et ses preuves ont été effacés le "
                "%(day)s. La page du courrier dit ce qui reste.",
                day=day(letter.purged_at),
            ),
        )
    return letter


def letter_or_trace_asked(number: str) -> Letter:
    """Give a letter that the signed-in account may see, or what is left of it; else 404."""
    return letter_of(db.session, actor(), number) or abort(404)
