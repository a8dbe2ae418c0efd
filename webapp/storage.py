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
        _flush_directory(path.parent)
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


def _path(directory: Path, digest: str) -> Path:
    return directory / digest[:2] / digest


def _flush_directory(directory: Path) -> None:
    """Make the name itself survive a power cut, not only the bytes behind it."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
