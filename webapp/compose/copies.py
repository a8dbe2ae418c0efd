"""Writing a letter again: a draft with the words, the files and the recipients of a sent one."""

from collections.abc import Iterable
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from webapp.accounts.models import User
from webapp.compose import drafts
from webapp.compose.drafts import CheckedFile
from webapp.compose.files import remark_on
from webapp.compose.forms import LATER
from webapp.compose.models import Draft, SentForm
from webapp.contacts.models import Contact, Group
from webapp.database import AnySession
from webapp.letters.attachments import AttachedFile
from webapp.letters.departure import is_waiting
from webapp.letters.models import Attachment, Letter
from webapp.letters.submission import submitted_before
from webapp.letters.term import PARIS
from webapp.storage import load

_SAVED: dict[str, type[Group] | type[Contact]] = {"groups": Group, "contacts": Contact}
_ARCHIVED = select(Group.id).where(Group.archived_at.is_not(None))
_DECIDED = frozenset({"taken_out", "on_paper", "without_agreement", "consent_days"})
_TYPED = "recipient-"


class Copy(NamedTuple):
    """A letter that is written again.

    :param gone: how many groups and contacts it was sent to that are no longer there, or archived.
    :param has_recipients: whether it names any; it is not known of letters that no form made.
    """

    draft: Draft
    gone: int
    has_recipients: bool


def remember(session: AnySession, letter: Letter, filled: Iterable[tuple[str, str]]) -> None:
    """Keep how the form named the recipients of a letter that it sends; the caller commits.

    :param filled: the form's names and texts. What it declares of consent is not kept: that is said
        anew of each letter (CPCE art. L100).
    """
    session.add(SentForm(letter_id=letter.id, fields=_recipients(filled)))


def names_the_same(session: AnySession, letter: Letter, filled: Iterable[tuple[str, str]]) -> bool:
    """Say whether a form names the recipients as the one did that made the letter."""
    sent = session.get(SentForm, letter.id)
    return sent is None or sent.fields == _recipients(filled)


def bring_files(
    session: AnySession,
    user: User,
    key: str,
    letter: Letter,
    files_directory: Path,
    now: datetime,
) -> Draft | None:
    """Put the files of a sent letter into the draft of this key; the caller commits.

    :returns: the draft; None where the key has made a letter already.
    :raises storage.DamagedFile: a file of the letter is missing or changed; nothing was written.
    """
    files = [_checked(file, files_directory) for file in letter.attachments]
    weight = sum(checked.file.size for checked in files)
    return drafts.with_files(session, user, key, files, weight, now)


def copy_of(
    session: AnySession, user: User, letter: Letter, files_directory: Path, now: datetime
) -> Copy:
    """Begin a draft of the same letter, or come back to the one that was begun; the caller commits.

    Groups are taken as they are today.

    :raises storage.DamagedFile: a file of the letter is missing or changed; nothing was written.
    """
    sent = session.get(SentForm, letter.id)
    fields, gone = _still_there(session, user, letter, sent.fields if sent else [])
    key = _key(session, user, letter)
    begun = drafts.draft_of(session, user, key)
    if begun is not None:
        return Copy(begun, gone, bool(fields))
    texts = {
        "subject": letter.subject,
        "message": letter.message,
        "own_reference": letter.own_reference,
        **_departure(letter, now),
    }
    drafts.keep(session, user, key, [*texts.items(), *fields], now)
    draft = bring_files(session, user, key, letter, files_directory, now)
    if draft is None:
        raise AssertionError("the key of a copy is one that no letter has")
    return Copy(draft, gone, bool(fields))


def _departure(letter: Letter, now: datetime) -> dict[str, str]:
    """Give the form's fields for the same date; one that is over is of no use to a new letter."""
    if letter.leaves_at is None or not is_waiting(letter, now):
        return {}
    here = letter.leaves_at.astimezone(PARIS)
    return {
        "departure": LATER,
        "leaves_on": f"{here:%Y-%m-%d}",
        "leaves_time": f"{here:%H:%M}",
    }


def _recipients(filled: Iterable[tuple[str, str]]) -> list[list[str]]:
    return [
        [name, text]
        for name, text in filled
        if text.strip() and (name in _SAVED or name in _DECIDED or name.startswith(_TYPED))
    ]


def _still_there(
    session: AnySession, user: User, letter: Letter, fields: Iterable[list[str]]
) -> tuple[list[tuple[str, str]], int]:
    """Leave out groups and contacts that are gone, also where a newer one bears their number.

    An archived group is as one that is gone.
    """
    known = {
        (name, str(number))
        for name, kind in _SAVED.items()
        for number in session.scalars(
            select(kind.id)
            .where(kind.organisation_id == user.organisation_id)
            .where(kind.created_at <= letter.submitted_at)
            .where(kind.id.in_([int(text) for field, text in fields if field == name]))
        )
    }
    known -= {("groups", str(number)) for number in session.scalars(_ARCHIVED)}
    kept = [(name, text) for name, text in fields if name not in _SAVED or (name, text) in known]
    return kept, sum(1 for _ in fields) - len(kept)


def _key(session: AnySession, user: User, letter: Letter) -> str:
    """Name the copy after its letter, so that pressing twice begins one; sent ones are counted."""
    keys = (f"copie-{letter.number}-{number}" for number in count(1))
    return next(
        key for key in keys if not submitted_before(session, drafts.submission_key(user, key))
    )


def _checked(file: Attachment, files_directory: Path) -> CheckedFile:
    remark = remark_on(file.media_type, load(files_directory, file.digest))
    return CheckedFile(AttachedFile(file.name, file.media_type, file.size, file.digest), remark)
