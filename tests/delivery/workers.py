"""Real workers, and what came of what they carried."""

import os
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session, scoped_session

from tests.browser.installation import PLIREC, free_port
from tests.watching import watching
from webapp.letters.models import Letter

LEASE = 3


def start_worker(
    directory: Path, settings: dict[str, Any], *words: str, lease: int = LEASE
) -> "subprocess.Popen[bytes]":
    """Start `plirec worker`, in a group of processes of its own as from a terminal."""
    return start(directory, settings, "worker", *words, lease=lease)


def start(
    directory: Path, settings: dict[str, Any], *words: str, lease: int = LEASE
) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "PLIREC_DATA": str(directory),
        "PLIREC_LEASE": str(lease),
        "PLIREC_PORT": str(free_port()),
        "PUBLIC_URL": settings["public_url"],
        **{name.upper(): str(value) for name, value in settings.items() if value},
    }
    return subprocess.Popen([*PLIREC, *words], env=environment, start_new_session=True)


def wait_until(reached: Callable[[], bool]) -> None:
    for _ in range(2_400):
        if reached():
            return
        time.sleep(0.05)
    raise AssertionError("it never came to that")


def states(session: scoped_session[Session], letter: Letter) -> Counter[str]:
    """Count a letter's addressees by state; asks for no lock, which the workers want."""
    with watching(session):
        return Counter(addressee.state for addressee in letter.addressees)
