"""Individuals' consent to registered sends, each to one precise address (CPCE art. L100).

A consent that was withdrawn stays so, whoever declares it for whole lists: only `renew`, for one
address, makes it serve again.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy import select, union, update

from webapp.accounts.models import Organisation
from webapp.accounts.tokens import new_number
from webapp.contacts.consent_models import ConsentDocument, ConsentRequest, RequestState
from webapp.contacts.models import Consent
from webapp.database import AnySession, alone, portions
from webapp.evidence.journal import JSON, Event, append, consent_subject, organisation_chain
from webapp.evidence.kinds import EventKind
from webapp.prepared import insert_many

_FEW = 500
_PARIS = ZoneInfo("Europe/Paris")


class GivenTooEarly(Exception):
    """A consent that was given before it was withdrawn says nothing new."""


class Standings(NamedTuple):
    """Addresses, in lower case, for which a consent is on record: those it serves, and the rest."""

    given: set[str]
    withdrawn: set[str]


def declare(
    session: AnySession,
    organisation_id: int,
    emails: Collection[str],
    means: str,
    declared_by: int,
    now: datetime,
    given_on: date | None = None,
    document: ConsentDocument | None = None,
) -> int:
    """Record what the sender states for the addresses that have no consent on record yet.

    Whoever was asked by mail meanwhile need not answer any more.

    :param means: how these individuals agreed, and when unless `given_on` says it, in the sender's
        own words.
    :param given_on: the day on which they did (Europe/Paris).
    :param document: a paper on which they did.
    :returns: for how many addresses it was recorded; none of them has withdrawn one.
    """
    alone(session, organisation_chain(organisation_id))
    given, withdrawn = standings(session, organisation_id, emails)
    missing = sorted({email.casefold() for email in emails} - given - withdrawn)
    if not missing:
        return 0
    numbers = numbers_of(session, organisation_id, missing)
    document_id = document.id if document else None
    columns = (
        *("organisation_id", "means", "declared_by", "declared_at", "given_on", "document_id"),
        *("email", "number"),
    )
    same = organisation_id, means, declared_by, now, given_on, document_id
    rows = ((*same, email, numbers[email]) for email in missing)
    insert_many(session, Consent, columns, rows)
    settle_requests(session, organisation_id, missing)
    _note_declared(session, organisation_id, numbers, _stated(means, given_on, document), now)
    return len(missing)


def withdraw(
    session: AnySession,
    consent: Consent,
    withdrawn_by: int | None,
    now: datetime,
    client: Mapping[str, str] | None = None,
) -> None:
    """Let a consent serve no more, since the person took it back; done twice, it is as once.

    :param withdrawn_by: the account that notes it; None: the person did so on her own page.
    :param client: `ip` and `user_agent` of her browser.
    """
    if consent.withdrawn_at is not None:
        return
    consent.withdrawn_at, consent.withdrawn_by = now, withdrawn_by
    session.flush()
    chain = organisation_chain(consent.organisation_id)
    sender = sender_of(session, consent.organisation_id)
    facts: dict[str, JSON] = {"email": consent.email, "sender": sender, **(client or {})}
    subject = consent_subject(consent.number) if consent.number else chain
    append(session, chain, [Event(EventKind.CONSENT_WITHDRAWN, subject, facts)], now)


def renew(
    session: AnySession,
    consent: Consent,
    means: str,
    declared_by: int,
    given_on: date,
    now: datetime,
    *,
    seen: str,
    document: ConsentDocument | None = None,
) -> None:
    """Let a withdrawn consent serve again, since the person gave it anew.

    Both may be of one day: the moments at which they are noted say which came last, here and in
    the journal.

    :param seen: the moment of the withdrawal that whoever notes this knew of (ISO 8601).
    :param document: a paper on which the person did so.
    :raises GivenTooEarly: the day is before that of the withdrawal, or this withdrawal is another.
    """
    if consent.withdrawn_at is None:
        return
    if seen != consent.withdrawn_at.isoformat() or given_on < day_of(consent.withdrawn_at):
        raise GivenTooEarly
    consent.means, consent.given_on = means, given_on
    consent.declared_by, consent.declared_at = declared_by, now
    consent.document_id, consent.request_id = document.id if document else None, None
    serve_again(session, consent)
    settle_requests(session, consent.organisation_id, [consent.email])
    facts = _stated(means, given_on, document)
    numbers = {consent.email: str(consent.number)}
    _note_declared(session, consent.organisation_id, numbers, facts, now)


def serve_again(session: AnySession, consent: Consent) -> None:
    """Take a consent's withdrawal back, and give it its number where it has none."""
    consent.withdrawn_at = consent.withdrawn_by = None
    consent.number = consent.number or new_number()
    session.flush()


