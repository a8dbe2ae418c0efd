"""Why proofs are not sealed for now: kept, so that pages can say it, until it is over."""

from datetime import datetime, timedelta

from webapp.clock import growing_pause
from webapp.database import AnySession, alone
from webapp.evidence.models import SealingTrouble

STAMP = "stamp"
"""The authority that dates seals does not answer as it should."""
PROOF = "proof"
"""A proof could not be made."""
STAMPED_WITHIN = timedelta(hours=6)
"""How long a proof waits for an authority that is down; then it is sealed without its stamp, and
the stamp of the daily root is what an outsider has to say of its date."""
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=30)
LONGEST_PROBLEM = 600


def trouble(session: AnySession, about: str) -> SealingTrouble | None:
    """Give what keeps proofs from being sealed, if this does."""
    return session.get(SealingTrouble, about, populate_existing=True)


def since(session: AnySession, about: str) -> datetime | None:
    """Give since when this keeps proofs from being sealed; None: it does not."""
    kept = trouble(session, about)
    return kept.since if kept else None


def note(session: AnySession, about: str, problem: str, now: datetime) -> None:
    """Keep that something failed, and since when; commits."""
    alone(session, "sealing")
    kept = trouble(session, about)
    if kept is None:
        kept = SealingTrouble(about=about, since=now, attempts=0)
        session.add(kept)
    kept.since = min(kept.since, now)
    kept.tried_at, kept.problem = now, problem[:LONGEST_PROBLEM]
    kept.attempts += 1
    session.commit()


def clear(session: AnySession, about: str) -> None:
    """Keep that it is over; commits."""
    if trouble(session, about) is not None:
        alone(session, "sealing")
        kept = trouble(session, about)
        if kept is not None:
            session.delete(kept)
    session.commit()


def is_resting(outage: SealingTrouble, now: datetime) -> bool:
    """Say whether the authority is left alone for now, after growing pauses."""
    pause = growing_pause(FIRST_PAUSE, LONGEST_PAUSE, outage.attempts)
    return outage.tried_at <= now < outage.tried_at + pause


def unstamped_before(outage: SealingTrouble, now: datetime) -> datetime | None:
    """Give the moment before which what happened has waited long enough; None: nothing has.

    What happened before the outage began has waited since then only.
    """
    waited = now - STAMPED_WITHIN
    return waited if outage.since <= waited else None
