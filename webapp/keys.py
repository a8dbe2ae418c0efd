"""The installation's secrets, one file each, made once and never overwritten."""

import base64
import contextlib
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet


def secret(directory: Path, name: str) -> bytes:
    """Give 32 random bytes that stay the same for the life of the installation."""
    return kept(directory / name, lambda: secrets.token_bytes(32))


def box(directory: Path, name: str) -> Fernet:
    """Give what encrypts for the database alone, with the secret of this name."""
    return Fernet(base64.urlsafe_b64encode(secret(directory, name)))


def kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """Read a secret file, made at its first use.

    Two processes that start together end with the same bytes: the file appears whole, under a name
    that is linked only if nobody else has made it meanwhile.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(make())
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(temporary, path)
        finally:
            Path(temporary).unlink()
    return path.read_bytes()
