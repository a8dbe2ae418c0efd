"""The page of a letter whose term is over: what is left of it, and why the rest is gone."""

from flask import Response, request

from webapp.evidence.journal import letter_chain
from webapp.evidence.purge import ground_of
from webapp.extensions import db
from webapp.letters import queries
from webapp.letters.labels import BADGES, CHANNELS, LABELS
from webapp.letters.models import Letter
from webapp.letters.queries import Wanted
from webapp.web.pages import render
from webapp.web.paging import asked


def erased_page(letter: Letter) -> Response:
    """Show the sends of an erased letter by their numbers, with their dates and states."""
    return render(
        "delivery/erased.html",
        "main",
        letter=letter,
        ground=ground_of(db.session, letter_chain(letter.number)),
        page=queries.addressees_page(db.session, letter, Wanted(), asked(request.args)),
        labels=LABELS,
        badges=BADGES,
        channels=CHANNELS,
    )
