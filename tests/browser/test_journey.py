import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser import journey
from tests.browser.looks import look

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]


def pass_by(page: Page) -> None:
    """Look at nothing: axe needs JavaScript."""


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_newcomer_imports_a_list_sends_a_letter_and_holds_two_proofs(
    address: str, new_page: NewPage, tmp_path: Path, javascript: bool
) -> None:
    page = new_page(javascript=javascript)
    look_at = look if javascript else pass_by
    journey.open_installation(page, address, look_at)
    journey.sign_out_and_in(page, look_at)
    journey.make_group(page, "Adhérents 2026", look_at)
    journey.import_list(page, journey.write_list(tmp_path / "liste.xlsx"), look_at)
    journey.send_to_group_and_one_more(page, "Adhérents 2026", look_at)
    journey.accept_as(page, "Louise Blanc", look_at)
    for proof in journey.take_proofs(page, address, "Louise Blanc", look_at):
        assert verified(tmp_path, proof) == 0
        assert verified(tmp_path, proof[:-40] + b"0" * 40) == 1


def verified(tmp_path: Path, proof: bytes) -> int:
    """Ask `plirec proofs verify`; give its exit status."""
    file = tmp_path / "preuve.pdf"
    file.write_bytes(proof)
    command = [sys.executable, "-m", "webapp", "proofs", "verify", str(file)]
    environment = {**os.environ, "PLIREC_DATA": str(tmp_path / "var")}
    return subprocess.run(command, env=environment, check=False).returncode
