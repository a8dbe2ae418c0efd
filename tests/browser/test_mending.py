"""An address that failed is corrected in its line, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import journey
from tests.browser.looks import complaints
from tests.browser.world import ODILE, World

pytestmark = pytest.mark.browser

REFRESH = "htmx.ajax('GET', location.pathname, {target: '#states', swap: 'outerHTML'})"


def test_what_is_typed_for_an_address_stays_while_the_page_refreshes(
    new_page: Callable[..., Page], world_address: str, world: World
) -> None:
    page = new_page()
    journey.sign_in(page, world_address, ODILE)
    page.goto(f"{world_address}/courriers/{world.letter}")
    number = world.envois["failed"]
    page.locator(f"#correct-{number}").click()
    field = page.get_by_label("Nouvelle adresse e-mail")
    expect(field).to_have_value("failed@x.example")
    expect(field).to_be_focused()
    field.fill("louise@neuve.example")
    with page.expect_response(lambda answer: answer.url.endswith(world.letter)):
        page.evaluate(REFRESH)
    expect(field).to_have_value("louise@neuve.example")
    page.get_by_role("button", name="Corriger et envoyer de nouveau").click()
    mend = page.locator(f"#mend-{number}")
    expect(mend.get_by_role("alert")).to_be_visible()
    expect(mend).to_contain_text("Écrivez comment et quand ce particulier a accepté")
    expect(field).to_have_value("louise@neuve.example")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert complaints(page) == []


def test_whatever_has_the_focus_on_a_letters_page_keeps_it_through_a_refresh(
    new_page: Callable[..., Page], world_address: str, world: World
) -> None:
    page = new_page()
    journey.sign_in(page, world_address, ODILE)
    for number in (world.letter, world.held_up):
        page.goto(f"{world_address}/courriers/{number}")
        stops = page.locator("#states :is(a, button)")
        for position in range(stops.count()):
            stop = stops.nth(position)
            stop.focus()
            with page.expect_response(f"**/courriers/{number}"):
                page.evaluate(REFRESH)
            expect(stop).to_be_focused()
