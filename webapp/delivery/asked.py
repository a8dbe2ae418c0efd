"""The letter that a page is asked for, where the account may see it."""

from flask import abort

from webapp.accounts.access import actor
from webapp.extensions import db
from webapp.letters.models import Letter
from webapp.letters.queries import letter_of


def letter_asked(number: str) -> Letter:
    """Give a letter that the signed-in account may see; else 404."""
    return letter_of(db.session, actor(), number) or abort(404)
