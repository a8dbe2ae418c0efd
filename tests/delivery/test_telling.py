"""The author of a letter is told what became of it, once, and nobody else is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import PASSWORD
from tests.delivery.conftest import HandOver, MailServer
from tests.delivery.test_time import CLIENT, DAY, GivenClock
from webapp.accounts import pace
from webapp.accounts.models import AnswersTold, Kind, User
from webapp.accounts.users import create_user
from webapp.delivery.dispatch import carry_due
from webapp.delivery.tasks import do_all_due
from webapp.delivery.telling import last_hour, tell_due
from webapp.letters import mending, steps
from webapp.letters.models import Addressee, Letter

pytestmark = pytest.mark.slow

Start = Callable[..., tuple[MailServer, dict[str, Any]]]
Configure = Callable[..., Config]
MORNING = datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
EIGHT = datetime(2026, 3, 21, 7, 0, tzinfo=UTC)
"""The next eight o’clock in Paris."""


@pytest.fixture
def clock() -> GivenClock:
    return GivenClock(MORNING)


@pytest.fixture
def posted(
    session: scoped_session[Session],
    hand_over: HandOver,
    mail_server: Start,
    configure: Configure,
    clock: GivenClock,
) -> tuple[Letter, MailServer, Config]:
    """A letter to three recipients: one accepts, one refuses, and the third has no mailbox."""
    server, settings = mail_server()
    server.refused["c@x.example"] = "550 no such user"
    emails = ("a@x.example", "b@x.example", "c@x.example")
    letter = hand_over(*emails, is_trial=False, leaves_at=MORNING)
    config = configure(**settings)
    carry_due(config, clock)
    session.expire_all()
    steps.accept(session, letter.addressees[0], "Ada", CLIENT, MORNING + timedelta(hours=1))
    steps.reject(session, letter.addressees[1], CLIENT, MORNING + timedelta(hours=2))
    session.commit()
    server.messages.clear()
    clock.now = MORNING + timedelta(hours=3)
    return letter, server, config


def choose(session: scoped_session[Session], letter: Letter, kind: AnswersTold) -> None:
    letter.author.answers_told = kind
    session.commit()


def test_once_a_day_one_mail_tells_all_that_became_of_the_authors_letters(
    session: scoped_session[Session],
    posted: tuple[Letter, MailServer, Config],
    clock: GivenClock,
) -> None:
    letter, server, config = posted
    tell_due(config, clock)
    clock.now = EIGHT - timedelta(seconds=1)
    tell_due(config, clock)
    assert server.messages == [], "eight o’clock is still to come"
    clock.now = EIGHT
    for _ in range(3):
        tell_due(config, clock)
        clock.now += timedelta(hours=1)
    (message,) = server.messages
    assert message["To"] == letter.author.email
    counts = "1 accepté, 1 refusé, 1 échec"
    assert message["Subject"] == f"Vos courriers recommandés\u00a0: {counts}"
    text = message.get_body(("plain",)).get_content()
    assert "1 accepté\u00a0: Nom a@x.example" in text
    assert "1 refusé\u00a0: Nom b@x.example" in text
    assert "1 échec\u00a0: Nom c@x.example" in text
    assert f"https://courrier.example/courriers/{letter.number}" in text
    assert "Rendez-vous le 12 avril" not in message.as_string(), "nothing of the content"
    session.expire_all()
    assert {row.told_at for row in letter.addressees} == {EIGHT}


def test_a_letter_that_nobody_claimed_is_told_the_morning_after(
    session: scoped_session[Session],
    posted: tuple[Letter, MailServer, Config],
    hand_over: HandOver,
    clock: GivenClock,
) -> None:
    _letter, server, config = posted
    clock.now = EIGHT
    tell_due(config, clock)
    server.messages.clear()
    late = hand_over("d@x.example", "e@x.example", is_trial=False, leaves_at=clock.now)
    carry_due(config, clock)
    clock.now += 17 * DAY
    carry_due(config, clock)
    clock.now += DAY
    tell_due(config, clock)
    (message,) = [one for one in server.messages if one["To"] == late.author.email]
    assert "2 non réclamés" in message["Subject"]


def test_at_once_means_at_once(
    session: scoped_session[Session],
    posted: tuple[Letter, MailServer, Config],
    clock: GivenClock,
) -> None:
    letter, server, _config = posted
    choose(session, letter, AnswersTold.AT_ONCE)
    do_all_due(clock)
    do_all_due(clock)
    assert [message["To"] for message in server.messages] == [letter.author.email]


@pytest.mark.parametrize("kind", [AnswersTold.NEVER, AnswersTold.DAILY])
def test_what_nobody_was_to_be_told_does_not_come_up_later(
    session: scoped_session[Session],
    posted: tuple[Letter, MailServer, Config],
    clock: GivenClock,
    kind: AnswersTold,
) -> None:
    letter, server, config = posted
    if kind == AnswersTold.NEVER:
        choose(session, letter, kind)
    else:
        letter.is_trial = True
        session.commit()
    clock.now = EIGHT
    tell_due(config, clock)
    letter.is_trial = False
    choose(session, letter, AnswersTold.AT_ONCE)
    tell_due(config, clock)
    assert server.messages == []


def test_nothing_is_told_while_no_mail_server_is_set_and_all_of_it_afterwards(
    session: scoped_session[Session],
    posted: tuple[Letter, MailServer, Config],
    configure: Configure,
    clock: GivenClock,
) -> None:
    letter, server, config = posted
    clock.now = EIGHT
    tell_due(configure(smtp_host=""), clock)
    session.expire_all()
    assert {row.told_at for row in letter.addressees} == {None}
    tell_due(config, clock)
    assert len(server.messages) == 1


def test_a_mail_that_does_not_leave_is_tried_again_and_never_touches_the_letter(
    session: scoped_session[Session],
    posted: tuple[Letter, MailServer, Config],
    clock: GivenClock,
) -> None:
    letter, server, config = posted
    states = [row.state for row in letter.addressees]
    server.refused[letter.author.email] = "451 come back later"
    clock.now = EIGHT
    tell_due(config, clock)
    server.refused.clear()
    clock.now += timedelta(minutes=14)
    tell_due(config, clock)
    assert server.messages == [], "a server that is asked every minute takes offence"
    clock.now += timedelta(minutes=1)
    tell_due(config, clock)
    assert len(server.messages) == 1
    session.expire_all()
    assert [row.state for row in letter.addressees] == states


def test_a_mailbox_that_refuses_for_good_is_not_tried_for_ever(
    session: scoped_session[Session],
    posted: tuple[Letter, MailServer, Config],
    clock: GivenClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    letter, server, config = posted
    server.refused[letter.author.email] = "550 no such user"
    clock.now = EIGHT
    tell_due(config, clock)
    server.refused.clear()
    clock.now += DAY
    tell_due(config, clock)
    assert server.messages == []
    assert letter.author.email not in caplog.text


def test_a_mail_whose_record_was_lost_goes_again_under_the_same_name(
    session: scoped_session[Session],
    posted: tuple[Letter, MailServer, Config],
    clock: GivenClock,
) -> None:
    letter, server, config = posted
    clock.now = EIGHT
    tell_due(config, clock)
    session.expire_all()
    for addressee in letter.addressees:
        addressee.told_at = None
    session.commit()
    tell_due(config, clock)
    first, second = server.messages
    assert first["Message-ID"] == second["Message-ID"]


def test_what_becomes_of_a_letter_while_the_mail_leaves_is_told_by_the_next_one(
    session: scoped_session[Session],
    posted: tuple[Letter, MailServer, Config],
    clock: GivenClock,
) -> None:
    letter, server, config = posted
    failed = letter.addressees[2].id
    database = session.get_bind()
    take, again = server.handle_message, EIGHT + timedelta(seconds=5)

    def fail_again_meanwhile(message: Any) -> None:
        with Session(database) as worker:
            addressee = worker.get_one(Addressee, failed)
            mending.correct(worker, addressee, "c@y.example", "", "Odile", b"x" * 32, EIGHT)
            steps.fail(worker, addressee, "recipient: 550 no such user", again)
            worker.commit()
        take(message)

    session.commit()
    server.handle_message = fail_again_meanwhile  # type: ignore[method-assign]
    clock.now = EIGHT
    tell_due(config, clock)
    server.handle_message = take  # type: ignore[method-assign]
    session.expire_all()
    assert [row.told_at for row in letter.addressees] == [EIGHT, EIGHT, None]
    session.commit()
    clock.now = EIGHT + DAY
    tell_due(config, clock)
    assert [message["Subject"].partition(": ")[2] for message in server.messages] == [
        "1 accepté, 1 refusé, 1 échec",
        "1 échec",
    ]


def test_each_author_is_told_of_his_own_letters_only(
    session: scoped_session[Session],
    posted: tuple[Letter, MailServer, Config],
    hand_over: HandOver,
    clock: GivenClock,
) -> None:
    letter, server, config = posted
    paul = create_user(
        session,
        letter.organisation_id,
        "Paul Roux",
        "paul@lavoir.example",
        PASSWORD,
        Kind.MANAGED,
        MORNING,
    )
    hand_over("p@x.example", author=paul, subject="De Paul", is_trial=False, leaves_at=MORNING)
    clock.now = MORNING
    carry_due(config, clock)
    addressee = session.scalars(select(Addressee).where(Addressee.email == "p@x.example")).one()
    steps.accept(session, addressee, "P", CLIENT, MORNING + timedelta(hours=1))
    session.commit()
    server.messages.clear()
    clock.now = EIGHT
    tell_due(config, clock)
    told = {
        message["To"]: message.get_body(("plain",)).get_content() for message in server.messages
    }
    assert set(told) == {"paul@lavoir.example", letter.author.email}
    assert "De Paul" in told["paul@lavoir.example"]
    assert "De Paul" not in told[letter.author.email]


def test_a_disabled_account_is_told_nothing(
    session: scoped_session[Session],
    posted: tuple[Letter, MailServer, Config],
    clock: GivenClock,
) -> None:
    letter, server, config = posted
    session.get_one(User, letter.author_id).active = False
    session.commit()
    clock.now = EIGHT
    tell_due(config, clock)
    assert server.messages == []


@pytest.mark.parametrize(
    ("now", "hour"),
    [
        ("2026-03-29T07:59:00+02:00", "2026-03-28T08:00:00+01:00"),
        ("2026-03-29T08:00:00+02:00", "2026-03-29T08:00:00+02:00"),
        ("2026-10-25T09:00:00+01:00", "2026-10-25T08:00:00+01:00"),
        ("2026-10-25T07:00:00+01:00", "2026-10-24T08:00:00+02:00"),
    ],
)
def test_eight_oclock_is_that_of_paris(now: str, hour: str) -> None:
    assert last_hour(datetime.fromisoformat(now)) == datetime.fromisoformat(hour)


def test_mails_to_authors_keep_to_the_limits_and_leave_after_the_notices(
    session: scoped_session[Session],
    posted: tuple[Letter, MailServer, Config],
    hand_over: HandOver,
    configure: Configure,
    clock: GivenClock,
) -> None:
    letter, server, config = posted
    hand_over("d@x.example", is_trial=False, leaves_at=EIGHT)
    configure(**{**vars(config), "mail_per_hour": 2})
    clock.now = EIGHT
    do_all_due(clock)
    assert [message["To"] for message in server.messages] == ["d@x.example"]
    clock.now += pace.WINDOW
    do_all_due(clock)
    assert [message["To"] for message in server.messages] == ["d@x.example", letter.author.email]
