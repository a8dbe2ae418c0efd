"""Takes the pictures of the documentation: the main job's pages, wide and narrow, light and dark.

Goes the same way as the browser's test, on an installation of its own that is thrown away.
"""

import os
import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser import journey  # noqa: E402  (the path is only set above)
from tests.browser.installation import FLAGS, running  # noqa: E402

FOLDER = ROOT / "docs" / "images"
WIDTHS = (1280, 360)
NAMES = {
    r"/bienvenue$": "bienvenue",
    r"/connexion": "connexion",
    r"/groupes$": "groupes",
    r"/groupes/\d+$": "groupe",
    r"/importer$": "importer",
    r"/imports/\d+$": "import",
    r"/envoyer": "envoyer",
    r"/courriers$": "courriers",
    r"/courriers/[A-Z0-9-]+$": "courrier",
    r"/boite-essai$": "boite-essai",
    r"/boite-essai/\d+$": "avis",
    r"/r/[\w-]+$": "destinataire",
    r":\d+/$": "accueil",
}


def main() -> None:
    """Go the whole way and leave the pictures in `docs/images`."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        directory = Path(name)
        chromium = playwright.chromium.launch(
            executable_path=os.environ["PLIREC_CHROMIUM"], args=FLAGS
        )
        with running(directory) as address:
            page = chromium.new_page(locale="fr-FR")
            go(page, address, journey.write_list(directory / "adherents-2026.xlsx"))
        chromium.close()


def go(page: Page, address: str, file: Path) -> None:
    """Do the main job and look at each page on the way."""
    journey.open_installation(page, address, photograph)
    journey.sign_out_and_in(page, photograph)
    journey.make_group(page, "Adhérents 2026", photograph)
    journey.import_list(page, file, photograph)
    photograph(page)
    journey.send_to_group_and_one_more(page, "Adhérents 2026", photograph)
    journey.accept_as(page, "Louise Blanc", photograph)
    journey.take_proofs(page, address, "Louise Blanc", photograph)


def photograph(page: Page) -> None:
    """Picture the whole page at each width, light and dark; a later look replaces an earlier."""
    name = next(name for pattern, name in NAMES.items() if re.search(pattern, page.url))
    if page.get_by_role("button", name="Accepter et lire").count():
        name = f"{name}-avant"
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=FOLDER / f"{name}-{width}-{scheme}.png", full_page=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})


if __name__ == "__main__":
    main()
