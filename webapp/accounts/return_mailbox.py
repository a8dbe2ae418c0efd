"""The mailbox where notices come back: the environment's, else the one set on the page."""

from dataclasses import dataclass, replace
from datetime import datetime

from config import Config
from webapp.accounts.mail_passwords import PasswordWanted, opened, sealed
from webapp.accounts.models import ReturnMailbox, User
from webapp.database import AnySession


@dataclass(frozen=True)
class MailboxSettings:
    """A mailbox as the page asks for it; `password` is None when the kept one stays."""

    host: str
    port: int
    security: str
    username: str
    password: str | None
    folder: str
    bounce_address: str


def is_in_environment(config: Config) -> bool:
    """Say whether the environment sets the mailbox; the page then only shows it."""
    return bool(config.imap_host)


def with_return_mailbox(session: AnySession, config: Config) -> Config:
    """Give the settings with the mailbox that is in use, its password readable.

    The address to which notices come back is the environment's where it names one.
    """
    kept = None if is_in_environment(config) else session.get(ReturnMailbox, 1)
    if kept is None:
        return config
    return replace(
        config,
        imap_host=kept.host,
        imap_port=kept.port,
        imap_security=kept.security,
        imap_username=kept.username,
        imap_password=opened(config, kept.password),
        imap_folder=kept.folder,
        bounce_address=config.bounce_address or kept.bounce_address,
    )


def save(
    session: AnySession, config: Config, settings: MailboxSettings, user: User, now: datetime
) -> None:
    """Keep the mailbox; its password is encrypted with the installation's key.

    :raises PasswordWanted: none was typed, and the kept one was given for something else.
    """
    kept = session.get(ReturnMailbox, 1) or ReturnMailbox(id=1, password="")
    asked = (settings.host, settings.port, settings.security, settings.username)
    if settings.password is None and (kept.place != asked or not kept.password):
        raise PasswordWanted
    kept.host, kept.port, kept.security, kept.username = asked
    kept.folder, kept.bounce_address = settings.folder, settings.bounce_address
    if settings.password is not None:
        kept.password = sealed(config, settings.password)
    kept.changed_at, kept.changed_by = now, user.id
    session.add(kept)


def forget(session: AnySession) -> None:
    """Read no mailbox any more."""
    kept = session.get(ReturnMailbox, 1)
    if kept is not None:
        session.delete(kept)
