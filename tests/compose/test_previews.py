from collections.abc import Callable
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from tests.compose.conftest import ATELIER
from tests.compose.samples import PDF
from tests.compose.test_attachments import attach
from tests.conftest import Browser
from webapp.accounts.models import Organisation
from webapp.delivery.models import TrialMessage
from webapp.letters.models import Addressee, Letter

Filled = Callable[..., dict[str, Any]]


def parts(text: str) -> tuple[str, str, str]:
    """Give the notice, the page before the answer, and the page after it."""
    after_title = text.split("</main>")[0].split('id="notice-title"')[1]
    notice, rest = after_title.split('id="before-title"')
    before, after = rest.split('id="after-title"')
    return notice, before, after


def test_the_preview_shows_notice_and_page_before_and_after_and_sends_nothing(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    attach(browser, filled(), (PDF, "Convocation.pdf"))
    answer = browser.post("/envoyer/apercu", filled(ATELIER))
    assert answer.status_code == 200
    assert "<title>Aperçu" in answer.text
    assert "rien n’est envoyé" in answer.text
    notice, before, after = parts(answer.text)
    assert "Un courrier recommandé électronique vous attend" in notice
    assert "Bonjour Louise Blanc" in notice
    for hidden in ("Les Amis du Lavoir", "bureau@lavoir.example", "Rendez-vous", "Convocation"):
        assert hidden not in notice + before
        assert hidden in after
    assert "Convocation.pdf" in after
    assert "<form" not in before + after
    for table in (Letter, Addressee, TrialMessage):
        assert session.scalar(select(func.count()).select_from(table)) == 0


def test_a_sender_who_gives_his_name_sees_it_in_the_notice(
    browser: Browser,
    session: scoped_session[Session],
    organisation: Organisation,
    filled: Filled,
) -> None:
    organisation.names_sender = True
    session.commit()
    notice, before, _ = parts(browser.post("/envoyer/apercu", filled()).text)
    assert "Les Amis du Lavoir" in notice
    assert "Les Amis du Lavoir" in before


def test_an_empty_form_has_a_preview_too(browser: Browser) -> None:
    answer = browser.post("/envoyer/apercu", {"key": "une-clef-de-formulaire"})
    assert answer.status_code == 200
    assert "le nom qui suit est inventé" in answer.text
    assert "Sans objet" in answer.text


def test_what_is_typed_is_shown_as_text_and_never_as_a_page(
    browser: Browser, filled: Filled
) -> None:
    page = browser.post("/envoyer/apercu", filled(message="<script>alert(1)</script>")).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_review_says_in_words_what_will_happen(browser: Browser, filled: Filled) -> None:
    answer = browser.post("/envoyer/recapitulatif", filled(ATELIER), htmx=True).text
    review = answer.split('id="review"')[1].split("</section>")[0]
    assert 'hx-swap-oob="true"' in review
    for words in (
        "les avis partent aussitôt par e-mail à 2 destinataires",
        "le nom de votre association n’y est pas",
        "accepter ou refuser jusqu’au",
        "une preuve de dépôt",
        "le texte ne peut plus être changé",
        "c’est un essai",
    ):
        assert words in review


def test_the_own_reference_is_kept_with_the_letter_and_told_to_no_recipient(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    form = filled(own_reference="AG-2026/04")
    assert "AG-2026/04" not in "".join(parts(browser.post("/envoyer/apercu", form).text))
    recap = browser.post("/envoyer/recapitulatif", form, htmx=True).text
    shown = recap.split('name="shown" value="')[1].split('"')[0]
    answer = browser.post("/envoyer", {**form, "shown": shown})
    assert session.scalars(select(Letter.own_reference)).one() == "AG-2026/04"
    assert "AG-2026/04" in browser.get(answer.location).text
    too_long = browser.post("/envoyer", {**form, "key": "x" * 20, "own_reference": "x" * 61})
    assert too_long.status_code == 422
    assert 'href="#own_reference"' in too_long.text


def test_the_paper_version_is_shown_as_a_specimen_and_prints_the_message(
    browser: Browser, filled: Filled
) -> None:
    answer = browser.post("/envoyer/apercu.pdf", filled(ATELIER))
    text = PdfReader(BytesIO(answer.data)).pages[0].extract_text()
    answer.close()
    assert answer.mimetype == "application/pdf"
    assert "SPÉCIMEN" in text
    assert "Rendez-vous" in text
