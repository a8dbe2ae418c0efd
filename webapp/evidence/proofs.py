"""Proofs: which are due, their making from the journal alone, and where they are found again."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from config import Config
from webapp.database import AnySession, alone
from webapp.evidence.contents import contents
from webapp.evidence.grounds import grounds
from webapp.evidence.journal import ADDRESSEE
from webapp.evidence.kinds import EventKind
from webapp.evidence.layout import lay_out
from webapp.evidence.models import JournalEntry, JournalFacts, Proof
from webapp.evidence.proof_kinds import OF_ADDRESSEES, OF_CONSENTS, PROVABLE, ProofKind, Purged
from webapp.evidence.rows import Imprint
from webapp.evidence.seal import open_key
from webapp.released_files import release
from webapp.storage import load, store

if TYPE_CHECKING:
    from pyhanko.sign.timestamps import TimeStamper

WHOLE_LOOK = timedelta(minutes=10)
"""How long after one look at the whole journal comes the next; no transaction lasts that long."""


@dataclass
class Progress:
    """How far one process has seen the journal to be sealed, so that it reads but what is new.

    Now and then it looks at the whole journal, and meanwhile only at what was written since the
    look before that one: an entry is numbered before it is committed, so that one may appear behind
    others, and one whose proof failed is tried again.
    """

    looked_at: datetime | None = None
    seen: int = 0
    newest: int = 0

    def start(self, session: AnySession, now: datetime) -> int:
        """Give the entry after which to look for what is due, at an aware moment."""
        if self.looked_at is not None and self.looked_at <= now < self.looked_at + WHOLE_LOOK:
            return self.seen
        self.looked_at, self.seen = now, self.newest
        self.newest = session.scalar(select(func.max(JournalEntry.id))) or 0
        return 0


def due(
    session: AnySession, limit: int, after: int = 0, before: datetime | None = None
) -> list[int]:
    """Name the journal entries, oldest first, that still lack their proof and have their facts.

    :param after: the last entry that was tried; one that failed holds up no other.
    :param before: leave out what happened at this moment (aware) or later.
    """
    later = _due().where(JournalEntry.id > after)
    if before is not None:
        later = later.where(JournalEntry.occurred_at < before)
    return list(session.scalars(later.order_by(JournalEntry.id).limit(limit)))


def waiting(session: AnySession) -> tuple[int, datetime | None]:
    """Count the entries that still lack their proof, and give the moment of the oldest."""
    counted = _due().with_only_columns(func.count(), func.min(JournalEntry.occurred_at))
    count, oldest = session.execute(counted).one()
    return count, oldest


def make(
    session: AnySession,
    entry_id: int,
    config: Config,
    now: datetime,
    stamper: "TimeStamper | None" = None,
) -> Proof:
    """Make the proof of a journal entry, seal and keep it; a proof already made is given again.

    Works in short sessions of its own on the same database, none of them open while the proof is
    laid out and sealed; the caller's must have no open transaction, which on SQLite would hold the
    lock that is needed here.

    :param config: its `public_url` is the address in use, which the proof prints.
    :param stamper: the authority that dates the seal (PAdES B-T); without one it is B-B.
    :returns: the proof, detached, its columns loaded.
    :raises Unprovable: the entry gets no proof, or the journal lacks what it must say.
    :raises Purged: the law let its facts go, be it while the proof was sealed; nothing is kept.
    :raises WrongSealingKey: the key is missing or damaged.
    :raises NoStamp: the authority gave no stamp; nothing is kept.
    """
    from webapp.evidence.pades import seal

    database = session.get_bind()
    with Session(database) as reading:
        existing = _proof_of_entry(reading, entry_id)
        if existing is not None:
            return existing
        found = grounds(reading, entry_id)
    key = open_key(config.keys_directory)
    address = config.public_url.rstrip("/")
    page = contents(found, Imprint(key.fingerprint, address, stamper is not None))
    pdf = lay_out(page, found.exported(), now)
    digest = store(config.files_directory, seal(pdf, key, f"{page.title} {page.number}", stamper))
    proof = Proof(entry_id=entry_id, kind=str(found.kind), digest=digest, sealed_at=now)
    with Session(database, expire_on_commit=False) as writing:
        return _keep(writing, found.event.chain, proof)


def overdue(session: AnySession, before: datetime) -> Sequence[JournalEntry]:
    """Give the entries from before this moment (aware) that still lack their proof."""
    late = select(JournalEntry).where(
        JournalEntry.id.in_(_due()), JournalEntry.occurred_at < before
    )
    return session.scalars(late.order_by(JournalEntry.chain, JournalEntry.sequence)).all()


def sealed(proof: Proof, files_directory: Path) -> bytes:
    """Give the sealed PDF.

    :raises webapp.storage.DamagedFile: the file is missing, or has other bytes.
    """
    return load(files_directory, proof.digest)


def is_stored(session: AnySession, digest: str) -> bool:
    """Tell whether a file of this SHA-256 (hexadecimal) is kept as a proof."""
    return session.scalar(select(Proof.id).where(Proof.digest == digest).limit(1)) is not None


def is_complete(session: AnySession, chain: str) -> bool:
    """Tell whether no proof is due in this chain for now."""
    return session.scalar(_due().where(JournalEntry.chain == chain).limit(1)) is None


def sealing(
    session: AnySession, chain: str, subjects: Collection[str]
) -> dict[str, list[ProofKind]]:
    """Name by subject the proofs that are due and not sealed yet, in the order of their events."""
    wanted = JournalEntry.chain == chain, JournalEntry.subject.in_(subjects)
    rows = session.execute(
        _due()
        .with_only_columns(JournalEntry.subject, JournalEntry.kind)
        .where(*wanted)
        .order_by(JournalEntry.sequence)
    )
    coming: dict[str, list[ProofKind]] = defaultdict(list)
    for subject, kind in rows:
        coming[subject].append(PROVABLE[EventKind(kind)])
    return dict(coming)


def proof_of(session: AnySession, chain: str, proof_id: int) -> Proof | None:
    """Find a proof of this chain, with its entry; None when it is another chain's, or is not."""
    return session.scalars(_proofs(chain).where(Proof.id == proof_id)).one_or_none()


