"""The worker makes the root of the day, has it stamped, and mails it to the witnesses."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.browser.installation import free_port
from tests.delivery.conftest import HandOver, MailServer
from tests.delivery.test_time import GivenClock
from tests.delivery.workers import start_worker, wait_until
from tests.evidence.authority import LocalAuthority, running_authority
from tests.watching import watching
from webapp.database import prepare
from webapp.delivery.witnessing import mail_roots, make_root, stamp_roots
from webapp.evidence import errands, roots, stamps
from webapp.evidence.integrity import verify_all
from webapp.evidence.journal import Event, append
from webapp.evidence.kinds import EventKind
from webapp.evidence.witness_models import DailyRoot, RootStamp, WitnessErrand

pytestmark = pytest.mark.slow

Start = Callable[..., tuple[MailServer, dict[str, Any]]]
Configure = Callable[..., Config]
AnySession = scoped_session[Session]
MINUTE = timedelta(minutes=1)
WITNESSES = "maire@ville.example, notaire@etude.example"


@pytest.fixture
def clock() -> GivenClock:
    return GivenClock(datetime.now(UTC))


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[LocalAuthority]:
    with running_authority(tmp_path / "authority") as running:
        yield running


@pytest.fixture
def root(hand_over: HandOver, session: AnySession, clock: GivenClock) -> Callable[[], DailyRoot]:
    """Hand a letter over, and make the root of the day."""
    hand_over("ada@x.example")

    def make() -> DailyRoot:
        make_root(clock)
        return session.scalars(select(DailyRoot).order_by(DailyRoot.number.desc())).first()

    return make


def test_a_root_is_stamped_once_and_openssl_finds_the_stamp_good(
    root: Callable[[], DailyRoot],
    session: AnySession,
    configure: Configure,
    authority: LocalAuthority,
    clock: GivenClock,
    tmp_path: Path,
) -> None:
    configure(timestamp_url=authority.url)
    digest = bytes.fromhex(root().root)
    for _ in range(2):
        stamp_roots(clock)
    stamp = session.scalars(select(RootStamp)).one()
    assert (stamp.authority, len(authority.asked)) == (authority.url, 1)
    assert abs(stamp.drift) < 5 * MINUTE
    file = tmp_path / "stamp.tsr"
    file.write_bytes(stamps.as_response(stamp.token))
    assert authority.verifies(file, digest)
    assert verify_all(session) == []


def test_without_an_authority_nothing_is_asked_and_the_root_waits(
    root: Callable[[], DailyRoot],
    session: AnySession,
    configure: Configure,
    authority: LocalAuthority,
    clock: GivenClock,
) -> None:
    root()
    stamp_roots(clock)
    assert authority.asked == []
    configure(timestamp_url=authority.url)
    stamp_roots(clock)
    assert session.scalars(select(RootStamp)).one().number == 1


@pytest.mark.parametrize("behaviour", ["down", "replay", "other", "forged", "rubbish"])
def test_an_authority_that_is_down_or_lies_is_asked_again_after_growing_pauses(
    root: Callable[[], DailyRoot],
    session: AnySession,
    configure: Configure,
    authority: LocalAuthority,
    clock: GivenClock,
    behaviour: str,
) -> None:
    configure(timestamp_url=authority.url)
    stamps.Authority(authority.url).stamp(bytes(32))
    authority.asked.clear()
    authority.behaviour = behaviour
    root()
    asked_after = []
    for minute in range(60):
        before = len(authority.asked)
        stamp_roots(clock)
        if len(authority.asked) > before:
            asked_after.append(minute)
        clock.now += MINUTE
    assert asked_after == [0, 5, 15, 35]
    assert session.scalars(select(RootStamp)).all() == []
    (state,) = roots.recent(session, 1)
    assert state.problem
    session.rollback()
    authority.behaviour = "stamp"
    clock.now += timedelta(hours=6)
    stamp_roots(clock)
    (state,) = roots.recent(session, 1)
    assert state.stamp is not None
    assert state.problem == ""


def test_pauses_grow_to_six_hours_and_after_thirty_days_an_old_root_is_let_be(
    root: Callable[[], DailyRoot], session: AnySession, clock: GivenClock
) -> None:
    assert errands.pause_after(50) == timedelta(hours=6)
    root()
    clock.now += timedelta(days=31)
    assert errands.take_stamp(session, clock.now) is None


def test_a_clock_that_was_set_back_does_not_hold_the_stamp_up(
    root: Callable[[], DailyRoot],
    session: AnySession,
    configure: Configure,
    authority: LocalAuthority,
    clock: GivenClock,
) -> None:
    configure(timestamp_url=authority.url)
    clock.now += timedelta(days=20)
    root()
    clock.now -= timedelta(days=20)
    stamp_roots(clock)
    stamp = session.scalars(select(RootStamp)).one()
    assert abs(stamp.drift) < MINUTE


def test_a_clock_that_is_wrong_shows_as_drift(
    root: Callable[[], DailyRoot],
    session: AnySession,
    configure: Configure,
    authority: LocalAuthority,
    clock: GivenClock,
) -> None:
    configure(timestamp_url=authority.url)
    clock.now -= timedelta(hours=2)
    root()
    stamp_roots(clock)
    stamp = roots.last_stamp(session)
    assert stamp is not None
    assert timedelta(hours=1, minutes=58) < stamp.drift < timedelta(hours=2, minutes=2)


def test_each_witness_is_mailed_the_root_once_in_both_languages_and_nobody_is_named(
    root: Callable[[], DailyRoot],
    session: AnySession,
    configure: Configure,
    mail_server: Start,
    clock: GivenClock,
) -> None:
    server, settings = mail_server()
    configure(**settings, witness_mails=WITNESSES)
    made = root()
    for _ in range(2):
        mail_roots(clock)
    assert [mail["To"] for mail in server.messages] == WITNESSES.split(", ")
    for mail in server.messages:
        assert mail.get_content_type() == "text/plain"
        text = mail.get_content()
        assert text.count(made.root) == 2, text
        assert "Nombre de journaux\u00a0: 1" in text
        assert "Number of journals: 1" in text
        assert mail["Auto-Submitted"] == "auto-generated"
        for personal in ("ada@", "Convocation", "Lavoir", "Odile"):
            assert personal not in mail.as_string()
    (state,) = roots.recent(session, 1)
    assert (state.mailed, len(state.mails), state.mail_problem) == (2, 2, "")


def test_while_the_mail_server_is_down_the_mail_waits_and_leaves_later(
    root: Callable[[], DailyRoot],
    session: AnySession,
    configure: Configure,
    mail_server: Start,
    clock: GivenClock,
) -> None:
    server, settings = mail_server()
    configure(**{**settings, "smtp_port": free_port()}, witness_mails=WITNESSES)
    root()
    mail_roots(clock)
    (state,) = roots.recent(session, 1)
    assert (state.mailed, state.mail_problem.split(":")[0]) == (0, "connect")
    session.rollback()
    configure(**settings, witness_mails=WITNESSES)
    clock.now += timedelta(minutes=6)
    mail_roots(clock)
    assert len(server.messages) == 2


def test_a_witness_who_is_refused_or_is_none_any_more_holds_up_no_other(
    root: Callable[[], DailyRoot],
    session: AnySession,
    configure: Configure,
    mail_server: Start,
    clock: GivenClock,
) -> None:
    server, settings = mail_server()
    server.refused["maire@ville.example"] = "550 no such user"
    configure(**settings, witness_mails=f"{WITNESSES}, ancien@x.example")
    root()
    configure(**settings, witness_mails=WITNESSES)
    for _ in range(3):
        mail_roots(clock)
        clock.now += timedelta(hours=7)
    assert [mail["To"] for mail in server.messages] == ["notaire@etude.example"]
    open_errands = select(WitnessErrand).where(WitnessErrand.due_at.is_not(None))
    assert [errand.address for errand in session.scalars(open_errands)] == [""]


def test_a_stamp_that_is_waited_for_keeps_nobody_from_writing(
    root: Callable[[], DailyRoot],
    session: AnySession,
    hand_over: HandOver,
    configure: Configure,
    authority: LocalAuthority,
    clock: GivenClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The authority writes to the database itself before it answers: no lock may be held."""
    config = configure(timestamp_url=authority.url)
    root()
    answer = authority.answer

    def write_first(question: bytes) -> bytes:
        engine = create_engine(config.database)
        prepare(engine)
        with Session(engine) as other:
            event = Event(EventKind.CONSENT_DECLARED, "organisation:1", {"email": "a@x"})
            append(other, "organisation:1", [event], datetime.now(UTC))
            other.commit()
        engine.dispose()
        return answer(question)

    monkeypatch.setattr(authority, "answer", write_first)
    stamp_roots(clock)
    assert len(session.scalars(select(RootStamp)).all()) == 1


@pytest.mark.slow
def test_two_workers_make_one_root_one_stamp_and_one_mail_to_each_witness(
    session: AnySession,
    hand_over: HandOver,
    mail_server: Start,
    authority: LocalAuthority,
    config: Config,
) -> None:
    server, settings = mail_server()
    hand_over("ada@x.example", is_trial=False)
    shared = {
        **settings,
        "plirec_timestamp_url": authority.url,
        "plirec_witness_mails": WITNESSES,
    }
    session.rollback()
    workers = [start_worker(config.data_directory, shared, "--once") for _ in range(2)]
    for worker in workers:
        worker.wait(60)

    def is_done() -> bool:
        with watching(session):
            found = roots.recent(session, 5)
            return bool(found) and found[0].stamp is not None and found[0].mailed == 2

    wait_until(is_done)
    (made,) = roots.recent(session, 5)
    # The seals of proofs are dated by the same authority.
    assert len([asked for asked in authority.asked if bytes.fromhex(made.root.root) in asked]) == 1
    to_witnesses = [mail["To"] for mail in server.messages if mail["To"] in WITNESSES]
    assert sorted(to_witnesses) == WITNESSES.split(", ")
