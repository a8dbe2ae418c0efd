"""Finds, on a page whose catalogue wraps each text in ⟦…⟧, the words that did not go through it."""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

NAMES = {"Plirec", "Français", "English", "PDF", "IP", "SMTP", "TLS", "STARTTLS"}
"""What is called the same in every language."""

_SILENT = {"script", "style", "svg", "time", "code", "textarea"}
"""Elements whose text is no wording: moments, fingerprints, what a person types."""

_INLINE = {"a", "b", "br", "code", "em", "i", "span", "strong", "time"}
"""Elements that stand inside a sentence, and so do not end one."""

_SPOKEN = {"aria-label", "title", "placeholder", "alt", "data-label"}
"""Attributes that are seen or read aloud."""

_WRAPPED = re.compile("⟦[^⟦⟧]*⟧")
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+")
_DATE = re.compile(r"([A-Z][a-z]+day )?\b\d{1,2} [A-Z][a-z]+ \d{4}( at \d\d:\d\d)?")
"""A day or a moment as English writes it."""

_WORD = re.compile(r"[^\W\d_]{2,}")


def wrapped(text: str) -> str:
    """Write a text as the catalogue of these tests has it."""
    return f"⟦{text}⟧"


def words_outside(page: str, kept: Iterable[str]) -> list[str]:
    """Give the words of a page that are neither wrapped nor kept by the database."""
    reader = _Reader()
    reader.feed(page)
    left = []
    for text in reader.texts:
        left += [word for word in _WORD.findall(_unwrapped(text, kept)) if word not in NAMES]
    return left


def kept_texts(database: Path) -> list[str]:
    """Give every text that a database holds, line by line, the longest first."""
    connection = sqlite3.connect(database)
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    texts: set[str] = set()
    for (table,) in tables:
        for row in connection.execute(f'SELECT * FROM "{table}"'):
            texts.update(_lines(row))
    connection.close()
    return sorted(texts, key=len, reverse=True)


def _lines(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value[:1] in ("{", "["):
        yield from _lines(json.loads(value))
    elif isinstance(value, str):
        yield from (line for line in value.splitlines() if len(line) > 1)
    elif isinstance(value, dict):
        yield from _lines(list(value.values()))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _lines(inner)


def _unwrapped(text: str, kept: Iterable[str]) -> str:
    without = _WRAPPED.sub(" ", text)
    while without != text:
        text, without = without, _WRAPPED.sub(" ", without)
    text = _DATE.sub(" ", _ADDRESS.sub(" ", text))
    for value in kept:
        if value in text:
            text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", " ", text)
    return text


class _Reader(HTMLParser):
    """Gathers what a page shows or says aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = [""]
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        spoken = [value for name, value in attrs if name in _SPOKEN and value]
        self.texts[:0] = spoken
        self._end_sentence(tag)
        if tag in _SILENT:
            self._silent.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()
        self._end_sentence(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.texts[-1] += data

    def _end_sentence(self, tag: str) -> None:
        if tag in _INLINE:
            self.texts[-1] += " "
        else:
            self.texts.append("")
