"""What a letter's page unfolds under a recipient: what happened to him, and his next reminder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from webapp.database import AnySession
from webapp.delivery.pausing import paused_since
from webapp.delivery.timeline import Step, timeline
from webapp.letters import reminders
from webapp.letters.models import Addressee, Letter
from webapp.letters.steps import State
from webapp.web.templating import moment


@dataclass(frozen=True)
class Story:
    """What happened, the first event first, and in words what comes next without anybody."""

    steps: Sequence[Step]
    coming: str


def story(session: AnySession, letter: Letter, addressee: Addressee, now: datetime) -> Story:
    """Tell what happened to a recipient, and when he is reminded next.

    :param now: an aware moment.
    """
    return Story(timeline(session, letter, addressee), _coming(session, letter, addressee, now))


def _coming(session: AnySession, letter: Letter, addressee: Addressee, now: datetime) -> str:
    if addressee.state != State.NOTIFIED or not reminders.is_reminded(addressee):
        return ""
    next_at = reminders.next_at(addressee)
    if next_at is None:
        words: str = _("Plus aucun rappel n’est prévu avant la fin du délai.")
    elif letter.paused_at is not None or paused_since(session) is not None:
        words = _("Le prochain rappel attend la fin de la pause.")
    elif next_at <= now:
        words = _("Le prochain rappel part dès que possible, entre 8 h et 20 h.")
    else:
        words = _("Prochain rappel : le %(moment)s, sauf réponse avant.", moment=moment(next_at))
    return words
