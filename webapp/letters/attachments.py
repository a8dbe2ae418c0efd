"""The files that go with a letter: what is frozen of them, and what the journal says."""

from dataclasses import dataclass
from typing import Protocol

from webapp.evidence.journal import JSON


@dataclass(frozen=True)
class AttachedFile:
    """A file in the store: its name as the sender chose it, its size in bytes, its SHA-256."""

    name: str
    media_type: str
    size: int
    digest: str


class NamedFile(Protocol):
    """What a fingerprint is taken of."""

    @property
    def name(self) -> str:
        """As the sender chose it."""

    @property
    def size(self) -> int:
        """In bytes."""

    @property
    def digest(self) -> str:
        """The SHA-256, in hexadecimal."""


def fingerprint(file: NamedFile) -> dict[str, JSON]:
    """Give what the journal keeps of a file: its name, its size, and its SHA-256."""
    return {"name": file.name, "size": file.size, "sha256": file.digest}
