"""Which language a recipient is written to in: the one he chose, else the organisation's."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from webapp.accounts.models import Organisation
from webapp.database import AnySession, alone
from webapp.delivery.models import LanguageChoice
from webapp.letters.models import Addressee
from webapp.web.language import DEFAULT, LANGUAGES


def chosen_at(session: AnySession, organisation_id: int, email: str) -> str | None:
    """Give the language that was chosen for this address and organisation, None if none was."""
    found = _choice(session, organisation_id, email)
    return found.language if found else None


def of_organisation(session: AnySession, addressee: Addressee) -> str:
    """Give the language in which the sender's organisation writes."""
    return of_sender(session.get_one(Organisation, addressee.letter.organisation_id))


def of_sender(organisation: Organisation) -> str:
    """Give the language in which an organisation writes."""
    return organisation.language if organisation.language in LANGUAGES else DEFAULT


def of_notices(session: AnySession, addressees: Sequence[Addressee]) -> dict[int, str]:
    """Give the language of the notices to each of these addressees, by their ids."""
    emails = {addressee.email.lower() for addressee in addressees}
    rows = session.scalars(select(LanguageChoice).where(LanguageChoice.email.in_(emails)))
    chosen = {(row.organisation_id, row.email): row.language for row in rows}
    senders = {addressee.letter.organisation_id: addressee for addressee in addressees}
    usual = {number: of_organisation(session, one) for number, one in senders.items()}
    languages = {}
    for addressee in addressees:
        number = addressee.letter.organisation_id
        kept = chosen.get((number, addressee.email.lower()))
        languages[addressee.id] = kept or usual[number]
    return languages


def choose(session: AnySession, addressee: Addressee, code: str, now: datetime) -> None:
    """Remember the language for this address and organisation; whoever asked commits.

    It says nothing of what became of the letter, and so is no event of the journal.

    :param code: one of `webapp.web.language.LANGUAGES`.
    """
    choose_at(session, addressee.letter.organisation_id, addressee.email, code, now)


def choose_at(
    session: AnySession, organisation_id: int, email: str, code: str, now: datetime
) -> None:
    """Remember the language for an organisation and an address; see `choose`."""
    alone(session, f"language:{email.lower()}")
    known = _choice(session, organisation_id, email)
    if known is not None:
        known.language, known.chosen_at = code, now
        return
    session.add(
        LanguageChoice(
            organisation_id=organisation_id,
            email=email.lower(),
            language=code,
            chosen_at=now,
        )
    )


def _choice(session: AnySession, organisation_id: int, email: str) -> LanguageChoice | None:
    return session.scalar(
        select(LanguageChoice).where(
            LanguageChoice.organisation_id == organisation_id,
            LanguageChoice.email == email.lower(),
        )
    )
