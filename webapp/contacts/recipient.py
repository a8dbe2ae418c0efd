"""A recipient whose ten columns are clean: his name, his printed address, and who he is."""

import hashlib
import re
from typing import NamedTuple

from webapp.contacts import postal
from webapp.texts import fold

_WORD = re.compile(r"\w+")
IDENTITY_LENGTH = 400
SORT_LENGTH = 260


class Recipient(NamedTuple):
    """Ten clean texts, empty when not given; `status` is `professional` or `individual`.

    Made by `rules.check`, which alone sees to it that the recipient is named and can be reached.
    """

    email: str
    last_name: str
    first_name: str
    company: str
    status: str
    address_1: str
    address_2: str
    postal_code: str
    city: str
    country: str

    @property
    def name(self) -> str:
        """« Prénom Nom », « Prénom Nom (Société) », or the company."""
        person = self._person
        if person and self.company:
            return f"{person} ({self.company})"
        return person or self.company

    @property
    def has_postal_address(self) -> bool:
        """Whether a letter on paper can be addressed."""
        return postal.is_complete(self.address_1, self.postal_code, self.city, self.country)

    @property
    def short_address(self) -> str:
        """The address in one line, for a list: the street, the town, and the country if foreign."""
        town = f"{self.postal_code} {self.city}".strip()
        abroad = self.country if postal.is_abroad(self.country) else ""
        return ", ".join(filter(None, (self.address_1, town, abroad)))

    @property
    def postal_lines(self) -> tuple[str, ...]:
        """The address as an envelope shows it (AFNOR NF Z10-011), none when it is not complete."""
        return tuple(self.printed.values()) if self.has_postal_address else ()

    @property
    def printed(self) -> dict[str, str]:
        """The printed lines that are not empty, in order, each by the field that fills it most."""
        lines = {
            "company": self.company,
            "last_name": self._person,
            "address_2": self.address_2,
            "address_1": postal.street_line(self.address_1, self.country),
            "city": postal.town_line(self.postal_code, self.city, self.country),
            "country": postal.country_line(self.country),
        }
        return {field: line for field, line in lines.items() if line}

    @property
    def _person(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def _folded_name(self) -> str:
        return fold(f"{self.last_name} {self.first_name}" if self.last_name else self.company)

    @property
    def _folded_place(self) -> str:
        country = self.country if postal.is_abroad(self.country) else ""
        place = (self.address_1, self.address_2, self.postal_code, self.city, country)
        return " ".join(_WORD.findall(fold(" ".join(place))))


def identity(recipient: Recipient) -> str:
    """Say who a recipient is, in at most 400 characters: equal texts are one and the same.

    Same e-mail (without one: same postal address) and same name, case, accents, punctuation of the
    address and runs of spaces apart.
    """
    return _identity(recipient, recipient._folded_name)


def derived(recipient: Recipient) -> dict[str, str]:
    """Give what a contact keeps for being found and sorted: three columns of its table.

    Lists are sorted by last and first name, else by the company: folded, at most 260 characters.
    """
    name = recipient._folded_name
    searched = f"{recipient.name} {recipient.email} {recipient.city} {recipient.postal_code}"
    return {
        "identity": _identity(recipient, name),
        "sort_name": name[:SORT_LENGTH],
        "search_text": fold(searched),
    }


def _identity(recipient: Recipient, folded_name: str) -> str:
    place = recipient.email.casefold() or recipient._folded_place
    whole = f"{place}\n{folded_name}"
    if len(whole) <= IDENTITY_LENGTH:
        return whole
    return "sha256:" + hashlib.sha256(whole.encode()).hexdigest()
