"""The preview, in a window of its own: nothing of it leaves."""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO

from flask import Blueprint, Response, send_file

from webapp.accounts.access import actor, signed_in
from webapp.accounts.addresses import public_address
from webapp.accounts.mail_settings import has_mail_server
from webapp.compose import drafts
from webapp.compose.forms import LetterForm
from webapp.compose.previews import letter_preview, notice_preview
from webapp.compose.resolution import Candidate
from webapp.compose.send_page import came_rows, keep_and_only_read, resolved
from webapp.extensions import db
from webapp.letters.models import Addressee
from webapp.paper.printing import PDF, letter_pdf
from webapp.paper.queries import window_of
from webapp.web.pages import render
from webapp.web.settings import current

blueprint = Blueprint("previews", __name__)


@blueprint.post("/envoyer/apercu")
@signed_in
def preview() -> Response:
    """Show what the recipients will read, as the form stands; it is kept as a draft."""
    letter, rows, now = LetterForm(), came_rows(), datetime.now(UTC)
    keep_and_only_read(letter, rows)
    resolution = resolved(letter, rows)
    leaves_at = letter.leaves_at() or now
    addressee = _first(letter, resolution.by_email or resolution.receiving, leaves_at)
    address = public_address(db.session, current())
    return render(
        "compose/preview.html",
        addressee=addressee,
        notice=notice_preview(addressee, address, leaves_at),
        count=len(resolution.receiving),
    )


@blueprint.post("/envoyer/apercu.pdf")
@signed_in
def paper_preview() -> Response:
    """Show the letter as it would be printed, marked as a specimen; it is kept as a draft."""
    letter, rows = LetterForm(), came_rows()
    keep_and_only_read(letter, rows)
    resolution = resolved(letter, rows)
    addressee = _first(letter, resolution.on_paper or resolution.receiving, datetime.now(UTC))
    window = window_of(db.session, actor().organisation_id)
    content = BytesIO(letter_pdf(addressee, window, is_specimen=True))
    return send_file(content, PDF, download_name="apercu.pdf")


def _first(letter: LetterForm, receiving: Sequence[Candidate], now: datetime) -> Addressee:
    return letter_preview(
        actor(),
        letter.subject.data or "",
        (letter.message.data or "").replace("\r\n", "\n"),
        receiving[0].recipient if receiving else None,
        drafts.attached(drafts.draft_of(db.session, actor(), letter.key.data or "")),
        now,
        names_sender=letter.names_sender.data == "yes",
        is_trial=not has_mail_server(db.session, current()),
    )
