"""The recipient's page: accept or refuse by POST, then the content; a GET changes nothing."""

from datetime import UTC, datetime

from flask import Blueprint, Response, abort, request, url_for

from webapp.contacts import failing
from webapp.database import hold_row
from webapp.delivery import languages
from webapp.delivery.tasks import wake
from webapp.extensions import db
from webapp.letters import downloads, steps
from webapp.letters.models import Addressee
from webapp.letters.queries import addressee_by_token
from webapp.reception.forms import AcceptanceForm
from webapp.reception.standing import Standing, standing_of
from webapp.web import language
from webapp.web.pages import redirect, render
from webapp.web.settings import current

blueprint = Blueprint("reception", __name__)
AGENT_LENGTH = 300


@blueprint.after_request
def keep_address_secret(response: Response) -> Response:
    """Give the secret address to no other site and no search engine."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@blueprint.get("/r/<token>")
def letter(token: str) -> Response:
    """Show the waiting letter, its content once accepted, or how it ended."""
    return _page(token, addressee_of(token), AcceptanceForm(formdata=None))


@blueprint.post("/r/<token>/accepter")
def accept(token: str) -> Response:
    """Accept the letter; a second press, or one after the time is over, shows where it stands."""
    addressee = held(token)
    form = AcceptanceForm()
    now = datetime.now(UTC)
    if standing_of(addressee, now) != Standing.WAITING:
        return redirect(url_for(".letter", token=token))
    if not form.validate():
        return _page(token, addressee, form, status=422)
    steps.accept(db.session, addressee, form.declared_name.data or "", client(), now)
    failing.clear(db.session, addressee.letter.organisation_id, addressee.email)
    db.session.commit()
    wake()
    return redirect(url_for(".letter", token=token))


@blueprint.get("/r/<token>/refuser")
def ask_refusal(token: str) -> Response:
    """Ask whether the recipient means to refuse, which cannot be undone."""
    addressee = addressee_of(token)
    if standing_of(addressee, datetime.now(UTC)) != Standing.WAITING:
        return redirect(url_for(".letter", token=token))
    return render("reception/refuse.html", token=token, addressee=addressee)


@blueprint.post("/r/<token>/refuser")
def reject(token: str) -> Response:
    """Refuse the letter; a second press shows where it stands."""
    addressee = held(token)
    now = datetime.now(UTC)
    if standing_of(addressee, now) == Standing.WAITING:
        steps.reject(db.session, addressee, client(), now)
        failing.clear(db.session, addressee.letter.organisation_id, addressee.email)
        db.session.commit()
        wake()
    return redirect(url_for(".letter", token=token))


@blueprint.post("/r/<token>/langue")
def choose_language(token: str) -> Response:
    """Speak another language here and in later notices; it changes nothing in the journal."""
    addressee = addressee_of(token)
    code = request.form.get("language", "")
    if code not in language.LANGUAGES:
        abort(400)
    languages.choose(db.session, addressee, code, datetime.now(UTC))
    db.session.commit()
    return redirect(url_for(".letter", token=token))


@blueprint.get("/r/<token>/fichiers/<int:position>")
def attachment(token: str, position: int) -> Response:
    """Give a file of an accepted letter; before that there is none at this address."""
    addressee = addressee_of(token)
    if standing_of(addressee, datetime.now(UTC)) != Standing.ACCEPTED:
        abort(404)
    return downloads.download(addressee.letter, position, current().files_directory) or abort(404)


def _page(token: str, addressee: Addressee, form: AcceptanceForm, *, status: int = 200) -> Response:
    standing = standing_of(addressee, datetime.now(UTC))
    return render(
        f"reception/{standing}.html", status=status, token=token, addressee=addressee, form=form
    )


def addressee_of(token: str) -> Addressee:
    """Find whose secret address it is, and speak his language; 404 where it is nobody's."""
    addressee = addressee_by_token(db.session, token) or abort(404)
    language.speak(
        languages.chosen_by(db.session, addressee)
        or language.preferred()
        or languages.of_organisation(db.session, addressee)
    )
    return addressee


def held(token: str) -> Addressee:
    """Give the addressee as he stands, and let nobody else answer until this answer is kept."""
    addressee = addressee_of(token)
    hold_row(db.session, addressee)
    return addressee


def client() -> dict[str, str]:
    """Say from where an answer comes, as the journal keeps it."""
    agent = request.user_agent.string[:AGENT_LENGTH]
    return {"ip": request.remote_addr or "", "user_agent": agent}
