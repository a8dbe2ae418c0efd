"""Answering: a code shows that the address is the person's own, then he accepts or refuses.

Everything is a POST, and holds the code or what the code has given: a mail scanner that presses a
button has neither.
"""

from datetime import UTC, datetime

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.accounts.attempts import Paused
from webapp.delivery.tasks import wake
from webapp.extensions import db
from webapp.letters.models import Addressee
from webapp.reception import answers, code_mail, codes
from webapp.reception.answers import Answer
from webapp.reception.codes import CodeOver, WrongCode
from webapp.reception.forms import AnswerForm
from webapp.reception.proven import answer_in_browser, control_in_browser, remember
from webapp.reception.standing import Standing, standing_of
from webapp.reception.views import addressee_of, blueprint, client, held, letter_page
from webapp.web.pages import redirect, render
from webapp.web.settings import current
from webapp.web.templating import soonest

ANSWER = "repondre"
"""Where on his page the recipient answers."""


@blueprint.post("/r/<token>/code")
def send_code(token: str) -> Response:
    """Send a code to the addressee's own address, and lead to the field in which it is typed."""
    addressee, now = held(token), datetime.now(UTC)
    if standing_of(addressee, now) != Standing.WAITING:
        return redirect(url_for(".letter", token=token))
    try:
        code_mail.send(db.session, current(), addressee, client(), now)
    except Paused as paused:
        db.session.rollback()
        return _no_code(token, addressee, _too_many(paused.until), 429, now)
    except code_mail.NotSent:
        return _no_code(token, addressee, _not_sent(), 503, now)
    return redirect(url_for(".letter", token=token, _anchor=ANSWER))


@blueprint.post("/r/<token>/accepter")
def accept(token: str) -> Response:
    """Accept the letter; a second press, or one after the time is over, shows where it stands."""
    answer = _who_answers(token)
    if isinstance(answer, Response):
        return answer
    addressee, now = held(token), datetime.now(UTC)
    if standing_of(addressee, now) == Standing.WAITING:
        answers.accept(db.session, addressee, answer, client(), now)
        db.session.commit()
        wake()
    return redirect(url_for(".letter", token=token))


@blueprint.post("/r/<token>/refuser")
def prepare_refusal(token: str) -> Response:
    """See who wants to refuse, and lead to the question whether he means it."""
    answer = _who_answers(token)
    if isinstance(answer, Response):
        return answer
    response = redirect(url_for(".ask_refusal", token=token))
    return remember(response, token, addressee_of(token), answer.control, answer.stated)


@blueprint.get("/r/<token>/refuser")
def ask_refusal(token: str) -> Response:
    """Ask whether the recipient means to refuse, which cannot be undone."""
    addressee, now = addressee_of(token), datetime.now(UTC)
    answer = answer_in_browser(addressee, now)
    if answer is None or standing_of(addressee, now) != Standing.WAITING:
        return redirect(url_for(".letter", token=token))
    stated = answer.stated
    return render("reception/refuse.html", token=token, addressee=addressee, stated=stated)


@blueprint.post("/r/<token>/refuser/confirmer")
def reject(token: str) -> Response:
    """Refuse the letter; a second press shows where it stands."""
    addressee, now = held(token), datetime.now(UTC)
    answer = answer_in_browser(addressee, now)
    if answer is not None and standing_of(addressee, now) == Standing.WAITING:
        answers.reject(db.session, addressee, answer, client(), now)
        db.session.commit()
        wake()
    return redirect(url_for(".letter", token=token))


def _who_answers(token: str) -> Answer | Response:
    """Give who answers, his address proven for good; or the page that says what is missing.

    A code that was right is used up whatever else is missing: the browser then holds the proof.
    """
    addressee, now = held(token), datetime.now(UTC)
    if standing_of(addressee, now) != Standing.WAITING:
        return redirect(url_for(".letter", token=token))
    control = control_in_browser(addressee, now)
    form = AnswerForm.for_answer(addressee, control)
    is_whole = form.validate()
    if control is None:
        if form.code.errors:
            return letter_page(token, addressee, form, status=422)
        try:
            control = codes.verify(db.session, addressee, form.code.data or "", client(), now)
        except (WrongCode, CodeOver) as problem:
            form.code.errors = [_wrong(problem)]
            return letter_page(token, addressee, form, status=422)
        db.session.commit()
        del form.code
    if is_whole:
        return Answer(control, form.stated())
    return remember(
        letter_page(token, addressee, form, status=422), token, addressee, control, None
    )


def _wrong(problem: WrongCode | CodeOver) -> str:
    if isinstance(problem, WrongCode) and problem.left:
        return str(
            ngettext(
                "Ce n’est pas le bon code. Recopiez celui du dernier message reçu ; il reste "
                "%(num)d essai.",
                "Ce n’est pas le bon code. Recopiez celui du dernier message reçu ; il reste "
                "%(num)d essais.",
                problem.left,
            )
        )
    return str(
        _(
            "Ce code ne sert plus : il a plus de trente minutes, ou a été mal recopié cinq fois. "
            "Demandez-en un autre avec le bouton « Recevoir un autre code »."
        )
    )


def _too_many(until: datetime) -> str:
    when = soonest(until)
    return str(
        _(
            "Trop de codes ont été demandés. Le prochain pourra l’être vers %(when)s ; un code "
            "déjà reçu sert pendant trente minutes.",
            when=when,
        )
    )


def _not_sent() -> str:
    return str(
        _(
            "Le code n’a pas pu partir : la messagerie de ce service ne répond pas. Rien n’est "
            "perdu : le courrier vous attend. Réessayez dans quelques minutes."
        )
    )


def _no_code(
    token: str, addressee: Addressee, problem: str, status: int, now: datetime
) -> Response:
    control = control_in_browser(addressee, now)
    form = AnswerForm.for_answer(addressee, control, is_empty=True)
    return letter_page(token, addressee, form, problem=problem, status=status)
