"""Who is looked for, by e-mail or by exact name, and where a record says just that."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, true
from sqlalchemy.orm import InstrumentedAttribute

from webapp.contacts.recipient import Recipient
from webapp.texts import fold, searched_words


@dataclass(frozen=True)
class Sought:
    """Who is looked for: an e-mail address, or the name of somebody who is kept without one."""

    text: str

    @property
    def email(self) -> str:
        """The address in lower case; empty where a name is given."""
        return self.text.strip().casefold() if "@" in self.text else ""

    @property
    def name(self) -> str:
        """The folded name; empty where an address is given."""
        return "" if self.email else fold(self.text)

    def __bool__(self) -> bool:
        """Say whether anybody is looked for."""
        return bool(self.email or self.name)


def says(texts: object, sought: Sought) -> bool:
    """Say whether one of the texts of a record, however deep, is just what is looked for."""
    if isinstance(texts, str):
        if sought.email:
            return sought.email == texts.strip().casefold()
        return sought.name == fold(texts)
    parts = texts.values() if isinstance(texts, dict) else texts
    return isinstance(parts, list | type({}.values())) and any(says(part, sought) for part in parts)


def is_of(fields: dict[str, str], sought: Sought) -> bool:
    """Say whether ten fields of a contact or a line are the person's."""
    if sought.email:
        return fields.get("email", "").strip().casefold() == sought.email
    texts = {name: fields.get(name, "") for name in Recipient._fields}
    return not texts["email"] and fold(Recipient(**texts).name) == sought.name


def words(column: InstrumentedAttribute[str], sought: Sought) -> list[ColumnElement[bool]]:
    """Choose the rows whose `search_text` has every word that is looked for."""
    words = searched_words(sought.text)
    return [column.contains(word, autoescape=True) for word in words]


def may_say(column: InstrumentedAttribute[Any], sought: Sought) -> ColumnElement[bool]:
    """Choose the rows whose JSON may say it; each is looked at afterwards.

    A name, and an address with accents, are written there otherwise than they are compared.
    """
    email = sought.email
    if not email.isascii() or not email or json.dumps(email) != f'"{email}"':
        return true()
    return func.lower(cast(column, Text)).contains(email, autoescape=True)
