"""Sessions: each sign-in is known to the server, which can end it (ASVS 7.2 to 7.4).

The browser's cookie holds a random identifier, the database its hash. A session lasts twelve hours
after its last use, and seven days in all.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Select, Update, delete, select, update
from sqlalchemy.exc import OperationalError

from webapp.accounts.models import User, UserSession
from webapp.accounts.tokens import hashed
from webapp.database import AnySession, reading_only, release

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
NOTED_EVERY = timedelta(minutes=5)


def open_session(
    session: AnySession, user_id: int, *, browser: str, system: str, address: str, now: datetime
) -> str:
    """Open a session of this account, and give its new identifier; whoever asked commits.

    Sessions whose time is over are swept: what they told of browsers and addresses goes with them.
    """
    session.execute(delete(UserSession).where(UserSession.created_at < now - LONGEST))
    identifier = secrets.token_urlsafe(32)
    session.add(
        UserSession(
            user_id=user_id,
            identifier_hash=hashed(identifier),
            browser=browser[:40],
            system=system[:40],
            address=address[:45],
            created_at=now,
            seen_at=now,
        )
    )
    return identifier


def open_one(session: AnySession, identifier: str, now: datetime) -> UserSession | None:
    """Give the session with this identifier and its account; nothing if either is over."""
    found = session.scalar(_open(now).where(UserSession.identifier_hash == hashed(identifier)))
    return found if found is not None and found.user.active else None


def organisation_of(session: AnySession, identifier: str) -> int | None:
    """Name the organisation of the account that this identifier stands for, open or not."""
    return session.scalar(
        select(User.organisation_id)
        .join(UserSession, UserSession.user_id == User.id)
        .where(UserSession.identifier_hash == hashed(identifier))
    )


def open_of(session: AnySession, user_id: int, now: datetime) -> Sequence[UserSession]:
    """Give the account's open sessions, the last used first."""
    mine = _open(now).where(UserSession.user_id == user_id)
    return session.scalars(mine.order_by(UserSession.seen_at.desc(), UserSession.id.desc())).all()


def end_session(session: AnySession, user_id: int, session_id: int, now: datetime) -> bool:
    """End one session of this account; say whether it was there and open."""
    mine = (
        UserSession.id == session_id,
        UserSession.user_id == user_id,
        UserSession.ended_at.is_(None),
    )
    ended = session.execute(
        update(UserSession).where(*mine).values(ended_at=now).returning(UserSession.id)
    )
    return ended.first() is not None


def end_one(session: AnySession, identifier: str, now: datetime) -> None:
    """End the session with this identifier, if there is one."""
    mine = UserSession.identifier_hash == hashed(identifier)
    session.execute(update(UserSession).where(mine).values(ended_at=now))


def end_sessions(
    session: AnySession, user_id: int, now: datetime, except_identifier: str | None = None
) -> int:
    """End the account's sessions at their next request, and say how many were open.

    :param except_identifier: of the one that stays, as the browser's cookie holds it.
    """
    mine = _open(now).where(UserSession.user_id == user_id)
    if except_identifier is not None:
        mine = mine.where(UserSession.identifier_hash != hashed(except_identifier))
    ended = session.scalars(mine).all()
    for one in ended:
        one.ended_at = now
    session.flush()
    return len(ended)


def is_same(one: UserSession, identifier: str | None) -> bool:
    """Say whether this session is the one with this identifier."""
    return identifier is not None and one.identifier_hash == hashed(identifier)


def note_use(engine: Engine, session_id: int, now: datetime) -> None:
    """Note that a session is in use, in a transaction of its own, without waiting for anybody.

    Where another one is writing at this moment it is left for the next request to note.
    """
    writing = reading_only.set(False)
    release()
    free = select(UserSession.id).where(UserSession.id == session_id)
    noting = (
        update(UserSession)
        .where(UserSession.id.in_(free.with_for_update(skip_locked=True).scalar_subquery()))
        .values(seen_at=now)
    )
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                _note_on_sqlite(connection, noting)
            else:
                connection.execute(noting)
                connection.commit()
    finally:
        reading_only.reset(writing)


def _note_on_sqlite(connection: Connection, noting: Update) -> None:
    # A page must not queue behind a writer for the sake of a date. The connection is not
    # given back: others who take it wait for their turn.
    connection.connection.dbapi_connection.execute("PRAGMA busy_timeout = 0")  # type: ignore[union-attr]
    try:
        connection.execute(noting)
        connection.commit()
    except OperationalError as problem:
        if "locked" not in str(problem.orig):
            raise
    finally:
        connection.invalidate()


def _open(now: datetime) -> Select[UserSession]:
    return select(UserSession).where(
        UserSession.ended_at.is_(None),
        UserSession.seen_at > now - IDLE,
        UserSession.created_at > now - LONGEST,
    )
