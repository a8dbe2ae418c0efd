"""All that an organisation holds of one person (RGPD art. 15), found by e-mail or by exact name."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from webapp.accounts.models import Organisation, User
from webapp.compose.models import Draft
from webapp.contacts import consents
from webapp.contacts.book import fields_of
from webapp.contacts.models import Consent, Contact, ContactChange, FailingAddress
from webapp.contacts.recipient import Recipient
from webapp.database import AnySession
from webapp.delivery.models import LanguageChoice
from webapp.imports.models import Import, ImportRow
from webapp.letters import keeping
from webapp.letters.models import Addressee, Letter
from webapp.texts import fold, searched_words

LETTERS_SHOWN = 500


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


@dataclass(frozen=True)
class HeldLetter:
    """A letter that went to the person, and until when it is kept; None: something still moves."""

    letter: Letter
    addressee: Addressee
    kept_until: datetime | None


@dataclass(frozen=True)
class Held:
    """What is held; `elsewhere` are the addresses under which the same name is kept too.

    `changes` are earlier versions of contacts, of this person's and of others, that still say it.
    """

    contacts: Sequence[Contact]
    changes: Sequence[ContactChange]
    consent: Consent | None
    failing: FailingAddress | None
    language: LanguageChoice | None
    lines: Sequence[tuple[Import, ImportRow]]
    removed: Sequence[Import]
    drafts: Sequence[Draft]
    letters: Sequence[HeldLetter]
    has_account: bool
    elsewhere: Sequence[str]

    @property
    def can_erase(self) -> bool:
        """Say whether anything may be erased now."""
        standing = self.consent is not None and self.consent.withdrawn_at is None
        kept = (self.contacts, self.changes, self.lines, self.removed, self.drafts)
        return standing or any(kept) or bool(self.failing or self.language)

    @property
    def is_nothing(self) -> bool:
        """Say whether nothing at all is held."""
        rest = self.consent or self.letters or self.has_account or self.elsewhere
        return not (self.can_erase or rest)


NOTHING = Held((), (), None, None, None, (), (), (), (), has_account=False, elsewhere=())


def held(session: AnySession, organisation: Organisation, sought: Sought) -> Held:
    """Find all that an organisation holds of somebody; nothing of another organisation's."""
    if not sought:
        return NOTHING
    contacts = _contacts(session, organisation.id, sought)
    own = {contact.id for contact in contacts}
    key = (organisation.id, sought.email)
    languages = select(LanguageChoice).where(
        LanguageChoice.organisation_id == organisation.id, LanguageChoice.email == sought.email
    )
    accounts = select(User.id).where(
        User.organisation_id == organisation.id, User.email == sought.email
    )
    return Held(
        contacts=contacts,
        changes=_changes(session, organisation.id, sought, own),
        consent=consents.of_address(session, organisation.id, sought.email)
        if sought.email
        else None,
        failing=session.get(FailingAddress, key) if sought.email else None,
        language=session.scalar(languages) if sought.email else None,
        lines=_lines(session, organisation.id, sought, contacts),
        removed=_removed(session, organisation.id, sought),
        drafts=_drafts(session, organisation.id, sought),
        letters=_letters(session, organisation, sought),
        has_account=bool(sought.email) and session.scalar(accounts) is not None,
        elsewhere=_elsewhere(session, organisation.id, sought),
    )


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


def _contacts(session: AnySession, organisation_id: int, sought: Sought) -> Sequence[Contact]:
    asked = select(Contact).where(Contact.organisation_id == organisation_id)
    if sought.email:
        asked = asked.where(func.lower(Contact.email) == sought.email)
    else:
        asked = asked.where(*_words(Contact.search_text, sought))
    found = session.scalars(asked.order_by(Contact.id))
    return [contact for contact in found if is_of(fields_of(contact), sought)]


def _words(column: InstrumentedAttribute[str], sought: Sought) -> list[ColumnElement[bool]]:
    words = searched_words(sought.text)
    return [column.contains(word, autoescape=True) for word in words]


