"""Scanned papers of the post: told by their content, kept under its hash."""

from datetime import datetime
from pathlib import Path, PurePosixPath

from sqlalchemy import select

from webapp.database import AnySession
from webapp.paper.models import Deposit, DepositDocument
from webapp.storage import store
from webapp.texts import clean, without_forbidden
from webapp.web.uploads import media_type_by_opening

MOST_BYTES = 10 * 1024 * 1024
_ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


class NotAScan(Exception):
    """A file that is empty, too big, or neither a PDF nor a photo (ASVS 5.2.1, 5.2.2)."""


def keep_document(
    session: AnySession,
    deposit: Deposit,
    name: str,
    content: bytes,
    files_directory: Path,
    user_id: int,
    now: datetime,
) -> DepositDocument:
    """Keep a scanned paper with its deposit; the same one twice is kept once. The caller commits.

    :raises NotAScan: it is none.
    """
    media_type = media_type_by_opening(content)
    if media_type not in _ENDINGS or len(content) > MOST_BYTES:
        raise NotAScan
    digest = store(files_directory, content)
    known = session.scalar(
        select(DepositDocument).where(
            DepositDocument.deposit_id == deposit.id, DepositDocument.digest == digest
        )
    )
    if known is not None:
        return known
    stem = without_forbidden(clean(PurePosixPath(name.replace("\\", "/")).stem))[:150] or "scan"
    document = DepositDocument(
        deposit_id=deposit.id,
        name=f"{stem}.{_ENDINGS[media_type]}",
        media_type=media_type,
        size=len(content),
        digest=digest,
        kept_at=now,
        kept_by_id=user_id,
    )
    session.add(document)
    return document
