"""The page of a list that the worker reads, at each step it can show."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser import journey
from tests.browser.looks import everywhere
from tests.browser.world import NOW, ODILE, World
from webapp.accounts.models import User
from webapp.contacts.models import Group
from webapp.extensions import db
from webapp.imports import staging, uploads
from webapp.imports.models import Import
from webapp.web.settings import current

pytestmark = pytest.mark.browser


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
