"""A letter that was handed over to two recipients."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session, scoped_session

from webapp.accounts.models import User
from webapp.letters.models import Letter
from webapp.letters.submission import FrozenRecipient, Submission, submit

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LOUISE = FrozenRecipient(
    name="Louise Blanc",
    email="louise@courriel.example",
    status="individual",
    postal_address="",
    consent="bulletin d’adhésion du 3 janvier 2026",
)
ATELIER = replace(LOUISE, name="Atelier Noir", email="atelier@noir.example", status="professional")


@pytest.fixture
def submission(administrator: User) -> Submission:
    return Submission(
        organisation=administrator.organisation,
        author=administrator,
        subject="Convocation à l’assemblée générale",
        message="Rendez-vous le 12 avril.\n\nLe bureau",
        is_trial=True,
        recipients=[LOUISE, ATELIER],
        key="une-clef-de-formulaire",
        token_key=b"x" * 32,
        host="courrier.example",
    )


@pytest.fixture
def letter(session: scoped_session[Session], submission: Submission) -> Letter:
    letter = submit(session, submission, NOW)
    session.commit()
    return letter


@pytest.fixture
def other_letter(
    session: scoped_session[Session], submission: Submission
) -> Callable[[User], Letter]:
    """Hand over another letter, by another account: `other_letter(paul)`."""

    def hand_over(author: User) -> Letter:
        changed = replace(
            submission, author=author, organisation=author.organisation, key=f"clef-{author.id}"
        )
        letter = submit(session, changed, NOW)
        session.commit()
        return letter

    return hand_over
