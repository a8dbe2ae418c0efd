"""Attempts at something secret: counted in the database, and slowed down (ASVS 6.3.1).

Two counts are kept of each attempt, one for what it is about (an account) and one for the address
that it comes from. Past a few free ones, each is followed by a pause that grows to a bound. Those
from a browser in which the account was signed in to before are counted apart (`known_browsers`), so
that nobody is locked out by someone else's attempts. An attempt made during a pause is refused and
counts for nothing, so that it does not make the pause longer.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from sqlalchemy import delete

from webapp import keys
from webapp.accounts.models import AttemptCount
from webapp.database import AnySession, alone
from webapp.web.settings import current

FORGOTTEN_AFTER = timedelta(hours=24)


@dataclass(frozen=True)
class Allowance:
    """How many attempts are free, and the pause after each one more; the last pause stays."""

    free: int
    pauses: tuple[timedelta, ...]

    def pause_after(self, count: int) -> timedelta:
        """Give the pause that follows so many attempts."""
        if count < self.free:
            return timedelta()
        return self.pauses[min(count - self.free, len(self.pauses) - 1)]


MINUTE = timedelta(minutes=1)
FOR_SUBJECT = Allowance(5, (MINUTE, 5 * MINUTE, 15 * MINUTE))
FOR_CLIENT = Allowance(20, (MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE))
"""Larger: an association's people may all come from one address."""


class Allowances(NamedTuple):
    """What is allowed for one subject, and for one client."""

    subject: Allowance
    client: Allowance


OF_SECRETS = Allowances(FOR_SUBJECT, FOR_CLIENT)


class Paused(Exception):
    """Too many attempts were made; the next one may be made at `until` (aware)."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


def count(
    session: AnySession,
    purpose: str,
    subject: str,
    client: str,
    now: datetime,
    allowances: Allowances = OF_SECRETS,
) -> None:
    """Count an attempt that is about to be made, right or wrong.

    Commit before the secret is looked at: attempts made at the same moment cannot outrun the count.
    A right one is taken back by `forget`.

    :param purpose: what is tried, a word of the program: `password`, `code`, `forgotten`…
    :param subject: the account that it is about, whether there is one or not.
    :param client: the address that it comes from.
    :raises Paused: this one may not be made; nothing is counted.
    """
    sides = ((_of_subject(subject), allowances.subject), (key_of(client), allowances.client))
    _count(session, purpose, sides, now)


def count_from(
    session: AnySession, purpose: str, client: str, allowed: Allowance, now: datetime
) -> None:
    """Count, by where it comes from alone, what anybody may ask for, but not without end.

    :param client: the address that it comes from.
    :raises Paused: this one may not be made; nothing is counted.
    """
    _count(session, purpose, ((key_of(client), allowed),), now)


def _count(
    session: AnySession, purpose: str, sides: Sequence[tuple[str, Allowance]], now: datetime
) -> None:
    alone(session, "attempts")
    session.execute(delete(AttemptCount).where(AttemptCount.last_at < now - FORGOTTEN_AFTER))
    known = [(key, allowed, session.get(AttemptCount, (purpose, key))) for key, allowed in sides]
    until = max(_free_at(row, allowed, now) for _, allowed, row in known)
    if until > now:
        raise Paused(until)
    for key, _, row in known:
        if row is None:
            session.add(AttemptCount(purpose=purpose, key=key, count=1, last_at=now))
        else:
            row.count += 1
            row.last_at = now
    session.flush()


def forget(session: AnySession, purpose: str, subject: str, client: str) -> None:
    """Start the account's count anew, because the secret was right; the address keeps its own.

    This one attempt alone is taken back from the address: an office in which all sign in is not
    taken for somebody who guesses.
    """
    alone(session, "attempts")
    at_address = session.get(AttemptCount, (purpose, key_of(client)))
    if at_address is not None:
        at_address.count = max(0, at_address.count - 1)
    session.execute(
        delete(AttemptCount).where(
            AttemptCount.purpose == purpose, AttemptCount.key == _of_subject(subject)
        )
    )


def _free_at(row: AttemptCount | None, allowed: Allowance, now: datetime) -> datetime:
    return now if row is None else row.last_at + allowed.pause_after(row.count)


def _of_subject(subject: str) -> str:
    return _keyed(f"subject:{subject}")


def key_of(client: str) -> str:
    """Stand for where a client comes from, so that the address cannot be read."""
    return _keyed(f"client:{network(client)}")


def network(client: str) -> str:
    """Give what of an address names one household: a person's IPv6 address changes within a /64."""
    try:
        address = ip_address(client)
    except ValueError:
        return client
    if not isinstance(address, IPv6Address):
        return client
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return (address.packed[:8]).hex()


def _keyed(text: str) -> str:
    key = keys.secret(current().keys_directory, "attempts")
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
