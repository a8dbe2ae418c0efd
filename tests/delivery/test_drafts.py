"""The next notice is written while the server takes the one in hand, and never leaves early."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.delivery.conftest import HandOver, MailServer
from tests.watching import watching
from webapp.delivery import outgoing
from webapp.delivery.dispatch import carry_due, claim
from webapp.delivery.drafts import Drafts
from webapp.extensions import db
from webapp.letters.models import Addressee

Configure = Callable[..., Config]
Start = Callable[..., tuple[MailServer, dict[str, Any]]]


def recorded(engine: Engine) -> int:
    """Count, in a transaction of its own that takes no lock, whose notice is recorded as gone."""
    gone = select(func.count()).where(Addressee.state == "notified")
    with Session(engine) as apart, watching(apart):
        return apart.scalar(gone) or 0


def test_nothing_of_a_notice_leaves_before_the_one_before_it_is_recorded(
    session: scoped_session[Session], mail_server: Start, configure: Configure, hand_over: HandOver
) -> None:
    server, settings = mail_server()
    config = configure(**settings)
    hand_over(*(f"m{number}@x.example" for number in range(5)), is_trial=False)
    engine, seen = db.engine, list[int]()

    def count_before_it_is_kept(message: Any) -> None:
        seen.append(recorded(engine))
        MailServer.handle_message(server, message)

    server.handle_message = count_before_it_is_kept  # type: ignore[method-assign]
    assert carry_due(config) == 5
    assert seen == [0, 1, 2, 3, 4]
    assert server.connections == 1
    assert len({message["Message-ID"] for message in server.messages}) == 5


def test_a_notice_that_was_written_before_midnight_bears_the_day_on_which_it_leaves(
    session: scoped_session[Session], hand_over: HandOver, config: Config
) -> None:
    hand_over("a@x.example")
    (one,) = outgoing.load(session, config, claim(config, datetime.now(UTC)))
    evening = datetime(2026, 3, 2, 22, 59, 59, tzinfo=UTC)
    morning = evening + timedelta(seconds=1)
    drafts = Drafts(lambda: evening)
    drafts.expect(one)
    drafts.prepare()
    assert b"17 mars" in drafts.give(one, evening).as_bytes()
    drafts.prepare()
    assert b"18 mars" in drafts.give(one, morning).as_bytes()


def test_a_draft_serves_nobody_but_who_was_next(
    session: scoped_session[Session], hand_over: HandOver, config: Config
) -> None:
    hand_over("a@x.example", "b@x.example")
    now = datetime.now(UTC)
    first, second = outgoing.load(session, config, claim(config, now))
    drafts = Drafts(lambda: now)
    drafts.expect(second)
    drafts.prepare()
    assert drafts.give(first, now)["To"] == "a@x.example"
    assert drafts.give(second, now)["To"] == "b@x.example"
