"""What may be erased of a person at once (RGPD art. 17); what the law keeps stays until its day."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select

from webapp.accounts.models import User
from webapp.compose.models import Draft
from webapp.contacts.models import ContactChange
from webapp.database import AnySession, overwrite_deleted
from webapp.desk import person_consent
from webapp.desk.person import Held
from webapp.desk.sought import Sought, is_of, says
from webapp.evidence.journal import JSON, Event, append, organisation_chain
from webapp.evidence.kinds import EventKind
from webapp.imports.models import Import, ImportEdit

GROUND = "demande de la personne (RGPD, article 17)"


def erase(
    session: AnySession, user: User, held: Held, sought: Sought, now: datetime
) -> Mapping[str, int]:
    """Erase what may be erased, in the caller's transaction, and note in the journal how much.

    What becomes of a consent has events of its own; a withdrawal and a refusal stay, so that no
    list makes the consent serve, or asks for it, again. The event says no name and no address.

    :returns: how many of each kind were erased, by kind; those of which there were none left out.
    """
    overwrite_deleted(session)
    counts = {
        **person_consent.erase(session, user, held.consent, now),
        "changes": _erase_changes(session, held),
        "contacts": len(held.contacts),
        "lines": _erase_lines(session, held, sought),
        "drafts": len(held.drafts),
        "languages": int(held.language is not None),
        "failing": int(held.failing is not None),
    }
    for draft in held.drafts:
        _clear(draft, sought)
    for row in (*held.contacts, held.language, held.failing):
        if row is not None:
            session.delete(row)
    session.flush()
    erased = {kind: count for kind, count in counts.items() if count}
    if erased:
        facts: dict[str, JSON] = {"erased": erased, "ground": GROUND}
        chain = organisation_chain(user.organisation_id)
        append(session, chain, [Event(EventKind.PERSONAL_DATA_ERASED, chain, facts)], now)
    return erased


def _erase_changes(session: AnySession, held: Held) -> int:
    ids = [change.id for change in held.changes]
    session.execute(delete(ContactChange).where(ContactChange.id.in_(ids)))
    return len(ids)


def _erase_lines(session: AnySession, held: Held, sought: Sought) -> int:
    """Erase lines of imports that are done; one that is not done is given up whole.

    A list that is under way holds the person in its cells too, and would bring him back.
    """
    erased = len(held.lines)
    imports = {import_.id: import_ for import_, _row in held.lines}
    for _import, row in held.lines:
        session.delete(row)
    session.flush()
    for import_ in imports.values():
        if import_.committed_at is None:
            session.delete(import_)
        else:
            _erase_edits(session, import_, sought)
    for import_ in held.removed:
        kept = [texts for texts in import_.removed if not is_of(texts, sought)]
        erased += len(import_.removed) - len(kept)
        import_.removed = kept
    return erased


def _erase_edits(session: AnySession, import_: Import, sought: Sought) -> None:
    edits = session.scalars(select(ImportEdit).where(ImportEdit.import_id == import_.id))
    for edit in edits.all():
        if says(edit.before, sought):
            session.delete(edit)


def _clear(draft: Draft, sought: Sought) -> None:
    draft.fields = [[name, "" if says(text, sought) else text] for name, text in draft.fields]


def unfinished(held: Held) -> list[Import]:
    """Give the imports under way that would be given up."""
    found = {import_.id: import_ for import_, _row in held.lines if import_.committed_at is None}
    return list(found.values())
