"""Papers on which individuals agreed: told by their content, kept under its hash."""

from datetime import datetime
from io import BytesIO
from pathlib import Path, PurePosixPath

from flask import Response, send_file

from webapp.contacts.consent_models import ConsentDocument
from webapp.database import AnySession
from webapp.storage import load, store
from webapp.texts import clean, without_forbidden
from webapp.web.uploads import is_text, media_type_by_opening

MOST_BYTES = 10 * 1024 * 1024
TEXT = "text/plain"
_ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", TEXT: "txt"}
_ALONE = "default-src 'none'; sandbox"


class NotADocument(Exception):
    """A file that is empty, too big, or neither PDF, picture nor text (ASVS 5.2.1, 5.2.2)."""


def kind_of(content: bytes) -> str:
    """Tell what a paper is, by its content.

    :raises NotADocument: it is none.
    """
    media_type = media_type_by_opening(content) or (TEXT if content and is_text(content) else None)
    if media_type not in _ENDINGS or len(content) > MOST_BYTES:
        raise NotADocument
    return media_type


def keep(
    session: AnySession,
    organisation_id: int,
    name: str,
    content: bytes,
    files_directory: Path,
    user_id: int,
    now: datetime,
) -> ConsentDocument:
    """Keep a paper; the caller commits.

    :param name: the file's, as the browser says it.
    :raises NotADocument: it is none.
    """
    media_type = kind_of(content)
    stem = without_forbidden(clean(PurePosixPath(name.replace("\\", "/")).stem))[:150] or "accord"
    document = ConsentDocument(
        organisation_id=organisation_id,
        name=f"{stem}.{_ENDINGS[media_type]}",
        media_type=media_type,
        size=len(content),
        digest=store(files_directory, content),
        kept_at=now,
        kept_by_id=user_id,
    )
    session.add(document)
    session.flush()
    return document


def download(document: ConsentDocument, files_directory: Path) -> Response:
    """Answer with a paper, to be kept and not shown.

    :raises webapp.storage.DamagedFile: the file is missing, or has other bytes.
    """
    content = BytesIO(load(files_directory, document.digest))
    response = send_file(
        content, document.media_type, as_attachment=True, download_name=document.name, etag=False
    )
    response.headers["Content-Security-Policy"] = _ALONE
    return response
