"""The contacts that the lines of an import may be: all of them for a file, a few for one line."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import ColumnElement, exists, or_, select

from webapp.contacts.models import Contact, Membership
from webapp.contacts.recipient import SORT_LENGTH, Recipient
from webapp.contacts.rules import FIELDS
from webapp.database import AnySession
from webapp.imports.checking import Line
from webapp.imports.comparison import SAME, SAME_ADDRESS, SAME_NAME, Kept, Match, place_and_name
from webapp.imports.models import Import

_COLUMNS = [getattr(Contact, field) for field in FIELDS]


class Known:
    """Contacts of an organisation, found by who they are, by name, or by e-mail.

    `taken` holds the contacts that a line is already, so that no second one becomes them by
    likeness alone.
    """

    def __init__(self, contacts: Iterable[Kept]) -> None:
        self.taken: set[int] = set()
        self._same: dict[str, Kept] = {}
        self._names: dict[str, list[Kept]] = defaultdict(list)
        self._addresses: dict[str, list[Kept]] = defaultdict(list)
        self.ids: list[int] = []
        for kept in contacts:
            self.ids.append(kept.id)
            other = self._same.get(kept.identity)
            if other is None or (kept.is_member and not other.is_member):
                self._same[kept.identity] = kept
            place, name = place_and_name(kept.identity)
            if kept.is_member and name:
                self._names[name].append(kept)
                if "@" in place:
                    self._addresses[place].append(kept)

    def same(self, identity: str) -> Kept | None:
        """Give the contact that is this very person, the group's own before any other."""
        return self._same.get(identity)

    @property
    def identities(self) -> list[str]:
        """Who the contacts are."""
        return list(self._same)

    def take(self, identity: str, contact_id: int | None = None) -> None:
        """Note that some line is this person, and this contact."""
        same = self._same.get(identity)
        if same:
            self.taken.add(same.id)
        if contact_id is not None:
            self.taken.add(contact_id)

    def take_all(self, lines: Iterable[Line]) -> None:
        """Note who stands on the lines, before any is matched.

        Whoever stands further down may be the contact that an earlier line is only like.
        """
        for line in lines:
            self.take(line.identity)

    def match(self, identity: str) -> Match | None:
        """Find the contact that a line is or may be, and take it."""
        if not self._same:
            return None
        same = self._same.get(identity)
        found = Match(same, SAME) if same else self._alike(identity)
        if found:
            self.taken.add(found.kept.id)
        return found

    def _alike(self, identity: str) -> Match | None:
        place, name = place_and_name(identity)
        if not name or not self._names:
            return None
        for how, candidates in ((SAME_NAME, self._names), (SAME_ADDRESS, self._addresses)):
            alike = candidates.get(name if how == SAME_NAME else place, ())
            if len(alike) == 1 and alike[0].id not in self.taken:
                return Match(alike[0], how)
        return None


def everyone(session: AnySession, import_: Import) -> Known:
    """Load the contacts of the import's organisation."""
    return Known(_kept(session, import_))


def those_like(session: AnySession, import_: Import, identities: Iterable[str]) -> Known:
    """Load only the contacts that have the identity, the name or the e-mail of one of these."""
    wanted: list[ColumnElement[bool]] = []
    for identity in identities:
        wanted.append(Contact.identity == identity)
        place, name = place_and_name(identity)
        if name:
            wanted.append(Contact.sort_name == name[:SORT_LENGTH])
        if "@" in place:
            wanted.append(Contact.identity.between(f"{place}\n", f"{place}\n\uffff"))
    return Known(_kept(session, import_, or_(*wanted)) if wanted else ())


def _kept(session: AnySession, import_: Import, *wanted: ColumnElement[bool]) -> Iterable[Kept]:
    is_member = exists().where(
        Membership.group_id == import_.group_id, Membership.contact_id == Contact.id
    )
    rows = session.execute(
        select(Contact.id, is_member, Contact.identity, *_COLUMNS)
        .where(Contact.organisation_id == import_.organisation_id, *wanted)
        .order_by(Contact.id)
    )
    return (Kept(id_, bool(member), who, Recipient(*texts)) for id_, member, who, *texts in rows)
