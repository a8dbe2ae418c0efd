"""What a person is told who lets notices leave: that they do, or what holds them back still."""

from flask_babel import gettext as _

from webapp.database import AnySession
from webapp.delivery.pausing import paused_since
from webapp.letters.models import Letter
from webapp.web.pages import announce


def announce_leaving(session: AnySession, letter: Letter, words: str) -> None:
    """Say that notices of this letter leave, unless a pause makes that untrue.

    :param words: what to say while nothing is paused.
    """
    why = _held_by(session, letter)
    if why:
        announce(_("C’est enregistré. %(why)s", why=why), "warning")
    else:
        announce(words)


def _held_by(session: AnySession, letter: Letter) -> str:
    words = ""
    if letter.paused_at is not None:
        words = _("Mais ce courrier est en pause : ses avis attendent que l’envoi reprenne.")
    elif paused_since(session) is not None:
        words = _(
            "Mais tous les envois sont en pause : les avis attendent qu’un administrateur les "
            "laisse repartir."
        )
    return words
