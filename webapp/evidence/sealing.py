"""Seals every proof that is due: dated by an outside authority while one is set and answers.

A proof is made once. While the authority is down it waits, and no more than six hours; whatever
happens is kept as a trouble, which pages show.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from random import sample
from typing import TYPE_CHECKING

from config import Config
from webapp.clock import Clock
from webapp.database import AnySession
from webapp.evidence import proofs, troubles
from webapp.evidence.authority_call import NoStamp
from webapp.evidence.models import Proof
from webapp.evidence.proof_kinds import Purged
from webapp.evidence.witness_setting import timestamp_url

if TYPE_CHECKING:
    from pyhanko.sign.timestamps import TimeStamper

log = logging.getLogger(__name__)
AT_ONCE = 50


ANSWERS_WITHIN = 5
"""How many seconds the authority has while somebody waits for the page."""


def make_asked(session: AnySession, config: Config, entry_id: int, clock: Clock) -> Proof:
    """Make at once a proof that somebody asked for, dated as the others are.

    No transaction may be open.

    :raises NoStamp: the authority is down, and has not been for six hours; its trouble is kept.
    """
    stamper = _stamper_now(session, config, clock)
    session.rollback()
    try:
        return proofs.make(session, entry_id, config, clock(), stamper)
    except NoStamp as problem:
        troubles.note(session, troubles.STAMP, str(problem), clock())
        raise


def _stamper_now(session: AnySession, config: Config, clock: Clock) -> "TimeStamper | None":
    from webapp.evidence import stamps

    authority = stamps.authority(session, config)
    outage = troubles.trouble(session, troubles.STAMP)
    is_long_down = outage is not None and troubles.unstamped_before(outage, clock()) is not None
    if authority is None or is_long_down:
        return None
    return stamps.time_stamper(replace(authority, seconds=ANSWERS_WITHIN))


@dataclass
class Sweep:
    """One pass over what is due.

    :param config: its `public_url` is the address in use, which proofs print.
    :param is_stopping: whether the process was asked to end.
    """

    session: AnySession
    config: Config
    clock: Clock
    is_stopping: Callable[[], bool]
    failed: bool = False

    def run(self, progress: proofs.Progress) -> None:
        """Seal what is due; one that cannot be made is logged, and holds up no other.

        A later sweep tries it again: nothing is given up.
        """
        start = progress.start(self.session, self.clock())
        if timestamp_url(self.session, self.config):
            self._seal_stamped(start)
        else:
            troubles.clear(self.session, troubles.STAMP)
            self._seal(start, None)
        if start == 0 and not self.failed and not self.is_stopping():
            troubles.clear(self.session, troubles.PROOF)
        self.session.rollback()

    def _seal_stamped(self, start: int) -> None:
        from webapp.evidence import stamps

        outage = troubles.trouble(self.session, troubles.STAMP)
        if outage is None or not troubles.is_resting(outage, self.clock()):
            authority = stamps.authority(self.session, self.config)
            self.session.rollback()
            if authority is not None and self._seal(start, stamps.time_stamper(authority)):
                return
            outage = troubles.trouble(self.session, troubles.STAMP)
        if outage is not None and (before := troubles.unstamped_before(outage, self.clock())):
            self._seal(start, None, before)

    def _seal(
        self, after: int, stamper: "TimeStamper | None", before: datetime | None = None
    ) -> bool:
        """Seal what is due after an entry and, if a moment is given, before it.

        Each batch is gone through in any order: two workers that went the same way would seal
        everything twice.

        :returns: False as soon as the authority gives no stamp.
        """
        while entries := proofs.due(self.session, AT_ONCE, after, before):
            self.session.rollback()
            after = entries[-1]
            for entry_id in sample(entries, len(entries)):
                if self.is_stopping():
                    return True
                try:
                    self._make(entry_id, stamper)
                except NoStamp as problem:
                    log.warning("no seal can be stamped, at %s", problem.stage)
                    troubles.note(self.session, troubles.STAMP, str(problem), self.clock())
                    return False
        return True

    def _make(self, entry_id: int, stamper: "TimeStamper | None") -> None:
        try:
            proofs.make(self.session, entry_id, self.config, self.clock(), stamper)
        except NoStamp:
            raise
        except Purged:
            log.info("journal entry %s was purged before its proof was made", entry_id)
        except Exception as error:
            log.exception("the proof of journal entry %s could not be made", entry_id)
            self.session.rollback()
            self.failed = True
            problem = f"{entry_id}: {type(error).__name__}"
            troubles.note(self.session, troubles.PROOF, problem, self.clock())
        else:
            if stamper is not None:
                troubles.clear(self.session, troubles.STAMP)
