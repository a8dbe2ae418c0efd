"""The addresses under which the world reaches this installation."""

from ipaddress import ip_address
from urllib.parse import urlsplit

import idna

from config import Config
from webapp.accounts import mail_problems
from webapp.accounts.models import Installation
from webapp.database import AnySession


def public_address(session: AnySession, config: Config) -> str:
    """Give the address that recipients open, without a slash at its end.

    The environment's (`PUBLIC_URL`) comes before the one that was given at first run.
    """
    if config.public_url:
        return config.public_url.rstrip("/")
    installation = session.get(Installation, 1)
    return installation.public_url.rstrip("/") if installation else ""


def host(address: str) -> str:
    """Give the host that an address names, in ASCII (RFC 5890)."""
    name = urlsplit(address).hostname or "localhost"
    return name if name.isascii() else idna.encode(name, uts46=True).decode()


def mail_obstacle(session: AnySession, config: Config) -> str | None:
    """Say in the page's language why no notice can leave by a real mail server, if none can."""
    found = kept_obstacle(session, config)
    return mail_problems.told(f"{mail_problems.SETTINGS}: {found}") if found else None


def kept_obstacle(session: AnySession, config: Config) -> str | None:
    """Give the same as an addressee's row keeps it, in no language: a code and the address.

    A link that only works on this machine, or that anyone on the way can read, must not be sent.
    """
    address = public_address(session, config)
    if not address.startswith("https://"):
        return f"{mail_problems.NO_HTTPS} {address}"
    return f"{mail_problems.LOCAL} {address}" if _is_loopback(host(address)) else None


def _is_loopback(name: str) -> bool:
    try:
        return ip_address(name).is_loopback or ip_address(name).is_unspecified
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
