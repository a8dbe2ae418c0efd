"""What a letter's page and the trial box show, beside what `letters` and `evidence` tell."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, defer

from webapp.accounts.models import User
from webapp.database import AnySession
from webapp.delivery.models import TrialMessage
from webapp.delivery.pausing import paused_since
from webapp.evidence.journal import letter_chain
from webapp.evidence.models import JournalEntry, Proof
from webapp.letters.models import Addressee, Letter
from webapp.letters.queries import visible_to
from webapp.letters.steps import State
from webapp.web.paging import Page, page_of


def version_of(session: AnySession, letter: Letter) -> str:
    """Name what a letter's page shows at this moment: another name when anything changed.

    Costs the same whatever the number of recipients: the end of the letter's chain, the last proof
    of the installation, the tries of those whose notice has not left, and since when no notice of
    the installation leaves, which the letter's chain does not tell.
    """
    last_event = select(func.max(JournalEntry.sequence)).where(
        JournalEntry.chain == letter_chain(letter.number)
    )
    last_proof = select(func.max(Proof.id))
    unsent = Addressee.letter_id == letter.id, Addressee.state == State.SUBMITTED
    tries = select(func.sum(Addressee.attempts)).where(*unsent)
    parts = [session.scalar(asked) or 0 for asked in (last_event, last_proof, tries)]
    all_paused_at = paused_since(session)
    return ".".join(map(str, [*parts, int(all_paused_at.timestamp()) if all_paused_at else 0]))


def trial_page(session: AnySession, user: User, number: int) -> Page[TrialMessage]:
    """Give a page of messages, the newest first, with their letters but not their contents."""
    addressee = contains_eager(TrialMessage.addressee).joinedload(Addressee.letter)
    newest = _visible_messages(user).order_by(TrialMessage.id.desc())
    return page_of(session, newest.options(addressee, defer(TrialMessage.content)), number)


def trial_message(session: AnySession, user: User, message_id: int) -> TrialMessage | None:
    """Find one message, if this account may see its letter."""
    return session.scalar(_visible_messages(user).where(TrialMessage.id == message_id))


def _visible_messages(user: User) -> Select[TrialMessage]:
    letters = visible_to(user).with_only_columns(Letter.id)
    return select(TrialMessage).join(TrialMessage.addressee).where(Addressee.letter_id.in_(letters))
