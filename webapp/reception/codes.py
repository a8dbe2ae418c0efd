"""Six digits that go to the recipient's address: whoever types them reads what arrives there.

Only a keyed hash of a code is kept. It serves once, for half an hour, and after five wrong ones it
serves no more. How many are sent is bounded for each addressee and for each client
(`accounts/attempts.py`), so that guessing comes to nothing.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, select, update

from webapp import keys
from webapp.accounts import attempts
from webapp.accounts.attempts import Allowance, Allowances
from webapp.database import AnySession, hold_row
from webapp.letters import identity
from webapp.letters.identity import Control
from webapp.letters.models import Addressee
from webapp.reception.models import AddressCode
from webapp.web.settings import current

PURPOSE = "address-code"
SERVES_FOR = timedelta(minutes=30)
MOST_TRIES = 5
PRESSED_TWICE = timedelta(seconds=20)
"""Within which a second press of the button asks for the same code, not for another."""

ASKED = Allowances(
    Allowance(5, (*[timedelta(minutes=12)] * 10, timedelta(hours=1))),
    Allowance(60, (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))),
)
"""Five at once, then five an hour for an addressee; after two hours one an hour.

So nobody who has the secret address alone can ask for so many in fifteen days that guessing them
comes to more than one in five hundred, nor fill a mailbox.

For a client many more: the telephones of a whole town may come from one address. Those whose code
was typed count for nothing.
"""


class WrongCode(Exception):
    """It is not the code; `left` says how many tries it still takes."""

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} left")
        self.left = left


class CodeOver(Exception):
    """There is no code that serves: none was asked for, or its time or its tries are over."""


def prepare(session: AnySession, addressee: Addressee, ip: str, now: datetime) -> str | None:
    """Make a new code and keep its hash; the one before serves no more. Commits.

    :param ip: the address from which it is asked for.
    :returns: the code, to be sent at once; None where one has just been sent.
    :raises webapp.accounts.attempts.Paused: too many were asked for; nothing was changed.
    """
    known = session.get(AddressCode, addressee.id)
    is_new = known is not None and known.sent_at > now - PRESSED_TWICE
    if is_new and is_awaited(session, addressee, now):
        return None
    attempts.count(session, PURPOSE, addressee.number, ip, now, ASKED)
    code = f"{secrets.randbelow(10**6):06}"
    session.execute(delete(AddressCode).where(AddressCode.sent_at < now - SERVES_FOR))
    session.execute(delete(AddressCode).where(AddressCode.addressee_id == addressee.id))
    session.add(
        AddressCode(addressee_id=addressee.id, code_hash=_code_hash(addressee, code), sent_at=now)
    )
    session.commit()
    return code


def forget(session: AnySession, addressee: Addressee, code: str) -> None:
    """Let a code serve no more, since it could not be sent; commits."""
    mine = (
        AddressCode.addressee_id == addressee.id,
        AddressCode.code_hash == _code_hash(addressee, code),
    )
    session.execute(delete(AddressCode).where(*mine))
    session.commit()


def is_awaited(session: AnySession, addressee: Addressee, now: datetime) -> bool:
    """Say whether a code that was sent may still be typed."""
    serving = select(AddressCode.addressee_id).where(_serves(addressee, now))
    return session.scalar(serving) is not None


def verify(
    session: AnySession,
    addressee: Addressee,
    typed: str,
    client: Mapping[str, str],
    now: datetime,
) -> Control:
    """Take the code; the try is committed before the code is looked at, whoever asked commits then.

    :param typed: six digits.
    :param client: `ip` and `user_agent` of the browser.
    :raises CodeOver: no code serves now.
    :raises WrongCode: it is another.
    """
    counting = update(AddressCode).where(_serves(addressee, now))
    counting = counting.values(tries=AddressCode.tries + 1)
    asked = (AddressCode.code_hash, AddressCode.sent_at, AddressCode.tries)
    known = session.execute(counting.returning(*asked)).one_or_none()
    session.commit()
    if known is None:
        raise CodeOver
    if not hmac.compare_digest(known.code_hash, _code_hash(addressee, typed)):
        raise WrongCode(MOST_TRIES - known.tries)
    hold_row(session, addressee)
    used = delete(AddressCode).where(
        AddressCode.addressee_id == addressee.id, AddressCode.code_hash == known.code_hash
    )
    if session.execute(used.returning(AddressCode.addressee_id)).first() is None:
        raise CodeOver
    attempts.forget(session, PURPOSE, addressee.number, client["ip"])
    control = Control(known.sent_at, now)
    identity.record_control(session, addressee, control, client)
    return control


def _serves(addressee: Addressee, now: datetime) -> ColumnElement[bool]:
    return and_(
        AddressCode.addressee_id == addressee.id,
        AddressCode.sent_at > now - SERVES_FOR,
        AddressCode.tries < MOST_TRIES,
    )


def _code_hash(addressee: Addressee, code: str) -> str:
    """Bind the code to the address: where that was corrected, an older code serves no more."""
    key = keys.secret(current().keys_directory, "recipient-codes")
    text = f"{addressee.number}/{addressee.token_generation}/{code}"
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
