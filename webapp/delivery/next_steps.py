"""What the sender should do next about a letter, in words: his own tasks first, then what waits."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.delivery.outlook import Outlook
from webapp.letters import departure
from webapp.letters.models import Letter
from webapp.letters.queries import Counts
from webapp.letters.steps import State
from webapp.letters.term import last_day
from webapp.web.templating import day, moment


@dataclass(frozen=True)
class NextStep:
    """One sentence, and the page on which it is done; no address where nothing is to be done."""

    text: str
    address: str = ""


def next_steps(
    letter: Letter,
    counts: Counts,
    answers_until: datetime | None,
    notices: Outlook,
    now: datetime,
) -> list[NextStep]:
    """Say what there is to do about a letter, and what only takes time.

    :param answers_until: when the last of the terms (aware) ends that still run; None: none runs.
    :param notices: what becomes of those that have not left.
    :param now: an aware moment.
    """
    steps = [
        make(letter, counts[state]) for state, make in _TASKS.items() if counts.get(state, 0) > 0
    ]
    steps += _waiting(letter, counts, answers_until, notices, now)
    return steps or [NextStep(*_finished(letter))]


def _failed(letter: Letter, count: int) -> NextStep:
    text = ngettext(
        "%(num)d adresse n’a pas pu recevoir l’avis : vérifiez-la auprès de la personne.",
        "%(num)d adresses n’ont pas pu recevoir l’avis : vérifiez-les auprès des personnes.",
        count,
    )
    return NextStep(text, url_for("delivery.correct_all", number=letter.number))


def _to_post(_letter: Letter, count: int) -> NextStep:
    text = ngettext(
        "%(num)d lettre est à imprimer et à poster.",
        "%(num)d lettres sont à imprimer et à poster.",
        count,
    )
    return NextStep(text, url_for("paper.to_post"))


def _posted(letter: Letter, count: int) -> NextStep:
    text = ngettext(
        "%(num)d lettre est partie par la poste : notez ce que dit son avis de réception.",
        "%(num)d lettres sont parties par la poste : notez ce que disent leurs avis de réception.",
        count,
    )
    return NextStep(text, url_for("delivery.letter", number=letter.number, etat=State.POSTED))


_TASKS: dict[State, Callable[[Letter, int], NextStep]] = {
    State.FAILED: _failed,
    State.TO_POST: _to_post,
    State.POSTED: _posted,
}


def _waiting(
    letter: Letter,
    counts: Counts,
    answers_until: datetime | None,
    notices: Outlook,
    now: datetime,
) -> Iterator[NextStep]:
    if notices.asked:
        yield NextStep(
            ngettext(
                "%(num)d avis attend l’accord d’un particulier, et partira s’il vient : rien à "
                "faire.",
                "%(num)d avis attendent l’accord de particuliers, et partiront s’il vient : rien à "
                "faire.",
                notices.asked,
            )
        )
    if submitted := counts.get(State.SUBMITTED, 0) - notices.asked:
        yield NextStep(_of_notices(letter, submitted, notices, now))
    notified = counts.get(State.NOTIFIED, 0)
    if notified and answers_until is not None:
        yield NextStep(
            ngettext(
                "%(num)d destinataire peut encore répondre, jusqu’au %(day)s : rien à faire.",
                "%(num)d destinataires peuvent encore répondre, jusqu’au %(day)s : rien à faire.",
                notified,
                day=day(last_day(answers_until)),
            )
        )


def _of_notices(letter: Letter, count: int, notices: Outlook, now: datetime) -> str:
    text: str = ngettext(
        "%(num)d avis part tout seul : rien à faire.",
        "%(num)d avis partent tout seuls : rien à faire.",
        count,
    )
    if letter.leaves_at is not None and departure.is_waiting(letter, now):
        text = ngettext(
            "%(num)d avis partira tout seul le %(moment)s : rien à faire.",
            "%(num)d avis partiront tout seuls le %(moment)s : rien à faire.",
            count,
            moment=moment(letter.leaves_at),
        )
    if notices.is_held:
        text = ngettext(
            "%(num)d avis attend : voyez pourquoi ci-dessous.",
            "%(num)d avis attendent : voyez pourquoi ci-dessous.",
            count,
        )
    return text


def _finished(letter: Letter) -> tuple[str, str]:
    text = _("Tout est terminé : téléchargez les preuves, et gardez-les avec vos archives.")
    return text, url_for("delivery.all_proofs", number=letter.number)
