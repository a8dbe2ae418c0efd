"""What a file is, by what it shows of itself and what this installation knows."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta

from sqlalchemy import select

from webapp.database import AnySession
from webapp.evidence import archive_words, proof_words
from webapp.evidence.archive_words import ArchiveCheck
from webapp.evidence.journal import moment
from webapp.evidence.models import JournalEntry
from webapp.evidence.proof_words import Check
from webapp.evidence.proofs import is_stored
from webapp.evidence.seal import fingerprints
from webapp.evidence.seen import NotKnown, Seen, SeenArchive, SeenPdf
from webapp.evidence.verdicts import Answer, Step, Verdict
from webapp.evidence.witness_models import DailyRoot

SLACK = timedelta(minutes=10)
"""How long before an archive was made an event may have happened that it does not hold yet."""

_MAKE_UNKNOWN = {ArchiveCheck.OURS, ArchiveCheck.STORED}
_ANSWER_WHEN_FAILED = {Check.INTACT: Answer.ALTERED, Check.WHOLE: Answer.ALTERED}


def judged(session: AnySession, seen: Seen) -> Verdict:
    """Say what a file is, by what it shows and what this installation knows."""
    if isinstance(seen, SeenPdf):
        return judged_pdf(seen, fingerprints(session), lambda digest: is_stored(session, digest))
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


def judged_pdf(
    seen: SeenPdf, fingerprints: Collection[str], known_digest: Callable[[str], bool]
) -> Verdict:
    """Say what a file is, by what it shows and what is known here.

    :param fingerprints: SHA-256 of this installation's certificates, in hexadecimal.
    :param known_digest: tells whether a file of this SHA-256 (hexadecimal) is kept as a proof.
    """
    steps: list[Step] = []
    answer = Answer.GENUINE
    for check, passed in _checks(seen, fingerprints, known_digest):
        steps.append(
            Step(check, passed, (proof_words.PASSED if passed else proof_words.FAILED)[check])
        )
        if not passed:
            answer = _ANSWER_WHEN_FAILED.get(check, Answer.UNKNOWN)
            break
    is_trial = answer is not Answer.UNKNOWN and seen.is_trial
    return Verdict(answer, proof_words.ANSWERS[answer], tuple(steps), is_trial)


def _checks(
    seen: SeenPdf, fingerprints: Collection[str], known_digest: Callable[[str], bool]
) -> Iterator[tuple[Check, bool]]:
    yield Check.PDF, seen.is_pdf
    seals = seen.seals
    yield Check.SEAL, seals is None or bool(seals)
    yield Check.READABLE, seals is not None
    ours = [seal for seal in seals or () if seal.fingerprint in fingerprints]
    yield Check.CERTIFICATE, bool(ours)
    yield Check.INTACT, all(seal.is_intact for seal in ours)
    yield Check.WHOLE, all(seal.is_whole for seal in ours)
    yield Check.STORED, known_digest(seen.sha256)


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
