"""A list pasted into the send form: cells of a spreadsheet, or e-mails one a line."""

import re
from collections.abc import Sequence
from itertools import zip_longest

from webapp.contacts.headings import ALIASES
from webapp.contacts.rules import FIELDS, PROFESSIONAL
from webapp.sheets.columns import recognise
from webapp.sheets.delimited import text_rows

_MAILBOX = re.compile(r"""["']?(?P<name>[^<>"]*?)["']?\s*<\s*(?P<inside>[^<>\s@]+@[^<>\s@]+)\s*>""")
_ADDRESS = re.compile(r"<?\s*([^<>\s,;@]+@[^<>\s,;@]+)\s*>?")
LONGEST_ENTRY = 500
"""Longer than any name and address; what is longer is not searched through."""

_BETWEEN_LINES = re.compile(r"[\n;]")
_BETWEEN_ALL = re.compile(r"[\n;,]")


def pasted_rows(text: str, status: str) -> list[dict[str, str]]:
    """Give the texts by field of each line that holds anything; the rules check them afterwards.

    Lines of a spreadsheet have the template's columns (A to J), or their own headings before them.
    Other lists are those of a mail program: `adresse`, or `Nom <adresse>`.

    :param status: what is taken where a line says no status; may be empty.
    :raises UnreadableSheet: the cells cannot be told from each other.
    """
    text = text.replace("\r\n", "\n").strip("\n")
    lines = _mailboxes(text, status) or _cells(text)
    return [{**line, "status": line.get("status", "").strip() or status} for line in lines]


def _mailboxes(text: str, status: str) -> list[dict[str, str]]:
    """Read a mail program's list; nothing when the text is none."""
    if "\t" in text:
        return []
    for between in (_BETWEEN_LINES, _BETWEEN_ALL):
        entries = [entry.strip() for entry in between.split(text) if entry.strip()]
        read = [_mailbox(entry, status) for entry in entries]
        known = sum(line is not None for line in read)
        # Here and there a line may be wrong: it is shown to be corrected.
        if known and known * 2 >= len(entries):
            return [
                {"email": entry} if line is None else line
                for entry, line in zip(entries, read, strict=True)
            ]
    return []


def _mailbox(entry: str, status: str) -> dict[str, str] | None:
    if len(entry) > LONGEST_ENTRY:
        return None
    if address := _ADDRESS.fullmatch(entry):
        return {"email": address[1]}
    if mailbox := _MAILBOX.fullmatch(entry):
        return {"email": mailbox["inside"], **_named(mailbox["name"].strip(), status)}
    return None


def _named(name: str, status: str) -> dict[str, str]:
    """Take a name apart: « Prénom Nom », « Nom, Prénom », « NOM Prénom », or a company's."""
    if status == PROFESSIONAL:
        return {"company": name}
    if "," in name:
        last, first = (part.strip() for part in name.split(",", 1))
        return {"last_name": last, "first_name": first}
    words = name.split()
    capitals = [word for word in words if len(word) > 1 and word == word.upper()]
    last_words = capitals if 0 < len(capitals) < len(words) else words[1:] or words
    first_words = [word for word in words if word not in last_words]
    return {"last_name": " ".join(last_words), "first_name": " ".join(first_words)}


def _cells(text: str) -> list[dict[str, str]]:
    rows = [row for row in text_rows(text) if any(cell.strip() for cell in row)]
    header = recognise(rows, ALIASES)
    if header is not None:
        return [_by_headings(row, header.fields) for row in rows[header.position + 1 :]]
    return [dict(zip_longest(FIELDS, row[: len(FIELDS)], fillvalue="")) for row in rows]


def _by_headings(row: Sequence[str], fields: dict[int, str]) -> dict[str, str]:
    return {field: row[column] for column, field in fields.items() if column < len(row)}
