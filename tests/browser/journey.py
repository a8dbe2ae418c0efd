"""The main job, step by step, as a newcomer does it in a browser, with or without JavaScript."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

from openpyxl import Workbook
from playwright.sync_api import Page, expect

PASSWORD = "quatre mots sans rapport"
COLUMNS = "E-mail,Nom,Prénom,Raison sociale,Statut,Adresse,Complément,Code postal,Ville,Pays"
Look = Callable[[Page], None]


def write_list(path: Path) -> Path:
    """Write a member list in the template's columns: four people in order, one wrong address."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(COLUMNS.split(","))
    place = ["3 rue du Lavoir", None, "01000", "Bourg-en-Bresse", "France"]
    for first, last in (("Louise", "Blanc"), ("Paul", "Noir"), ("Zoe", "Vert"), ("Ali", "Gris")):
        email = f"{first.lower()}@courriel.example"
        sheet.append([email, last, first, None, "particulier", *place])
    sheet.append(["eva.courriel.example", "Rose", "Eva", None, "particulier", *place])
    book.save(path)
    return path


def open_installation(page: Page, address: str, look: Look) -> None:
    page.goto(address)
    look(page)
    page.get_by_label("Nom de l’association").fill("Les Amis du Lavoir")
    page.get_by_label("Adresse", exact=True).fill("3 rue du Lavoir")
    page.get_by_label("Code postal").fill("01000")
    page.get_by_label("Ville").fill("Bourg-en-Bresse")
    page.get_by_label("Votre nom").fill("Odile Martin")
    page.get_by_label("Votre adresse e-mail").fill("odile@lavoir.example")
    page.get_by_label("mot de passe").fill(PASSWORD)
    page.get_by_label("Adresse e-mail de l’expéditeur").fill("bureau@lavoir.example")
    page.get_by_label("Cacher l’expéditeur").check()
    page.get_by_role("button", name="Commencer").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    look(page)


def sign_in(page: Page, address: str, email: str) -> None:
    """Sign an account in whose password is `PASSWORD`."""
    fill_in_sign_in(page, address, email)
    expect(page.get_by_role("button", name="Se déconnecter")).to_be_visible()


def fill_in_sign_in(page: Page, address: str, email: str) -> None:
    page.goto(f"{address}/connexion")
    page.get_by_label("Adresse e-mail").fill(email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()


def sign_out_and_in(page: Page, look: Look) -> None:
    page.get_by_role("button", name="Se déconnecter").click()
    look(page)
    page.get_by_label("Adresse e-mail").fill("odile@lavoir.example")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("button", name="Se déconnecter")).to_be_visible()


def make_group(page: Page, name: str, look: Look) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Mes groupes").click()
    look(page)
    page.get_by_label("Nom du groupe").fill(name)
    page.get_by_role("button", name="Ajouter", exact=True).click()
    page.get_by_role("link", name=name).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    look(page)


def import_list(page: Page, file: Path, look: Look) -> None:
    page.get_by_role("link", name="Importer depuis un fichier Excel").first.click()
    look(page)
    page.get_by_label("Fichier").set_input_files(file)
    page.get_by_role("button", name="Continuer", exact=True).click()
    expect(page.get_by_text("5 lignes")).to_be_visible()
    look(page)
    page.get_by_role("link", name="Abandonner cet import").click()
    look(page)
    page.go_back()
    cell = page.get_by_label("E-mail, ligne 6")
    cell.fill("eva@courriel.example")
    check = page.get_by_role("button", name="Vérifier la ligne 6")
    cell.press("Tab")
    check.click()
    expect(page.get_by_role("button", name=re.compile("Importer 5 contacts"))).to_be_visible()
    page.get_by_role("button", name=re.compile("Importer 5 contacts")).click()
    expect(page.get_by_text("5 contacts importés").first).to_be_visible()


def send_to_group_and_one_more(page: Page, group: str, look: Look) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Envoyer").click()
    page.get_by_label(re.compile(group)).check()
    row = page.get_by_role("group", name="Destinataire 1")
    row.get_by_label("E-mail").fill("atelier@noir.example")
    row.get_by_label("Nom", exact=True).fill("Noir")
    row.get_by_label("Raison sociale").fill("Atelier Noir")
    row.get_by_label("Professionnel").check()
    page.get_by_label("Objet").fill("Convocation à l’assemblée générale")
    page.get_by_label("Message", exact=True).fill("Rendez-vous le 12 avril à 18 h.\n\nLe bureau")
    page.get_by_role("button", name="Vérifier").last.click()
    expect(page.get_by_role("button", name="Envoyer à 6 destinataires")).to_be_visible()
    look(page)
    page.get_by_label("Je déclare que").check()
    page.get_by_label("Comment et quand l’ont-ils").fill(
        "case cochée sur le bulletin d’adhésion 2026"
    )
    page.get_by_role("button", name="Envoyer à 6 destinataires").click()
    expect(page.get_by_text("Le courrier est déposé pour 6 destinataires")).to_be_visible()
    look(page)


