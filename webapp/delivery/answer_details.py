"""What a recipient's timeline says of his answer, and of what came before it on his page."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from webapp.web.templating import moment

Facts = Mapping[str, Any]


def answer(facts: Facts) -> Iterator[str]:
    """Say who answered, how his address was proven, and from where."""
    if "declared_name" in facts:
        yield _("Nom déclaré : %(name)s", name=facts["declared_name"])
    if "capacity" in facts:
        yield _("Par %(person)s, %(capacity)s.", person=facts["person"], capacity=facts["capacity"])
    if "control" in facts:
        at = moment(datetime.fromisoformat(facts["control"]["proven_at"]))
        yield _("Adresse prouvée par un code qui y a été envoyé, le %(moment)s.", moment=at)
    yield from from_where(facts)


def from_where(facts: Facts) -> Iterator[str]:
    """Say from where it came."""
    yield _("Depuis l’adresse IP %(address)s.", address=facts["ip"])


def code_sent(facts: Facts) -> Iterator[str]:
    """Say where the code went, and who took it."""
    yield _("À l’adresse %(email)s.", email=facts["email"])
    yield _("Le serveur de messagerie l’a pris en charge : %(words)s", words=facts["server"])


def corrected(facts: Facts) -> Iterator[str]:
    """Say which name the sender gave, and which one the recipient states."""
    yield _("De %(old)s à %(new)s.", old=facts["name"], new=facts["declared_name"])


def opened(facts: Facts) -> Iterator[str]:
    """Say from where a page was opened, and by which program."""
    yield from from_where(facts)
    if facts["user_agent"]:
        yield _("Programme : %(name)s", name=facts["user_agent"])
