"""The organisations of an installation: what each says of itself, and which one is meant."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from webapp.accounts.models import Organisation
from webapp.database import AnySession, alone, hold


class NameTaken(Exception):
    """Another organisation of this installation bears this name."""


class Unclear(Exception):
    """No organisation, or more than one, is meant; the text says in French what to do."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The sender as the law names him, and how his notices and reminders are."""

    name: str
    address_1: str
    address_2: str
    postal_code: str
    city: str
    country: str
    email: str
    names_sender: bool
    language: str
    reminder_days: int = 3
    """From one reminder of its letters to the next; 0: none."""


def work_alone(session: AnySession, organisation_id: int) -> None:
    """Let nobody else change what this organisation keeps, until the request is over.

    What a page or a command reads first and changes then is so still as it read it. Workers do not
    ask: they hold the rows that they change. Ask before anything of the organisation is read; a
    command releases it (`database.release`) at its end.
    """
    hold(session, f"organisation:{organisation_id}")


def create_organisation(session: AnySession, identity: Identity, now: datetime) -> Organisation:
    """Make an organisation; whoever made the transaction commits it.

    :raises NameTaken: a command could not tell the two apart.
    """
    alone(session, "organisations")
    same = select(Organisation.id).where(Organisation.name == identity.name)
    if session.scalar(same) is not None:
        raise NameTaken
    organisation = Organisation(created_at=now, **vars(identity))
    session.add(organisation)
    session.flush()
    return organisation


def change_identity(organisation: Organisation, identity: Identity) -> None:
    """Write the new name and address; letters that were submitted keep those they had."""
    for name, value in vars(identity).items():
        setattr(organisation, name, value)


def organisation_meant(session: AnySession, name: str | None) -> int:
    """Give the id of the organisation of this name, or of the only one there is.

    :param name: None when the command names none.
    :raises Unclear: there is none, or one must say which.
    """
    known = session.execute(
        select(Organisation.name, Organisation.id).order_by(Organisation.name)
    ).all()
    if not known:
        raise Unclear("Aucune association n’existe encore : ouvrez d’abord la page /bienvenue.")
    matching = [number for known_name, number in known if name in (None, known_name)]
    if len(matching) != 1:
        names = ", ".join(f"« {known_name} »" for known_name, _number in known)
        raise Unclear(f"Dites pour quelle association avec --organisation : {names}.")
    return matching[0]
