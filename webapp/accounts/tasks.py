"""The call that Huey carries for accounts: mails with a link for a new password."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask, current_app
from sqlalchemy import Select, select

from webapp.accounts import messages, password_links
from webapp.accounts.link_models import PasswordLink, PasswordRequest
from webapp.accounts.models import User
from webapp.accounts.paced_mail import PacedMail
from webapp.accounts.tokens import hashed
from webapp.database import AnySession
from webapp.extensions import db
from webapp.jobs import is_stopping, register
from webapp.mail import DeliveryProblem, Refused
from webapp.web.settings import current

log = logging.getLogger(__name__)
AT_ONCE = 100
RETRY = timedelta(minutes=5)


def init_app(app: Flask) -> None:
    """Register the call, the same in the web's process and in the worker's."""
    app.extensions["plirec-wake-accounts"] = register(app, "passwords", mail_all_due)


def wake() -> None:
    """Tell the worker that somebody asked; if the call is lost, the sweep finds it."""
    call: Callable[[], object] = current_app.extensions["plirec-wake-accounts"]
    call()


def mail_all_due() -> None:
    """Answer every request that is due: by a mail where there is an account, else by nothing."""
    session = db.session
    post = messages.post(session, current())
    now = datetime.now(UTC)
    due = session.scalars(
        select(PasswordRequest.id).where(PasswordRequest.due_at <= now).limit(AT_ONCE)
    ).all()
    session.rollback()
    with PacedMail(session, post.config, is_awaited=True) as channel:
        for request_id in due:
            if is_stopping():
                break
            _answer_apart(session, post, channel, request_id)
    session.rollback()


def _answer_apart(
    session: AnySession, post: messages.Post, channel: PacedMail, request_id: int
) -> None:
    """Let what cannot be foreseen stop one request only, which is tried again later."""
    try:
        _answer(session, post, channel, request_id)
    except Exception:
        session.rollback()
        log.exception("the request %s for a new password could not be answered", request_id)


def _answer(session: AnySession, post: messages.Post, channel: PacedMail, request_id: int) -> None:
    now = datetime.now(UTC)
    request = session.scalar(
        select(PasswordRequest)
        .where(PasswordRequest.id == request_id, PasswordRequest.due_at <= now)
        .with_for_update(skip_locked=True)
    )
    if request is None:
        session.rollback()
        return
    user = session.scalar(select(User).where(User.email == request.email, User.active))
    if user is None or not post.is_open or _was_mailed_lately(session, user, now):
        session.delete(request)
        session.commit()
        return
    token = password_links.make_link(session, user, None, now)
    try:
        message = messages.new_password(post, user, post.link(f"/mot-de-passe/{token}"), now)
        # The link works before it is sent, and no transaction waits for the mail server. If the
        # process ends here, somebody else answers later.
        request.due_at = now + RETRY
        session.commit()
        channel.send(message)
    except DeliveryProblem as problem:
        log.warning("a mail for a new password did not leave, at the stage: %s", problem.stage)
        _put_off(session, request, token, now, is_final=isinstance(problem, Refused))
    else:
        link = session.scalars(_link(token)).one()
        link.mailed_at = now
        session.delete(request)
    session.commit()


def _put_off(
    session: AnySession, request: PasswordRequest, token: str, now: datetime, *, is_final: bool
) -> None:
    session.delete(session.scalars(_link(token)).one())
    if is_final or now - request.requested_at >= password_links.LIFETIME:
        session.delete(request)
    else:
        request.due_at = now + RETRY


def _was_mailed_lately(session: AnySession, user: User, now: datetime) -> bool:
    lately = select(PasswordLink.id).where(
        PasswordLink.user_id == user.id, PasswordLink.mailed_at > now - password_links.PAUSE
    )
    return session.scalar(lately.limit(1)) is not None


def _link(token: str) -> Select[PasswordLink]:
    return select(PasswordLink).where(PasswordLink.token_hash == hashed(token))
