"""What an organisation holds of a person, for that person: JSON for machines, HTML for people."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from flask import render_template
from flask_babel import force_locale

from webapp.accounts.models import Organisation
from webapp.contacts.book import fields_of
from webapp.contacts.consent_history import told
from webapp.database import AnySession
from webapp.desk.person import Held
from webapp.desk.person_consent import HeldConsent
from webapp.desk.person_letters import HeldLetter
from webapp.desk.sought import Sought, is_of
from webapp.evidence.journal import RecordedEvent, addressee_subject, entries_about, letter_chain
from webapp.evidence.kinds import OPENED
from webapp.evidence.moments import in_paris
from webapp.letters.labels import LABELS
from webapp.storage import load


def write(
    session: AnySession,
    organisation: Organisation,
    held: Held,
    sought: Sought,
    files_directory: Path,
    now: datetime,
) -> bytes:
    """Give a ZIP with `donnees.json` and `donnees.html` (RGPD art. 15 and 20), in French.

    The papers of a consent are in it, but for those that speak of other people too.

    :raises webapp.storage.DamagedFile: one of them is missing, or has other bytes.
    """
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive, force_locale("fr"):
        record = gathered(session, organisation, held, sought, now)
        archive.writestr("donnees.json", json.dumps(record, ensure_ascii=False, indent=2))
        page = render_template(
            "desk/person_export.html",
            held=held,
            sought=sought,
            organisation=organisation,
            now=now,
            in_paris=in_paris,
            labels=LABELS,
            contacts=[fields_of(contact) for contact in held.contacts],
            record=record,
            opened=OPENED,
            told=told,
            moment_of=datetime.fromisoformat,
        )
        archive.writestr("donnees.html", page)
        for place, paper in enumerate(held.consent.own_papers, start=1):
            content_of = load(files_directory, paper.digest)
            archive.writestr(f"documents/{place}-{paper.name}", content_of)
    return content.getvalue()


def gathered(
    session: AnySession, organisation: Organisation, held: Held, sought: Sought, now: datetime
) -> Mapping[str, Any]:
    """Give all of it as JSON values; moments in ISO 8601, UTC."""
    language, failing = held.language, held.failing
    return {
        "format": "plirec-personne",
        "version": 1,
        "made_at": now.isoformat(),
        "organisation": organisation.name,
        "sought": sought.text.strip(),
        "contacts": [
            {
                **fields_of(contact),
                "groups": sorted(group.name for group in contact.groups),
                "since": contact.created_at.isoformat(),
            }
            for contact in held.contacts
        ],
        "earlier_versions": list(_earlier(held, sought)),
        **_consent(held.consent),
        "language": language and language.language,
        "notices_fail_since": failing and failing.since.isoformat(),
        "import_lines": [
            {"file": import_.filename, "line": row.number, **row.texts}
            for import_, row in held.lines
        ],
        "drafts": len(held.drafts),
        "letters": [_letter(session, one) for one in held.letters],
    }


def _consent(held: HeldConsent) -> Mapping[str, Any]:
    consent = held.consent
    return {
        "consent": consent
        and {
            "email": consent.email,
            "means": consent.means,
            "declared_at": consent.declared_at.isoformat(),
            "given_on": _iso(consent.given_on),
            "withdrawn_at": _iso(consent.withdrawn_at),
        },
        "consent_requests": [
            {
                "state": request.state,
                "asked_at": request.asked_at.isoformat(),
                "days": request.days,
                "sent_at": _iso(request.sent_at),
                "ends_at": _iso(request.ends_at),
                "answered_at": _iso(request.answered_at),
            }
            for request in held.requests
        ],
        "consent_documents": [
            {"name": paper.name, "size": paper.size, "sha256": paper.digest}
            for paper in (*held.own_papers, *held.shared_papers)
        ],
        "consent_events": _events(held.events),
    }


def _earlier(held: Held, sought: Sought) -> Iterator[Mapping[str, Any]]:
    """Give what contacts were before, the person's alone: one may have become part of another's."""
    own = {contact.id for contact in held.contacts}
    for change in held.changes:
        until = change.moment.isoformat()
        if change.contact_id in own or is_of(change.before, sought):
            yield {"until": until, **change.before}
        if change.absorbed and is_of(change.absorbed, sought):
            yield {"until": until, **change.absorbed}


def _letter(session: AnySession, one: HeldLetter) -> Mapping[str, Any]:
    chain = letter_chain(one.letter.number)
    events = entries_about(session, chain, addressee_subject(one.addressee.number))
    return {
        "letter": one.letter.number,
        "number": one.addressee.number,
        "subject": one.letter.subject if one.is_open_to_recipient else None,
        "submitted_at": one.letter.submitted_at.isoformat(),
        "name": one.addressee.name,
        "email": one.addressee.email,
        "postal_address": one.addressee.postal_address,
        "consent": one.addressee.consent,
        "state": one.addressee.state,
        "kept_until": _iso(one.kept_until),
        "events": _events(events),
    }


def _events(events: Iterable[RecordedEvent]) -> list[Mapping[str, Any]]:
    return [
        {"kind": event.kind, "at": event.occurred_at.isoformat(), "facts": event.facts}
        for event in events
    ]


def _iso(at: Any) -> str | None:
    return at.isoformat() if at else None
