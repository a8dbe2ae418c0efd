"""A notice that could not leave is tried again, with growing pauses, for two days at most."""

import contextlib
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, update

from config import Config
from webapp.accounts.mail_problems import OF_THE_SERVER
from webapp.clock import growing_pause
from webapp.contacts.consent_models import ConsentRequest
from webapp.database import AnySession
from webapp.letters import steps
from webapp.letters.models import Addressee
from webapp.letters.steps import State
from webapp.mail import DeliveryProblem

LONGEST_PAUSE = timedelta(hours=4)
GIVEN_UP_AFTER = timedelta(hours=48)
"""After so long of answers about one recipient, the notice fails with the last of them."""


def put_off(
    session: AnySession,
    config: Config,
    addressee: Addressee,
    problem: DeliveryProblem,
    now: datetime,
) -> None:
    """Say when the notice is tried again, or that it has failed; whoever asked commits.

    The two days run from the first answer about this recipient or message. What keeps us from
    asking at all (no server, a login refused, a certificate) starts no clock and ends no notice.

    :param now: an aware moment, at which the problem was met.
    """
    since = addressee.first_tried_at
    if problem.is_about_the_message:
        since = since or now
        if now >= since + GIVEN_UP_AFTER:
            steps.fail(session, addressee, str(problem), now, tried_since=since)
            return
    later = {
        "first_tried_at": since,
        "due_at": next_try(config, addressee.attempts, since, now),
        "attempts": addressee.attempts + 1,
        "problem": str(problem),
        "leased_until": None,
    }
    # Cancelled while the server was asked: nothing is due any more.
    with contextlib.suppress(steps.IllegalStep):
        steps.change(session, addressee, **later)


def try_again(session: AnySession, now: datetime) -> None:
    """Let what waits for settings that work be tried now; whoever changed them commits, and wakes.

    Only notices that stopped at a stage of the server's own are meant: what one recipient's server
    answered has its pause.
    """
    _let_try(session, Addressee, Addressee.state == State.SUBMITTED, now)
    _let_try(session, ConsentRequest, ConsentRequest.sent_at.is_(None), now)


def _let_try(
    session: AnySession,
    kind: type[Addressee] | type[ConsentRequest],
    is_unsent: ColumnElement[bool],
    now: datetime,
) -> None:
    stopped = or_(*(kind.problem.startswith(f"{stage}: ") for stage in OF_THE_SERVER))
    session.execute(
        update(kind)
        .where(is_unsent, kind.due_at > now, stopped)
        .values(due_at=now)
        .execution_options(synchronize_session=False)
    )


def next_try(config: Config, tries: int, since: datetime | None, now: datetime) -> datetime:
    """Give when to try again after so many tries, since when one recipient's server answers."""
    first = timedelta(seconds=config.delivery_retry)
    following = now + growing_pause(first, LONGEST_PAUSE, tries + 1)
    if since is None:
        return following
    end = since + GIVEN_UP_AFTER
    # The last try is at the end of the two days, not up to four hours after it.
    return min(following, end) if now < end else following
