"""Giving out the files of a letter, so that no browser opens them as a page of ours."""

from io import BytesIO
from pathlib import Path

from flask import Response, send_file

from webapp.letters.models import Letter
from webapp.storage import load

ALONE = "default-src 'none'; sandbox"
"""The policy of a file: were it shown after all, it could run and reach nothing (ASVS 3.2.1)."""


def download(letter: Letter, position: int, files_directory: Path) -> Response | None:
    """Answer with a file of the letter, to be kept and not shown, under its name (RFC 6266).

    :returns: None where the letter has no file at this position.
    :raises webapp.storage.DamagedFile: the file is missing, or has other bytes.
    """
    found = next((file for file in letter.attachments if file.position == position), None)
    if found is None:
        return None
    content = BytesIO(load(files_directory, found.digest))
    response = send_file(
        content, found.media_type, as_attachment=True, download_name=found.name, etag=False
    )
    response.headers["Content-Security-Policy"] = ALONE
    return response
