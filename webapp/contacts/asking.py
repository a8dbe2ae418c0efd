"""Asking individuals whether they accept registered sends: who is asked, and until when.

CPCE art. L100: the consent comes before the send, and serves one precise address.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import func, select

from config import Config
from webapp import keys
from webapp.accounts.addresses import host, public_address
from webapp.accounts.messages import post
from webapp.accounts.tokens import derived, hashed
from webapp.contacts import consents
from webapp.contacts.consent_models import ConsentRequest, RequestState
from webapp.database import AnySession, alone, portions
from webapp.evidence.journal import organisation_chain

_PARIS = ZoneInfo("Europe/Paris")
_FREE = (
    RequestState.UNANSWERED,
    RequestState.FAILED,
    RequestState.TAKEN_BACK,
    RequestState.SETTLED,
)
"""What an earlier request may have come to, for the address to be asked again with others."""


class Asking(NamedTuple):
    """Who asks, how many days there are to answer, and what secret addresses are made with."""

    organisation_id: int
    asked_by: int
    days: int
    key: bytes
    host: str


def asking(
    session: AnySession, config: Config, organisation_id: int, asked_by: int, days: int
) -> Asking:
    """Say who asks.

    :param asked_by: the account.
    :param days: from `consent_models.SHORTEST` to `LONGEST`.
    """
    name = host(public_address(session, config))
    return Asking(organisation_id, asked_by, days, key_of(config), name)


def obstacle(session: AnySession, config: Config) -> str | None:
    """Say in words why nobody can be asked by mail, if so."""
    way = post(session, config)
    if way.config.smtp_host:
        return way.obstacle
    text: str = _("Aucun serveur de messagerie n’est réglé : aucun message ne peut partir.")
    return text


def key_of(config: Config) -> bytes:
    """Give the installation's secret for the addresses at which consents are answered."""
    return keys.secret(config.keys_directory, "consents")


def token(key: bytes, number: str, generation: int) -> str:
    """Make the secret of the page on which a request is answered; it is kept nowhere."""
    return derived(key, f"{number}/{generation}")


def ask(
    session: AnySession, who: Asking, emails: Collection[str], now: datetime
) -> dict[str, ConsentRequest]:
    """Ask those whose consent does not serve; the mails leave by the worker. The caller commits.

    Who is being asked already is not asked twice: that request stands for the new one.

    :param emails: precise addresses.
    :returns: the request that waits for each address's answer, by the address in lower case.
    """
    alone(session, organisation_chain(who.organisation_id))
    given = consents.consented(session, who.organisation_id, emails)
    wanted = sorted({email.casefold() for email in emails} - given)
    pending = pending_of(session, who.organisation_id, wanted)
    missing = [email for email in wanted if email not in pending]
    numbers = consents.numbers_of(session, who.organisation_id, missing)
    last = _generations(session, list(numbers.values()))
    new = [
        _request(who, email, numbers[email], last.get(numbers[email], 0) + 1, now)
        for email in missing
    ]
    session.add_all(new)
    session.flush()
    return {**pending, **{request.email: request for request in new}}


def _request(
    who: Asking, email: str, number: str, generation: int, now: datetime
) -> ConsentRequest:
    return ConsentRequest(
        organisation_id=who.organisation_id,
        email=email,
        number=number,
        generation=generation,
        token_hash=hashed(token(who.key, number, generation)),
        message_id=f"<accord.{number.lower()}.{generation}@{who.host}>",
        days=who.days,
        asked_at=now,
        asked_by=who.asked_by,
        state=RequestState.PENDING,
        due_at=now,
    )


def ends_at(sent_at: datetime, days: int) -> datetime:
    """Give the moment (UTC) at which the time to answer is over.

    As many whole days as were given, counted from the day after the mail left, in Europe/Paris.
    """
    day = consents.day_of(sent_at) + timedelta(days=days + 1)
    return datetime.combine(day, time.min, _PARIS).astimezone(UTC)


def pending_of(
    session: AnySession, organisation_id: int, emails: Collection[str]
) -> dict[str, ConsentRequest]:
    """Give the requests that wait for an answer, by address in lower case."""
    found: dict[str, ConsentRequest] = {}
    for some in portions(sorted({email.casefold() for email in emails})):
        rows = session.scalars(
            select(ConsentRequest).where(
                ConsentRequest.organisation_id == organisation_id,
                ConsentRequest.email.in_(some),
                ConsentRequest.state == RequestState.PENDING,
            )
        )
        found.update({row.email: row for row in rows})
    return found


def last_requests(
    session: AnySession, organisation_id: int, emails: Collection[str]
) -> dict[str, ConsentRequest]:
    """Give the last request of each address that was ever asked, by address in lower case."""
    found: dict[str, ConsentRequest] = {}
    for some in portions(sorted({email.casefold() for email in emails})):
        rows = session.scalars(
            select(ConsentRequest)
            .where(
                ConsentRequest.organisation_id == organisation_id, ConsentRequest.email.in_(some)
            )
            .order_by(ConsentRequest.id)
        )
        found.update({row.email: row for row in rows})
    return found


def to_be_asked(session: AnySession, organisation_id: int, emails: Collection[str]) -> set[str]:
    """Choose whom a request to many is for: neither those who answered, nor those who are asked.

    Who refused or took a consent back is asked anew one by one only, by somebody who means it.
    """
    given, withdrawn = consents.standings(session, organisation_id, emails)
    asked = last_requests(session, organisation_id, emails)
    spoken_for = {email for email, request in asked.items() if request.state not in _FREE}
    return {email.casefold() for email in emails} - given - withdrawn - spoken_for


def request_by_token(session: AnySession, secret: str) -> ConsentRequest | None:
    """Find the request whose secret address this is."""
    return session.scalar(select(ConsentRequest).where(ConsentRequest.token_hash == hashed(secret)))


def _generations(session: AnySession, numbers: Sequence[str]) -> dict[str, int]:
    last: dict[str, int] = {}
    for some in portions(numbers):
        asked = select(ConsentRequest.number, func.max(ConsentRequest.generation))
        rows = asked.where(ConsentRequest.number.in_(some)).group_by(ConsentRequest.number)
        last.update(dict(session.execute(rows).all()))
    return last
