"""What the journal of an organisation says of consents goes too, when nothing needs it any more."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select

from webapp.accounts.models import Organisation
from webapp.contacts.models import Consent
from webapp.database import AnySession, overwrite_deleted, portions
from webapp.evidence.journal import organisation_chain
from webapp.evidence.models import JournalEntry, JournalFacts
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
    told = _told(session, organisation_id, years_later(now, -years))
    session.rollback()
    if starts is not None and now < starts:
        return
    for some in portions(told):
        needed = _needed(session, organisation_id, {email for _id, email, _at in some})
        gone = [
            entry_id
            for entry_id, email, at in some
            if email not in needed and years_later(at, years) <= now
        ]
        overwrite_deleted(session)
        purge(session, gone, now, keeping.ground(years))
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
    standing = select(Consent.email).where(
        Consent.organisation_id == organisation_id,
        Consent.withdrawn_at.is_(None),
        Consent.email.in_(emails),
    )
    lower = func.lower(Addressee.email)
    sent = select(lower).join(Addressee.letter)
    kept = sent.where(Letter.organisation_id == organisation_id, lower.in_(emails))
    return {*session.scalars(standing), *session.scalars(kept)}
