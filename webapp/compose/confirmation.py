"""What the page says once a letter is handed over: to how many, when, and what is left to do."""

from flask_babel import ngettext
from sqlalchemy import func, select

from webapp.database import AnySession
from webapp.delivery import pausing
from webapp.letters.models import Addressee, Channel, Letter
from webapp.web.templating import moment


def handed_over(session: AnySession, letter: Letter) -> str:
    """Say in words to how many a letter goes, and what is still to be done for those on paper."""
    by_channel = (
        select(Addressee.channel, func.count())
        .where(Addressee.letter_id == letter.id)
        .group_by(Addressee.channel)
    )
    counts: dict[str, int] = {row[0]: row[1] for row in session.execute(by_channel)}
    paper = counts.get(Channel.PAPER, 0)
    text: str = ngettext(
        "Le courrier est déposé pour %(num)d destinataire.",
        "Le courrier est déposé pour %(num)d destinataires.",
        sum(counts.values()),
    )
    asked = _asked(session, letter)
    if asked:
        text += " " + ngettext(
            "%(num)d particulier est d’abord prié de donner son accord.",
            "%(num)d particuliers sont d’abord priés de donner leur accord.",
            asked,
        )
    if by_email := counts.get(Channel.EMAIL, 0) - asked:
        text += " " + _leaving(session, letter, by_email)
    if paper:
        text += " " + ngettext(
            "%(num)d courrier est à imprimer et à poster : voyez « Courriers à poster ».",
            "%(num)d courriers sont à imprimer et à poster : voyez « Courriers à poster ».",
            paper,
        )
    return text


def _asked(session: AnySession, letter: Letter) -> int:
    waiting = Addressee.letter_id == letter.id, Addressee.consent_request_id.is_not(None)
    return session.scalar(select(func.count()).where(*waiting)) or 0


def _leaving(session: AnySession, letter: Letter, count: int) -> str:
    if letter.leaves_at is not None:
        text = ngettext(
            "L’avis partira le %(moment)s.",
            "Les avis partiront le %(moment)s.",
            count,
            moment=moment(letter.leaves_at),
        )
    elif pausing.paused_since(session):
        text = ngettext(
            "L’avis attend : tous les envois sont en pause.",
            "Les avis attendent : tous les envois sont en pause.",
            count,
        )
    else:
        text = ngettext("L’avis part maintenant.", "Les avis partent maintenant.", count)
    return str(text)
