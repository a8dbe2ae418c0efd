import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import journey
from tests.browser.installation import running
from tests.browser.looks import look

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def shared_address(directory: Path) -> Iterator[str]:
    """One installation for the whole file; each test opens it as it finds it."""
    with running(directory) as address:
        yield address


@pytest.fixture
def desk(shared_address: str, new_page: NewPage) -> Page:
    """A window in which Odile is signed in, where a group has two contacts."""
    page = new_page()
    page.goto(shared_address)
    if page.url.endswith("/bienvenue"):
        journey.open_installation(page, shared_address, look)
        journey.make_group(page, "Adhérents", look)
        for first, last in (("Louise", "Blanc"), ("Paul", "Noir")):
            add_contact(page, first, last)
    else:
        journey.sign_in(page, shared_address, "odile@lavoir.example")
    expect(page.get_by_role("button", name="Se déconnecter")).to_be_visible()
    return page


def add_contact(page: Page, first: str, last: str) -> None:
    form = page.locator("#add")
    form.get_by_label("E-mail").fill(f"{first.lower()}@courriel.example")
    form.get_by_label("Nom", exact=True).fill(last)
    form.get_by_label("Prénom").fill(first)
    form.get_by_label("Particulier").check()
    form.get_by_role("button", name="Ajouter le contact").click()
    expect(page.get_by_role("row", name=re.compile(f"{first} {last}"))).to_be_visible()


def test_a_contact_is_changed_in_its_row_and_the_focus_stays_where_one_works(desk: Page) -> None:
    desk.get_by_role("navigation").get_by_role("link", name="Mes groupes").click()
    desk.get_by_role("link", name="Adhérents").click()
    desk.get_by_role("link", name="Modifier Louise Blanc").click()
    email = desk.get_by_role("row").get_by_label("E-mail")
    expect(email).to_be_focused()
    email.fill("louise@gmial.com")
    email.press("Tab")
    expect(desk.get_by_text("gmail.com")).to_be_visible()
    expect(desk.get_by_role("row").get_by_label("Nom", exact=True)).to_be_focused()
    look(desk)
    email.fill("louise@autre.example")
    desk.get_by_role("button", name="Enregistrer").click()
    expect(desk.get_by_role("link", name="Modifier Louise Blanc")).to_be_focused()
    expect(desk.get_by_text("louise@autre.example")).to_be_visible()


def test_a_letter_is_written_and_sent_with_the_keyboard_alone(desk: Page) -> None:
    desk.get_by_role("navigation").get_by_role("link", name="Envoyer").press("Enter")
    first = desk.get_by_role("group", name="Destinataire 1")
    first.get_by_label("E-mail").focus()
    type_on(desk, "ada@atelier.example", "Lovelace", "Ada", "Atelier Lovelace")
    desk.keyboard.press("Tab")
    desk.keyboard.press("ArrowDown")
    expect(first.get_by_label("Professionnel")).to_be_checked()
    expect(desk.get_by_role("button", name="Envoyer à 1 destinataire")).to_be_visible()
    desk.get_by_role("button", name="Ajouter un destinataire").press("Enter")
    second = desk.get_by_role("group", name="Destinataire 2")
    expect(second.get_by_label("E-mail")).to_be_focused()
    expect(first.get_by_label("E-mail")).to_have_value("ada@atelier.example")
    second.get_by_role("button", name="Retirer ce destinataire").press("Enter")
    expect(second).to_have_count(0)
    desk.get_by_label("Objet").focus()
    desk.keyboard.type("Rappel de cotisation")
    desk.keyboard.press("Tab")
    desk.keyboard.type("Merci d’y penser.")
    desk.get_by_role("button", name="Envoyer à 1 destinataire").press("Enter")
    expect(desk.get_by_text("Le courrier est déposé pour 1 destinataire")).to_be_visible()


def type_on(page: Page, *texts: str) -> None:
    """Type into one field after the other, going on with the tabulator."""
    for position, text in enumerate(texts):
        if position:
            page.keyboard.press("Tab")
        page.keyboard.type(text)


def test_enter_in_a_field_checks_and_neither_sends_nor_removes(desk: Page) -> None:
    desk.get_by_role("navigation").get_by_role("link", name="Envoyer").click()
    email = desk.get_by_role("group", name="Destinataire 1").get_by_label("E-mail")
    email.fill("ada@")
    email.press("Enter")
    expect(desk.get_by_text("Cette adresse e-mail n’est pas valable")).to_be_visible()
    expect(desk.get_by_role("group", name="Destinataire 1").get_by_label("E-mail")).to_have_value(
        "ada@"
    )
    expect(desk).to_have_url(re.compile("/envoyer"))


def test_the_recipients_own_pages_are_clean_at_phone_width(
    desk: Page, new_page: NewPage, shared_address: str
) -> None:
    journey.send_to_one(desk, "Rose Vert", "rose@courriel.example")
    link = journey.notice_link(desk, "Rose Vert")
    phone = new_page(width=320, height=640)
    phone.goto(link)
    look(phone)
    phone.get_by_role("button", name="Recevoir mon code").click()
    phone.get_by_role("button", name="Accepter et lire le courrier").click()
    expect(phone.get_by_role("link", name="Écrivez les six chiffres du code")).to_be_visible()
    look(phone)
    code = journey.code_in_trial_box(desk)
    phone.get_by_label("Code reçu par e-mail").fill(code)
    phone.get_by_role("button", name="Refuser le courrier").click()
    expect(phone.get_by_text("Votre adresse est vérifiée")).to_be_visible()
    look(phone)
    phone.get_by_label("Je suis le destinataire").check()
    phone.get_by_role("button", name="Refuser le courrier").click()
    expect(phone.get_by_role("heading", name="Refuser ce courrier")).to_be_visible()
    look(phone)
    phone.get_by_role("button", name="Oui, refuser le courrier").click()
    expect(phone.get_by_role("heading", name="Vous avez refusé ce courrier")).to_be_visible()
    look(phone)
    assert Path(phone.url).name == Path(link).name


def test_every_end_of_a_letter_has_a_clean_page(
    desk: Page, new_page: NewPage, directory: Path
) -> None:
    journey.send_to_one(desk, "Jean Brun", "jean@courriel.example")
    link = journey.notice_link(desk, "Jean Brun")
    phone = new_page(width=320, height=640)
    for values, heading in (
        ("state = 'submitted'", "Ce courrier arrive dans un instant"),
        ("state = 'failed'", "Ce courrier n’a pas pu être remis"),
        ("state = 'expired'", "Le temps pour répondre est passé"),
    ):
        with sqlite3.connect(directory / "var" / "plirec.sqlite", timeout=15) as database:
            database.execute(
                f"UPDATE addressee SET {values}, due_at = NULL WHERE name LIKE 'Jean%'"
            )
        database.close()
        phone.goto(link)
        expect(phone.get_by_role("heading", name=heading)).to_be_visible()
        look(phone)
