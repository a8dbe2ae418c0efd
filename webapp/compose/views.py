"""The send form: one page, whose recap follows what is typed, and one button that sends once."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.accounts.access import actor, signed_in
from webapp.accounts.mail_settings import with_mail_settings
from webapp.compose.forms import LetterForm, new_key
from webapp.compose.resolution import Resolution
from webapp.compose.rows import Row, checked_row, typed_rows, with_one_more
from webapp.compose.sending import Draft, NotSendable, resolution_for, send
from webapp.contacts import queries as contacts_queries
from webapp.delivery.tasks import wake
from webapp.extensions import db
from webapp.letters.models import Letter
from webapp.letters.submission import submitted_before
from webapp.web.errors import refusal
from webapp.web.pages import announce, redirect, render
from webapp.web.settings import current

blueprint = Blueprint("compose", __name__)
FIRST_ROW = [checked_row(0, {})]
MOST_ROWS = 200


@blueprint.get("/envoyer")
@signed_in
def form() -> Response:
    """Show the empty form, with a group ticked when one comes from the group's own page."""
    letter = LetterForm(formdata=None, groups=request.args.getlist("group", type=int))
    return _page(letter, FIRST_ROW)


@blueprint.post("/envoyer/recapitulatif")
@signed_in
def recap() -> Response:
    """Say who receives the letter as the form stands, and check the typed recipients."""
    return _page(LetterForm(), _rows(), "recap", "consent_count", "row_messages")


@blueprint.post("/envoyer/destinataires")
@signed_in
def change_rows() -> Response:
    """Add a row for an occasional recipient, or take one away."""
    rows = _rows()
    if "remove" in request.form:
        rows = [row for row in rows if str(row.index) != request.form["remove"]] or FIRST_ROW
    elif actor().may_send_to_many:
        rows = with_one_more(rows)
    blocks = ("occasional", "recap", "consent_count")
    return _page(LetterForm(), rows, *blocks, focus_last="add" in request.form)


@blueprint.post("/envoyer")
@signed_in
def send_letter() -> Response:
    """Hand the letter over, once however often the button is pressed."""
    letter, rows = LetterForm(), _rows()
    if not letter.validate():
        return _page(letter, rows, problems=list(letter.problems()), status=422)
    draft = _draft(letter)
    sent = submitted_before(db.session, draft.key)
    if sent is not None and (sent.subject, sent.message) != (draft.subject, draft.message):
        return _used_before(letter, rows, sent)
    if sent is None:
        resolution = _resolution(letter, rows)
        try:
            config = with_mail_settings(db.session, current())
            sent = send(db.session, config, actor(), draft, resolution, datetime.now(UTC))
        except NotSendable as problem:
            db.session.rollback()
            return _page(letter, rows, problems=[(problem.field, problem.message)], status=422)
        db.session.commit()
        wake()
        announce(_sent(len(sent.addressees)))
    return redirect(url_for("delivery.letter", number=sent.number))


def _used_before(letter: LetterForm, rows: list[Row], sent: Letter) -> Response:
    """Keep a second letter, written on a form that has made one, and let it be sent."""
    letter.key.data = new_key()
    explanation = _(
        "Ce formulaire a déjà servi à envoyer « %(subject)s ». Relisez celui-ci, puis appuyez de "
        "nouveau pour l’envoyer.",
        subject=sent.subject,
    )
    return _page(letter, rows, problems=[("recap", explanation)], status=422)


def _page(
    letter: LetterForm,
    rows: list[Row],
    *blocks: str,
    problems: list[tuple[str, str]] | None = None,
    status: int = 200,
    focus_last: bool = False,
) -> Response:
    user = actor()
    groups = (
        contacts_queries.groups(db.session, user.organisation_id) if user.may_send_to_many else []
    )
    context: dict[str, Any] = {
        "form": letter,
        "rows": rows,
        "groups": groups,
        "resolution": _resolution(letter, rows),
        "focus_last": focus_last,
        "problems": problems or [],
        "problem_fields": dict(problems or []),
    }
    return render("compose/send.html", *blocks, status=status, **context)


def _resolution(letter: LetterForm, rows: list[Row]) -> Resolution:
    return resolution_for(
        db.session, actor(), letter.groups.data or [], rows, letter.taken_out.data or []
    )


def _rows() -> list[Row]:
    rows = typed_rows(request.form.items()) or FIRST_ROW
    if len(rows) > MOST_ROWS:
        raise refusal(
            413,
            _(
                "%(most)s destinataires occasionnels au plus dans un courrier : pour davantage, "
                "faites un groupe.",
                most=MOST_ROWS,
            ),
        )
    return rows


def _draft(letter: LetterForm) -> Draft:
    return Draft(
        # The form's key is the browser's word: it can only ever find this account's own letter.
        key=f"{actor().id}-{letter.key.data}",
        subject=letter.subject.data or "",
        message=(letter.message.data or "").replace("\r\n", "\n"),
        consent_stated=letter.consent_stated.data,
        consent_means=letter.consent_means.data or "",
        shown=request.form.get("shown", ""),
    )


def _sent(count: int) -> str:
    text: str = ngettext(
        "Le courrier est déposé pour %(num)d destinataire. L’avis part maintenant.",
        "Le courrier est déposé pour %(num)d destinataires. Les avis partent maintenant.",
        count,
    )
    return text
