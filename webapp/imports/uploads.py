"""Uploaded spreadsheets: on disk while they are read, and no longer."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile

from werkzeug.datastructures import FileStorage


@contextmanager
def kept(upload: FileStorage, data_directory: Path) -> Iterator[Path]:
    """Write an uploaded file where a process of its own can read it; afterwards it is gone."""
    folder = data_directory / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder) as file:
        upload.save(file)
        file.flush()
        yield Path(file.name)


def own_name(upload: FileStorage) -> str:
    """Give the file's name as people know it, without folders nor invisible characters."""
    name = PurePosixPath((upload.filename or "").replace("\\", "/")).name
    return "".join(character for character in name if character.isprintable())


def of_text(text: str, name: str) -> FileStorage:
    """Give pasted cells as the file that holds them.

    The mark at the start of UTF-16 says that it is a text, whatever its first cell looks like.
    """
    return FileStorage(BytesIO(text.encode("utf-16")), filename=name)
