"""A long list is read by the worker of a real installation, and the page shows it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser import journey
from tests.browser.looks import everywhere, look
from tests.browser.world import NOW, ODILE, World
from webapp.accounts.models import User
from webapp.contacts.models import Group
from webapp.extensions import db
from webapp.imports import staging, uploads
from webapp.imports.models import Import
from webapp.web.settings import current

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


@contextmanager
def being_read(world: World) -> Iterator[int]:
    """Hold the file of an import as whoever reads it does, so that nobody else gets further."""
    with world.app.app_context():
        group = db.session.get_one(Group, world.ids["group_id"])
        odile = db.session.scalars(select(User).where(User.email == ODILE)).one()
        folder, name = uploads.folder_in(current().data_directory), uploads.new_name()
        with uploads.held(folder, name):
            begun = staging.begin(db.session, group, odile.id, "très-longue.csv", name, NOW)
            number = begun.id
            db.session.commit()
            yield number
            db.session.delete(db.session.get_one(Import, number))
            db.session.commit()
        uploads.remove(folder, name)


def note(import_id: int, **progress: int | str) -> None:
    """Write down how far the reading is, or why it stopped."""
    for name, value in progress.items():
        setattr(db.session.get_one(Import, import_id), name, value)
    db.session.commit()


def test_the_page_of_a_list_that_is_read_or_cannot_be_is_clean_and_fits_its_window(
    world: World, world_address: str, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    journey.sign_in(page, world_address, ODILE)
    with being_read(world) as number:
        page.goto(f"{world_address}/imports/{number}/lecture")
        expect(page.get_by_text("Le fichier est reçu")).to_be_visible()
        assert everywhere(page) == []
        note(number, lines_read=50_000, lines_total=200_000)
        expect(page.get_by_text("25\u00a0%")).to_be_visible()
        assert everywhere(page) == []
        note(number, failure="no_row", upload="")
        expect(page.get_by_role("alert")).to_contain_text("aucune ligne")
        assert everywhere(page) == []
        expect(page.get_by_role("link", name="Choisir un autre fichier")).to_be_visible()
