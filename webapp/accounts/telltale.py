"""What the service says of itself may tell who sends by it, though the notices hide him."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from config import Config
from webapp.accounts.addresses import host
from webapp.accounts.mail_settings import with_mail_settings
from webapp.accounts.models import Organisation
from webapp.accounts.operator import operator_of
from webapp.database import AnySession
from webapp.texts import fold

SHORTEST = 4
FEWEST_INITIALS = 3
IN_MANY_NAMES = re.compile(
    "ami(e?s)?|associations?|asso|assemblee|avec|club|comite|communale?|commune|cooperative"
    "|copropriete|culture|dans|entreprise|europe|federation|fondation|francaise?|france|groupe"
    "|groupement|immeuble|jeunes|locale?|loisirs|mairie|nationale?|notre|office|pour|residence"
    "|regional|rural|section|services?|societe|sports?|sporti(f|ve)|sans|sous|syndic(at|ale)?"
    "|union|ville|village|votre"
)
"""Words that stand in so many names that they tell nobody's."""


@dataclass(frozen=True)
class Telltale:
    """Something that recipients see before they accept: what it is (a code), and its text."""

    place: str
    text: str


def told_by(name: str, text: str) -> bool:
    """Say whether a text holds a name, one of its own words, or its initials as a part by itself.

    Capitals, accents and what separates words do not count. A short word and one that many names
    have tell nothing; nor does an unlikely likeness: who reads the warning judges it.
    """
    words = re.findall(r"[a-z0-9]+", fold(name))
    parts = re.findall(r"[a-z0-9]+", fold(text))
    together = "".join(parts)
    own = [word for word in words if len(word) >= SHORTEST and not IN_MANY_NAMES.fullmatch(word)]
    initials = "".join(word[0] for word in words)
    if len(initials) >= FEWEST_INITIALS and initials in parts:
        return True
    whole = "".join(words)
    is_whole = len(whole) >= SHORTEST and whole in together
    return is_whole or any(word in together for word in own)


def telltales(session: AnySession, config: Config, organisation: Organisation) -> list[Telltale]:
    """Give what tells this organisation to those from whom its notices hide it."""
    return [seen for seen in _seen(session, config) if told_by(organisation.name, seen.text)]


def _seen(session: AnySession, config: Config) -> Iterator[Telltale]:
    operator, in_use = operator_of(session, config), with_mail_settings(session, config)
    yield Telltale("public_address", host(f"https://{operator.service}"))
    for address in (in_use.mail_from, in_use.bounce_address):
        if address:
            yield Telltale("mail_address", address)
    for text in (operator.name, operator.address):
        if text:
            yield Telltale("operator", text)
