"""Who runs the service, as its recipients read it before they know who writes to them."""

from dataclasses import dataclass

from config import Config
from webapp.accounts.addresses import host, public_address
from webapp.accounts.models import Installation
from webapp.database import AnySession


@dataclass(frozen=True)
class Operator:
    """Its name and postal address, empty where nobody has said, and the service's own host."""

    name: str
    address: str
    service: str


def operator_of(session: AnySession, config: Config) -> Operator:
    """Give who runs this installation."""
    installation = session.get(Installation, 1)
    service = host(public_address(session, config))
    if installation is None:
        return Operator("", "", service)
    return Operator(installation.operator_name, installation.operator_address, service)


def set_operator(session: AnySession, name: str, address: str) -> None:
    """Keep who runs this installation; whoever asked commits."""
    installation = session.get_one(Installation, 1)
    installation.operator_name, installation.operator_address = name, address
