"""The mail server that is in use: the environment's, else the one set on the page."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from config import Config
from webapp.accounts.mail_passwords import PasswordWanted, opened, sealed
from webapp.accounts.models import MailServer, Organisation, User
from webapp.accounts.return_mailbox import with_return_mailbox
from webapp.database import AnySession


@dataclass(frozen=True)
class MailSettings:
    """A mail server as the page asks for it; `password` is None when the kept one stays."""

    host: str
    port: int
    security: str
    username: str
    password: str | None
    mail_from: str


def are_in_environment(config: Config) -> bool:
    """Say whether the environment sets the mail server; the page then only shows it."""
    return bool(config.smtp_host)


def has_mail_server(session: AnySession, config: Config) -> bool:
    """Say whether a mail server is in use; every page asks, so that no password is opened."""
    return are_in_environment(config) or session.get(MailServer, 1) is not None


def with_mail_settings(session: AnySession, config: Config) -> Config:
    """Give the settings with the mail server that is in use, its password readable.

    The environment comes first, as a whole; what the page kept is used when it names no server.
    A password that the installation's key no longer opens counts as none: the server will say so.
    """
    config = with_return_mailbox(session, config)
    kept = None if are_in_environment(config) else session.get(MailServer, 1)
    if kept is None:
        return config
    return replace(
        config,
        smtp_host=kept.host,
        smtp_port=kept.port,
        smtp_security=kept.security,
        smtp_username=kept.username,
        smtp_password=opened(config, kept.password),
        mail_from=kept.mail_from,
    )


def save(
    session: AnySession, config: Config, settings: MailSettings, user: User, now: datetime
) -> None:
    """Keep the mail server; its password is encrypted with the installation's key.

    :raises PasswordWanted: none was typed, and the kept one was given for something else.
    """
    kept = session.get(MailServer, 1) or MailServer(id=1, password="")
    asked = (settings.host, settings.port, settings.security, settings.username)
    if settings.username and settings.password is None and kept.place != asked:
        raise PasswordWanted
    kept.host, kept.port, kept.security, kept.username = asked
    kept.mail_from = settings.mail_from
    if not settings.username:
        kept.password = ""
    elif settings.password is not None:
        kept.password = sealed(config, settings.password)
    kept.changed_at, kept.changed_by = now, user.id
    session.add(kept)


def forget(session: AnySession) -> None:
    """Go back to the trial box: letters that are submitted from then on are trials."""
    kept = session.get(MailServer, 1)
    if kept is not None:
        session.delete(kept)


def may_set_mail(session: AnySession, user: User) -> bool:
    """Say whether this administrator's organisation is the one that opened the installation.

    The mail server belongs to all who share the installation; the first of them answers for it.
    """
    first = session.scalar(select(Organisation.id).order_by(Organisation.id).limit(1))
    return user.sees_all_letters and user.organisation_id == first
