from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.conftest import Browser
from webapp.accounts.models import User

HTMX = {"HX-Request": "true"}
SWAPPED = ("/", "/groupes", "/courriers", "/boite-essai", "/connexion")
PAGES = (*SWAPPED[:-1], "/envoyer")
CONTACT = {"email": "noir@atelier.example", "last_name": "Noir", "company": "Noir"}
SignIn = Callable[[User], Browser]


@pytest.mark.parametrize("htmx", [True, False])
def test_the_same_address_gives_a_page_or_the_part_that_htmx_swaps(
    browser: Browser, client: FlaskClient, htmx: bool
) -> None:
    for address in SWAPPED:
        asking = Browser(client) if address == "/connexion" else browser
        answer = asking.get(address, htmx=htmx)
        assert answer.status_code == 200, address
        assert ("<!doctype html>" in answer.text) is not htmx, address
        assert "HX-Request" in answer.vary, address


@pytest.mark.parametrize("also", ["HX-Boosted", "HX-History-Restore-Request"])
def test_a_followed_link_and_a_step_back_get_the_whole_page(browser: Browser, also: str) -> None:
    for address in PAGES:
        page = browser.client.get(address, headers={**HTMX, also: "true"})
        assert "<!doctype html>" in page.text, address


def test_after_a_form_the_browser_goes_on_by_the_way_it_can_follow(browser: Browser) -> None:
    plain = browser.post("/groupes", {"name": "Adhérents"})
    assert (plain.status_code, plain.location) == (303, "/groupes")
    swapped = browser.post("/groupes", {"name": "Bureau"}, htmx=True)
    assert (swapped.status_code, swapped.text) == (204, "")
    assert swapped.headers["HX-Redirect"] == "/groupes"


def test_signed_out_a_swap_leads_the_whole_window_to_the_sign_in_page(
    client: FlaskClient, administrator: User
) -> None:
    answer = client.get("/groupes", headers=HTMX)
    assert (answer.status_code, answer.text) == (204, "")
    assert answer.headers["HX-Redirect"].startswith("/connexion")
    plain = client.get("/groupes")
    assert plain.status_code == 303
    assert plain.location.startswith("/connexion?next=")


def test_what_was_done_is_said_once_in_the_part_or_on_the_page(browser: Browser) -> None:
    browser.post("/groupes", {"name": "Adhérents"})
    page = browser.get("/groupes").text
    assert page.count('id="announcement"') == 1
    assert page.count("notice-success") == 1
    assert "notice-success" not in browser.get("/groupes").text
    contact = {**CONTACT, "status": "professional"}
    swapped = browser.post("/groupes/1/contacts", contact, htmx=True).text
    assert 'id="announcement" role="status" hx-swap-oob="innerHTML"' in swapped
    assert swapped.count("notice-success") == 1
    assert "notice-success" not in browser.get("/groupes/1").text


def test_a_part_without_news_brings_no_empty_announcement(browser: Browser) -> None:
    assert 'id="announcement"' not in browser.get("/groupes", htmx=True).text


@pytest.mark.parametrize("address", PAGES)
def test_a_page_tells_its_language_and_has_one_main_heading(browser: Browser, address: str) -> None:
    page = browser.get(address).text
    assert '<html lang="fr">' in page
    assert page.count("<h1") == 1
    assert page.count('<main id="main"') == 1
    assert '<a class="skip" href="#main">' in page
