"""The send form in a browser: files, contacts, lists, drafts, paper, consent, and the sending."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser import journey
from tests.browser.installation import running

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
AGENDA: FilePayload = {"name": "ordre-du-jour.pdf", "mimeType": "application/pdf", "buffer": PDF}
MEANS = "case cochée sur le bulletin d’adhésion 2026"
EACH = pytest.mark.parametrize(
    "javascript", [True, False], ids=["with-javascript", "without-javascript"]
)


@pytest.fixture(scope="module")
def shared_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One installation for the whole file; each test opens it as it finds it."""
    with running(tmp_path_factory.mktemp("send-form")) as address:
        yield address


@pytest.fixture
def desk(
    shared_address: str, new_page: NewPage, tmp_path: Path, request: pytest.FixtureRequest
) -> Page:
    """The send form in a window, where a group of five waits; with JavaScript or without."""
    page = new_page(javascript=request.node.callspec.params["javascript"])
    page.goto(shared_address)
    if page.url.endswith("/bienvenue"):
        journey.open_installation(page, shared_address, lambda page: None)
        journey.make_group(page, "Adhérents", lambda page: None)
        list_ = journey.write_list(tmp_path / "liste.xlsx")
        journey.import_list(page, list_, lambda page: None)
    else:
        journey.sign_in(page, shared_address, "odile@lavoir.example")
    page.goto(f"{shared_address}/envoyer")
    return page


def attach(page: Page, javascript: bool) -> None:
    page.get_by_label("Joindre des fichiers").set_input_files(AGENDA)
    if not javascript:
        page.get_by_role("button", name="Joindre", exact=True).click()
    expect(page.get_by_text("1 pièce jointe,")).to_be_visible()
    expect(page.get_by_text("Empreinte (SHA-256)")).to_be_visible()


def check(page: Page, javascript: bool) -> None:
    """Let the recap follow; without JavaScript that is a button."""
    if not javascript:
        page.get_by_role("button", name="Vérifier").last.click()


def recap(page: Page, text: str) -> None:
    expect(page.get_by_role("complementary", name="Récapitulatif")).to_contain_text(text)


def people(page: Page) -> None:
    """Unfold those who receive."""
    if not page.locator("#people-box").evaluate("box => box.open"):
        page.get_by_text("Qui reçoit : voir, retirer, envoyer sur papier").click()


@EACH
def test_a_file_is_attached_and_taken_off_again(desk: Page, javascript: bool) -> None:
    attach(desk, javascript)
    desk.get_by_role("button", name="Retirer ordre-du-jour.pdf").click()
    expect(desk.get_by_text("1 pièce jointe,")).to_have_count(0)
    expect(desk.get_by_text("Pièce jointe retirée.")).to_be_visible()


@EACH
def test_an_error_keeps_the_file_and_all_that_was_written(desk: Page, javascript: bool) -> None:
    attach(desk, javascript)
    desk.get_by_label("Objet").fill("Sans message ni destinataire")
    check(desk, javascript)
    desk.locator("#send").click()
    expect(desk.get_by_role("alert")).to_contain_text("Écrivez le message.")
    expect(desk.get_by_label("Objet")).to_have_value("Sans message ni destinataire")
    expect(desk.get_by_text("ordre-du-jour.pdf").first).to_be_visible()
    desk.get_by_role("alert").get_by_role("link", name="Écrivez le message.").click()
    expect(desk.get_by_label("Message", exact=True)).to_be_focused()


@EACH
def test_a_contact_is_searched_and_added(desk: Page, javascript: bool) -> None:
    desk.get_by_label("Chercher un contact").fill("Louise")
    if not javascript:
        desk.get_by_role("button", name="Chercher", exact=True).click()
    desk.get_by_role("button", name="Ajouter : Louise Blanc").click()
    expect(desk.get_by_role("heading", name="1 contact ajouté")).to_be_visible()
    recap(desk, "1 destinataire recevra ce courrier.")
    desk.locator("#chosen").get_by_role("button", name="Retirer : Louise Blanc").click()
    recap(desk, "0 destinataire recevra ce courrier.")


@EACH
def test_a_pasted_list_is_counted_and_a_person_named_twice_receives_once(
    desk: Page, javascript: bool
) -> None:
    desk.get_by_label(re.compile("Adhérents")).check()
    desk.get_by_text("Coller une liste").click()
    desk.get_by_label("Votre liste").fill(
        "Ada Lovelace <ada@calcul.example>\nLouise Blanc <louise@courriel.example>\n"
        "Grace Hopper <grace@calcul.example>"
    )
    desk.locator("#paste").get_by_label("Particulier").check()
    desk.get_by_role("button", name="Ajouter à la liste").click()
    expect(desk.get_by_text("3 destinataires ajoutés.")).to_be_visible()
    recap(desk, "7 destinataires recevront ce courrier.")
    recap(desk, "1 doublon réuni")


