"""A long list is read by the worker of a real installation, and the page shows it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import journey
from tests.browser.looks import look

pytestmark = pytest.mark.browser
HEADINGS = "E-mail;Nom;Prénom;Statut"
LINES = 20_000


def long_list(path: Path) -> Path:
    rows = (f"p{number}@exemple.fr;Petit{number};Jean;particulier" for number in range(LINES))
    path.write_text("\n".join((HEADINGS, *rows)), encoding="utf-8")
    return path


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_long_list_is_read_while_its_page_shows_how_far_it_is(
    address: str, new_page: Callable[..., Page], tmp_path: Path, javascript: bool
) -> None:
    page = new_page(javascript=javascript)
    journey.open_installation(page, address, lambda _page: None)
    journey.make_group(page, "Adhérents", lambda _page: None)
    page.get_by_role("link", name="Importer depuis un fichier Excel").click()
    page.get_by_label("Votre fichier").set_input_files(long_list(tmp_path / "longue.csv"))
    page.get_by_role("button", name="Continuer", exact=True).click()
    expect(page.get_by_role("heading", name="Lecture de «\u00a0longue.csv\u00a0»")).to_be_visible()
    progress = page.url
    page.goto(address)
    page.goto(progress)
    if not javascript:
        for _ in range(60):
            if "/lecture" not in page.url:
                break
            page.wait_for_timeout(500)
            page.get_by_role("link", name="Actualiser").click()
    expect(page.get_by_text("20\u202f000 lignes\u00a0: 20\u202f000 prêtes")).to_be_visible(
        timeout=60_000
    )
    page.get_by_role("link", name="Changer la feuille ou les colonnes").click()
    expect(page.get_by_label("Prénom", exact=True)).to_have_value("first_name")
    if javascript:
        look(page)
