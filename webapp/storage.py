"""Files kept under the name of their content's SHA-256, whole or not at all."""

import hashlib
import os
import tempfile
from pathlib import Path


class DamagedFile(Exception):
    """A stored file whose bytes are no longer those that were stored."""


def store(directory: Path, content: bytes) -> str:
    """Keep the bytes and give their SHA-256 in hexadecimal; the same bytes are kept once."""
    digest = hashlib.sha256(content).hexdigest()
    path = _path(directory, digest)
    if not path.exists():
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
        raise DamagedFile(f"stored file {digest} is missing") from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise DamagedFile(f"stored file {digest} has other bytes than were stored")
    return content


def place(digest: str) -> str:
    """Give where in the store the file of this SHA-256 (hexadecimal) stands."""
    return f"{digest[:2]}/{digest}"


def _path(directory: Path, digest: str) -> Path:
    return directory / place(digest)


def flush(path: Path) -> None:
    """Make a file's bytes, or a directory's names, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
