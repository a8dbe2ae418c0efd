"""The PDFs of paper letters: letters ready for a window envelope, and the deposit slip."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst
from babel.dates import format_date

from webapp.evidence.layout import printable
from webapp.letters.models import Addressee, Letter
from webapp.letters.term import PARIS
from webapp.paper.models import Deposit
from webapp.storage import DamagedFile, load

if TYPE_CHECKING:
    from pypdf import PdfReader, PdfWriter

_LETTER = Path(__file__).with_name("letter.typ")
_SLIP = Path(__file__).with_name("slip.typ")
PDF = "application/pdf"


@dataclass(frozen=True)
class Window:
    """Where the envelope's window is, in mm from the sheet's top and left (85 by 33 mm)."""

    top: int = 55
    left: int = 110


MOST_PAGES_OF_A_FILE = 500
MOST_PAGES = 2_000
"""Of all attachments of a print: a small file can say that it has ten thousand pages."""


class TooManyPages(Exception):
    """More pages than one print takes: the deposit is to be made in parts."""


class Unprintable(Exception):
    """An attachment that cannot be printed; `name` is the file's."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def letters_pdf(addressees: Sequence[Addressee], window: Window, files_directory: Path) -> bytes:
    """Print each letter with its PDF attachments, each beginning on the front of a sheet.

    :raises Unprintable: an attachment is encrypted, broken, missing, too long, or no PDF.
    :raises TooManyPages: the attachments of all letters together are more than one print takes.
    """
    from pypdf import PdfReader, PdfWriter

    output = PdfWriter()
    pages = 0
    attached: dict[int, list[PdfReader]] = {}
    for addressee in addressees:
        letter = addressee.letter
        if letter.id not in attached:
            attached[letter.id] = [_opened(file, files_directory) for file in letter.attachments]
        _append(output, PdfReader(BytesIO(letter_pdf(addressee, window))))
        for reader in attached[letter.id]:
            pages += len(reader.pages)
            if pages > MOST_PAGES:
                raise TooManyPages
            _append(output, reader)
    content = BytesIO()
    output.write(content)
    return content.getvalue()


def letter_pdf(addressee: Addressee, window: Window, *, is_specimen: bool = False) -> bytes:
    """Print one letter: the address in the window, then date, subject and message."""
    letter = addressee.letter
    return _compiled(
        _LETTER,
        {
            "window": asdict(window),
            "address": addressee.postal_address.split("\n"),
            "sender_name": letter.sender_name,
            "sender_address": letter.sender_address.split("\n"),
            "date": _day(letter.submitted_at.astimezone(PARIS).date()),
            "number": addressee.number,
            "subject": letter.subject,
            "message": letter.message,
            "attachments": [
                {"name": file.name, "digest": file.digest} for file in letter.attachments
            ],
            "mark": _mark(letter, is_specimen),
        },
    )


def window_trial_pdf(window: Window) -> bytes:
    """Print a sheet that shows where the address will stand, to fold and hold into an envelope."""
    return _compiled(
        _LETTER,
        {
            "window": asdict(window),
            "address": ["MADAME LOUISE EXEMPLE", "BATIMENT B", "12 RUE DES LILAS", "01000 BOURG"],
            "sender_name": "",
            "sender_address": [],
            "date": "",
            "number": "",
            "subject": "",
            "message": "",
            "attachments": [],
            "mark": "fenêtre",
        },
    )


def slip_pdf(deposit: Deposit) -> bytes:
    """Print the deposit slip with what the arrêté of 7 February 2007 lists."""
    organisation = deposit.organisation
    prices = [item.price_cents for item in deposit.going if item.price_cents is not None]
    return _compiled(
        _SLIP,
        {
            "number": deposit.number,
            "reference": deposit.reference,
            "level": deposit.level,
            "is_trial": deposit.is_trial,
            "posted_on": _day(deposit.posted_on) if deposit.posted_on else "",
            "sender": [organisation.name, *organisation.postal_address.split("\n")],
            "items": [
                {
                    "position": str(position),
                    "address": item.addressee.place,
                    "name": item.addressee.name,
                    "item_number": item.item_number,
                    "price": _euros(item.price_cents),
                }
                for position, item in enumerate(deposit.going, start=1)
            ],
            "total": _euros(sum(prices)) if prices else "",
        },
    )


def _opened(file: Any, files_directory: Path) -> "PdfReader":
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    if file.media_type != PDF:
        raise Unprintable(file.name)
    try:
        reader = PdfReader(BytesIO(load(files_directory, file.digest)))
        if reader.is_encrypted or not 0 < len(reader.pages) <= MOST_PAGES_OF_A_FILE:
            raise Unprintable(file.name)
        # A page without a size, or with half of one, is found here and not among a hundred letters.
        if not all(page.mediabox.width and page.mediabox.height for page in reader.pages):
            raise Unprintable(file.name)
    except (PyPdfError, DamagedFile, ValueError, KeyError, RecursionError) as error:
        raise Unprintable(file.name) from error
    return reader


def _append(output: "PdfWriter", reader: "PdfReader") -> None:
    """Add a document; a blank back follows an odd number of pages, for printing on both sides."""
    for page in reader.pages:
        output.add_page(page)
    if len(reader.pages) % 2:
        last = reader.pages[-1].mediabox
        output.add_blank_page(float(last.width), float(last.height))


def _compiled(template: Path, values: dict[str, Any]) -> bytes:
    return typst.compile(
        template,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"values": json.dumps(printable(values))},
    )


def _mark(letter: Letter, is_specimen: bool) -> str:
    if is_specimen:
        return "SPÉCIMEN"
    return "ESSAI" if letter.is_trial else ""


def _day(day: date) -> str:
    return str(format_date(day, "d MMMM y", locale="fr"))


def _euros(cents: int | None) -> str:
    return "" if cents is None else f"{cents // 100},{cents % 100:02} €"
