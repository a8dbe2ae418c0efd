"""All that an organisation holds of one person (RGPD art. 15), found by e-mail or by exact name."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from webapp.accounts.models import Organisation, User
from webapp.compose.models import Draft
from webapp.contacts.book import fields_of
from webapp.contacts.models import Contact, ContactChange, FailingAddress
from webapp.database import AnySession
from webapp.delivery.models import LanguageChoice
from webapp.desk.person_consent import HeldConsent, of_address
from webapp.desk.person_letters import HeldLetter, letters_of
from webapp.desk.sought import Sought, is_of, may_say, says, words
from webapp.imports.models import Import, ImportRow
from webapp.letters.models import Addressee, Letter
from webapp.texts import fold


@dataclass(frozen=True)
class Held:
    """What is held; `elsewhere` are the addresses under which the same name is kept too.

    `changes` are earlier versions of contacts, of this person's and of others, that still say it.
    """

    contacts: Sequence[Contact]
    changes: Sequence[ContactChange]
    consent: HeldConsent
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
        kept = (self.contacts, self.changes, self.lines, self.removed, self.drafts)
        return self.consent.can_erase or any(kept) or bool(self.failing or self.language)

    @property
    def is_nothing(self) -> bool:
        """Say whether nothing at all is held."""
        rest = (self.letters, self.has_account, self.elsewhere)
        return not (self.can_erase or self.consent.stays or any(rest))


NOTHING = Held((), (), HeldConsent(), None, None, (), (), (), (), has_account=False, elsewhere=())


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
        consent=of_address(session, organisation.id, sought.email)
        if sought.email
        else HeldConsent(),
        failing=session.get(FailingAddress, key) if sought.email else None,
        language=session.scalar(languages) if sought.email else None,
        lines=_lines(session, organisation.id, sought, contacts),
        removed=_removed(session, organisation.id, sought),
        drafts=_drafts(session, organisation.id, sought),
        letters=letters_of(session, organisation, sought),
        has_account=bool(sought.email) and session.scalar(accounts) is not None,
        elsewhere=_elsewhere(session, organisation.id, sought),
    )


def _contacts(session: AnySession, organisation_id: int, sought: Sought) -> Sequence[Contact]:
    asked = select(Contact).where(Contact.organisation_id == organisation_id)
    if sought.email:
        asked = asked.where(func.lower(Contact.email) == sought.email)
    else:
        asked = asked.where(*words(Contact.search_text, sought))
    found = session.scalars(asked.order_by(Contact.id))
    return [contact for contact in found if is_of(fields_of(contact), sought)]


def _changes(
    session: AnySession, organisation_id: int, sought: Sought, own: set[int]
) -> Sequence[ContactChange]:
    asked = (
        select(ContactChange)
        .join(Contact, Contact.id == ContactChange.contact_id)
        .where(Contact.organisation_id == organisation_id)
    )
    told = or_(may_say(ContactChange.before, sought), may_say(ContactChange.absorbed, sought))
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
        .where(may_say(ImportRow.texts, sought) | ImportRow.contact_id.in_(own))
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


def _elsewhere(session: AnySession, organisation_id: int, sought: Sought) -> Sequence[str]:
    """Give the addresses under which somebody of this name is kept."""
    if sought.email:
        return []
    contacts = select(Contact).where(
        Contact.organisation_id == organisation_id,
        Contact.email != "",
        *words(Contact.search_text, sought),
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
        .where(*words(Addressee.search_text, sought))
    )
    named |= {email for email, name in session.execute(sent) if fold(name) == sought.name}
    return sorted(named)
