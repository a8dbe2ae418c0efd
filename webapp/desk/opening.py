"""An organisation made by command, with the link of its first administrator."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from config import Config
from webapp.accounts.first_run import is_open, mark_open
from webapp.accounts.invitations import invite
from webapp.accounts.messages import post
from webapp.accounts.models import Kind
from webapp.accounts.organisations import Identity, NameTaken, create_organisation
from webapp.accounts.users import EmailInvalid, EmailTaken, clean_email
from webapp.contacts import rules
from webapp.contacts.messages import FIELD_NAMES, describe
from webapp.database import AnySession
from webapp.desk.sender_form import beginning_of_address, identity_of
from webapp.web.language import DEFAULT


class NotPossible(Exception):
    """What was given does not do; the text says in French what to mend."""


@dataclass(frozen=True)
class Asked:
    """What the command was given.

    :param texts: `name`, `email` and the parts of the postal address, by the rules' names.
    :param administrator: whom to invite; None: nobody.
    :param public_url: needed, here or in the settings, while the first run is not over.
    """

    texts: Mapping[str, str]
    names_sender: bool
    administrator: str | None
    public_url: str | None


def open_organisation(session: AnySession, config: Config, asked: Asked, now: datetime) -> str:
    """Make the organisation, and say what was done; whoever asked commits.

    :raises NotPossible: nothing may be committed then.
    """
    _end_first_run(session, config, asked.public_url, now)
    try:
        made = create_organisation(session, _identity(asked), now)
    except NameTaken:
        raise NotPossible("une association porte déjà ce nom.") from None
    told = f"Association créée : {made.name}."
    if not asked.administrator:
        return told
    link = _invitation_link(session, config, made.id, asked.administrator, now)
    return f"{told}\nSon administrateur crée son compte ici, une fois, pendant 24 heures :\n{link}"


def _end_first_run(
    session: AnySession, config: Config, public_url: str | None, now: datetime
) -> None:
    """End the first run, so that its page stays open to nobody beside an organisation."""
    if is_open(session):
        if public_url:
            raise NotPossible("l’adresse publique est déjà réglée : ôtez --public-url.")
        return
    address = beginning_of_address(public_url or config.public_url)
    if address is None:
        raise NotPossible(
            "donnez l’adresse publique avec --public-url, telle que https://courrier.exemple.fr."
        )
    mark_open(session, address, now)


def _identity(asked: Asked) -> Identity:
    """Hold what was given against the rules that every recipient's name and address meet."""
    texts = dict(asked.texts)
    company, email = texts.pop("name"), texts.pop("email")
    checked = rules.check({"company": company, **texts, "status": rules.PROFESSIONAL})
    wrong = [
        f"{FIELD_NAMES[finding.field].lower()} : {describe(finding, str)}"
        for finding in checked.findings
        if finding.severity == "error"
    ]
    try:
        email = clean_email(email)
    except EmailInvalid:
        wrong.append("l’adresse e-mail n’est pas valable.")
    if wrong or checked.recipient is None:
        raise NotPossible("\n".join(wrong))
    return identity_of(checked.recipient, email, asked.names_sender, DEFAULT)


def _invitation_link(
    session: AnySession, config: Config, organisation_id: int, email: str, now: datetime
) -> str:
    try:
        _invitation, token = invite(
            session, organisation_id, "", email, Kind.ADMINISTRATOR, None, now
        )
    except EmailInvalid:
        raise NotPossible("l’adresse de l’administrateur n’est pas valable.") from None
    except EmailTaken:
        raise NotPossible("cette adresse a déjà un compte sur Plirec.") from None
    return post(session, config).link(f"/invitation/{token}")
