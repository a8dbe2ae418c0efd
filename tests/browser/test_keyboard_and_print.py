"""What is reached without a mouse, and what is left on paper."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import journey
from tests.browser.world import ODILE, World

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]

LINKS = ".button, .button-quiet, .banner, .skip, footer, input, select"
FOCUS = """() => {
  const element = document.activeElement, style = getComputedStyle(element);
  return {
    name: element.outerHTML.slice(0, 120),
    in_page: element !== document.body,
    // The button inside a date field is the browser's own, and shows its focus itself.
    shown: !element.matches(":focus")
      || style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
  };
}"""


@pytest.fixture
def desk(world_address: str, new_page: NewPage) -> Page:
    page = new_page()
    journey.sign_in(page, world_address, ODILE)
    return page


def paths(world: World) -> list[str]:
    return [
        "/",
        "/envoyer",
        "/courriers",
        f"/courriers/{world.letter}?ouvert={world.envois['accepted']}",
        f"/groupes/{world.ids['group_id']}",
        f"/a-poster/{world.ids['deposit']}",
        "/organisation/equipe",
        "/organisation/messagerie",
    ]


def test_the_first_stop_of_every_page_leads_past_the_navigation(
    desk: Page, world_address: str, world: World
) -> None:
    for path in paths(world):
        desk.goto(world_address + path)
        # A page that puts the focus somewhere itself is read from there.
        desk.evaluate("document.activeElement.blur()")
        desk.keyboard.press("Tab")
        skip = desk.get_by_role("link", name="Aller au contenu")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        desk.keyboard.press("Enter")
        expect(desk.locator("main")).to_be_focused()
        desk.keyboard.press("Tab")
        assert desk.evaluate("document.activeElement.closest('main') !== null"), path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_whatever_has_the_focus_shows_it(
    desk: Page, world_address: str, world: World, scheme: str
) -> None:
    desk.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    hidden = []
    for path in paths(world):
        desk.goto(world_address + path)
        desk.evaluate("document.activeElement.blur()")
        stops = 0
        for _ in range(60):
            desk.keyboard.press("Tab")
            focus = desk.evaluate(FOCUS)
            if not focus["in_page"]:
                break
            stops += 1
            if not focus["shown"]:
                hidden.append(f"{path}: {focus['name']}")
        assert stops > 5
    assert hidden == []


def on_paper(page: Page, address: str) -> list[str]:
    """Print the page; give what is of no use on paper and is there all the same."""
    page.goto(address)
    page.emulate_media(media="print")
    useless = page.locator(f"nav, button, form, summary, {LINKS}")
    return [
        re.sub(r"\s+", " ", element.evaluate("element => element.outerHTML.slice(0, 120)"))
        for element in useless.all()
        if element.is_visible()
    ]


def test_a_printed_letter_keeps_its_table_and_no_button(
    desk: Page, world_address: str, world: World
) -> None:
    opened = f"{world_address}/courriers/{world.letter}?ouvert={world.envois['accepted']}"
    assert on_paper(desk, opened) == []
    for name in world.envois:
        expect(desk.get_by_role("rowheader", name=re.compile(f"Louise {name}"))).to_be_visible()
    expect(desk.get_by_role("columnheader", name="État")).to_be_visible()
    expect(desk.locator(".timeline li").first).to_be_visible()


def test_a_printed_group_keeps_its_contacts_and_no_form(
    desk: Page, world_address: str, world: World
) -> None:
    assert on_paper(desk, f"{world_address}/groupes/{world.ids['group_id']}") == []
    expect(desk.get_by_role("rowheader", name="Zanzibar")).to_be_visible()
    expect(desk.get_by_text("a@zanzibar.example")).to_be_visible()
    expect(desk.get_by_role("link", name="Modifier")).to_be_hidden()


def test_what_a_recipient_prints_is_the_letter(
    new_page: NewPage, world_address: str, world: World
) -> None:
    page = new_page()
    assert on_paper(page, f"{world_address}/r/{world.recipients['accepted']}") == []
    expect(page.get_by_text("Rendez-vous le 12 avril à 18 h.")).to_be_visible()
    expect(page.get_by_text("Les Amis du Lavoir")).to_be_visible()
    expect(page.get_by_text("Empreinte (SHA-256) du message")).to_be_visible()
    expect(page.get_by_text("Numéro de l’envoi")).to_be_visible()
