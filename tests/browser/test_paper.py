"""A letter on paper, from the send form to what the post says of it, as a secretary does it."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser import journey
from tests.browser.installation import running

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
TODAY = datetime.now(UTC).date().isoformat()
SCAN: FilePayload = {"name": "avis.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n"}
NUMBER = "1A 200 345 6789 0"


@pytest.fixture(scope="module")
def shared_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One installation for the whole file; each test opens it as it finds it."""
    with running(tmp_path_factory.mktemp("paper")) as address:
        yield address


@pytest.fixture
def desk(shared_address: str, new_page: NewPage, request: pytest.FixtureRequest) -> Page:
    """A window in which Odile is signed in; with JavaScript or without."""
    page = new_page(javascript=request.node.callspec.params["javascript"])
    page.goto(shared_address)
    if page.url.endswith("/bienvenue"):
        journey.open_installation(page, shared_address, lambda page: None)
    else:
        journey.sign_in(page, shared_address, "odile@lavoir.example")
    return page


def downloaded(page: Page, link: Locator) -> bytes:
    with page.expect_download() as download:
        link.click()
    return Path(download.value.path()).read_bytes()


def write_to_one_without_email(page: Page, name: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Envoyer").click()
    row = page.get_by_role("group", name="Destinataire 1")
    row.get_by_label("Nom", exact=True).fill(name)
    row.get_by_label("Prénom").fill("Marie")
    row.get_by_label("Particulier").check()
    row.get_by_text("Adresse postale (facultatif)").click()
    row.get_by_label("Adresse", exact=True).fill("4 rue des Lilas")
    row.get_by_label("Code postal").fill("01000")
    row.get_by_label("Ville").fill("Bourg-en-Bresse")
    page.get_by_label("Objet").fill(f"Rappel à {name}")
    page.get_by_label("Message", exact=True).fill("Merci d’y penser.")
    page.get_by_role("button", name="Vérifier").last.click()
    page.get_by_role("button", name="Envoyer à 1 destinataire").click()
    expect(page.get_by_text("Le courrier est déposé pour 1 destinataire")).to_be_visible()


@pytest.mark.parametrize(
    ("javascript", "name"),
    [(True, "Roux"), (False, "Brun")],
    ids=["with-javascript", "without-javascript"],
)
def test_a_letter_is_printed_posted_and_delivered_and_its_story_tells_each_step(
    desk: Page, shared_address: str, javascript: bool, name: str
) -> None:
    write_to_one_without_email(desk, name)
    letter = desk.url
    desk.get_by_role("navigation").get_by_role("link", name="À poster").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Courriers à poster")
    expect(desk.get_by_label(re.compile(f"Marie {name}"))).to_be_checked()
    desk.get_by_role("button", name="Préparer le dépôt").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Dépôt à la poste")
    letters = downloaded(desk, desk.get_by_role("link", name="Les lettres à imprimer"))
    slip = downloaded(desk, desk.get_by_role("link", name="Le bordereau"))
    assert letters.startswith(b"%PDF")
    assert slip.startswith(b"%PDF")
    assert letters != slip
    mark_as_posted(desk, name)
    mark_as_delivered(desk, name)
    desk.goto(letter)
    desk.get_by_role("link", name=re.compile(f"Historique – Marie {name}")).click()
    story = desk.locator(".timeline")
    expect(story.get_by_role("listitem")).to_have_count(3)
    expect(story).to_contain_text(NUMBER[:-1] + name[0])
    expect(desk.get_by_role("row", name=re.compile(f"Marie {name}"))).to_contain_text("distribué")


def mark_as_posted(page: Page, name: str) -> None:
    """Give the label's number, which is the post's for one letter only, and the stamp's day."""
    page.get_by_label(f"Numéro de l’envoi de Marie {name}").fill(NUMBER[:-1] + name[0])
    page.get_by_role("button", name="Enregistrer les numéros").click()
    expect(page.get_by_text("Les numéros sont enregistrés.")).to_be_visible()
    page.get_by_label("Déposé à la poste le").fill(TODAY)
    page.get_by_label("Prix par lettre").fill("5,60")
    page.get_by_role("button", name="Marquer comme posté").click()
    expect(page.get_by_text("Le dépôt est noté.")).to_be_visible()


def mark_as_delivered(page: Page, name: str) -> None:
    """Keep the scanned receipt, then note what it says."""
    page.get_by_label("numérisé").set_input_files(SCAN)
    page.get_by_role("button", name="Garder ce document").click()
    kept = page.get_by_role("link", name="avis.pdf")
    assert downloaded(page, kept) == SCAN["buffer"]
    page.get_by_label(f"Noter la suite – Marie {name}").check()
    page.get_by_label("Le (facultatif)").or_(page.get_by_label("Le", exact=True)).fill(TODAY)
    page.get_by_label("Signé par").fill(f"M. {name}")
    page.get_by_role("button", name="Noter pour les lettres cochées").click()
    expect(page.get_by_text("1 lettre notée.")).to_be_visible()