@EACH
def test_a_draft_is_kept_and_taken_up_again(
    desk: Page, shared_address: str, javascript: bool
) -> None:
    subject = f"Brouillon {javascript}"
    desk.get_by_label(re.compile("Adhérents")).check()
    desk.get_by_label("Objet").fill(subject)
    desk.get_by_label("Message", exact=True).fill("À finir demain.")
    attach(desk, javascript)
    # A recap that is still on its way carries the cookie of before, and takes the message with it.
    desk.wait_for_load_state("networkidle")
    desk.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(desk.get_by_text("Brouillon enregistré.")).to_be_visible()
    desk.goto(f"{shared_address}/envoyer")
    if desk.locator("details:has-text('brouillon')").first.get_attribute("open") is None:
        desk.locator("summary", has_text="brouillon").click()
    desk.get_by_role("link", name=subject, exact=True).click()
    expect(desk.get_by_label("Objet")).to_have_value(subject)
    expect(desk.get_by_label("Message", exact=True)).to_have_value("À finir demain.")
    expect(desk.get_by_label(re.compile("Adhérents"))).to_be_checked()
    expect(desk.get_by_text("ordre-du-jour.pdf").first).to_be_visible()
    recap(desk, "5 destinataires recevront ce courrier.")


@EACH
def test_one_recipient_is_set_to_paper(desk: Page, javascript: bool) -> None:
    desk.get_by_label(re.compile("Adhérents")).check()
    check(desk, javascript)
    recap(desk, "5 par e-mail")
    people(desk)
    desk.get_by_label("Envoyer sur papier : Paul Noir").check()
    check(desk, javascript)
    recap(desk, "1 sur papier, à imprimer et à poster")
    recap(desk, "4 par e-mail")
    expect(desk.get_by_text("joignez seulement des PDF")).to_be_visible()


def previews(page: Page) -> tuple[Page, bytes]:
    """Open both previews, each in a tab of its own; the paper one is a PDF."""
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Voir l’aperçu").click()
    shown = opened.value
    expect(shown.get_by_role("heading", level=1)).to_have_text("Aperçu du courrier")
    with page.context.expect_event("response", lambda one: "apercu.pdf" in one.url) as answered:
        page.get_by_role("button", name="Voir la version papier").click()
    return shown, answered.value.headers["content-type"].encode()


@EACH
def test_previews_are_read_consent_is_declared_and_the_letter_leaves_once(
    desk: Page, javascript: bool
) -> None:
    desk.get_by_label(re.compile("Adhérents")).check()
    desk.get_by_label("Objet").fill("Convocation")
    desk.get_by_label("Message", exact=True).fill("Rendez-vous le 12 avril à 18 h.")
    attach(desk, javascript)
    check(desk, javascript)
    people(desk)
    desk.get_by_label("Envoyer sur papier : Paul Noir").check()
    check(desk, javascript)
    review = desk.get_by_role("region", name="Ce qui va se passer")
    expect(review).to_contain_text("les avis partent aussitôt par e-mail à 4 destinataires")
    expect(review).to_contain_text("1 courrier sur papier sera à imprimer et à poster par vous.")
    expect(review).to_contain_text("le texte et les pièces jointes ne peuvent plus être changés.")
    shown, kind = previews(desk)
    expect(shown.get_by_text("Rendez-vous le 12 avril à 18 h.")).to_be_visible()
    expect(shown.get_by_text("ordre-du-jour.pdf")).to_be_visible()
    assert kind == b"application/pdf"
    consent(desk)
    desk.get_by_role("button", name="Envoyer à 5 destinataires").click()
    expect(desk.get_by_text("Le courrier est déposé pour 5 destinataires")).to_be_visible()
    expect(desk.get_by_role("row", name=re.compile("Paul Noir"))).to_contain_text("sur papier")
    expect(desk.get_by_role("link", name="ordre-du-jour.pdf")).to_be_visible()


def consent(page: Page) -> None:
    """Declare the consent of the whole group, where it is not on record from before."""
    if page.locator("#consent-count").get_attribute("data-missing") != "0":
        page.get_by_label("Je déclare que").check()
        page.get_by_label("Comment et quand l’ont-ils").fill(MEANS)
