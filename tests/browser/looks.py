"""What every page is held against: axe's rules, and the width of its window."""

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe().axe_script
WIDTHS = (1280, 320)
SCHEMES: dict[Any, Any] = {
    "light": {"resultTypes": ["violations"]},
    "dark": {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]},
}
"""What axe is asked in each scheme: nothing but colours differs in the dark."""


def look(page: Page) -> None:
    """Hold the page against axe's rules, and see that it does not scroll sideways."""
    assert complaints(page) == [], page.url


def complaints(page: Page, scheme: str = "light") -> list[str]:
    """Name each rule of axe that the page breaks, with the element, and a sideways scroll."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    violations = page.evaluate("asked => axe.run(asked)", SCHEMES[scheme])["violations"]
    found = [f"{v['id']}: {node['html']}" for v in violations for node in v["nodes"]]
    return found + sideways(page)


def sideways(page: Page) -> list[str]:
    """Name what reaches out of the window to the right, where the page scrolls that way."""
    return page.evaluate(  # type: ignore[no-any-return]
        """() => {
          const width = window.innerWidth;
          if (document.documentElement.scrollWidth <= width) return [];
          const out = [...document.querySelectorAll("main *, header *, footer *")]
            .filter(element => element.getBoundingClientRect().right > width + 1)
            .map(element => "wide: " + element.outerHTML.slice(0, 120));
          return ["scrolls sideways", ...out.slice(-3)];
        }"""
    )


def cut_off(page: Page) -> list[str]:
    """Name the texts and controls whose box hides a part of them."""
    return page.evaluate(  # type: ignore[no-any-return]
        """() => [...document.querySelectorAll("main *, header *, footer *")]
          .filter(element => {
            const style = getComputedStyle(element);
            return !element.matches("input, textarea") && style.textOverflow !== "ellipsis"
              && ["hidden", "clip"].includes(style.overflowX) && element.clientWidth > 2
              && element.scrollWidth > element.clientWidth + 1;
          }).map(element => "cut off: " + element.outerHTML.slice(0, 120))"""
    )


def everywhere(page: Page) -> list[str]:
    """Look at the page that is open at each width, light and dark, then at 200 % of 1280 pixels."""
    found: list[str] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for scheme in SCHEMES:
            # Colours that are still fading from one scheme into the other are nobody's.
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found += [f"{width} {scheme}: {one}" for one in complaints(page, scheme)]
    page.set_viewport_size({"width": 640, "height": 450})
    found += [f"200 %: {one}" for one in sideways(page) + cut_off(page)]
    page.set_viewport_size({"width": 1280, "height": 800})
    return [re.sub(r"\s+", " ", one) for one in found]
