"""What an organisation says of itself: it stands on each letter submitted from then on."""

from dataclasses import dataclass

from webapp.accounts.models import Organisation


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The sender as the law names him, whether notices name him too, and in which language."""

    name: str
    address_1: str
    address_2: str
    postal_code: str
    city: str
    country: str
    email: str
    names_sender: bool
    language: str


def change_identity(organisation: Organisation, identity: Identity) -> None:
    """Write the new name and address; letters that were submitted keep those they had."""
    for name, value in vars(identity).items():
        setattr(organisation, name, value)
