"""What is printed, beside what the pages' tests show: attachments, both sides, long lines."""

from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter

from config import Config
from tests.paper.conftest import on_paper
from webapp.letters.attachments import AttachedFile
from webapp.letters.models import Addressee, Attachment, Letter
from webapp.paper.printing import TooManyPages, Unprintable, Window, letters_pdf
from webapp.storage import store

pytestmark = pytest.mark.slow


def pdf(pages: int, password: str = "") -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password)
    content = BytesIO()
    writer.write(content)
    return content.getvalue()


def attach(letter: Letter, config: Config, content: bytes, media_type: str) -> None:
    digest = store(config.files_directory, content)
    file = AttachedFile("annexe.pdf", media_type, len(content), digest)
    position = len(letter.attachments) + 1
    letter.attachments.append(
        Attachment(position=position, name=file.name, media_type=media_type, size=1, digest=digest)
    )


def print_of(letter: Letter, config: Config) -> PdfReader:
    addressees = letter.addressees[1:]
    return PdfReader(BytesIO(letters_pdf(addressees, Window(), config.files_directory)))


def without_size() -> bytes:
    writer = PdfWriter()
    del writer.add_blank_page(210, 297)["/MediaBox"]
    content = BytesIO()
    writer.write(content)
    return content.getvalue()


def test_more_pages_than_one_print_takes_are_refused_before_they_are_gathered(
    letter: Letter, config: Config
) -> None:
    for number in range(4):
        attach(letter, config, pdf(499 - number), "application/pdf")
    with pytest.raises(TooManyPages):
        print_of(letter, config)


@pytest.mark.parametrize(("pages", "sheets"), [(2, 4), (3, 6)])
def test_attachments_follow_each_letter_and_begin_on_a_front(
    letter: Letter, config: Config, pages: int, sheets: int
) -> None:
    attach(letter, config, pdf(pages), "application/pdf")
    assert len(print_of(letter, config).pages) == 3 * sheets


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (pdf(1, "secret"), "application/pdf"),
        (pdf(501), "application/pdf"),
        (without_size(), "application/pdf"),
        (b"%PDF-1.7 rien", "application/pdf"),
        (b"texte", "text/plain"),
    ],
)
def test_an_attachment_that_cannot_be_printed_is_named(
    letter: Letter, config: Config, content: bytes, media_type: str
) -> None:
    attach(letter, config, content, media_type)
    with pytest.raises(Unprintable, match=r"annexe\.pdf"):
        print_of(letter, config)


def test_a_long_line_and_any_script_stay_in_the_window(letter: Letter, config: Config) -> None:
    recipient = on_paper("x")
    line = "RÉSIDENCE " + "LES TRÈS GRANDS JARDINS " * 3
    marie: Addressee = letter.addressees[1]
    marie.postal_address = f"ΜΑΡΙΑ ŁUKASZ\n{line}\n{recipient.postal_address}"
    text = print_of(letter, config).pages[0].extract_text()
    assert "ΜΑΡΙΑ" in text
    assert "JARDINS" in text
