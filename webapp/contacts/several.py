"""Several contacts of a group at once, by statements on sets: ten thousand are quick.

Callers commit, once for all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Delete,
    Insert,
    Select,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.orm import aliased

from webapp.contacts.models import Contact, Group, Membership
from webapp.contacts.queries import found_in
from webapp.contacts.rules import FIELDS, INDIVIDUAL
from webapp.database import AnySession


@dataclass(frozen=True)
class Choice:
    """Which contacts of a group are meant.

    :param contact_ids: those that are ticked; one that is not in the group is left alone.
    :param everyone: all those in which every word of `search` occurs, whatever is ticked.
    :param kind: which of these a filter keeps, one of `queries.KINDS`.
    """

    group: Group
    contact_ids: Sequence[int]
    everyone: bool
    search: str
    kind: str = ""

    @property
    def contacts(self) -> Select[Contact]:
        """Select them, in no order."""
        if self.everyone:
            return found_in(self.group.id, self.search, self.kind)
        return found_in(self.group.id, "").where(Contact.id.in_(self.contact_ids))


def count(session: AnySession, choice: Choice) -> int:
    """Say how many contacts are meant."""
    return session.scalar(select(func.count()).select_from(choice.contacts.subquery())) or 0


def first(session: AnySession, choice: Choice, most: int) -> Sequence[Contact]:
    """Give the first of them by name."""
    ordered = choice.contacts.order_by(Contact.sort_name, Contact.id)
    return session.scalars(ordered.limit(most)).all()


def count_alone(session: AnySession, choice: Choice) -> int:
    """Say how many of them stand in no other group."""
    alone = choice.contacts.where(_alone(choice.group))
    return session.scalar(select(func.count()).select_from(alone.subquery())) or 0


def individual_emails(session: AnySession, choice: Choice) -> set[str]:
    """Give the addresses, in lower case, of those among them whose consent the law asks for."""
    emails = choice.contacts.with_only_columns(Contact.email).where(
        Contact.status == INDIVIDUAL, Contact.email != ""
    )
    return {email.casefold() for email in session.scalars(emails)}


def remove(session: AnySession, choice: Choice) -> int:
    """Take them out of the group, and delete those that stand in no other; give how many."""
    return _remove(session, choice, literal(True))


def copy(session: AnySession, choice: Choice, target: Group) -> int:
    """Put them into another group too; give how many entered.

    Who stands there, by `rules.identity`, does not enter again.
    """
    there = aliased(Contact)
    identities = (
        select(there.identity)
        .join(Membership, Membership.contact_id == there.id)
        .where(Membership.group_id == target.id)
    )
    entering = select(literal(target.id), Contact.id).where(
        Contact.id.in_(_ids(choice)), Contact.identity.not_in(identities)
    )
    return _changed(session, insert(Membership).from_select(["group_id", "contact_id"], entering))


def move(session: AnySession, choice: Choice, target: Group) -> int:
    """Put them into another group instead; give how many left this one.

    Who stands there with other values in the ten fields stays here: they would be lost.
    """
    copy(session, choice, target)
    there, standing = aliased(Contact), aliased(Membership)
    # What the ten fields say, `identity` says too, by which an index finds the few to compare.
    twin = exists().where(
        there.organisation_id == Contact.organisation_id,
        there.identity == Contact.identity,
        *(getattr(there, field) == getattr(Contact, field) for field in FIELDS),
        standing.contact_id == there.id,
        standing.group_id == target.id,
    )
    return _remove(session, choice, twin)


def _remove(session: AnySession, choice: Choice, wanted: ColumnElement[bool]) -> int:
    leaving = _ids(choice).where(wanted)
    # Whoever is deleted leaves the group by the same act; the others keep their other groups.
    deleted = delete(Contact).where(Contact.id.in_(leaving), _alone(choice.group))
    left = delete(Membership).where(
        Membership.group_id == choice.group.id, Membership.contact_id.in_(leaving)
    )
    return _changed(session, deleted) + _changed(session, left)


def _alone(group: Group) -> ColumnElement[bool]:
    other = aliased(Membership)
    return ~exists().where(other.contact_id == Contact.id, other.group_id != group.id)


def _ids(choice: Choice) -> Select[int]:
    return choice.contacts.with_only_columns(Contact.id).correlate(None)


def _changed(session: AnySession, statement: Insert | Delete) -> int:
    options = {"synchronize_session": False, "preserve_rowcount": True}
    result = session.execute(statement, execution_options=options)
    return cast(CursorResult[tuple[()]], result).rowcount
