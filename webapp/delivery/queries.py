"""What the trial box shows: to each account the notices of the letters it may see."""

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, defer

from webapp.accounts.models import User
from webapp.database import AnySession
from webapp.delivery.models import TrialMessage
from webapp.letters.models import Addressee, Letter
from webapp.letters.queries import visible_to
from webapp.web.paging import Page, page_of


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
