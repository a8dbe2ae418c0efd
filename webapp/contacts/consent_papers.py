"""How long papers on which individuals agreed are kept: as long as the journal needs them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, delete, select, update

from webapp.contacts.consent_models import ConsentDocument
from webapp.contacts.models import Consent
from webapp.database import AnySession
from webapp.evidence.journal import RecordedEvent, organisation_chain
from webapp.evidence.kinds import EventKind
from webapp.evidence.models import JournalEntry, JournalFacts


def named_by(
    session: AnySession, organisation_id: int, events: Iterable[RecordedEvent]
) -> Sequence[ConsentDocument]:
    """Give the papers that events of an organisation's journal name by their SHA-256."""
    facts = [event.facts for event in events if event.facts]
    digests = {digest for one in facts if (digest := _digest_in(one))}
    return session.scalars(
        select(ConsentDocument)
        .where(
            ConsentDocument.organisation_id == organisation_id,
            ConsentDocument.digest.in_(digests),
        )
        .order_by(ConsentDocument.id)
    ).all()


def _digest_in(facts: Mapping[str, Any]) -> str:
    """Give the SHA-256 of the paper that an event names; empty: it names none."""
    return str((facts.get("document") or {}).get("sha256", ""))


def is_told_of(session: AnySession, document: ConsentDocument, but_in: str = "") -> bool:
    """Say whether the journal still tells of a paper; a list of members serves many of them.

    :param but_in: a subject whose events do not count.
    """
    told = _telling(document).where(JournalEntry.subject != but_in)
    return session.scalar(told.limit(1)) is not None


def _telling(document: ConsentDocument) -> Select[int]:
    return (
        select(JournalEntry.id)
        .join(JournalFacts, JournalFacts.entry_id == JournalEntry.id)
        .where(
            JournalEntry.chain == organisation_chain(document.organisation_id),
            JournalEntry.kind == EventKind.CONSENT_DECLARED,
            JournalFacts.content.contains(document.digest),
        )
    )


def erase(session: AnySession, documents: Iterable[ConsentDocument]) -> set[str]:
    """Erase papers in the caller's transaction.

    :returns: the SHA-256 of the files that were kept.
    """
    gone = {document.id: document.digest for document in documents}
    naming = update(Consent).where(Consent.document_id.in_(gone)).values(document_id=None)
    session.execute(naming)
    session.execute(delete(ConsentDocument).where(ConsentDocument.id.in_(gone)))
    return set(gone.values())
