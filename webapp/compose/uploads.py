"""Taking in the files that a form brings: looked at, then kept in the store."""

from collections.abc import Iterable, Sequence
from os import SEEK_END
from pathlib import Path

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from webapp.compose.drafts import CheckedFile
from webapp.compose.files import NotAccepted, clean_name, media_type_of, remark_on
from webapp.letters.attachments import AttachedFile
from webapp.storage import store
from webapp.web.errors import FULL_DISK


def sizes(uploads: Iterable[FileStorage]) -> list[int]:
    """Tell how many bytes each file that came has."""
    return [upload.stream.seek(0, SEEK_END) for upload in uploads]


def taken_in(
    uploads: Iterable[FileStorage], most_bytes: int, files_directory: Path
) -> tuple[Sequence[CheckedFile], Sequence[str]]:
    """Keep those files that are accepted; no transaction may be open, for this takes its time.

    :param most_bytes: what one file may weigh.
    :returns: the files that are in the store now, and what is wrong with the others.
    """
    files, refusals = [], []
    for upload in uploads:
        try:
            files.append(_taken_in(upload, most_bytes, files_directory))
        except NotAccepted as refused:
            refusals.append(refused.message)
    return files, refusals


def _taken_in(upload: FileStorage, most_bytes: int, files_directory: Path) -> CheckedFile:
    name = clean_name(upload.filename or "")
    upload.stream.seek(0)
    content = upload.stream.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise NotAccepted(_("« %(name)s » est trop gros à lui seul.", name=name))
    media_type = media_type_of(name, content)
    try:
        digest = store(files_directory, content)
    except OSError as error:
        if error.errno not in FULL_DISK:
            raise
        raise NotAccepted(
            _(
                "« %(name)s » n’a pas pu être gardé : le disque de Plirec est plein. Rien d’autre "
                "n’est perdu ; prévenez la personne qui a installé Plirec.",
                name=name,
            )
        ) from error
    file = AttachedFile(name, media_type, len(content), digest)
    return CheckedFile(file, remark_on(media_type, content))
