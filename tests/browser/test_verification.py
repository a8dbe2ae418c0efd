"""Anybody has a proof checked: with JavaScript or without, on a telephone, on a clean page."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import journey
from tests.browser.looks import complaints, sideways
from tests.browser.world import ODILE, World

pytestmark = pytest.mark.browser


@pytest.fixture
def archive(new_page: Callable[..., Page], world: World, world_address: str) -> bytes:
    """The archive of a letter, as Odile downloads it."""
    page = new_page()
    journey.sign_in(page, world_address, ODILE)
    return page.request.get(f"{world_address}/courriers/{world.letter}/preuves.zip").body()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_proof_is_checked_on_a_telephone_with_javascript_or_without(
    new_page: Callable[..., Page],
    world_address: str,
    archive: bytes,
    tmp_path: Path,
    javascript: bool,
) -> None:
    page = new_page(javascript=javascript, width=320, height=640)
    for content, answer in (
        (archive, "Cette archive est authentique."),
        (archive.replace(b"/Type/Catalog", b"/Type/Katalog", 1), "Cette archive a été modifiée"),
        (b"%PDF-1.7 rien", "Ce document n’est pas une preuve connue de cette installation."),
    ):
        file = tmp_path / "preuves.zip"
        file.write_bytes(content)
        page.goto(f"{world_address}/verifier")
        page.get_by_label("Le fichier à vérifier").set_input_files(file)
        page.get_by_role("button", name="Vérifier", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(answer)
        if javascript:
            assert complaints(page) == []
        assert sideways(page) == []