def settle_requests(session: AnySession, organisation_id: int, emails: Collection[str]) -> None:
    """Let nobody wait for the answer of those whose consent is on record by now."""
    settled = {"state": RequestState.SETTLED, "due_at": None, "leased_until": None}
    for some in portions(sorted(emails)):
        session.execute(
            update(ConsentRequest)
            .where(
                ConsentRequest.organisation_id == organisation_id,
                ConsentRequest.email.in_(some),
                ConsentRequest.state == RequestState.PENDING,
            )
            .values(**settled)
        )


def numbers_of(
    session: AnySession, organisation_id: int, emails: Collection[str]
) -> dict[str, str]:
    """Give the number under which the journal speaks of each address (in lower case).

    One that was neither asked nor declared before gets a new one.
    """
    numbers: dict[str, str] = {}
    for some in portions(sorted(emails)):
        known = [
            select(table.email, table.number).where(
                table.organisation_id == organisation_id,
                table.email.in_(some),
                table.number.is_not(None),
            )
            for table in (Consent, ConsentRequest)
        ]
        found = session.execute(union(*known))
        numbers.update({row.email: str(row.number) for row in found})
    return {email: numbers.get(email) or new_number() for email in emails}


def sender_of(session: AnySession, organisation_id: int) -> dict[str, JSON]:
    """Give what the journal says of the sender to whom a consent is given."""
    sender = session.get_one(Organisation, organisation_id)
    return {"name": sender.name, "email": sender.email, "address": sender.postal_address}


def day_of(moment: datetime) -> date:
    """Give the day of a moment (aware) in Europe/Paris."""
    return moment.astimezone(_PARIS).date()


def of_address(session: AnySession, organisation_id: int, email: str) -> Consent | None:
    """Find what is on record for one address, withdrawn or not."""
    return session.scalar(
        select(Consent).where(
            Consent.organisation_id == organisation_id, Consent.email == email.casefold()
        )
    )


def consented(session: AnySession, organisation_id: int, emails: Collection[str]) -> set[str]:
    """Say for which of the addresses a consent is on record that serves, in lower case."""
    return standings(session, organisation_id, emails).given


def standings(session: AnySession, organisation_id: int, emails: Collection[str]) -> Standings:
    """Say for which of the addresses a consent is on record, and which of them was withdrawn."""
    asked = {email.casefold() for email in emails}
    recorded = select(Consent.email, Consent.withdrawn_at.is_not(None)).where(
        Consent.organisation_id == organisation_id
    )
    # To read every address on record costs less than to ask for thousands by name.
    if len(asked) <= _FEW:
        recorded = recorded.where(Consent.email.in_(asked))
    found = Standings(set(), set())
    for email, is_withdrawn in session.execute(recorded):
        found[is_withdrawn].add(email)
    return Standings(found.given & asked, found.withdrawn & asked)


def means_of(session: AnySession, organisation_id: int, emails: Collection[str]) -> dict[str, str]:
    """Give, by address in lower case, how and when those did so whose consent serves; in French.

    A letter and its proofs keep these words.
    """
    means: dict[str, str] = {}
    for some in portions(sorted({email.casefold() for email in emails})):
        rows = session.execute(
            select(Consent.email, Consent.means, Consent.given_on).where(
                Consent.organisation_id == organisation_id,
                Consent.email.in_(some),
                Consent.withdrawn_at.is_(None),
            )
        )
        means.update((email, _in_words(how, given_on)) for email, how, given_on in rows)
    return means


def _in_words(means: str, given_on: date | None) -> str:
    if given_on is None:
        return means
    return f"{means} (accord donné le {format_date(given_on, 'd MMMM y', 'fr')})"


def _stated(means: str, given_on: date | None, document: ConsentDocument | None) -> dict[str, JSON]:
    facts: dict[str, JSON] = {"means": means}
    if given_on:
        facts["given_on"] = given_on.isoformat()
    if document:
        facts["document"] = {
            "name": document.name,
            "size": document.size,
            "sha256": document.digest,
        }
    return facts


def _note_declared(
    session: AnySession,
    organisation_id: int,
    numbers: Mapping[str, str],
    facts: Mapping[str, JSON],
    now: datetime,
) -> None:
    known = {"sender": sender_of(session, organisation_id), **facts}
    events = [
        Event(EventKind.CONSENT_DECLARED, consent_subject(number), {"email": email, **known})
        for email, number in numbers.items()
    ]
    append(session, organisation_chain(organisation_id), events, now)
