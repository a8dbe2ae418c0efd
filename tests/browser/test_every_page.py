"""Walks every page that the application can answer, in one installation that holds everything."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import journey
from tests.browser.looks import SCHEMES, complaints, everywhere
from tests.browser.world import ODILE, ROSE, YVES, World
from tests.conftest import PASSWORD
from tests.tree.audiences import AUDIENCES
from tests.tree.everything import address_of

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]


@pytest.fixture
def desk(world_address: str, new_page: NewPage) -> Page:
    """A window in which Odile, an administrator, is signed in."""
    page = new_page()
    journey.sign_in(page, world_address, ODILE)
    return page


def named(world: World, *, needs_sign_in: bool) -> Iterator[str]:
    """Give the address of every route that can be read; a new one comes in by itself."""
    tokens = {
        "/r": world.recipients["accepted"],
        "/invitation": world.invitation,
        "/accord": world.consents["given"],
    }
    for rule in world.app.url_map.iter_rules():
        is_open = AUDIENCES[rule.rule] in ("everyone", "token")
        if "GET" in (rule.methods or ()) and is_open != needs_sign_in:
            token = tokens.get(rule.rule[: rule.rule.find("/", 1)], world.password_link)
            yield address_of(world.app, rule, {**world.ids, "token": token})


def with_more(world: World) -> list[str]:
    """Give the addresses that show a page in another light: searched, unfolded, or missing."""
    letter = f"/courriers/{world.letter}"
    return [
        f"/groupes/{world.ids['group_id']}?recherche=introuvable",
        f"/groupes/{world.ids['group_id']}?voir=professionnels&tri=recents",
        f"/groupes/{world.ids['group_id']}?voir=sans-email",
        f"/groupes/{world.ids['group_id']}/plusieurs/accord?everyone=y",
        f"/groupes/{world.ids['group_id']}/plusieurs/accord/demander?everyone=y",
        f"/groupes/{world.ids['group_id']}/plusieurs/retirer?everyone=y",
        f"/groupes/{world.ids['group_id']}/plusieurs/deplacer?everyone=y",
        f"/envoyer?group={world.ids['group_id']}",
        "/courriers?recherche=assembl%C3%A9e&etat=accepted&depuis=2026-01-01",
        "/courriers?recherche=introuvable",
        "/courriers?recherche=" + 201 * "a",
        letter,
        f"{letter}?ouvert={world.envois['accepted']}",
        f"{letter}?ouvert={world.envois['paper']}",
        f"{letter}?etat=accepted&recherche=louise",
        f"/courriers/{world.ids['number']}/annuler",
        f"/courriers/{world.held_up}",
        f"/a-poster/{world.posted}",
        f"/courriers/{world.erased}",
        "/organisation/donnees?personne=a@zanzibar.example",
        "/organisation/donnees?personne=introuvable",
        "/organisation/donnees/effacer?personne=a@zanzibar.example",
        "/groupes/999",
        "/nulle-part",
    ]


def walk(page: Page, address: str, paths: list[str]) -> str:
    """Look everywhere at each of these pages; give what is wrong, a line each."""
    wrong: list[str] = []
    seen = 0
    for path in paths:
        answer = page.request.get(address + path)
        if answer.headers["content-type"].startswith("text/html"):
            page.goto(address + path)
            wrong += [f"{path} {found}" for found in everywhere(page)]
            seen += 1
    assert seen
    return "\n".join(wrong)


def test_every_page_of_an_administrator_is_clean_and_fits_its_window(
    desk: Page, world_address: str, world: World
) -> None:
    paths = [*named(world, needs_sign_in=True), *with_more(world)]
    assert walk(desk, world_address, paths) == ""


def test_every_page_that_needs_no_account_is_clean_and_fits_its_window(
    new_page: NewPage, world_address: str, world: World
) -> None:
    recipients = [f"/r/{token}" for token in world.recipients.values()]
    asked = [f"/r/{world.recipients['waiting']}/rappels"]
    recipients += [f"/accord/{token}" for token in world.consents.values()]
    unknown = ["/r/inconnu", "/invitation/inconnue", "/mot-de-passe/inconnu", "/nulle-part"]
    paths = [*named(world, needs_sign_in=False), *recipients, *asked, *unknown]
    assert walk(new_page(), world_address, paths) == ""


def test_every_page_of_a_simple_account_is_clean_and_fits_its_window(
    new_page: NewPage, world_address: str
) -> None:
    page = new_page()
    journey.sign_in(page, world_address, ROSE)
    paths = ["/", "/envoyer", "/courriers", "/boite-essai", "/a-poster", "/groupes"]
    assert walk(page, world_address, paths) == ""


def forms(world: World) -> list[tuple[str, str, str]]:
    """Name the forms that people fill in: whose they are, the page, and the button to press."""
    group = f"/groupes/{world.ids['group_id']}"
    return [
        ("visitor", "/connexion", "Se connecter"),
        ("visitor", f"/invitation/{world.invitation}", "Créer mon compte"),
        ("visitor", f"/mot-de-passe/{world.password_link}", "Enregistrer le mot de passe"),
        ("visitor", f"/r/{world.recipients['coded']}", "Accepter et lire le courrier"),
        ("visitor", f"/accord/{world.consents['open']}", "Donner mon accord"),
        ("desk", "/compte", "Enregistrer mon nom"),
        ("desk", "/compte/mot-de-passe", "Changer de mot de passe"),
        ("desk", "/compte/deuxieme-facteur", "Obtenir la clé"),
        ("desk", "/groupes", "Ajouter"),
        ("desk", f"{group}/nom", "Enregistrer le nom"),
        ("desk", f"{group}/importer", "Continuer"),
        ("desk", f"{group}/contacts/{world.ids['contact_id']}/modifier", "Enregistrer"),
        ("desk", "/envoyer", "Envoyer à 0 destinataire"),
        ("desk", "/organisation", "Enregistrer"),
        ("desk", "/organisation/messagerie", "Enregistrer sans essayer"),
        ("desk", "/organisation/conservation", "Enregistrer"),
        ("desk", "/organisation/equipe", "Inviter"),
        ("desk", "/a-poster/fenetre", "Enregistrer"),
        ("desk", f"/a-poster/{world.ids['deposit']}", "Marquer comme posté"),
        ("desk", f"/a-poster/{world.ids['deposit']}", "Garder ce document"),
        ("desk", f"/a-poster/{world.posted}", "Noter pour les lettres cochées"),
    ]


def test_what_an_empty_form_is_answered_is_clean_and_fits_a_telephone(
    desk: Page, new_page: NewPage, world_address: str, world: World
) -> None:
    pages = {"desk": desk, "visitor": new_page()}
    for page in pages.values():
        page.set_viewport_size({"width": 320, "height": 800})
    wrong: list[str] = []
    for whose, path, button in forms(world):
        page = pages[whose]
        page.goto(world_address + path)
        for field in page.locator("main input:visible:is([type=text], [type=number])").all():
            field.fill("")
        page.get_by_role("button", name=button, exact=True).first.click()
        expect(page.locator("main .error > p, main .error-summary").first).to_be_visible()
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            wrong += [f"{path} {scheme}: {found}" for found in complaints(page, scheme)]
    assert "\n".join(wrong) == ""


def test_the_pages_of_a_second_factor_are_clean_and_fit_their_window(
    new_page: NewPage, world_address: str, world: World
) -> None:
    rose, yves = new_page(), new_page()
    journey.sign_in(rose, world_address, ROSE)
    rose.goto(f"{world_address}/compte/deuxieme-facteur")
    rose.get_by_label("mot de passe").fill(PASSWORD)
    rose.get_by_role("button", name="Obtenir la clé").click()
    expect(rose.get_by_role("heading", level=1)).to_have_text("La clé de votre deuxième facteur")
    assert everywhere(rose) == []
    journey.fill_in_sign_in(yves, world_address, YVES)
    expect(yves.get_by_role("heading", level=1)).to_have_text("Votre code")
    assert everywhere(yves) == []
    yves.get_by_role("link", name="utiliser un code de secours").click()
    assert everywhere(yves) == []
    yves.get_by_label("Code").fill(world.recovery_codes[0])
    yves.get_by_role("button", name="Continuer", exact=True).click()
    paths = ["/compte", "/compte/deuxieme-facteur/desactiver", "/compte/deuxieme-facteur/codes"]
    assert walk(yves, world_address, paths) == ""
    yves.get_by_label("mot de passe").fill(PASSWORD)
    yves.locator("main form button").click()
    expect(yves.locator(".recovery-codes li")).to_have_count(10)
    assert everywhere(yves) == []


def test_a_trial_of_the_mail_server_tells_on_a_clean_page_where_it_stopped(
    desk: Page, world_address: str
) -> None:
    desk.goto(f"{world_address}/organisation/messagerie")
    desk.get_by_label("Serveur", exact=False).first.fill("127.0.0.1")
    desk.get_by_role("spinbutton", name="Port").fill("1")
    desk.get_by_label("Adresse d’où partent les avis").fill("avis@lavoir.example")
    desk.get_by_role("button", name="Enregistrer et envoyer un essai").click()
    expect(desk.get_by_text("arrêté ici")).to_be_visible()
    assert everywhere(desk) == []
    desk.get_by_role("button", name="Oublier ce serveur").click()
    expect(desk.get_by_text("Plus aucun serveur de messagerie")).to_be_visible()


def test_on_a_telephone_the_links_of_a_group_stand_one_under_the_other(
    world: World, world_address: str, new_page: NewPage
) -> None:
    page = new_page(width=360)
    journey.sign_in(page, world_address, ODILE)
    page.goto(f"{world_address}/groupes/{world.ids['group_id']}")
    places = page.locator("h1, main > .actions .button-quiet").evaluate_all(
        """elements => elements.map(element => {
          const text = document.createRange();
          text.selectNodeContents(element);
          return Math.round(text.getBoundingClientRect().left);
        })"""
    )
    assert len(places) == 6
    assert len(set(places)) == 1
