"""The send form: one page, whose recap follows what is typed, and one button that sends once."""

from datetime import UTC, datetime

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from webapp.accounts.access import actor, signed_in
from webapp.accounts.mail_settings import with_mail_settings
from webapp.compose.confirmation import handed_over
from webapp.compose.copies import bring_files
from webapp.compose.drafts import drafts_of, submission_key
from webapp.compose.forms import LetterForm, new_key
from webapp.compose.recipient_forms import saving_for
from webapp.compose.rows import MOST_ROWS, Row, with_one_more
from webapp.compose.send_page import (
    FIRST_ROW,
    Problems,
    came_rows,
    filled,
    keep,
    keep_and_only_read,
    page,
    resolved,
    too_many_rows,
)
from webapp.compose.sending import NotSendable, Written, has_made, send
from webapp.delivery.tasks import wake
from webapp.extensions import db
from webapp.letters.models import Letter
from webapp.letters.submission import submitted_before
from webapp.web.pages import announce, redirect
from webapp.web.settings import current

blueprint = Blueprint("compose", __name__)
BLOCKS = ("recap", "consent_count", "row_messages", "people", "review", "meeting", "files_on_paper")


@blueprint.get("/envoyer")
@signed_in
def form() -> Response:
    """Show the empty form, with a group ticked when one comes from the group's own page."""
    letter = LetterForm(formdata=None, groups=request.args.getlist("group", type=int))
    return page(letter, FIRST_ROW, drafts=drafts_of(db.session, actor()))


@blueprint.post("/envoyer/recapitulatif")
@signed_in
def recap() -> Response:
    """Say who receives the letter as the form stands, and check the typed recipients."""
    letter, rows = LetterForm(), came_rows()
    keep_and_only_read(letter, rows)
    return page(letter, rows, *BLOCKS)


@blueprint.post("/envoyer/destinataires")
@signed_in
def change_rows() -> Response:
    """Add a row for an occasional recipient, or take one away."""
    letter, rows = LetterForm(), came_rows()
    if "remove" in request.form:
        rows = [row for row in rows if str(row.index) != request.form["remove"]] or FIRST_ROW
    elif len(rows) >= MOST_ROWS:
        announce(too_many_rows(), "warning")
    elif actor().may_send_to_many:
        rows = with_one_more(rows)
    keep_and_only_read(letter, rows)
    blocks = ("occasional", "recap", "consent_count", "people", "review", "files_on_paper")
    return page(letter, rows, *blocks, focus_last="add" in request.form)


@blueprint.post("/envoyer")
@signed_in
def send_letter() -> Response:
    """Hand the letter over, once however often the button is pressed."""
    letter, rows = LetterForm(), came_rows()
    if not letter.validate():
        return _not_sent(letter, rows, list(letter.problems()))
    written = _written(letter, rows)
    sent = submitted_before(db.session, submission_key(actor(), written.key))
    if sent is not None and not has_made(db.session, sent, written):
        return _used_before(letter, rows, sent)
    if sent is None:
        try:
            _require_nothing_chosen()
            config = with_mail_settings(db.session, current())
            resolution, now = resolved(letter, rows), datetime.now(UTC)
            sent = send(db.session, config, actor(), written, resolution, now)
        except NotSendable as problem:
            db.session.rollback()
            return _not_sent(letter, rows, [(problem.field, problem.message)])
        db.session.commit()
        wake()
        announce(handed_over(db.session, sent))
    return redirect(url_for("delivery.letter", number=sent.number))


def _not_sent(letter: LetterForm, rows: list[Row], problems: Problems) -> Response:
    keep_and_only_read(letter, rows)
    return page(letter, rows, problems=problems, status=422)


def _used_before(letter: LetterForm, rows: list[Row], sent: Letter) -> Response:
    """Keep a second letter, written on a form that has made one, and let it be sent."""
    key = letter.key.data = new_key()
    keep(letter, rows)
    now = datetime.now(UTC)
    bring_files(db.session, actor(), key, sent, current().files_directory, now)
    explanation = _(
        "Ce formulaire a déjà servi à envoyer « %(subject)s ». Relisez celui-ci, puis appuyez de "
        "nouveau pour l’envoyer.",
        subject=sent.subject,
    )
    return _not_sent(letter, rows, [("recap", explanation)])


def _require_nothing_chosen() -> None:
    """Hold a letter back whose author chose a file that has not arrived here.

    A form that is sent as text tells the file's name alone.
    """
    if request.form.get("files"):
        raise NotSendable(
            "files",
            _(
                "Un fichier est choisi mais pas encore joint : choisissez-le de nouveau, appuyez "
                "sur « Joindre », puis envoyez."
            ),
        )


def _written(letter: LetterForm, rows: list[Row]) -> Written:
    return Written(
        key=letter.key.data or "",
        subject=letter.subject.data or "",
        message=(letter.message.data or "").replace("\r\n", "\n"),
        shown=request.form.get("shown", ""),
        own_reference=letter.own_reference.data or "",
        shown_files=request.form.get("shown_files", ""),
        saving=saving_for(actor(), letter, rows),
        filled=filled(letter, rows),
        leaves_at=letter.leaves_at(),
        names_sender=letter.names_sender.data == "yes",
        consent_days=letter.choices().days,
    )
