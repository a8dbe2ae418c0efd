"""Parses a part's XML piece by piece, without document types nor entities (ASVS 1.5.1)."""

from collections.abc import Callable, Iterable
from xml.parsers import expat

from webapp.sheets.unreadable import UnreadableSheet

Attributes = dict[str, str]


class _Forbidden(Exception):
    """The part declares a document type."""


def parse(
    pieces: Iterable[bytes],
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
    done: Callable[[], None] | None = None,
) -> None:
    """Tell what is met to the given listeners, elements by their name as it is written.

    :raises UnreadableSheet: it is no XML, declares a document type, or a listener met a value that
        cannot be (ValueError).
    """
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
        if done:
            done()
    except (expat.ExpatError, ValueError, _Forbidden) as broken:
        raise UnreadableSheet("damaged") from broken


def _refuse(*declared: object) -> None:  # noqa: ARG001
    raise _Forbidden
