"""Files kept under the name of their content's SHA-256, whole or not at all."""

import hashlib
import os
import tempfile
from datetime import datetime
from pathlib import Path


class DamagedFile(Exception):
    """A stored file whose bytes are no longer those that were stored."""


class MissingFile(DamagedFile):
    """A stored file that is not there."""


def store(directory: Path, content: bytes) -> str:
    """Keep the bytes and give their SHA-256 in hexadecimal; the same bytes are kept once."""
    digest = hashlib.sha256(content).hexdigest()
    path = _path(directory, digest)
    if not _is_there(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink()
            raise
        flush(path.parent)
    return digest


def load(directory: Path, digest: str) -> bytes:
    """Give the bytes that were stored under this SHA-256.

    :raises DamagedFile: the file is missing, or has other bytes.
    """
    try:
        content = _path(directory, digest).read_bytes()
    except FileNotFoundError as error:
        raise MissingFile(f"stored file {digest} is missing") from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise DamagedFile(f"stored file {digest} has other bytes than were stored")
    return content


def remove(directory: Path, digest: str, *, unless_stored_since: datetime) -> bool:
    """Delete a file, unless somebody stored the same bytes since then; say whether it is gone.

    It is set aside first, so that who stores it at this very moment either is seen, or finds no
    file and writes it again. A file that is set aside already, by a process that died, is treated
    the same.
    """
    path, aside = _path(directory, digest), _aside(directory, digest)
    limit = unless_stored_since.timestamp()
    if path.exists():
        if path.stat().st_mtime >= limit:
            return False
        path.replace(aside)
    if not aside.exists():
        return True
    if aside.stat().st_mtime >= limit:
        put_back(directory, digest)
        return False
    aside.unlink()
    flush(aside.parent)
    return True


def put_back(directory: Path, digest: str) -> None:
    """Put a file that was set aside in its place again."""
    aside = _aside(directory, digest)
    if aside.exists():
        aside.replace(_path(directory, digest))


def place(digest: str) -> str:
    """Give where in the store the file of this SHA-256 (hexadecimal) stands."""
    return f"{digest[:2]}/{digest}"


def _path(directory: Path, digest: str) -> Path:
    return directory / place(digest)


def _aside(directory: Path, digest: str) -> Path:
    return directory / f"{place(digest)}.aside"


def _is_there(path: Path) -> bool:
    """Say whether the file is kept already, and mark it as stored now: `remove` looks at that."""
    if not path.exists():
        return False
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def flush(path: Path) -> None:
    """Make a file's bytes, or a directory's names, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
