"""How the service does: what waits, what left, and what somebody should look at."""

import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from config import Config
from webapp.database import AnySession
from webapp.delivery import holding, pausing, sightings
from webapp.desk import health
from webapp.evidence import proofs, roots, troubles
from webapp.evidence.kinds import EventKind
from webapp.evidence.models import JournalEntry, SealingTrouble
from webapp.evidence.witness_models import DRIFT_ALLOWED
from webapp.imports import reading
from webapp.imports.models import Import
from webapp.letters.models import Addressee
from webapp.letters.steps import State

LATE = timedelta(minutes=15)
PROOF_LATE = timedelta(hours=1)
LITTLE_SPACE = 1024**3
"""Under one gigabyte, a few letters with large files may fill the disk."""

_SENT = EventKind.NOTIFICATION_FOR_ACCEPTANCE
_FAILED = EventKind.NOTIFICATION_FOR_ACCEPTANCE_FAILURE


@dataclass(frozen=True)
class Status:
    """Figures of the whole installation, and the names of what is not well; no personal data.

    :param due: how many addressees a worker has something to do for now (notices, ends of terms).
    :param oldest_due: since when the first of them waits.
    :param paused: notices that would be due if somebody had not paused them.
    :param all_paused_at: since when every notice is paused; None: they are not.
    :param retrying: notices that the mail server did not take yet, and that are tried again.
    :param leases_expired: rows that a crash left; the next sweep takes them up.
    :param disk_free: bytes left where the data are.
    :param stamp_problem: why the authority does not date seals for now, since `stamp_missing`.
    :param proof_problem: the journal's entry whose proof could not be made, and the error's name.
    :param root_made: when the last daily root was made.
    :param clock_drift: how many seconds the authority's clock was ahead, at its last stamp.
    :param checks: what `health.checks` says.
    """

    at: datetime
    due: int
    oldest_due: datetime | None
    paused: int
    all_paused_at: datetime | None
    sent_last_hour: int
    sent_last_day: int
    failed_last_hour: int
    failed_last_day: int
    retrying: int
    leases_expired: int
    proofs_due: int
    oldest_proof_due: datetime | None
    stamp_missing: datetime | None
    stamp_problem: str
    proof_failing: datetime | None
    proof_problem: str
    imports_waiting: int
    oldest_import: datetime | None
    worker_seen: datetime | None
    disk_free: int
    root_made: datetime | None
    clock_drift: float | None
    checks: Mapping[str, bool]

    @property
    def problems(self) -> list[str]:
        """Name what is not well: the checks of `health`, then what waits for too long."""
        late = {
            "due": _is_over(self.oldest_due, self.at, LATE),
            "proofs_due": _is_over(self.oldest_proof_due, self.at, PROOF_LATE),
            "stamp_missing": _is_over(self.stamp_missing, self.at, PROOF_LATE),
            "proof_failing": self.proof_failing is not None,
            "imports_waiting": _is_over(self.oldest_import, self.at, LATE),
            "disk_free": self.disk_free < LITTLE_SPACE,
            "clock_drift": abs(self.clock_drift or 0) > DRIFT_ALLOWED.total_seconds(),
        }
        return [
            *(name for name, is_well in self.checks.items() if not is_well),
            *(name for name, is_wrong in late.items() if is_wrong),
        ]

    def as_json(self) -> dict[str, Any]:
        """Give the figures as JSON values; moments in ISO 8601."""
        plain = {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(self).items()
        }
        return {"well": not self.problems, "problems": self.problems, **plain}


def gather(session: AnySession, config: Config, now: datetime) -> Status:
    """Count, in a fixed number of questions to the database, however much it holds."""
    due, oldest_due, leases_expired, paused = _due(session, now)
    recent = _recent(session, now)
    proofs_due, oldest_proof = proofs.waiting(session)
    waiting = select(func.count(), func.min(Import.created_at)).where(reading.is_due())
    imports_waiting, oldest_import = session.execute(waiting).one()
    retried = Addressee.state == State.SUBMITTED, Addressee.attempts > 0
    stamp = roots.last_stamp(session)
    unstamped, unmade = _trouble(session, troubles.STAMP), _trouble(session, troubles.PROOF)
    return Status(
        at=now,
        due=due,
        oldest_due=oldest_due,
        paused=paused,
        all_paused_at=pausing.paused_since(session),
        sent_last_hour=recent.get(_SENT, (0, 0))[0],
        sent_last_day=recent.get(_SENT, (0, 0))[1],
        failed_last_hour=recent.get(_FAILED, (0, 0))[0],
        failed_last_day=recent.get(_FAILED, (0, 0))[1],
        retrying=_count(session, *retried, Addressee.due_at.is_not(None)),
        leases_expired=leases_expired,
        proofs_due=proofs_due,
        oldest_proof_due=oldest_proof,
        stamp_missing=unstamped[0],
        stamp_problem=unstamped[1],
        proof_failing=unmade[0],
        proof_problem=unmade[1],
        imports_waiting=imports_waiting,
        oldest_import=oldest_import,
        worker_seen=sightings.last_seen(session),
        disk_free=shutil.disk_usage(config.data_directory).free,
        root_made=roots.last_made_at(session),
        clock_drift=stamp.drift.total_seconds() if stamp else None,
        checks=health.checks(session, config, now),
    )


def _trouble(session: AnySession, about: str) -> tuple[datetime | None, str]:
    """Give since when something keeps proofs from being sealed, and why."""
    kept: SealingTrouble | None = troubles.trouble(session, about)
    return (kept.since, kept.problem) if kept else (None, "")


def _due(session: AnySession, now: datetime) -> tuple[int, datetime | None, int, int]:
    """Count what is due, since when, what a crash left of it, and what only waits for a person."""
    at_work = holding.is_due(now)
    expired = func.count().filter(at_work, Addressee.leased_until <= now)
    found = select(
        func.count().filter(at_work),
        func.min(Addressee.due_at).filter(at_work),
        expired,
        func.count(),
    )
    due, oldest, left, together = session.execute(found.where(Addressee.due_at <= now)).one()
    return due, oldest, left, together - due


def _recent(session: AnySession, now: datetime) -> dict[str, tuple[int, int]]:
    """Count by kind what the journal tells of the last hour and of the last day."""
    within_an_hour = func.count().filter(JournalEntry.occurred_at > now - timedelta(hours=1))
    rows = session.execute(
        select(JournalEntry.kind, within_an_hour, func.count())
        .where(
            JournalEntry.occurred_at > now - timedelta(days=1),
            JournalEntry.kind.in_([str(_SENT), str(_FAILED)]),
        )
        .group_by(JournalEntry.kind)
    )
    return {kind: (hour, day) for kind, hour, day in rows}


def _count(session: AnySession, *conditions: Any) -> int:
    return session.scalar(select(func.count()).select_from(Addressee).where(*conditions)) or 0


def _is_over(since: datetime | None, now: datetime, allowed: timedelta) -> bool:
    return since is not None and now - since > allowed
