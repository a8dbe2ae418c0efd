"""The notice of who is next, written while the mail server takes the one in hand."""

import logging
from datetime import datetime, timedelta
from typing import NamedTuple

from webapp.clock import Clock
from webapp.delivery import outgoing
from webapp.delivery.outgoing import Outgoing
from webapp.letters import term
from webapp.letters.steps import State
from webapp.message import Mail

log = logging.getLogger(__name__)
KEPT = timedelta(seconds=2)
"""How long a draft may wait: the date that a notice bears is that of its departure."""


class _Draft(NamedTuple):
    addressee_id: int
    written_at: datetime
    message: Mail


class Drafts:
    """At most one notice that is written ahead; nothing of it leaves before its turn."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next: Outgoing | None = None
        self._draft: _Draft | None = None

    def expect(self, following: Outgoing | None) -> None:
        """Say who is next; None: nobody is known to be."""
        is_notice = following is not None and following.state == State.SUBMITTED
        self._next = following if is_notice else None

    def sender(self) -> str:
        """Give the return path of who is next, where his notice leaves by the mail server."""
        return self._next.return_path if self._next is not None else ""

    def prepare(self) -> None:
        """Write the next notice; whatever goes wrong is met again, and told, in its turn."""
        following, now = self._next, self._clock()
        self._draft = None
        if following is None:
            return
        try:
            message = outgoing.written(following, now)
        except Exception:  # the notice in hand is with the server: nothing may come between
            log.debug("the notice of %s is written in its turn", following.id)
        else:
            self._draft = _Draft(following.id, now, message)

    def give(self, one: Outgoing, now: datetime) -> Mail:
        """Give the notice of who is in hand, written ahead or now; see `outgoing.written`."""
        draft, self._draft = self._draft, None
        if draft is not None and draft.addressee_id == one.id and _is_fresh(draft, now):
            return draft.message
        return outgoing.written(one, now)


def _is_fresh(draft: _Draft, now: datetime) -> bool:
    is_of_this_day = term.ends_at(draft.written_at) == term.ends_at(now)
    return is_of_this_day and timedelta(0) <= now - draft.written_at <= KEPT
