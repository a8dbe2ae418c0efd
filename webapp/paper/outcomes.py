"""Writing down what the post says of the letters that it took."""

from collections.abc import Collection
from datetime import date, datetime

from webapp.database import AnySession
from webapp.letters import steps
from webapp.letters.steps import State
from webapp.paper.deposits import DepositProblem, require_possible
from webapp.paper.models import Deposit


class NothingToNote(DepositProblem):
    """None of the letters chosen waits for the word of the post."""


def note(
    session: AnySession,
    deposit: Deposit,
    positions: Collection[int],
    outcome: State,
    on: date,
    text: str,
    now: datetime,
) -> int:
    """Write down what became of some letters, and count them; the caller commits.

    What the post said once stays: letters that have an outcome are left as they are.

    :param positions: of the letters chosen.
    :param outcome: delivered, as the receipt says, or returned: the letter itself came back.
    :param on: the day that the post's paper bears (Europe/Paris).
    :param text: who signed the receipt, or the post's reason for bringing the letter back.
    :raises NothingToNote: none of them was posted and has no outcome.
    :raises DayImpossible: the day is to come, or before the deposit.
    """
    chosen = [item for item in deposit.awaited if item.position in positions]
    if not chosen:
        raise NothingToNote
    require_possible(on, deposit.posted_on, now)
    step = steps.deliver if outcome == State.DELIVERED else steps.return_to_sender
    for item in chosen:
        step(session, item.addressee, on, text, now)
        item.outcome_on, item.outcome_note = on, text
    return len(chosen)
