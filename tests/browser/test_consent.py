"""A person says on her telephone whether she agrees, with JavaScript and without."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import everywhere
from tests.browser.world import World

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]


@pytest.mark.parametrize("javascript", [True, False])
def test_on_a_telephone_a_person_changes_her_mind_agrees_and_takes_it_back(
    new_page: NewPage, world_address: str, world: World, javascript: bool
) -> None:
    page = new_page(javascript=javascript, width=320, height=640)
    page.goto(f"{world_address}/accord/{world.consents['refused']}")
    title = page.get_by_role("heading", level=1)
    page.get_by_label("J’accepte de recevoir").check()
    page.get_by_role("button", name="Donner mon accord").click()
    expect(title).to_have_text("Vous avez accepté les recommandés électroniques")
    page.get_by_role("link", name="Retirer mon accord…").click()
    expect(title).to_have_text("Retirer votre accord\u00a0?")
    page.get_by_role("link", name="Non, le garder").click()
    page.get_by_role("link", name="Retirer mon accord…").click()
    page.get_by_role("button", name="Oui, retirer mon accord").click()
    expect(title).to_have_text("Vous avez retiré votre accord")
    page.get_by_role("button", name="English").click()
    expect(title).to_have_text("You have withdrawn your consent")
    if javascript:
        assert everywhere(page) == []
    page.get_by_role("button", name="Français").click()
    expect(title).to_have_text("Vous avez retiré votre accord")
