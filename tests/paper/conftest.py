"""A letter that goes on paper to three people, by e-mail to one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session, scoped_session

from tests.conftest import Browser
from tests.delivery.conftest import hand_over
from tests.paper.reading import key_on
from webapp.letters.models import Channel, Letter
from webapp.letters.submission import FrozenRecipient

__all__ = ["hand_over"]
SENT = datetime.now(UTC) - timedelta(days=10)


def on_paper(name: str) -> FrozenRecipient:
    address = f"{name.upper()}\n4 RUE DES LILAS\n01000 BOURG EN BRESSE"
    return FrozenRecipient(name, "", "individual", address, "", Channel.PAPER)


@pytest.fixture
def letter(hand_over: Callable[..., Letter], session: scoped_session[Session]) -> Letter:
    by_mail = FrozenRecipient("Paul", "paul@x.example", "professional", "", "")
    people = [on_paper(name) for name in ("Marie Roux", "Jean Noir", "Élodie Blanc")]
    letter = hand_over(
        "a@x.example", recipients=[by_mail, *people], message="Bonjour.\n\nLe bureau"
    )
    letter.submitted_at = SENT
    session.commit()
    return letter


@pytest.fixture
def place(browser: Browser, letter: Letter) -> str:
    """The address of a deposit of all three letters."""
    page = browser.get("/a-poster").text
    numbers = [row.number for row in letter.addressees if row.channel == "paper"]
    answer = browser.post("/a-poster", {"key": key_on(page), "level": "R1", "numbers": numbers})
    assert answer.status_code == 303
    return str(answer.location)
