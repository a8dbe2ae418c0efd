"""Letters and where each stands, and the trial box."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from typing import Any

from flask import Blueprint, Response, abort, make_response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.accounts.access import actor, signed_in
from webapp.accounts.mail_settings import has_mail_server
from webapp.delivery import awaited, queries, reasons, returns
from webapp.delivery.asked import letter_asked, letter_or_trace_asked
from webapp.delivery.erased_page import erased_page
from webapp.delivery.export import as_csv, as_workbook
from webapp.delivery.forms import LetterSearchForm, RecipientSearchForm
from webapp.delivery.models import TrialMessage
from webapp.delivery.next_steps import next_steps
from webapp.delivery.outlook import outlook
from webapp.delivery.proof_names import NAMES
from webapp.delivery.story import Story, story
from webapp.evidence import proofs, troubles
from webapp.evidence.journal import addressee_subject, letter_chain
from webapp.extensions import db
from webapp.letters import cancellation, departure, downloads, keeping, term
from webapp.letters import queries as letters_queries
from webapp.letters.labels import BADGES, LABELS, counted
from webapp.letters.models import Letter
from webapp.letters.steps import UNSENT
from webapp.sheets.tables import XLSX
from webapp.web.pages import announce, redirect, render, wants_fragment
from webapp.web.paging import asked
from webapp.web.settings import current

blueprint = Blueprint("delivery", __name__)
blueprint.add_app_template_filter(term.last_day)
blueprint.add_app_template_filter(counted)
blueprint.add_app_template_filter(reasons.told, "told")
blueprint.add_app_template_filter(reasons.told_of_request, "told_of_request")


@blueprint.app_context_processor
def say_trial() -> dict[str, Any]:
    """Let every page say that nothing leaves the machine, while no mail server is set."""
    return {"on_trial": cache(lambda: not has_mail_server(db.session, current()))}


@blueprint.get("/courriers")
@signed_in
def letters() -> Response:
    """List the letters, the newest first, with what became of each."""
    search = LetterSearchForm(request.args)
    page = letters_queries.letters_page(db.session, actor(), search.wanted, asked(request.args))
    return render(
        "delivery/letters.html",
        "letters",
        search=search,
        page=page,
        ending=keeping.soon(db.session, actor(), datetime.now(UTC)),
        labels=LABELS,
        badges=BADGES,
    )


@blueprint.get("/courriers/<number>")
@signed_in
def letter(number: str) -> Response:
    """Show a letter with a line a recipient; the lines refresh while anything can still move.

    A refresh says which version the page shows (`vu`), and gets no content while that holds.
    """
    shown = letter_or_trace_asked(number)
    if shown.purged_at is not None:
        return erased_page(shown)
    version = queries.version_of(db.session, shown)
    if wants_fragment() and request.args.get("vu") == version:
        return make_response("", 204)
    search = RecipientSearchForm(request.args)
    page = letters_queries.addressees_page(db.session, shown, search.wanted, asked(request.args))
    chain = letter_chain(shown.number)
    subjects = [addressee_subject(addressee.number) for addressee in page.items]
    proven = proofs.proofs_of_subjects(db.session, chain, subjects)
    counts = letters_queries.counts_of(db.session, shown)
    now = datetime.now(UTC)
    notices = outlook(db.session, current(), shown, now)
    until = letters_queries.answers_until(db.session, shown)
    return render(
        "delivery/letter.html",
        "states",
        letter=shown,
        search=search,
        page=page,
        unfolded=_unfolded(shown),
        counts=counts,
        version=version,
        steps=next_steps(shown, counts, until, notices, now),
        proofs=proven,
        sealing=proofs.sealing(db.session, chain, subjects),
        stamp_missing=troubles.since(db.session, troubles.STAMP),
        proof_names=NAMES,
        returned=returns.kept_messages(db.session, [row.id for row in page.items]),
        is_proven=proofs.is_complete(db.session, chain),
        is_moving=letters_queries.is_moving(counts),
        outlook=notices,
        awaited=awaited.requests_of(db.session, shown),
        leaves_later=departure.is_waiting(shown, now),
        is_cancellable=any(counts.get(state) for state in UNSENT),
        subject_of=addressee_subject,
        labels=LABELS,
        badges=BADGES,
    )


@blueprint.route("/courriers/<number>/annuler", methods=["GET", "POST"])
@signed_in
def cancel(number: str) -> Response:
    """Ask whether to take back what has not left, then do so."""
    shown, one = letter_asked(number), request.values.get("envoi", "")
    if request.method == "GET":
        unsent = cancellation.unsent(db.session, shown, one)
        return render("delivery/cancel.html", letter=shown, unsent=unsent, one=one)
    done = cancellation.cancel_unsent(db.session, shown, one, actor().name, datetime.now(UTC))
    db.session.commit()
    _tell(done)
    return redirect(url_for(".letter", number=shown.number))


def _tell(done: cancellation.Cancelled) -> None:
    if done.taken_back:
        announce(
            ngettext(
                "Annulé pour %(num)d destinataire : rien ne lui a été envoyé.",
                "Annulé pour %(num)d destinataires : rien ne leur a été envoyé.",
                done.taken_back,
            )
        )
    if done.leaving or not done.taken_back:
        announce(
            _("Ce qui est déjà parti, ou partait à cet instant, ne peut plus être annulé."),
            "warning",
        )


@blueprint.get("/courriers/<number>/etats.xlsx")
@signed_in
def states_as_workbook(number: str) -> Response:
    """Give the states of all recipients as an Excel workbook."""
    shown = letter_or_trace_asked(number)
    return _file(as_workbook(db.session, shown), XLSX, f"etats-{shown.number}.xlsx")


@blueprint.get("/courriers/<number>/etats.csv")
@signed_in
def states_as_csv(number: str) -> Response:
    """Give the states of all recipients as CSV."""
    shown = letter_or_trace_asked(number)
    return _file(as_csv(db.session, shown), "text/csv", f"etats-{shown.number}.csv")


@blueprint.get("/courriers/<number>/fichiers/<int:position>")
@signed_in
def attachment(number: str, position: int) -> Response:
    """Give a file that goes with the letter, the very bytes that were handed over."""
    shown = letter_asked(number)
    return downloads.download(shown, position, current().files_directory) or abort(404)


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


def _unfolded(shown: Letter) -> dict[str, Story]:
    """Give the story of the recipient whom the address names (`?ouvert=…`), by number."""
    asked_for = request.args.get("ouvert", "")
    addressee = letters_queries.addressee_of(db.session, shown, asked_for) if asked_for else None
    if addressee is None:
        return {}
    return {asked_for: story(db.session, shown, addressee, datetime.now(UTC))}


def _file(content: bytes, mimetype: str, name: str) -> Response:
    response = make_response(content)
    response.mimetype = mimetype
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _parsed(shown: TrialMessage) -> EmailMessage:
    return message_from_bytes(shown.content, policy=default)
