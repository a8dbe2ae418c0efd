"""Letters and where each stands, their proofs, and the trial box."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from flask import Blueprint, Response, abort, make_response, request

from webapp.accounts.access import actor, signed_in
from webapp.accounts.mail_settings import with_mail_settings
from webapp.delivery import problems, queries
from webapp.delivery.models import TrialMessage
from webapp.evidence import proofs
from webapp.evidence.journal import addressee_subject, letter_chain
from webapp.extensions import db
from webapp.letters import queries as letters_queries
from webapp.letters import term
from webapp.letters.labels import BADGES, LABELS, counted
from webapp.letters.models import Letter
from webapp.web.pages import render
from webapp.web.paging import asked
from webapp.web.settings import current

blueprint = Blueprint("delivery", __name__)
blueprint.add_app_template_filter(term.last_day)
blueprint.add_app_template_filter(counted)
blueprint.add_app_template_filter(problems.told, "told")


@blueprint.app_context_processor
def say_trial() -> dict[str, Any]:
    """Let every page say that nothing leaves the machine, while no mail server is set."""
    return {"on_trial": lambda: not with_mail_settings(db.session, current()).smtp_host}


@blueprint.get("/courriers")
@signed_in
def letters() -> Response:
    """List the letters, the newest first, with what became of each."""
    page = letters_queries.letters_page(db.session, actor(), asked(request.args))
    return render("delivery/letters.html", "letters", page=page, labels=LABELS, badges=BADGES)


@blueprint.get("/courriers/<number>")
@signed_in
def letter(number: str) -> Response:
    """Show a letter with a line a recipient; the lines refresh while anything can still move."""
    shown = _letter(number)
    page = letters_queries.addressees_page(db.session, shown, asked(request.args))
    chain = letter_chain(shown.number)
    subjects = [addressee_subject(addressee.number) for addressee in page.items]
    proven = proofs.proofs_of_subjects(db.session, chain, subjects)
    counts = letters_queries.counts_of(db.session, shown)
    return render(
        "delivery/letter.html",
        "states",
        letter=shown,
        page=page,
        counts=counts,
        proofs=proven,
        is_proven=proofs.is_complete(db.session, chain),
        is_moving=letters_queries.is_moving(counts),
        subject_of=addressee_subject,
        labels=LABELS,
        badges=BADGES,
    )


@blueprint.get("/courriers/<number>/preuves/<int:proof_id>.pdf")
@signed_in
def proof(number: str, proof_id: int) -> Response:
    """Give a sealed proof, the very bytes that were sealed."""
    shown = _letter(number)
    found = proofs.proof_of(db.session, letter_chain(shown.number), proof_id) or abort(404)
    response = make_response(proofs.sealed(found, current().files_directory))
    response.mimetype = "application/pdf"
    name = f"preuve-{found.kind}-{found.entry.subject.rpartition(':')[2]}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get("/boite-essai")
@signed_in
def trial_box() -> Response:
    """List the messages that stayed on this machine, the newest first."""
    page = queries.trial_page(db.session, actor(), asked(request.args))
    return render("delivery/trial_box.html", "messages", page=page)


@blueprint.get("/boite-essai/<int:message_id>")
@signed_in
def trial_message(message_id: int) -> Response:
    """Show one message as its recipient would read it."""
    shown = queries.trial_message(db.session, actor(), message_id) or abort(404)
    message = _parsed(shown)
    body = message.get_body(("plain",))
    return render(
        "delivery/trial_message.html",
        "main",
        shown=shown,
        message=message,
        text=body.get_content() if body else "",
    )


def _parsed(shown: TrialMessage) -> EmailMessage:
    return message_from_bytes(shown.content, policy=default)


def _letter(number: str) -> Letter:
    return letters_queries.letter_of(db.session, actor(), number) or abort(404)
