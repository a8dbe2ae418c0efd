"""The page on which a person agrees, refuses or takes it back: by POST, a GET changes nothing."""

import contextlib
from datetime import UTC, datetime, timedelta

from flask import Response, abort, url_for
from flask_babel import gettext as _

from webapp.accounts.attempts import Allowance, Allowances, Paused, count
from webapp.contacts import answers, asking
from webapp.contacts.answers import TooLate
from webapp.contacts.consent_models import ConsentRequest
from webapp.contacts.consent_states import Standing, state_of
from webapp.delivery import awaited, languages
from webapp.delivery.tasks import wake
from webapp.extensions import db
from webapp.reception.consent_forms import AgreementForm
from webapp.reception.views import blueprint, client, language_asked, speak_to
from webapp.web.pages import redirect, render
from webapp.web.templating import soonest

CHANGES = Allowances(
    Allowance(5, (timedelta(hours=1),)),
    Allowance(60, (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))),
)
"""How often a consent is given, taken back and given again: each time is an event, and a proof."""


@blueprint.get("/accord/<token>")
def consent(token: str) -> Response:
    """Show who asks, what agreeing means, and how it stands."""
    return _page(token, _asked(token), AgreementForm(formdata=None))


@blueprint.post("/accord/<token>/accorder")
def agree(token: str) -> Response:
    """Give the consent; letters that wait for it leave. A second press shows how it stands."""
    asked, form, now = _asked(token), AgreementForm(), datetime.now(UTC)
    if not form.validate():
        return _page(token, asked, form, status=422)
    if _standing(asked) == Standing.GIVEN:
        return redirect(url_for(".consent", token=token))
    try:
        count(db.session, "consent", asked.number, client()["ip"], now, CHANGES)
    except Paused as paused:
        form.agreed.errors = [_too_often(paused.until)]
        return _page(token, asked, form, status=429)
    db.session.commit()
    with contextlib.suppress(TooLate):
        answers.give(db.session, asked, client(), now)
    return _answered(token, asked, now)


@blueprint.post("/accord/<token>/refuser")
def disagree(token: str) -> Response:
    """Refuse; it may be changed until the time is over."""
    asked, now = _asked(token), datetime.now(UTC)
    with contextlib.suppress(TooLate):
        answers.refuse(db.session, asked, client(), now)
    return _answered(token, asked, now)


@blueprint.get("/accord/<token>/retirer")
def ask_to_take_back(token: str) -> Response:
    """Ask whether the person means to take her consent back."""
    asked = _asked(token)
    if _standing(asked) != Standing.GIVEN:
        return redirect(url_for(".consent", token=token))
    return render("reception/consent_withdraw.html", token=token, asked=asked)


@blueprint.post("/accord/<token>/retirer")
def take_back(token: str) -> Response:
    """Take the consent back; a second press shows how it stands."""
    asked, now = _asked(token), datetime.now(UTC)
    answers.withdraw(db.session, asked, client(), now)
    return _answered(token, asked, now)


@blueprint.post("/accord/<token>/langue")
def choose_consent_language(token: str) -> Response:
    """Speak another language here and in later mails; it is no answer."""
    asked, code, now = _asked(token), language_asked(), datetime.now(UTC)
    languages.choose_at(db.session, asked.organisation_id, asked.email, code, now)
    db.session.commit()
    return redirect(url_for(".consent", token=token))


def _standing(asked: ConsentRequest) -> Standing:
    return state_of(db.session, asked.organisation_id, asked.email).standing


def _too_often(until: datetime) -> str:
    when = soonest(until)
    return str(_("Vous avez changé d’avis bien des fois. Réessayez vers %(when)s.", when=when))


def _answered(token: str, asked: ConsentRequest, now: datetime) -> Response:
    """Keep an answer with what follows from it for letters that wait, in one transaction."""
    settled = awaited.settle(db.session, asked.organisation_id, asked.email, now)
    db.session.commit()
    if settled:
        wake()
    return redirect(url_for(".consent", token=token))


def _page(token: str, asked: ConsentRequest, form: AgreementForm, *, status: int = 200) -> Response:
    now = datetime.now(UTC)
    state = state_of(db.session, asked.organisation_id, asked.email)
    return render(
        "reception/consent.html",
        status=status,
        token=token,
        asked=asked,
        state=state,
        is_given=state.standing == Standing.GIVEN,
        is_open=answers.is_open(asked, now),
        until=asked.ends_at or asking.ends_at(now, asked.days),
        form=form,
    )


def _asked(token: str) -> ConsentRequest:
    """Find the request whose secret address it is, and speak its reader's language; else 404."""
    asked = asking.request_by_token(db.session, token) or abort(404)
    speak_to(asked.organisation_id, asked.email)
    return asked
