"""Letters that are being written: kept at each change that reaches the server, each its author's.

A key that has made a letter never makes a draft again, however many tabs still show its form.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select

from webapp.accounts.models import User
from webapp.compose.forms import CHOICES_ALONE, KEY_LENGTHS
from webapp.compose.models import Draft, DraftFile
from webapp.database import AnySession
from webapp.letters.attachments import AttachedFile, NamedFile
from webapp.letters.submission import submitted_before

MOST_FILES = 20
_NEVER_ALONE = re.compile(r"recipient-\d+-status")


class NoRoom(Exception):
    """The files of one letter are too many, or weigh too much together."""


class CheckedFile(NamedTuple):
    """A file that is in the store and may go with a letter, and what is to be remarked about it."""

    file: AttachedFile
    remark: str


def submission_key(user: User, key: str) -> str:
    """Name the one letter that a form makes; a browser's word finds its own account's alone."""
    return f"{user.id}-{key}"


def drafts_of(session: AnySession, user: User) -> Sequence[Draft]:
    """Give what this account is writing, the latest first."""
    own = select(Draft).where(Draft.organisation_id == user.organisation_id)
    own = own.where(Draft.author_id == user.id)
    return session.scalars(own.order_by(Draft.updated_at.desc(), Draft.id.desc())).all()


def draft_of(session: AnySession, user: User, key: str) -> Draft | None:
    """Find the draft of a form, if it is this account's."""
    own = select(Draft).where(Draft.organisation_id == user.organisation_id)
    return session.scalar(own.where(Draft.author_id == user.id, Draft.key == key))


def keep(
    session: AnySession,
    user: User,
    key: str,
    filled: Iterable[tuple[str, str]],
    now: datetime,
) -> Draft | None:
    """Write down the form as it stands; the caller commits.

    :param filled: its names and texts.
    :returns: the draft; None where there is nothing to keep, or the form's letter has left.
    """
    draft = draft_of(session, user, key)
    fields = [[name, text] for name, text in filled if text.strip()]
    if not _says_something(fields) and (draft is None or not draft.files):
        if draft is not None:
            session.delete(draft)
        return None
    return _written(session, user, key, fields, now)


def with_files(
    session: AnySession,
    user: User,
    key: str,
    files: Sequence[CheckedFile],
    most_bytes: int,
    now: datetime,
) -> Draft | None:
    """Add files, all or none, after those that the draft has; the caller commits.

    :param most_bytes: what the files of one letter may weigh together.
    :returns: the draft; None where the form's letter has left.
    :raises NoRoom: they are too many, or too heavy together; nothing was written.
    """
    known = draft_of(session, user, key)
    require_room(known, [new.file.size for new in files], most_bytes)
    draft = _written(session, user, key, known.fields if known else [], now)
    if draft is None:
        return None
    for new in files:
        position = max((file.position for file in draft.files), default=0) + 1
        name = _free_name(new.file.name, {file.name for file in draft.files})
        draft.files.append(
            DraftFile(
                position=position,
                name=name,
                media_type=new.file.media_type,
                size=new.file.size,
                digest=new.file.digest,
                remark=new.remark,
            )
        )
    return draft


def require_room(draft: Draft | None, sizes: Sequence[int], most_bytes: int) -> None:
    """See that files of these sizes, in bytes, fit beside those that the draft has.

    :raises NoRoom: they are too many, or too heavy together.
    """
    present = [file.size for file in draft.files] if draft else []
    if len(present) + len(sizes) > MOST_FILES or sum(present) + sum(sizes) > most_bytes:
        raise NoRoom


def without_file(draft: Draft, file_id: int, now: datetime) -> None:
    """Take one file off the draft; one that is not there any more is off already."""
    draft.files = [file for file in draft.files if file.id != file_id]
    draft.updated_at = now


def discard(session: AnySession, user: User, key: str) -> None:
    """Forget a draft and its list of files."""
    session.execute(delete(Draft).where(Draft.author_id == user.id, Draft.key == key))


def attached(draft: Draft | None) -> list[AttachedFile]:
    """Give the draft's files as a letter takes them."""
    return [
        AttachedFile(file.name, file.media_type, file.size, file.digest)
        for file in (draft.files if draft else ())
    ]


def files_digest(files: Iterable[NamedFile]) -> str:
    """Stand for the files that a page shows, so that a letter leaves with these and no others."""
    told = "\n".join(f"{file.digest} {file.name}" for file in files)
    return hashlib.sha256(told.encode()).hexdigest()[:32] if told else ""


def _written(
    session: AnySession, user: User, key: str, fields: list[list[str]], now: datetime
) -> Draft | None:
    shortest, longest = KEY_LENGTHS
    if not shortest <= len(key) <= longest or submitted_before(session, submission_key(user, key)):
        return None
    draft = draft_of(session, user, key)
    if draft is None:
        draft = Draft(
            organisation_id=user.organisation_id,
            author_id=user.id,
            key=key,
            fields=fields,
            created_at=now,
            updated_at=now,
        )
        session.add(draft)
    elif draft.fields != fields:
        draft.fields, draft.updated_at = fields, now
    return draft


def _says_something(fields: Iterable[list[str]]) -> bool:
    """Say whether anything but the choices that come with an empty form is filled in."""
    return any(name not in CHOICES_ALONE and not _NEVER_ALONE.fullmatch(name) for name, _ in fields)


def _free_name(name: str, taken: set[str]) -> str:
    """Tell a file from another of the same name: `plan.pdf`, `plan (2).pdf`."""
    stem, dot, extension = name.rpartition(".")
    number = 2
    while name in taken:
        name = f"{stem} ({number}){dot}{extension}"
        number += 1
    return name
