"""An administrator and those he invites, each in a window of his own."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import journey
from tests.browser.looks import look

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
ROSE = "cinq mots sans aucun rapport"


def invite(page: Page, name: str, email: str, kind: str) -> str:
    """Invite a person on the team's page, and give the link that is to be copied."""
    page.get_by_role("navigation").get_by_role("link", name="Mon équipe").click()
    look(page)
    page.get_by_label("Nom de la personne").fill(name)
    page.get_by_label("Adresse e-mail de la personne").fill(email)
    page.get_by_label(kind).check()
    page.get_by_role("button", name="Inviter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("L’invitation est prête")
    look(page)
    return page.get_by_label("Le lien à copier").input_value()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_colleague_is_invited_comes_in_and_is_let_go(
    address: str, new_page: NewPage, javascript: bool
) -> None:
    look_at = look if javascript else (lambda page: None)
    odile = new_page()
    journey.open_installation(odile, address, lambda page: None)
    link = invite(odile, "Rose Petit", "rose@lavoir.example", "Simple")

    rose = new_page(javascript=javascript, width=320, height=700)
    rose.goto(link)
    look_at(rose)
    rose.get_by_label("mot de passe").fill("court")
    rose.get_by_role("button", name="Créer mon compte").click()
    expect(rose.get_by_role("alert")).to_be_visible()
    rose.get_by_label("mot de passe").fill(ROSE)
    rose.get_by_role("button", name="Créer mon compte").click()
    expect(rose.get_by_role("heading", level=1)).to_contain_text("Rose Petit")
    expect(rose.get_by_text("demandez à Odile Martin")).to_be_visible()
    look_at(rose)

    odile.set_viewport_size({"width": 320, "height": 700})
    odile.get_by_role("link", name="Revenir à mon équipe").click()
    for name in ("Changer la sorte de compte", "Lien pour un nouveau mot de passe", "Désactiver"):
        odile.get_by_role("link", name=f"{name} Rose Petit").click()
        look(odile)
        if name != "Désactiver":
            odile.get_by_role("link", name="Ne rien changer").click()
    odile.get_by_role("button", name="Désactiver ce compte").click()
    expect(odile.get_by_role("row", name="Rose Petit")).to_contain_text("désactivé")
    look(odile)
    rose.reload()
    expect(rose.get_by_role("heading", level=1)).to_have_text("Se connecter")


def test_links_that_opened_once_and_a_forgotten_password_say_what_to_do(
    address: str, new_page: NewPage
) -> None:
    odile = new_page()
    journey.open_installation(odile, address, lambda page: None)
    link = invite(odile, "", "paul@lavoir.example", "Administré")
    visitor = new_page(width=320, height=700)
    visitor.goto(f"{address}/invitation/inconnue")
    look(visitor)
    visitor.goto(f"{address}/mot-de-passe/inconnu")
    look(visitor)
    visitor.goto(address)
    visitor.get_by_role("link", name="Mot de passe oublié").click()
    look(visitor)
    expect(visitor.get_by_text("Demandez à un administrateur")).to_be_visible()
    visitor.goto(link)
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Rejoindre Les Amis du Lavoir")
