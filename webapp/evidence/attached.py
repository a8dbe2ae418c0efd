"""The journal's entries that a proof carries as an attachment."""

import json
import re
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

_FILE = re.compile(
    rb"<<\s*/Length\s+(\d+)\s*/Type\s*/EmbeddedFile\b.{0,400}?>>\s*stream\r?\n", re.DOTALL
)
_LONGEST = 16 * 1024 * 1024


class NotAttached(Exception):
    """A PDF that carries no such attachment, or one that cannot be read."""


def attached_entries(pdf: bytes) -> Sequence[Mapping[str, Any]]:
    """Read the entries that a proof was made of; the last is the event it proves.

    :raises NotAttached: the file carries none, or more than one attachment.
    """
    try:
        entries = list(unambiguous(_attachment(pdf))["entries"])
    except Exception as error:  # a file made by anybody can make a parser fail in any way
        raise NotAttached(type(error).__name__) from error
    if not entries or not all(isinstance(entry, dict) for entry in entries):
        raise NotAttached("no entries")
    return entries


def _attachment(pdf: bytes) -> bytes:
    """Find it as docs/evidence-format.md says, so that whoever reads by that reads the same."""
    (found,) = _FILE.finditer(pdf)
    packed = pdf[found.end() : found.end() + int(found[1])]
    unpacking = zlib.decompressobj()
    content = unpacking.decompress(packed, _LONGEST)
    if not unpacking.eof:
        raise NotAttached("cut short, or too long")
    return content


def unambiguous(content: bytes) -> Any:
    """Read JSON in which no object holds a name twice: two readers would read two things.

    :raises ValueError: it does, or is no JSON in UTF-8.
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        held = dict(pairs)
        if len(held) != len(pairs):
            raise ValueError("a name stands twice")
        return held

    return json.loads(content.decode(), object_pairs_hook=once)
