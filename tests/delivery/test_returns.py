"""What comes back about a notice, from the message's bytes to the letter's page and its proofs."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.delivery import mail_shapes, returned_mail
from tests.delivery.conftest import HandOver, MailServer
from tests.delivery.hostile_mail import HOSTILE
from webapp.contacts import failing
from webapp.delivery import return_path, returns
from webapp.delivery.dispatch import carry_due
from webapp.delivery.models import ReturnedMessage
from webapp.delivery.returns import TakenIn, take_in
from webapp.evidence.integrity import verify_chain
from webapp.evidence.journal import addressee_subject, entries_about, letter_chain
from webapp.letters import mending, reminders, steps
from webapp.letters.models import Addressee
from webapp.storage import load

Start = Callable[..., tuple[MailServer, dict[str, Any]]]
Configure = Callable[..., Config]
TakeIn = Callable[..., TakenIn]
CLIENT = {"ip": "192.0.2.7", "user_agent": "Un navigateur"}
NOW = datetime.now(UTC)


@pytest.fixture
def sending(config: Config, configure: Configure) -> Config:
    return configure(mail_from="avis@courrier.example")


@pytest.fixture
def louise(session: scoped_session[Session], hand_over: HandOver, sending: Config) -> Addressee:
    """A recipient whose notice has left."""
    addressee = hand_over("louise@absente.example", is_trial=False).addressees[0]
    steps.notify(session, addressee, "250 OK", NOW)
    session.commit()
    return addressee


@pytest.fixture
def come_back(session: scoped_session[Session], sending: Config, louise: Addressee) -> TakeIn:
    """Let a message come back: `come_back(returned_mail.POSTFIX)`, to another path if given."""

    def take(build: mail_shapes.Build, path: str = "", at: datetime = NOW) -> TakenIn:
        content = build(path or return_path.of(sending, louise), louise.message_id)
        outcome = take_in(session, sending, content, "", at)
        session.commit()
        return outcome

    return take


def told(session: scoped_session[Session], addressee: Addressee) -> list[str]:
    chain = letter_chain(addressee.letter.number)
    events = entries_about(session, chain, addressee_subject(addressee.number))
    assert verify_chain(session, chain) == []
    return [str(event.kind) for event in events]


def test_each_notice_leaves_with_a_return_path_of_its_own(
    mail_server: Start, configure: Configure, hand_over: HandOver
) -> None:
    server, settings = mail_server()
    config = configure(**settings)
    letter = hand_over("a@x.example", "b@x.example", is_trial=False)
    carry_due(config)
    paths = {message["To"]: message["X-MailFrom"] for message in server.messages}
    assert paths == {row.email: return_path.of(config, row) for row in letter.addressees}
    for row in letter.addressees:
        path = paths[row.email].upper()
        assert return_path.named_by_address(config, path) == (row.number, 1)
        assert all(part not in path for part in ("BUREAU", "LAVOIR"))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"bounce_plus": 0}, "avis@courrier.example"),
        ({"bounce_plus": 0, "bounce_address": "retours@x.example"}, "retours@x.example"),
        ({"mail_from": f"{'a' * 40}@courrier.example"}, f"{'a' * 40}@courrier.example"),
    ],
)
def test_where_the_host_knows_no_plus_the_return_path_is_one_for_all(
    louise: Addressee, configure: Configure, changes: dict[str, Any], expected: str
) -> None:
    assert return_path.of(
        configure(**{"mail_from": "avis@courrier.example", **changes}), louise
    ) == (expected)


def test_nobody_makes_a_return_path_without_having_seen_it(
    sending: Config, louise: Addressee
) -> None:
    path = return_path.of(sending, louise)
    local, tag = path.partition("@")[0].rsplit("-", 1)
    others = ("a" * 16, tag[:-1] + ("a" if tag[-1] != "a" else "b"), tag[:-1])
    for other in others:
        assert return_path.named_by_address(sending, f"{local}-{other}@courrier.example") is None
    later = path.replace("-1-", "-2-")
    assert return_path.named_by_address(sending, later) is None


def test_a_notice_that_comes_back_for_good_has_failed_and_its_message_is_kept(
    session: scoped_session[Session], come_back: TakeIn, louise: Addressee, sending: Config
) -> None:
    assert come_back(returned_mail.POSTFIX) is TakenIn.RECORDED
    assert (louise.state, louise.due_at) == ("failed", None)
    assert louise.problem.startswith("returned: 5.1.1 550 5.1.1")
    assert told(session, louise)[-1] == "NotificationForAcceptanceFailure"
    kept = session.scalars(select(ReturnedMessage)).one()
    assert kept.is_kept
    assert b"User unknown" in load(sending.files_directory, kept.digest)
    since = failing.since(session, louise.letter.organisation_id, ["LOUISE@absente.example"])
    assert since == {"louise@absente.example": NOW}


def test_the_same_message_twice_changes_nothing_and_another_is_but_noted(
    session: scoped_session[Session], come_back: TakeIn, louise: Addressee
) -> None:
    come_back(returned_mail.POSTFIX)
    before = told(session, louise)
    assert come_back(returned_mail.POSTFIX) is TakenIn.REPEATED
    assert told(session, louise) == before
    assert come_back(returned_mail.EXIM) is TakenIn.RECORDED
    assert told(session, louise) == [*before, "NoticeReturnedLate"]
    assert louise.state == "failed"


@pytest.mark.parametrize(
    ("build", "event"),
    [
        (returned_mail.POSTFIX_LATE, "NoticeDelayed"),
        (returned_mail.POSTFIX_DELIVERED, "NotificationDelivered"),
        (returned_mail.VACATION, "AutomaticReply"),
    ],
)
def test_what_is_no_failure_is_noted_and_the_days_go_on(
    session: scoped_session[Session],
    come_back: TakeIn,
    louise: Addressee,
    sending: Config,
    build: mail_shapes.Build,
    event: str,
) -> None:
    due_at = louise.due_at
    assert come_back(build) is TakenIn.RECORDED
    assert told(session, louise)[-1] == event
    assert louise.state == "notified"
    assert louise.due_at == due_at
    assert not sending.files_directory.exists(), "it holds the recipient's secret address"


@pytest.mark.parametrize("answer", ["accepted", "rejected", "expired"])
def test_after_an_answer_a_message_is_only_noted(
    session: scoped_session[Session], come_back: TakeIn, louise: Addressee, answer: str
) -> None:
    assert louise.expires_at is not None
    if answer == "accepted":
        steps.accept(session, louise, "Louise Blanc", CLIENT, NOW)
    elif answer == "rejected":
        steps.reject(session, louise, CLIENT, NOW)
    else:
        steps.expire(session, louise, louise.expires_at)
    session.commit()
    assert come_back(returned_mail.POSTFIX) is TakenIn.RECORDED
    assert louise.state == answer
    assert told(session, louise)[-1] == "NoticeReturnedLate"


def test_once_the_time_is_over_a_notice_no_longer_fails(
    session: scoped_session[Session], come_back: TakeIn, louise: Addressee
) -> None:
    come_back(returned_mail.POSTFIX, at=NOW + timedelta(days=17))
    assert louise.state == "notified"


def test_a_forged_return_path_and_a_message_id_alone_fail_nobody(
    session: scoped_session[Session], come_back: TakeIn, louise: Addressee, sending: Config
) -> None:
    path = return_path.of(sending, louise)
    forged = path.replace(path.partition("@")[0][-16:], "a" * 16)
    before = told(session, louise)
    assert come_back(returned_mail.POSTFIX, forged) is TakenIn.UNKNOWN
    assert come_back(returned_mail.POSTFIX, "avis@courrier.example") is TakenIn.UNKNOWN
    assert told(session, louise) == before


@pytest.mark.parametrize("build", [returned_mail.POSTFIX_DELIVERED, returned_mail.POSTFIX_LATE])
def test_who_knows_the_number_of_a_send_cannot_make_it_look_arrived(
    session: scoped_session[Session],
    come_back: TakeIn,
    louise: Addressee,
    build: mail_shapes.Build,
) -> None:
    before = told(session, louise)
    assert come_back(build, "avis@courrier.example") is TakenIn.UNKNOWN
    assert told(session, louise) == before


def test_an_automatic_answer_to_the_address_in_front_is_known_by_what_it_answers(
    session: scoped_session[Session], come_back: TakeIn, louise: Addressee
) -> None:
    assert come_back(returned_mail.VACATION, "avis@courrier.example") is TakenIn.RECORDED
    assert told(session, louise)[-1] == "AutomaticReply"


def test_without_plus_addresses_a_message_is_known_by_the_notice_it_returns(
    session: scoped_session[Session], louise: Addressee, configure: Configure
) -> None:
    config = configure(mail_from="avis@courrier.example", bounce_plus=0)
    content = returned_mail.ORANGE("avis@courrier.example", louise.message_id)
    assert take_in(session, config, content, "", NOW) is TakenIn.RECORDED
    assert louise.state == "failed"


def test_a_flood_of_answers_is_noted_up_to_a_point_and_a_failure_still_counts(
    session: scoped_session[Session], come_back: TakeIn, louise: Addressee
) -> None:
    def one_of_many(number: int) -> mail_shapes.Build:
        return lambda path, message_id: (
            b"X-Number: %d\n" % number + returned_mail.VACATION(path, message_id)
        )

    outcomes = [come_back(one_of_many(number)) for number in range(returns.MOST_NOTED + 2)]
    assert outcomes[-3:] == [TakenIn.RECORDED, TakenIn.UNKNOWN, TakenIn.UNKNOWN]
    assert told(session, louise).count("AutomaticReply") == returns.MOST_NOTED
    assert come_back(returned_mail.POSTFIX) is TakenIn.RECORDED
    assert louise.state == "failed"


def test_the_address_that_the_mail_server_names_counts_where_the_message_has_none(
    session: scoped_session[Session], louise: Addressee, sending: Config
) -> None:
    content = returned_mail.POSTFIX("undisclosed@x.example", louise.message_id)
    path = return_path.of(sending, louise)
    assert take_in(session, sending, content, path, NOW) is TakenIn.RECORDED
    assert louise.state == "failed"


def test_a_report_about_an_earlier_address_does_not_touch_the_corrected_one(
    session: scoped_session[Session], come_back: TakeIn, louise: Addressee, sending: Config
) -> None:
    old_path = return_path.of(sending, louise)
    come_back(returned_mail.POSTFIX)
    mending.correct(session, louise, "louise@x.example", "", "Odile", b"x" * 32, NOW)
    steps.notify(session, louise, "250 OK", NOW)
    session.commit()
    assert come_back(returned_mail.EXIM, old_path) is TakenIn.RECORDED
    assert (louise.state, told(session, louise)[-1]) == ("notified", "NoticeReturnedLate")
    assert come_back(returned_mail.GMAIL) is TakenIn.RECORDED
    assert louise.state == "failed"


def test_what_comes_back_before_the_notice_is_recorded_is_to_be_handed_over_again(
    session: scoped_session[Session], hand_over: HandOver, sending: Config
) -> None:
    addressee = hand_over("tot@x.example", is_trial=False).addressees[0]
    path = return_path.of(sending, addressee)
    content = returned_mail.POSTFIX(path, addressee.message_id)
    assert take_in(session, sending, content, "", NOW) is TakenIn.EARLY
    assert addressee.state == "submitted"


def test_our_own_notice_that_comes_round_and_what_a_person_writes_say_nothing(
    session: scoped_session[Session], come_back: TakeIn, louise: Addressee
) -> None:
    def own(path: str, message_id: str) -> bytes:
        return f"To: {path}\n{mail_shapes.notice(path, message_id)}".encode()

    before = told(session, louise)
    assert come_back(own) is TakenIn.UNKNOWN
    assert come_back(returned_mail.A_PERSON) is TakenIn.UNKNOWN
    assert told(session, louise) == before


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_made_to_harm_changes_nothing(
    session: scoped_session[Session], come_back: TakeIn, louise: Addressee, name: str
) -> None:
    assert come_back(lambda _path, _id: HOSTILE[name]) is TakenIn.UNKNOWN
    assert louise.state == "notified"


def test_the_return_path_stands_in_no_event(
    session: scoped_session[Session], come_back: TakeIn, louise: Addressee, sending: Config
) -> None:
    path = return_path.of(sending, louise)
    tag = path.partition("@")[0][-16:]
    talkative = mail_shapes.delivery_report(
        "MAILER-DAEMON@x.example",
        "x",
        "x",
        f"Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1\n"
        f"Diagnostic-Code: smtp; 550 MAIL FROM:<{path}> is not welcome\n",
    )
    come_back(talkative)
    chain = letter_chain(louise.letter.number)
    for event in entries_about(session, chain, addressee_subject(louise.number)):
        assert tag not in str(event.facts)
    assert tag not in louise.problem


@pytest.mark.slow
@pytest.mark.parametrize(
    ("build", "path", "code"),
    [
        (returned_mail.QMAIL, "", 0),
        (returned_mail.A_PERSON, "", 65),
        (returned_mail.QMAIL, "avis@courrier.example", 65),
    ],
)
def test_a_message_is_handed_over_by_a_pipe(
    session: scoped_session[Session],
    louise: Addressee,
    sending: Config,
    build: mail_shapes.Build,
    path: str,
    code: int,
) -> None:
    content = build(path or return_path.of(sending, louise), louise.message_id)
    session.commit()
    run = _piped(sending, content)
    assert run.returncode == code, run.stderr
    session.expire_all()
    assert louise.state == ("failed" if code == 0 else "notified")


@pytest.mark.slow
def test_a_pipe_into_an_installation_that_is_not_ready_is_told_to_come_again(
    tmp_path: Any,
) -> None:
    config = Config(data_directory=tmp_path, mail_from="avis@courrier.example")
    assert _piped(config, b"Subject: x\n\n").returncode == 75


def _piped(config: Config, content: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "webapp", "bounces", "read"],
        input=content,
        capture_output=True,
        check=False,
        env={
            "PLIREC_DATA": str(config.data_directory),
            "DATABASE_URL": config.database_url,
            "MAIL_FROM": config.mail_from,
        },
    )


def test_what_comes_back_about_a_reminder_is_about_its_notice(
    session: scoped_session[Session], louise: Addressee, configure: Callable[..., Config]
) -> None:
    config = configure(mail_from="avis@courrier.example", bounce_plus=0)
    content = returned_mail.POSTFIX("avis@courrier.example", reminders.message_id(louise))
    assert take_in(session, config, content, "", NOW) is TakenIn.RECORDED
    assert louise.state == "failed"
