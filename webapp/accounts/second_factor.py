"""The second factor: a code from the owner's telephone, or one of ten recovery codes."""

import secrets
from datetime import datetime, timedelta

from argon2.low_level import Type, hash_secret_raw
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import delete, func, select, update

from webapp import keys
from webapp.accounts import attempts, totp
from webapp.accounts.models import Kind, RecoveryCode, SecondFactor, User
from webapp.database import AnySession
from webapp.web.settings import current

PURPOSE = "code"
RECOVERY_CODES = 10
RECOVERY_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without the letters and digits that are read for one another."""

SETTING_UP = timedelta(minutes=30)


class WrongCode(Exception):
    """The code is not right, or was used before."""


class Outdated(Exception):
    """The setting up was begun too long ago, by somebody else, or is over."""


def is_on(session: AnySession, user_id: int) -> bool:
    """Say whether this account signs in with a second factor."""
    return session.get(SecondFactor, user_id) is not None


def is_required(user: User) -> bool:
    """Say whether the organisation wants this account to have one."""
    return user.kind == Kind.ADMINISTRATOR and user.organisation.requires_second_factor


def is_missing(session: AnySession, user: User) -> bool:
    """Say whether this account must set one up before it may do anything else."""
    return is_required(user) and not is_on(session, user.id)


def begin(user: User) -> str:
    """Draw a secret for this account and give it sealed, for the form to carry: nothing is kept.

    Only who has just given the password gets one; it is good for half an hour, for this account.
    """
    sealed = _box().encrypt(user.id.to_bytes(8, "big") + totp.new_secret())
    return sealed.decode()


def begun(user: User, sealed: str) -> bytes:
    """Open what `begin` sealed.

    :raises Outdated: it is not this account's, or older than half an hour.
    """
    try:
        opened = _box().decrypt(sealed.encode(), ttl=int(SETTING_UP.total_seconds()))
    except InvalidToken:
        raise Outdated from None
    if int.from_bytes(opened[:8], "big") != user.id:
        raise Outdated
    return opened[8:]


def turn_on(session: AnySession, user: User, sealed: str, code: str, now: datetime) -> list[str]:
    """Keep the secret that the telephone has shown to know, and give ten recovery codes.

    The codes are told this once: only what they hash to is kept. Whoever asked commits.

    :raises Outdated: as `begun`, or the account has a second factor already.
    :raises WrongCode: the code is not the secret's at this moment.
    """
    secret = begun(user, sealed)
    if is_on(session, user.id):
        raise Outdated
    step = totp.matching_step(secret, code, now, after=0)
    if step is None:
        raise WrongCode
    kept = _box().encrypt(secret).decode()
    session.add(
        SecondFactor(user_id=user.id, secret=kept, last_step=step, salt=b"", created_at=now)
    )
    session.flush()
    return remake_recovery_codes(session, user.id)


def turn_off(session: AnySession, user_id: int) -> None:
    """Take the second factor and its recovery codes away; whoever asked commits."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))


def remake_recovery_codes(session: AnySession, user_id: int) -> list[str]:
    """Make ten new recovery codes; those before serve no more. Whoever asked commits."""
    salt = secrets.token_bytes(16)
    session.execute(update(SecondFactor).where(SecondFactor.user_id == user_id).values(salt=salt))
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = [
        "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)
    ]
    session.add_all(RecoveryCode(user_id=user_id, digest=_digest(code, salt)) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def recovery_codes_left(session: AnySession, user_id: int) -> int:
    """Count the recovery codes that were not used."""
    mine = RecoveryCode.user_id == user_id
    return session.scalar(select(func.count()).where(mine).select_from(RecoveryCode)) or 0


def use_code(session: AnySession, user_id: int, code: str, client: str, now: datetime) -> None:
    """Take the telephone's code; it serves once.

    The attempt is committed before the code is looked at; whoever asked commits the rest.

    :raises webapp.accounts.attempts.Paused: too many attempts were made.
    :raises WrongCode: it is not right, or was used before.
    """
    factor = _counted(session, user_id, client, now)
    secret = _box().decrypt(factor.secret.encode())
    step = totp.matching_step(secret, "".join(code.split()), now, after=factor.last_step)
    used = update(SecondFactor).where(
        SecondFactor.user_id == user_id, SecondFactor.last_step < (step or 0)
    )
    taken = session.execute(used.values(last_step=step).returning(SecondFactor.user_id)).first()
    if step is None or taken is None:
        raise WrongCode
    attempts.forget(session, PURPOSE, str(user_id), client)


def use_recovery_code(
    session: AnySession, user_id: int, code: str, client: str, now: datetime
) -> None:
    """Take a recovery code, however it is written; it serves once.

    The attempt is committed before the code is looked at; whoever asked commits the rest.

    :raises webapp.accounts.attempts.Paused: too many attempts were made.
    :raises WrongCode: it is not right, or was used before.
    """
    factor = _counted(session, user_id, client, now)
    written = "".join(letter for letter in code.lower() if letter.isalnum())
    digest = _digest(written, factor.salt)
    mine = delete(RecoveryCode).where(
        RecoveryCode.user_id == user_id, RecoveryCode.digest == digest
    )
    if session.execute(mine.returning(RecoveryCode.digest)).first() is None:
        raise WrongCode
    attempts.forget(session, PURPOSE, str(user_id), client)


def _counted(session: AnySession, user_id: int, client: str, now: datetime) -> SecondFactor:
    """Count the attempt for good, then give what its code is held against."""
    attempts.count(session, PURPOSE, str(user_id), client, now)
    session.commit()
    factor = session.get(SecondFactor, user_id)
    if factor is None:
        raise WrongCode
    return factor


def _digest(code: str, salt: bytes) -> str:
    """Hash as passwords are: fifty random bits are too few for a quick hash (ASVS 6.5.2)."""
    return hash_secret_raw(
        code.encode(),
        salt,
        time_cost=2,
        memory_cost=19_456,
        parallelism=1,
        hash_len=32,
        type=Type.ID,
    ).hex()


def _box() -> Fernet:
    return keys.box(current().keys_directory, "second-factor")