def proofs_of_subjects(
    session: AnySession, chain: str, subjects: Collection[str]
) -> dict[str, list[Proof]]:
    """Give the proofs of these subjects of a chain, by subject, in the order of their events."""
    proofs: dict[str, list[Proof]] = defaultdict(list)
    for proof in session.scalars(_proofs(chain).where(JournalEntry.subject.in_(subjects))):
        proofs[proof.entry.subject].append(proof)
    return dict(proofs)


def _due() -> Select[int]:
    is_of_addressee = and_(
        JournalEntry.kind.in_([str(kind) for kind in OF_ADDRESSEES]),
        JournalEntry.subject.startswith(ADDRESSEE),
    )
    is_of_consent = JournalEntry.kind.in_([str(kind) for kind in OF_CONSENTS])
    return select(JournalEntry.id).where(
        or_(is_of_addressee, is_of_consent),
        ~exists().where(Proof.entry_id == JournalEntry.id),
        exists().where(JournalFacts.entry_id == JournalEntry.id),
    )


def _proofs(chain: str) -> Select[Proof]:
    return (
        select(Proof)
        .join(Proof.entry)
        .options(contains_eager(Proof.entry))
        .where(JournalEntry.chain == chain)
        .order_by(JournalEntry.sequence)
    )


def _proof_of_entry(session: Session, entry_id: int) -> Proof | None:
    return session.scalars(select(Proof).where(Proof.entry_id == entry_id)).one_or_none()


def _keep(session: Session, chain: str, proof: Proof) -> Proof:
    """Commit the proof, unless another worker did so meanwhile: then that one is the proof.

    :raises Purged: the facts went meanwhile; the file, which names people, is let go too.
    """
    alone(session, chain)
    existing = _proof_of_entry(session, proof.entry_id)
    if existing is not None:
        return existing
    if session.get(JournalFacts, proof.entry_id) is None:
        release(session, [proof.digest], proof.sealed_at)
        session.commit()
        raise Purged(f"the facts of journal entry {proof.entry_id} went while it was sealed")
    session.add(proof)
    session.commit()
    return proof
