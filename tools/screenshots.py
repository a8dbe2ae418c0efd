"""Takes the pictures of the documentation: the demonstration, wide and narrow, light and dark.

Fills an installation of its own as `make demo` does, sends one more letter, and throws it away.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "tools"))

from demo import PASSWORD  # noqa: E402  (the paths are only set above)

from tests.browser import journey  # noqa: E402
from tests.browser.installation import FLAGS, running  # noqa: E402

FOLDER = ROOT / "docs" / "images"
WIDTHS = (1280, 360)
GUIDE_HEIGHT = 860
IN_THE_GUIDE = {
    "accueil", "groupe", "import", "envoyer", "courrier", "a-poster", "destinataire-avant"
}  # fmt: skip


def main() -> None:
    """Leave the pictures in `docs/images`."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        directory = Path(name)
        environment = {**os.environ, "PLIREC_DATA": str(directory / "var")}
        subprocess.run([sys.executable, "tools/demo.py"], cwd=ROOT, env=environment, check=True)
        chromium = playwright.chromium.launch(
            executable_path=os.environ["PLIREC_CHROMIUM"], args=[*FLAGS, "--lang=fr-FR"]
        )
        with running(directory) as address:
            picture_pages(chromium.new_page(locale="fr-FR"), address)
        chromium.close()


def picture_pages(page: Page, address: str) -> None:
    """Look at the pages of the everyday, as the administrator of the demonstration."""
    page.goto(f"{address}/connexion")
    picture(page, "connexion")
    page.get_by_label("Adresse e-mail").fill("odile@lavoir.example")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    picture(page, "accueil")
    for name, place in (
        ("groupes", "/groupes"),
        ("groupe", "/groupes/1"),
        ("import", "/imports/1"),
        ("courriers", "/courriers"),
        ("a-poster", "/a-poster"),
        ("equipe", "/organisation/equipe"),
        ("messagerie", "/organisation/messagerie"),
    ):
        page.goto(address + place)
        picture(page, name)
    picture_letter(page, address)
    picture_deposit(page, address)
    picture_form(page, address)
    picture_recipient(page, address)


def picture_letter(page: Page, address: str) -> None:
    """Show a letter of which one recipient's history is unfolded."""
    page.goto(f"{address}/courriers")
    page.get_by_role("link", name="Convocation à l’assemblée générale ordinaire").click()
    page.get_by_role("link", name="Historique").nth(1).click()
    page.locator(".timeline").wait_for()
    picture(page, "courrier")


def picture_deposit(page: Page, address: str) -> None:
    """Show what went to the post together."""
    page.goto(f"{address}/a-poster")
    page.locator("a[href*='/a-poster/']").last.click()
    picture(page, "depot")


def picture_form(page: Page, address: str) -> None:
    """Show the send form filled for a group and one more, then send it."""
    page.goto(f"{address}/envoyer")
    page.get_by_label("Conseil d’administration").check()
    row = page.get_by_role("group", name="Destinataire 1")
    row.get_by_label("E-mail").fill("atelier@noir.example")
    row.get_by_label("Nom", exact=True).fill("Noir")
    row.get_by_label("Raison sociale").fill("Atelier Noir")
    row.get_by_label("Professionnel").check()
    page.get_by_label("Objet").fill("Convocation à l’assemblée générale")
    page.get_by_label("Message", exact=True).fill(
        "Madame, Monsieur,\n\nL’assemblée générale se tiendra le 12 avril à 18 h, à la salle du "
        "Lavoir.\n\nOdile Martin, secrétaire"
    )
    page.get_by_label("Je déclare que").check()
    page.get_by_label("Comment et quand l’ont-ils").fill("bulletin d’adhésion 2026, case cochée")
    page.get_by_role("button", name="Vérifier").last.click()
    send = page.get_by_role("button", name="Envoyer à 13 destinataires")
    send.wait_for()
    picture(page, "envoyer")
    send.click()
    page.get_by_text("Le courrier est déposé pour 13 destinataires").wait_for()


def picture_recipient(page: Page, address: str) -> None:
    """Show the notice and the recipient's own page, before and after acceptance."""
    journey.open_notice(page, "Atelier Noir")
    picture(page, "avis")
    link = page.locator("a[href*='/r/']").get_attribute("href") or ""
    page.goto(f"{address}/r/{link.rpartition('/')[2]}")
    picture(page, "destinataire-avant")
    page.get_by_label("Code reçu par e-mail").fill(journey.ask_code(page, nothing))
    page.get_by_label("Votre prénom et votre nom").fill("Anne Noir")
    page.get_by_label("Votre qualité").fill("gérante")
    page.get_by_label("Je suis le destinataire").check()
    page.get_by_role("button", name="Accepter et lire le courrier").click()
    page.get_by_text("L’assemblée générale se tiendra").wait_for()
    picture(page, "destinataire")


def nothing(_page: Page) -> None:
    """Look for nothing: what is pictured is looked at by people."""


def picture(page: Page, name: str) -> None:
    """Picture the whole page at each width, light and dark, and its beginning for the guide."""
    if name in IN_THE_GUIDE:
        page.evaluate("window.scrollTo(0, 0)")
        page.set_viewport_size({"width": WIDTHS[0], "height": GUIDE_HEIGHT})
        page.screenshot(path=FOLDER / f"{name}.png")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=FOLDER / f"{name}-{width}-{scheme}.png", full_page=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})


if __name__ == "__main__":
    main()
