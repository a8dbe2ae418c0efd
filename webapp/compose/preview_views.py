"""The preview, in a window of its own: nothing of it leaves."""

from datetime import UTC, datetime

from flask import Blueprint, Response

from webapp.accounts.access import actor, signed_in
from webapp.accounts.addresses import public_address
from webapp.accounts.mail_settings import with_mail_settings
from webapp.compose import drafts
from webapp.compose.forms import LetterForm
from webapp.compose.previews import letter_preview, notice_preview
from webapp.compose.send_page import came_rows, kept, resolved
from webapp.extensions import db
from webapp.web.pages import render
from webapp.web.settings import current

blueprint = Blueprint("previews", __name__)


@blueprint.post("/envoyer/apercu")
@signed_in
def preview() -> Response:
    """Show what the recipients will read, as the form stands; it is kept as a draft."""
    letter, rows, now = LetterForm(), came_rows(), datetime.now(UTC)
    kept(letter, rows)
    config = with_mail_settings(db.session, current())
    receiving = resolved(letter, rows).receiving
    addressee = letter_preview(
        actor(),
        letter.subject.data or "",
        (letter.message.data or "").replace("\r\n", "\n"),
        receiving[0].recipient if receiving else None,
        drafts.attached(drafts.draft_of(db.session, actor(), letter.key.data or "")),
        now,
        is_trial=not config.smtp_host,
    )
    return render(
        "compose/preview.html",
        addressee=addressee,
        notice=notice_preview(addressee, public_address(db.session, config), now),
        count=len(receiving),
    )
