"""The addresses under which the world reaches this installation."""

from ipaddress import ip_address
from urllib.parse import urlsplit

import idna
from flask_babel import gettext as _

from config import Config
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
    """Say why no notice can leave by a real mail server, if something stands in the way.

    A link that only works on this machine, or that anyone on the way can read, must not be sent.
    """
    address = public_address(session, config)
    obstacle: str | None = None
    if not address.startswith("https://"):
        obstacle = _(
            "L’adresse publique de Plirec (%(address)s) doit commencer par https:// pour que les "
            "avis partent. Demandez à la personne qui a installé Plirec de régler PUBLIC_URL.",
            address=address,
        )
    elif _is_loopback(host(address)):
        obstacle = _(
            "L’adresse publique de Plirec (%(address)s) n’existe que sur cette machine : les "
            "destinataires ne pourraient pas l’ouvrir. Demandez à la personne qui a installé "
            "Plirec de régler PUBLIC_URL.",
            address=address,
        )
    return obstacle


def _is_loopback(name: str) -> bool:
    try:
        return ip_address(name).is_loopback or ip_address(name).is_unspecified
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
