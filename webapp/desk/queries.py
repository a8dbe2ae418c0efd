"""What the dashboard shows: what waits for this account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from webapp.accounts.models import User
from webapp.contacts.models import Group, Membership
from webapp.database import AnySession
from webapp.imports.models import Import
from webapp.letters.models import Addressee, Letter
from webapp.letters.queries import visible_to
from webapp.letters.steps import State

IMPORTS_SHOWN = 10


@dataclass(frozen=True)
class Progress:
    """Which of the first steps are done."""

    has_group: bool
    has_contact: bool
    has_letter: bool

    @property
    def is_over(self) -> bool:
        """Say whether the first letter has left, after which nobody needs the steps."""
        return self.has_letter


def progress(session: AnySession, user: User) -> Progress:
    """Say how far this account's organisation has come."""
    groups = select(Group.id).where(Group.organisation_id == user.organisation_id)
    members = select(Membership.contact_id).where(Membership.group_id.in_(groups))
    letters = visible_to(user).with_only_columns(Letter.id)
    return Progress(
        *(session.scalar(rows.limit(1)) is not None for rows in (groups, members, letters))
    )


def recipients_by_state(session: AnySession, user: User) -> Mapping[State, int]:
    """Count the recipients of the letters this account sees, in the order of the states."""
    letters = visible_to(user).with_only_columns(Letter.id)
    rows = session.execute(
        select(Addressee.state, func.count())
        .where(Addressee.letter_id.in_(letters))
        .group_by(Addressee.state)
    )
    counts: dict[str, int] = dict(rows.all())
    return {state: counts[state] for state in State if state in counts}


def unfinished_imports(session: AnySession, user: User) -> Sequence[Import]:
    """Give the newest imports of the organisation whose contacts have not entered their group."""
    return session.scalars(
        select(Import)
        .join(Import.group)
        .where(Import.organisation_id == user.organisation_id, Import.committed_at.is_(None))
        .order_by(Import.created_at.desc())
        .limit(IMPORTS_SHOWN)
    ).all()