def _in_json(column: InstrumentedAttribute[Any], sought: Sought) -> ColumnElement[bool]:
    """Choose the rows whose JSON may say it; each is looked at afterwards.

    A name, and an address with accents, are written there otherwise than they are compared.
    """
    email = sought.email
    if not email.isascii() or not email or json.dumps(email) != f'"{email}"':
        return true()
    return func.lower(cast(column, Text)).contains(email, autoescape=True)


def _changes(
    session: AnySession, organisation_id: int, sought: Sought, own: set[int]
) -> Sequence[ContactChange]:
    asked = (
        select(ContactChange)
        .join(Contact, Contact.id == ContactChange.contact_id)
        .where(Contact.organisation_id == organisation_id)
    )
    told = or_(_in_json(ContactChange.before, sought), _in_json(ContactChange.absorbed, sought))
    found = session.scalars(asked.where(told | ContactChange.contact_id.in_(own)))
    return [
        change
        for change in found
        if change.contact_id in own
        or is_of(change.before, sought)
        or (change.absorbed and is_of(change.absorbed, sought))
    ]


def _lines(
    session: AnySession, organisation_id: int, sought: Sought, contacts: Sequence[Contact]
) -> Sequence[tuple[Import, ImportRow]]:
    own = {contact.id for contact in contacts}
    asked = (
        select(Import, ImportRow)
        .join(ImportRow, ImportRow.import_id == Import.id)
        .where(Import.organisation_id == organisation_id)
        .where(_in_json(ImportRow.texts, sought) | ImportRow.contact_id.in_(own))
        .order_by(ImportRow.import_id, ImportRow.number)
    )
    return [
        (import_, row)
        for import_, row in session.execute(asked)
        if row.contact_id in own or is_of(row.texts, sought)
    ]


def _removed(session: AnySession, organisation_id: int, sought: Sought) -> Sequence[Import]:
    """Give the imports that keep the person because they took him out of a group."""
    asked = select(Import).where(
        Import.organisation_id == organisation_id, func.json_array_length(Import.removed) > 0
    )
    return [
        import_
        for import_ in session.scalars(asked)
        if any(is_of(texts, sought) for texts in import_.removed)
    ]


def _drafts(session: AnySession, organisation_id: int, sought: Sought) -> Sequence[Draft]:
    asked = select(Draft).where(Draft.organisation_id == organisation_id)
    found = session.scalars(asked.order_by(Draft.id))
    return [draft for draft in found if says([text for _name, text in draft.fields], sought)]


def _letters(
    session: AnySession, organisation: Organisation, sought: Sought
) -> Sequence[HeldLetter]:
    asked = (
        select(Letter, Addressee)
        .join(Letter.addressees)
        .where(Letter.organisation_id == organisation.id, Letter.purged_at.is_(None))
        .order_by(Letter.submitted_at.desc(), Addressee.position)
        .limit(LETTERS_SHOWN)
    )
    if sought.email:
        asked = asked.where(func.lower(Addressee.email) == sought.email)
    else:
        asked = asked.where(Addressee.email == "", *_words(Addressee.search_text, sought))
    return [
        HeldLetter(letter, addressee, _kept_until(session, organisation, letter, addressee))
        for letter, addressee in session.execute(asked)
        if sought.email or fold(addressee.name) == sought.name
    ]


def _kept_until(
    session: AnySession, organisation: Organisation, letter: Letter, addressee: Addressee
) -> datetime | None:
    if addressee.state in keeping.HOLDING:
        return None
    return keeping.ends_at(session, letter, organisation)


def _elsewhere(session: AnySession, organisation_id: int, sought: Sought) -> Sequence[str]:
    """Give the addresses under which somebody of this name is kept."""
    if sought.email:
        return []
    contacts = select(Contact).where(
        Contact.organisation_id == organisation_id,
        Contact.email != "",
        *_words(Contact.search_text, sought),
    )
    named = {
        contact.email
        for contact in session.scalars(contacts)
        if is_of({**fields_of(contact), "email": ""}, sought)
    }
    sent = (
        select(Addressee.email, Addressee.name)
        .join(Addressee.letter)
        .where(Letter.organisation_id == organisation_id, Addressee.email != "")
        .where(*_words(Addressee.search_text, sought))
    )
    named |= {email for email, name in session.execute(sent) if fold(name) == sought.name}
    return sorted(named)
