"""What is erased of a letter when its term is over; number, dates, states and chain stay."""

from collections.abc import Set
from datetime import datetime

from sqlalchemy import delete, func, literal, select, update

from webapp.database import AnySession, alone
from webapp.evidence.journal import letter_chain
from webapp.evidence.models import JournalEntry, Proof
from webapp.evidence.purge import purge_chain
from webapp.letters.models import Addressee, Attachment, Letter

_EMPTY = ("subject", "message", "own_reference", "search_text")
_NO_SENDER = ("sender_name", "sender_email", "sender_address")
_NOBODY = ("name", "email", "postal_address", "consent", "problem", "search_text")
_DEAD = "erased:"
"""How the hash of a secret address begins that no secret has."""


def hold(session: AnySession, letter: Letter) -> None:
    """Let nobody change the letter's addressees until the transaction ends."""
    rows = select(Addressee.id).where(Addressee.letter_id == letter.id)
    session.execute(rows.with_for_update()).all()


def erase(session: AnySession, letter: Letter, ground: str, now: datetime) -> Set[str]:
    """Erase in the caller's transaction all that a letter says and names, and purge its journal.

    Its recipients' addresses on the web are dead from then on.

    :returns: the SHA-256 of the files that stood behind it: attachments and sealed proofs.
    :raises webapp.evidence.purge.TooEarly: the law keeps it still.
    """
    chain = letter_chain(letter.number)
    # A proof that is being sealed is either seen here, or finds that its facts are gone.
    alone(session, chain)
    attached = session.scalars(
        delete(Attachment).where(Attachment.letter_id == letter.id).returning(Attachment.digest)
    ).all()
    entries = select(JournalEntry.id).where(JournalEntry.chain == chain)
    sealed = session.scalars(select(Proof.digest).where(Proof.entry_id.in_(entries))).all()
    session.execute(
        update(Addressee)
        .where(Addressee.letter_id == letter.id)
        .values(
            dict.fromkeys(_NOBODY, "")
            | {
                "token_hash": literal(_DEAD) + Addressee.number,
                "due_at": None,
                "consent_request_id": None,
                "told_at": func.coalesce(Addressee.told_at, now),
            }
        )
        .execution_options(synchronize_session=False)
    )
    for name in (*_EMPTY, *_NO_SENDER):
        setattr(letter, name, "")
    letter.purged_at = now
    session.flush()
    purge_chain(session, chain, now, ground)
    return {*attached, *sealed}
