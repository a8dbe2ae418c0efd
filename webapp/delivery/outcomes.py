"""The mail that tells an author what became of his letters; nothing of their content is in it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from itertools import groupby
from typing import NamedTuple

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from webapp.accounts.addresses import host
from webapp.accounts.messages import Post
from webapp.accounts.models import User
from webapp.letters.labels import counted
from webapp.letters.steps import OUTCOMES
from webapp.mail import automatic

MOST_NAMES = 20
"""How many recipients the mail names for one outcome of one letter; the page names them all."""


class AddresseeOutcome(NamedTuple):
    """What became of one addressee, and when; `number` is that of the send."""

    addressee_id: int
    number: str
    name: str
    state: str
    at: datetime | None
    letter: str
    subject: str


class Line(NamedTuple):
    """Those of a letter who came to the same: how many, and the first of their names."""

    what: str
    names: str
    more: int


class LetterTold(NamedTuple):
    """One letter in the mail, its lines in the order of `OUTCOMES`."""

    subject: str
    number: str
    link: str
    lines: Sequence[Line]


def compose(
    post: Post, author: User, outcomes: Sequence[AddresseeOutcome], now: datetime
) -> EmailMessage:
    """Write the mail, in the author's language; the same outcomes give the same Message-ID.

    :param outcomes: one at least, those of a letter one after the other.
    :raises Refused: the address cannot stand in a message.
    """
    with force_locale(author.language or author.organisation.language):
        return _composed(post, author, outcomes, now)


def _composed(
    post: Post, author: User, outcomes: Sequence[AddresseeOutcome], now: datetime
) -> EmailMessage:
    counts = ", ".join(line.what for line in _lines(outcomes))
    subject = _("Vos courriers recommandés : %(counts)s", counts=counts)
    message_id = f"<told.{_fingerprint(outcomes)}@{host(post.address)}>"
    sender = ("Plirec", post.config.mail_from)
    message = automatic(sender, author.email, subject, message_id, now)
    context = {
        "name": author.name,
        "letters": _letters(post, outcomes),
        "account": post.link("/compte"),
        "public_address": post.address,
        "subject": message["Subject"],
    }
    message.set_content(render_template("delivery/outcomes.txt", **context))
    message.add_alternative(render_template("delivery/outcomes.html", **context), subtype="html")
    return message


def _letters(post: Post, outcomes: Sequence[AddresseeOutcome]) -> Sequence[LetterTold]:
    return [
        LetterTold(subject, number, post.link(f"/courriers/{number}"), _lines(list(of_letter)))
        for (number, subject), of_letter in groupby(outcomes, lambda one: (one.letter, one.subject))
    ]


def _lines(outcomes: Sequence[AddresseeOutcome]) -> Sequence[Line]:
    by_state = {state: [one.name for one in outcomes if one.state == state] for state in OUTCOMES}
    return [
        Line(
            counted(len(names), state),
            ", ".join(names[:MOST_NAMES]),
            max(0, len(names) - MOST_NAMES),
        )
        for state, names in by_state.items()
        if names
    ]


def _fingerprint(outcomes: Sequence[AddresseeOutcome]) -> str:
    told = "\n".join(sorted(f"{one.number} {one.state} {one.at}" for one in outcomes))
    return hashlib.sha256(told.encode()).hexdigest()[:32]
