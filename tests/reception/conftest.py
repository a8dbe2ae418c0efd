"""A letter that waits for Louise, and her secret address."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.delivery.conftest import certificate, configure, hand_over, mail_server
from webapp import keys
from webapp.accounts.models import User
from webapp.letters import steps
from webapp.letters.models import Addressee
from webapp.letters.numbers import token
from webapp.letters.submission import FrozenRecipient, Submission, submit

__all__ = ["certificate", "configure", "hand_over", "mail_server"]


@pytest.fixture
def waiting(
    session: scoped_session[Session], administrator: User, config: Config
) -> Callable[..., tuple[Addressee, str]]:
    """Make a notified letter: `addressee, address = waiting(names_sender=True, days_ago=20)`.

    It is a trial: the codes that are asked for lie in the trial box.
    """

    def make(
        days_ago: int = 1, status: str = "individual", key: str = "une-clef", **changes: Any
    ) -> tuple[Addressee, str]:
        secret = keys.secret(config.keys_directory, "recipients")
        sent_at = datetime.now(UTC) - timedelta(days=days_ago)
        recipient = FrozenRecipient(
            "Louise Blanc", "louise@courriel.example", status, "", "bulletin 2026"
        )
        submission = Submission(
            organisation=administrator.organisation,
            author=administrator,
            subject="Convocation du 12 avril",
            message="Rendez-vous à la mairie.",
            is_trial=True,
            recipients=[recipient],
            key=key,
            token_key=secret,
            host="courrier.example",
        )
        letter = submit(session, submission, sent_at)
        for name, value in changes.items():
            setattr(letter, name, value)
        (addressee,) = letter.addressees
        steps.notify(session, addressee, "250 OK", sent_at)
        session.commit()
        return addressee, f"/r/{token(secret, addressee.number, 1)}"

    return make
