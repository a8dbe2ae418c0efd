from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.delivery.conftest import HandOver
from webapp.accounts.models import User
from webapp.delivery import languages
from webapp.delivery.dispatch import carry_due
from webapp.delivery.models import TrialMessage

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def notices(session: scoped_session[Session]) -> dict[str, EmailMessage]:
    """The messages of the trial box, by the address they are for."""
    kept = session.scalars(select(TrialMessage)).all()
    return {one.addressee.email: message_from_bytes(one.content, policy=default) for one in kept}


def plain(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.mark.parametrize(
    ("language", "subject", "said", "html"),
    [
        ("fr", "[ESSAI] Un courrier recommandé", "Vous avez jusqu’au", '<html lang="fr">'),
        ("en", "[TRIAL] An electronic registered", "You have up to and incl", '<html lang="en">'),
    ],
)
def test_a_notice_is_written_in_the_organisations_language(
    session: scoped_session[Session],
    administrator: User,
    hand_over: HandOver,
    config: Config,
    language: str,
    subject: str,
    said: str,
    html: str,
) -> None:
    administrator.organisation.language = language
    hand_over("a@x.example")
    carry_due(config)
    message = notices(session)["a@x.example"]
    assert message["Subject"].startswith(subject)
    assert message["Content-Language"] == language
    assert said in plain(message)
    page = message.get_body(("html",))
    assert page is not None
    assert html in page.get_content()


def test_each_recipient_of_one_letter_reads_the_language_he_chose(
    session: scoped_session[Session], hand_over: HandOver, config: Config
) -> None:
    first = hand_over("anna@x.example")
    languages.choose(session, first.addressees[0], "en", NOW)
    session.commit()
    hand_over("zoe@x.example", "ANNA@x.example", "yves@x.example")
    carry_due(config)
    by_address = {address: one["Content-Language"] for address, one in notices(session).items()}
    assert by_address == {
        "anna@x.example": "en",
        "zoe@x.example": "fr",
        "ANNA@x.example": "en",
        "yves@x.example": "fr",
    }


def test_a_language_that_is_no_longer_spoken_is_written_in_french(
    session: scoped_session[Session], administrator: User, hand_over: HandOver
) -> None:
    administrator.organisation.language = "de"
    letter = hand_over("a@x.example")
    (addressee,) = letter.addressees
    assert languages.of_notices(session, [addressee])[addressee.id] == "fr"
