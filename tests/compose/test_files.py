import pytest
from flask import Flask

from tests.compose import samples
from tests.compose.samples import DOCX, PDF, archive, open_document, open_xml
from webapp.compose.files import NotAccepted, clean_name, media_type_of, remark_on
from webapp.compose.office import Unreadable, office_kind

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture(autouse=True)
def speaking(app: Flask) -> object:
    """Messages are written in the page's language, which needs a request."""
    context = app.test_request_context()
    context.push()
    yield context
    context.pop()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("Convocation.PDF", PDF, "application/pdf"),
        ("photo.jpg", samples.JPEG, "image/jpeg"),
        ("photo.jpeg", samples.JPEG, "image/jpeg"),
        ("plan.png", samples.PNG, "image/png"),
        ("plan.gif", b"GIF89a" + bytes(9), "image/gif"),
        ("plan.webp", b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        ("plan.tif", b"II*\0" + bytes(9), "image/tiff"),
        ("ordre.docx", DOCX, WORD),
        (
            "budget.xlsx",
            open_xml("xl__workbook.xml"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (
            "diapos.pptx",
            open_xml("ppt__presentation.xml"),
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ),
        ("ordre.odt", open_document("text"), "application/vnd.oasis.opendocument.text"),
        ("b.ods", open_document("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet"),
        ("d.odp", open_document("presentation"), "application/vnd.oasis.opendocument.presentation"),
        ("note.txt", "Réunion à 18 h".encode(), "text/plain"),
        ("note.txt", "Réunion à 18 h".encode("cp1252"), "text/plain"),
    ],
)
def test_a_file_is_told_by_its_content(name: str, content: bytes, kind: str) -> None:
    assert media_type_of(name, content) == kind


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("vide.pdf", b"", "est vide"),
        ("faux.pdf", samples.EXECUTABLE, "pas d’un format accepté"),
        ("facture.pdf.exe", samples.EXECUTABLE, "pas d’un format accepté"),
        ("facture.exe", PDF, "devrait finir par .pdf"),
        ("photo.pdf", samples.PNG, "devrait finir par .png"),
        ("sans-extension", PDF, "devrait finir par .pdf"),
        ("page.html", b"<script>alert(1)</script>", "pas d’un format accepté"),
        ("image.svg", b"<svg onload='x'/>", "pas d’un format accepté"),
        ("liste.csv", b"nom;ville", "pas d’un format accepté"),
        ("note.txt", b"un\0deux", "pas d’un format accepté"),
        ("ancien.doc", samples.OLD_OFFICE, "ancien format"),
        ("macros.docm", open_xml("word__document.xml", "word__vbaProject.bin"), "macros"),
        ("macros.docx", open_xml("word__document.xml", "word__vbaProject.bin"), "macros"),
        (
            "macros.xlsx",
            open_xml("xl__workbook.xml", types=b"application/vnd.ms-excel.sheet.macroEnabled.main"),
            "macros",
        ),
        (
            "macros.docx",
            open_xml("word__document.xml", types="<x macroEnabled='1'/>".encode("utf-16")),
            "macros",
        ),
        ("macros.odt", open_document("text", "Basic/Standard/Module1.xml"), "macros"),
        ("modele.ott", open_document("text-template"), "pas d’un format accepté"),
        ("archive.zip", archive(a=b"x"), "pas d’un format accepté"),
        ("archive.docx", archive(a=b"x"), "pas d’un format accepté"),
        ("tableur.docx", open_xml("xl__workbook.xml"), "devrait finir par .xlsx"),
        ("abime.docx", DOCX[:-30], "abîmé"),
    ],
)
def test_what_is_not_accepted_is_refused_with_a_reason(
    name: str, content: bytes, words: str
) -> None:
    with pytest.raises(NotAccepted) as refused:
        media_type_of(name, content)
    assert words in refused.value.message
    assert name in refused.value.message


def test_an_archive_whose_list_of_parts_is_enormous_is_not_read() -> None:
    end = DOCX.rfind(b"PK\x05\x06")
    huge = DOCX[: end + 12] + (50_000_000).to_bytes(4, "little") + DOCX[end + 16 :]
    with pytest.raises(Unreadable):
        office_kind(huge)
    # A second end, forged into the counts of the first, hides nothing.
    forged = huge[: end + 8] + b"PK\x05\x06" + huge[end + 12 :]
    with pytest.raises(Unreadable):
        office_kind(forged)


def test_an_archive_that_says_it_is_encrypted_is_refused() -> None:
    at = DOCX.find(b"PK\x01\x02") + 8
    with pytest.raises(Unreadable):
        office_kind(DOCX[:at] + b"\x01" + DOCX[at + 1 :])


@pytest.mark.parametrize(
    ("content", "remark"),
    [(PDF, ""), (samples.ENCRYPTED_PDF, "encrypted"), (samples.SCRIPTED_PDF, "script")],
)
def test_a_pdf_that_is_protected_or_holds_a_program_is_remarked_on(
    content: bytes, remark: str
) -> None:
    assert remark_on("application/pdf", content) == remark


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("Convocation à l’AG.pdf", "Convocation à l’AG.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Documents\\plan.png", "plan.png"),
        ("fac\u202efdp.exe.pdf", "facfdp.exe.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ('un "beau" <plan>?.pdf', "un _beau_ _plan__.pdf"),
        ("  .. .pdf", "fichier.pdf"),
        ("", "fichier"),
        ("CON.pdf", "_CON.pdf"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("deux\u00a0\u2028mots.pdf", "deuxmots.pdf"),
    ],
)
def test_a_name_is_made_one_that_every_system_takes(given: str, clean: str) -> None:
    assert clean_name(given) == clean


def test_a_very_long_name_keeps_its_ending() -> None:
    name = clean_name("x" * 500 + ".docx")
    assert len(name) == 120
    assert name.endswith("x.docx")