def send_to_one(page: Page, name: str, email: str) -> None:
    """Write to one individual who is typed on the spot."""
    first, last = name.split()
    page.get_by_role("navigation").get_by_role("link", name="Envoyer").click()
    row = page.get_by_role("group", name="Destinataire 1")
    row.get_by_label("E-mail").fill(email)
    row.get_by_label("Nom", exact=True).fill(last)
    row.get_by_label("Prénom").fill(first)
    row.get_by_label("Particulier").check()
    page.get_by_label("Objet").fill("Rappel")
    page.get_by_label("Message", exact=True).fill("Merci d’y penser.")
    expect(page.get_by_role("button", name="Envoyer à 1 destinataire")).to_be_visible()
    page.get_by_label("Je déclare que").check()
    page.get_by_label("Comment et quand l’ont-ils").fill("par lettre du 3 janvier")
    page.get_by_role("button", name="Envoyer à 1 destinataire").click()
    expect(page.get_by_text("Le courrier est déposé pour 1 destinataire")).to_be_visible()


def notice_link(page: Page, name: str) -> str:
    """Wait for a recipient's notice in the trial box, and give the address it holds."""
    open_notice(page, name)
    return page.locator("a[href*='/r/']").get_attribute("href") or ""


def ask_code(page: Page, look: Look) -> str:
    """Ask for a code on a recipient's page, read it in the trial box, and come back."""
    back = page.url
    page.get_by_role("button", name="Recevoir mon code").click()
    expect(page.get_by_label("Code reçu par e-mail")).to_be_visible()
    look(page)
    page.goto(urljoin(back, "/boite-essai"))
    code = code_in_trial_box(page)
    page.goto(back)
    return code


def code_in_trial_box(page: Page) -> str:
    """Open the newest message of the trial box, and read the code in it."""
    page.get_by_role("navigation").get_by_role("link", name="Boîte d’essai").click()
    page.locator("tbody a").first.click()
    shown = page.locator(".message").inner_text()
    found = re.search(r"^\d{3} \d{3}$", shown, re.MULTILINE)
    assert found is not None, shown
    return found[0]


def open_notice(page: Page, name: str) -> None:
    trial_box = page.get_by_role("navigation").get_by_role("link", name="Boîte d’essai")
    for _ in range(60):
        trial_box.click()
        if page.get_by_role("link", name=name).count():
            break
        page.wait_for_timeout(500)
    page.get_by_role("link", name=name).last.click()


def accept_as(page: Page, name: str, look: Look) -> None:
    """Open the notice of one recipient in the trial box, and accept at the address it holds."""
    open_notice(page, name)
    look(page)
    page.locator("a[href*='/r/']").click()
    expect(page.get_by_text("Les Amis du Lavoir")).to_have_count(0)
    look(page)
    page.get_by_label("Code reçu par e-mail").fill(ask_code(page, look))
    page.get_by_label("Votre prénom et votre nom").fill(name)
    page.get_by_label("Je suis le destinataire").check()
    page.get_by_role("button", name="Accepter et lire le courrier").click()
    expect(page.get_by_text("Rendez-vous le 12 avril à 18 h.")).to_be_visible()
    expect(page.get_by_text("Les Amis du Lavoir")).to_be_visible()
    look(page)


def take_proofs(page: Page, address: str, name: str, look: Look) -> list[bytes]:
    """Wait for the two proofs of one recipient on the letter's page, and download them."""
    page.goto(f"{address}/courriers")
    look(page)
    page.get_by_role("link", name="Convocation à l’assemblée générale").click()
    row = page.get_by_role("row", name=re.compile(name))
    for _ in range(60):
        if row.get_by_role("link", name=re.compile("Preuve de réception")).count():
            break
        page.wait_for_timeout(500)
        page.reload()
    look(page)
    proofs = []
    for kind in ("Preuve de dépôt", "Preuve de réception"):
        with page.expect_download() as download:
            row.get_by_role("link", name=re.compile(kind)).click()
        proofs.append(Path(download.value.path()).read_bytes())
    return proofs
