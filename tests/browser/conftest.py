"""A whole installation, as `plirec serve` runs it, and a real browser that opens it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser import world as worlds
from tests.browser.installation import FLAGS, running
from tests.browser.world import World


# Playwright keeps a loop running in this thread: it must end before the other tests go on.
@pytest.fixture(scope="module")
def browser_program(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield program
        program.close()


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The address of an installation that nobody has opened yet."""
    with running(tmp_path) as address:
        yield address


@pytest.fixture(scope="session")
def world_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("world")


@pytest.fixture(scope="session")
def world(world_directory: Path) -> World:
    """An installation that holds one of everything; whoever uses it leaves it so."""
    return worlds.fill(world_directory)


@pytest.fixture(scope="session")
def world_address(world: World, world_directory: Path) -> Iterator[str]:
    """Where that installation answers."""
    assert world.letter
    with running(world_directory) as address:
        yield address


@pytest.fixture
def new_page(browser_program: Browser) -> Iterator[Callable[..., Page]]:
    """Open a window: `new_page(javascript=False)`; a complaint on its console fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_window(*, javascript: bool = True, width: int = 1280, height: int = 900) -> Page:
        context = browser_program.new_context(
            java_script_enabled=javascript,
            viewport={"width": width, "height": height},
            locale="fr-FR",
            accept_downloads=True,
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: _note(message.type, message.text, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert complaints == []


def _note(kind: str, text: str, complaints: list[str]) -> None:
    # A newer request of the same form stops the one that is under way.
    deliberate = re.search(r"status of (403|404|422)|htmx:(afterRequest|sendAbort)", text)
    if kind in ("error", "warning") and not deliberate:
        complaints.append(text)
