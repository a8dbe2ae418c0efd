"""The files of a letter that is being written: each goes to the server at once, and stays there."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from webapp.accounts.access import actor, signed_in
from webapp.compose import drafts
from webapp.compose.drafts import MOST_FILES, CheckedFile
from webapp.compose.forms import LetterForm
from webapp.compose.rows import Row
from webapp.compose.send_page import came_rows, keep, page
from webapp.compose.uploads import sizes, taken_in
from webapp.extensions import db
from webapp.web.pages import announce, redirect, wants_fragment
from webapp.web.settings import current
from webapp.web.templating import file_size
from webapp.web.transactions import only_read_from_here
from webapp.web.uploads import takes_attachments

blueprint = Blueprint("files", __name__, url_prefix="/envoyer/fichiers")


@blueprint.post("")
@takes_attachments
@signed_in
def attach() -> Response:
    """Take in the chosen files, and keep the form that they came with."""
    letter, rows, config = LetterForm(), came_rows(), current()
    draft = keep(letter, rows)
    chosen = [upload for upload in request.files.getlist("files") if upload.filename]
    if not chosen:
        db.session.commit()
        return _answer(letter, rows, [_("Choisissez d’abord un fichier.")])
    try:
        drafts.require_room(draft, sizes(chosen), config.attachment_bytes)
    except drafts.NoRoom:
        db.session.commit()
        return _answer(letter, rows, [_no_room()])
    db.session.commit()
    files, refusals = taken_in(chosen, config.attachment_bytes, config.files_directory)
    if files and (refusal := _added(letter, files)):
        refusals = [refusal, *refusals]
    elif files:
        announce(_("Pièces jointes enregistrées."))
    return _answer(letter, rows, refusals)


@blueprint.post("/retirer")
@signed_in
def take_off() -> Response:
    """Take a file off the letter."""
    letter, rows = LetterForm(), came_rows()
    keep(letter, rows)
    draft = drafts.draft_of(db.session, actor(), letter.key.data or "")
    if draft is not None:
        file_id = request.form.get("remove_file", 0, type=int)
        drafts.without_file(draft, file_id, datetime.now(UTC))
        announce(_("Pièce jointe retirée."))
    return _answer(letter, rows, [])


def _added(letter: LetterForm, files: Sequence[CheckedFile]) -> str:
    """Add the files to the draft, and commit; say why they are not where they cannot be."""
    key, most, now = letter.key.data or "", current().attachment_bytes, datetime.now(UTC)
    try:
        draft = drafts.with_files(db.session, actor(), key, files, most, now)
    except drafts.NoRoom:
        db.session.rollback()
        return _no_room()
    db.session.commit()
    return "" if draft else str(_("Ce courrier est déjà parti : rien ne peut y être joint."))


def _no_room() -> str:
    return str(
        _(
            "Trop lourd ou trop nombreux : un courrier a %(count)s pièces jointes au plus, et "
            "%(size)s en tout. Ce que vous venez de choisir n’a pas été joint.",
            count=MOST_FILES,
            size=file_size(current().attachment_bytes),
        )
    )


def _answer(letter: LetterForm, rows: list[Row], refusals: Sequence[str]) -> Response:
    only_read_from_here()
    draft = drafts.draft_of(db.session, actor(), letter.key.data or "")
    if draft and not refusals and not wants_fragment():
        return redirect(url_for("drafts.draft", key=draft.key, _anchor="attachments"))
    problems = [("files", " ".join(refusals))] if refusals else []
    status = 422 if refusals else 200
    return page(
        letter,
        rows,
        "attachments",
        "review",
        problems=problems,
        status=status,
        # The button that was pressed is gone with its file.
        focus_files=bool(refusals) or "remove_file" in request.form,
    )
