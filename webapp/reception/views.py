"""The recipient's page: what waits for him, then the content; a GET changes nothing."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, abort, g, request, url_for

from webapp.accounts.models import Organisation
from webapp.accounts.operator import operator_of
from webapp.database import hold_row
from webapp.delivery import languages
from webapp.extensions import db
from webapp.letters import downloads, term
from webapp.letters.models import Addressee
from webapp.letters.queries import addressee_by_token
from webapp.reception import codes
from webapp.reception.forms import AnswerForm
from webapp.reception.proven import control_in_browser
from webapp.reception.standing import Standing, standing_of
from webapp.web import language
from webapp.web.pages import redirect, render
from webapp.web.settings import current

blueprint = Blueprint("reception", __name__)
AGENT_LENGTH = 300


blueprint.add_app_template_filter(term.readable_until)


@blueprint.app_template_filter()
def half_hidden(email: str) -> str:
    """Let the owner of an address know it again, and nobody else read it (`l…@courriel.fr`)."""
    mailbox, _at, domain = email.rpartition("@")
    return f"{mailbox[:1]}…@{domain}"


@blueprint.context_processor
def say_operator() -> dict[str, Any]:
    """Let every page of a recipient say who runs the service."""
    return {"operator": operator_of(db.session, current())}


@blueprint.after_request
def keep_address_secret(response: Response) -> Response:
    """Give the secret address to no other site and no search engine."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@blueprint.get("/r/<token>")
def letter(token: str) -> Response:
    """Show the waiting letter, its content once accepted, or how it ended."""
    addressee = addressee_of(token)
    control = control_in_browser(addressee, datetime.now(UTC))
    return letter_page(token, addressee, AnswerForm.for_answer(addressee, control, is_empty=True))


@blueprint.post("/r/<token>/langue")
def choose_language(token: str) -> Response:
    """Speak another language here and in later notices; it changes nothing in the journal."""
    addressee = addressee_of(token)
    languages.choose(db.session, addressee, language_asked(), datetime.now(UTC))
    db.session.commit()
    return redirect(url_for(".letter", token=token))


@blueprint.get("/r/<token>/fichiers/<int:position>")
def attachment(token: str, position: int) -> Response:
    """Give a file of an accepted letter; before that there is none at this address."""
    addressee = addressee_of(token)
    if standing_of(addressee, datetime.now(UTC)) != Standing.ACCEPTED:
        abort(404)
    return downloads.download(addressee.letter, position, current().files_directory) or abort(404)


def letter_page(
    token: str,
    addressee: Addressee,
    form: AnswerForm,
    *,
    problem: str = "",
    status: int = 200,
) -> Response:
    """Show how the letter stands.

    :param problem: why no code could be sent, where one was asked for.
    """
    now = datetime.now(UTC)
    return render(
        f"reception/{standing_of(addressee, now)}.html",
        status=status,
        token=token,
        addressee=addressee,
        form=form,
        is_code_awaited=codes.is_awaited(db.session, addressee, now),
        problem=problem,
    )


def addressee_of(token: str) -> Addressee:
    """Find whose secret address it is, and speak his language; 404 where it is nobody's."""
    addressee = g.addressee = addressee_by_token(db.session, token) or abort(404)
    speak_to(addressee.letter.organisation_id, addressee.email)
    return addressee


def speak_to(organisation_id: int, email: str) -> None:
    """Speak the language chosen for this address, else the browser's, else the sender's."""
    language.speak(
        languages.chosen_at(db.session, organisation_id, email)
        or language.preferred()
        or languages.of_sender(db.session.get_one(Organisation, organisation_id))
    )


def language_asked() -> str:
    """Give the language that is asked for; one that nobody speaks here is no request (400)."""
    code = request.form.get("language", "")
    if code not in language.LANGUAGES:
        abort(400)
    return code


def held(token: str) -> Addressee:
    """Give the addressee as he stands, and let nobody else answer until this answer is kept."""
    addressee = addressee_of(token)
    hold_row(db.session, addressee)
    return addressee


def client() -> dict[str, str]:
    """Say from where an answer comes, as the journal keeps it."""
    agent = request.user_agent.string[:AGENT_LENGTH]
    return {"ip": request.remote_addr or "", "user_agent": agent}
