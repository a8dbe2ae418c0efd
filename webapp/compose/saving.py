"""Occasional recipients who are kept: they become contacts of a group when the letter leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.contacts import book
from webapp.contacts.queries import group_of
from webapp.contacts.rules import Recipient
from webapp.database import AnySession


class GroupGone(Exception):
    """The group that was chosen is not there, or not any more, or archived."""


@dataclass(frozen=True)
class Saving:
    """Whom to keep where.

    :param group_id: one of the organisation's groups, None for a new one of that `name`.
    """

    recipients: Sequence[Recipient]
    group_id: int | None
    name: str = ""


def save_recipients(
    session: AnySession, organisation_id: int, saving: Saving, now: datetime
) -> None:
    """Make contacts of them; who stands in the group already stays as he is. The caller commits.

    :raises GroupNameProblem: the new group's name is missing, too long, or another group's.
    :raises GroupGone: the group that was chosen is not one that the organisation uses.
    """
    if saving.group_id is None:
        group = book.create_group(session, organisation_id, saving.name, now)
    else:
        known = group_of(session, organisation_id, saving.group_id)
        if known is None or known.archived_at:
            raise GroupGone
        group = known
    for recipient in saving.recipients:
        try:
            book.add_contact(session, group, recipient, now)
        except book.AlreadyInGroup:
            continue
