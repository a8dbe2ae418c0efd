"""Uploaded spreadsheets: on disk until they are read, and no longer."""

import fcntl
import os
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path, PurePosixPath

from werkzeug.datastructures import FileStorage

from webapp.storage import flush

LEFT_OVER = timedelta(hours=1)
"""How old a file must be to be nobody's: a request may be about to name its own."""


def folder_in(data_directory: Path) -> Path:
    """Give the folder where uploaded files wait to be read; made when it is missing."""
    folder = data_directory / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def keep(upload: FileStorage, folder: Path) -> str:
    """Write an uploaded file so that a power cut does not lose it, and give the name it has."""
    name = new_name()
    path = folder / name
    try:
        with path.open("xb") as file:
            upload.save(file)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    flush(folder)
    return name


def new_name() -> str:
    """Give a name that no other file has."""
    return secrets.token_hex(16)


def remove(folder: Path, name: str) -> None:
    """Remove a file, if there is one of this name."""
    if name:
        (folder / name).unlink(missing_ok=True)


@contextmanager
def held(folder: Path, name: str) -> Iterator[Path | None]:
    """Hold a file alone, as long as this process lives; None when somebody else holds it.

    The system lets go of it whatever ends the process, so that what was begun is begun again. Made
    when it is missing: the cells that are kept are read under it too.
    """
    path = folder / name
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield path


def remove_left_over(folder: Path, named: Collection[str], now: datetime) -> None:
    """Remove the files that no import names; `now` is an aware moment."""
    oldest = (now - LEFT_OVER).timestamp()
    for path in folder.iterdir():
        if path.name not in named and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def size_of(upload: FileStorage) -> int:
    """Count the bytes of an uploaded file."""
    size = upload.stream.seek(0, os.SEEK_END)
    upload.stream.seek(0)
    return size


def own_name(upload: FileStorage) -> str:
    """Give the file's name as people know it, without folders nor invisible characters."""
    name = PurePosixPath((upload.filename or "").replace("\\", "/")).name
    return "".join(character for character in name if character.isprintable())


def of_text(text: str, name: str) -> FileStorage:
    """Give pasted cells as the file that holds them.

    The mark at the start of UTF-16 says that it is a text, whatever its first cell looks like.
    """
    return FileStorage(BytesIO(text.encode("utf-16")), filename=name)
