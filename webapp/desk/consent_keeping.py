"""What the journal of an organisation says of consents goes too, when nothing needs it any more."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, exists, func, select

from webapp import released_files
from webapp.accounts.models import Organisation
from webapp.contacts import consent_papers, consents
from webapp.contacts.consent_models import ConsentDocument, ConsentRequest, RequestState
from webapp.database import AnySession, alone, overwrite_deleted, portions
from webapp.evidence.journal import organisation_chain
from webapp.evidence.models import JournalEntry, JournalFacts, Proof
from webapp.evidence.purge import purge, years_later
from webapp.letters import keeping
from webapp.letters.models import Addressee, Letter


def purge_due(session: AnySession, organisation_id: int, now: datetime) -> None:
    """Purge what the journal says of consents as old as the term, if they neither stand nor serve.

    A consent that stands is kept, and one that a letter still kept was sent by: it shows that the
    letter was lawful (CPCE art. L100). Commits in portions, and may be cut off at any place.
    """
    organisation = session.get_one(Organisation, organisation_id)
    years, starts = organisation.keeping_years, organisation.erases_from
    before = years_later(now, -years)
    told = _told(session, organisation_id, before)
    session.rollback()
    if starts is not None and now < starts:
        return
    _erase_requests(session, organisation_id, before)
    for some in portions(told):
        # Whoever seals a proof of these entries meanwhile waits, and sees that they went.
        alone(session, organisation_chain(organisation_id))
        needed = _needed(session, organisation_id, {email for _id, email, _at in some})
        gone = [
            entry_id
            for entry_id, email, at in some
            if email not in needed and years_later(at, years) <= now
        ]
        overwrite_deleted(session)
        purge(session, gone, now, keeping.ground(years))
        released_files.release(session, _files_of(session, gone), now)
        session.commit()
    _erase_papers(session, organisation_id, before, now)


def _files_of(session: AnySession, entry_ids: Collection[int]) -> set[str]:
    """Give the SHA-256 of the proofs that were sealed of these entries; they name the person."""
    sealed = select(Proof.digest).where(Proof.entry_id.in_(entry_ids))
    return set(session.scalars(sealed))


def _erase_papers(
    session: AnySession, organisation_id: int, before: datetime, now: datetime
) -> None:
    """Erase the papers as old as the term of which the journal tells no more."""
    alone(session, organisation_chain(organisation_id))
    kept = select(ConsentDocument).where(
        ConsentDocument.organisation_id == organisation_id, ConsentDocument.kept_at <= before
    )
    papers = session.scalars(kept.order_by(ConsentDocument.id)).all()
    over = [paper for paper in papers if not consent_papers.is_told_of(session, paper)]
    overwrite_deleted(session)
    released_files.release(session, consent_papers.erase(session, over), now)
    session.commit()


def _erase_requests(session: AnySession, organisation_id: int, before: datetime) -> None:
    """Erase requests as old as the term that came to nothing, and serve no kept letter."""
    asked = session.execute(
        select(ConsentRequest.id, ConsentRequest.email).where(
            ConsentRequest.organisation_id == organisation_id,
            ConsentRequest.state != RequestState.PENDING,
            func.coalesce(ConsentRequest.answered_at, ConsentRequest.asked_at) <= before,
            ~exists().where(Addressee.consent_request_id == ConsentRequest.id),
        )
    ).all()
    session.rollback()
    for some in portions(asked):
        emails = {email for _id, email in some}
        recorded = set().union(*consents.standings(session, organisation_id, emails))
        kept = recorded | with_kept_letters(session, organisation_id, emails)
        gone = [request_id for request_id, email in some if email not in kept]
        overwrite_deleted(session)
        session.execute(delete(ConsentRequest).where(ConsentRequest.id.in_(gone)))
        session.commit()


def _told(
    session: AnySession, organisation_id: int, before: datetime
) -> Sequence[tuple[int, str, datetime]]:
    """Give the entries about consents that are so old, with their addresses in lower case."""
    rows = session.execute(
        select(JournalEntry.id, JournalFacts.content, JournalEntry.occurred_at)
        .join(JournalFacts, JournalFacts.entry_id == JournalEntry.id)
        .where(
            JournalEntry.chain == organisation_chain(organisation_id),
            JournalEntry.kind.startswith("Consent"),
            JournalEntry.occurred_at <= before,
        )
        .order_by(JournalEntry.id)
    )
    told = [(entry, json.loads(content).get("email", ""), at) for entry, content, at in rows]
    return [(entry_id, email.casefold(), at) for entry_id, email, at in told if email]


def _needed(session: AnySession, organisation_id: int, emails: Collection[str]) -> set[str]:
    """Say for which addresses a consent stands, or a letter is kept."""
    given = consents.consented(session, organisation_id, emails)
    return given | with_kept_letters(session, organisation_id, emails)


def with_kept_letters(
    session: AnySession, organisation_id: int, emails: Collection[str]
) -> set[str]:
    """Say to which addresses (in lower case) a letter went that is kept."""
    lower = func.lower(Addressee.email)
    sent = select(lower).join(Addressee.letter)
    kept = sent.where(Letter.organisation_id == organisation_id, lower.in_(emails))
    return set(session.scalars(kept))
