"""What this installation can say of a file that somebody shows it: a proof, or an archive.

Nothing of the file is kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO

from sqlalchemy import select

from webapp.database import AnySession
from webapp.evidence import archive_words, verification
from webapp.evidence.archive_check import Archive, OtherFormat
from webapp.evidence.archive_file import ArchiveFile, Bounds, NoArchive
from webapp.evidence.archive_words import ArchiveCheck
from webapp.evidence.journal import moment
from webapp.evidence.models import JournalEntry
from webapp.evidence.proofs import is_stored
from webapp.evidence.seal import fingerprints
from webapp.evidence.verdicts import Answer, Step, Verdict
from webapp.evidence.verification import SeenPdf
from webapp.evidence.witness_models import DailyRoot

SLACK = timedelta(minutes=10)
"""How long before an archive was made an event may have happened that it does not hold yet."""

_OPENING = b"PK"
_MAKE_UNKNOWN = {ArchiveCheck.OURS, ArchiveCheck.STORED}


@dataclass(frozen=True)
class SeenArchive:
    """What an archive shows of itself; plain values all.

    :param found: each check of the archive's own, and where it found something wrong.
    :param hashes: sequence and hash of each entry of its journal that holds.
    :param roots: what it says of each day's root, by path: day, root and size of the tree.
    """

    found: Sequence[tuple[str, Sequence[str]]]
    certificates: Sequence[str]
    seals: Mapping[str, str]
    digests: Mapping[str, str]
    chain: str
    made_at: str
    hashes: Sequence[tuple[int, str]]
    roots: Mapping[str, tuple[str, str, int]]
    is_trial: bool


@dataclass(frozen=True)
class NotKnown:
    """A ZIP that is no archive of a letter, or one of another format."""


Seen = SeenPdf | SeenArchive | NotKnown


def examine(session: AnySession, file: IO[bytes], bounds: Bounds) -> Verdict:
    """Verify a file that claims to be a proof (PDF) or the archive of a letter (ZIP).

    :param file: read from its beginning.
    :raises TooLarge: it is an archive beyond the bounds.
    """
    return judged(session, look(file, bounds))


def look(file: IO[bytes], bounds: Bounds) -> Seen:
    """Read a file, whoever made it, and say what it shows of itself; needs no database.

    :raises TooLarge: it is an archive beyond the bounds.
    """
    opening = file.read(len(_OPENING))
    file.seek(0)
    if opening != _OPENING:
        return verification.look(file.read())
    try:
        archive = Archive(ArchiveFile(file, bounds))
    except (NoArchive, OtherFormat):
        return NotKnown()
    found = [(str(check), places) for check, places in archive.checks()]
    return SeenArchive(
        [*found, (str(ArchiveCheck.COMPLETE), archive.unproved())],
        archive.certificates,
        archive.seals,
        archive.digests,
        archive.chain,
        archive.made_at,
        [(entry["sequence"], entry["entry_hash"]) for entry in archive.entries],
        {
            path: (said["day"], said["root"], said["tree_size"])
            for path, said in archive.witnesses().items()
        },
        archive.is_trial,
    )


def judged(session: AnySession, seen: Seen) -> Verdict:
    """Say what a file is, by what it shows and what this installation knows."""
    if isinstance(seen, SeenPdf):
        return verification.judged(
            seen, fingerprints(session), lambda digest: is_stored(session, digest)
        )
    if isinstance(seen, NotKnown):
        step = Step(ArchiveCheck.FORMAT, False, archive_words.FAILED[ArchiveCheck.FORMAT])
        return Verdict(Answer.UNKNOWN, archive_words.ANSWERS[Answer.UNKNOWN], (step,))
    steps = [_step(ArchiveCheck.FORMAT, ())]
    steps += [_step(ArchiveCheck(check), tuple(places)) for check, places in seen.found]
    steps += [_step(check, places) for check, places in _known_here(session, seen)]
    failed = {step.check for step in steps if not step.passed} - {ArchiveCheck.COMPLETE}
    answer = Answer.GENUINE
    if failed:
        answer = Answer.UNKNOWN if failed <= _MAKE_UNKNOWN else Answer.ALTERED
    return Verdict(answer, archive_words.ANSWERS[answer], tuple(steps), seen.is_trial)


def _step(check: ArchiveCheck, places: tuple[str, ...]) -> Step:
    words = archive_words.FAILED if places else archive_words.PASSED
    return Step(check, not places, words[check], places)


def _known_here(
    session: AnySession, archive: SeenArchive
) -> Iterator[tuple[ArchiveCheck, tuple[str, ...]]]:
    ours = fingerprints(session)
    foreign = [path for path, seal in archive.seals.items() if seal not in ours]
    foreign += [one for one in archive.certificates if one not in ours]
    yield ArchiveCheck.OURS, tuple(foreign)
    if foreign:
        return
    kept = archive.digests.items()
    yield ArchiveCheck.STORED, tuple(p for p, digest in kept if not is_stored(session, digest))
    yield ArchiveCheck.OUR_JOURNAL, tuple(_departures(session, archive))
    yield ArchiveCheck.OUR_ROOTS, tuple(_other_roots(session, archive))


def _departures(session: AnySession, archive: SeenArchive) -> Iterator[str]:
    """Name the first entry at which the archive's journal and ours part."""
    rows = session.execute(
        select(JournalEntry.entry_hash, JournalEntry.occurred_at)
        .where(JournalEntry.chain == archive.chain)
        .order_by(JournalEntry.sequence)
    ).all()
    for (sequence, entry_hash), row in zip(archive.hashes, rows, strict=False):
        if entry_hash != row.entry_hash:
            yield f"journal.json #{sequence}"
            return
    count = len(archive.hashes)
    if count > len(rows) or any(_was_due(row.occurred_at, archive) for row in rows[count:]):
        yield f"journal.json #{min(count, len(rows)) + 1}"


def _was_due(occurred_at: datetime, archive: SeenArchive) -> bool:
    return moment(occurred_at + SLACK) < archive.made_at


def _other_roots(session: AnySession, archive: SeenArchive) -> Iterator[str]:
    rows = session.execute(select(DailyRoot.day, DailyRoot.root, DailyRoot.tree_size))
    ours = {row.day.isoformat(): (row.root, row.tree_size) for row in rows}
    for path, (day, root, tree_size) in archive.roots.items():
        if ours.get(day) != (root, tree_size):
            yield path
