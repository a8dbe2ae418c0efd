"""The send form's one page: what came with it, its draft kept, and the page as it then stands."""

from datetime import UTC, datetime
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from webapp.accounts.access import actor
from webapp.compose import drafts, files
from webapp.compose.forms import LetterForm
from webapp.compose.meeting import LastDays, last_days
from webapp.compose.models import Draft
from webapp.compose.recipient_page import recipient_context
from webapp.compose.resolution import Resolution
from webapp.compose.rows import MOST_ROWS, Row, checked_row, rows_named, typed_rows
from webapp.compose.sending import resolution_for
from webapp.contacts import queries as contacts_queries
from webapp.delivery.departure_form import bounds
from webapp.extensions import db
from webapp.letters import term
from webapp.web.errors import refusal
from webapp.web.pages import render
from webapp.web.settings import current
from webapp.web.transactions import only_read_from_here

FIRST_ROW = [checked_row(0, {})]
Problems = list[tuple[str, str]]


def came_rows() -> list[Row]:
    """Give the typed recipients that came with the form, one empty row where there is none."""
    if rows_named(request.form) > MOST_ROWS:
        raise refusal(413, too_many_rows())
    return typed_rows(request.form.items()) or FIRST_ROW


def too_many_rows() -> str:
    """Say how many typed recipients a letter may have, and what to do with more."""
    text: str = _(
        "%(most)s destinataires occasionnels au plus dans un courrier : pour davantage, "
        "faites un groupe.",
        most=MOST_ROWS,
    )
    return text


def keep_and_only_read(letter: LetterForm, rows: list[Row]) -> None:
    """Keep the form that came as a draft, and let the rest of the request only read."""
    keep(letter, rows)
    only_read_from_here()


def keep(letter: LetterForm, rows: list[Row]) -> Draft | None:
    """Keep the form that came as a draft, with these rows; the caller commits."""
    key, now = letter.key.data or "", datetime.now(UTC)
    return drafts.keep(db.session, actor(), key, filled(letter, rows), now)


def filled(letter: LetterForm, rows: list[Row]) -> list[tuple[str, str]]:
    """Give the names and texts of the form, its rows too, as a draft keeps them."""
    typed = ((f"{row.prefix}{name}", text) for row in rows for name, text in row.texts.items())
    return [*letter.filled(), *typed]


def resolved(letter: LetterForm, rows: list[Row]) -> Resolution:
    """Resolve the recipients that the form names."""
    return resolution_for(
        db.session, actor(), letter.group_ids(), letter.chosen_ids(), rows, letter.choices()
    )


def page(
    letter: LetterForm,
    rows: list[Row],
    *blocks: str,
    problems: Problems | None = None,
    status: int = 200,
    focus_last: bool = False,
    **more: Any,
) -> Response:
    """Show the form, or those blocks of it, as its draft stands."""
    user = actor()
    groups = (
        contacts_queries.groups(db.session, user.organisation_id) if user.may_send_to_many else []
    )
    draft = drafts.draft_of(db.session, user, letter.key.data or "")
    context: dict[str, Any] = {
        "form": letter,
        "rows": rows,
        "focus_last": focus_last,
        "problems": problems or [],
        "problem_fields": dict(problems or []),
        "focus_chosen": False,
        "focus_people": False,
        "opened": "",
        "drafts": [],
        **recipient_context(db.session, user, letter, resolved(letter, rows), groups),
        **_options(letter, draft),
        **more,
    }
    # A reload, or a sign-in meanwhile, comes back to what was written.
    address = {"HX-Replace-Url": url_for("drafts.draft", key=draft.key)} if draft else {}
    return render("compose/send.html", *blocks, status=status, headers=address, **context)


def _options(letter: LetterForm, draft: Draft | None) -> dict[str, Any]:
    config, now, leaves_at = current(), datetime.now(UTC), letter.leaves_at()
    attached = drafts.attached(draft)
    return {
        "draft": draft,
        "files": draft.files if draft else [],
        "files_digest": drafts.files_digest(attached),
        "files_size": sum(file.size for file in attached),
        "files_most": config.attachment_bytes,
        "files_accepted": files.ACCEPTED,
        "files_not_on_paper": [file.name for file in attached if file.media_type != files.PDF],
        "meeting": _last_days(letter),
        "today": now.astimezone(term.PARIS).date(),
        "departure_days": bounds(now),
        "leaves_at": leaves_at,
        "leaving_day": (leaves_at or now).astimezone(term.PARIS).date(),
        "answer_until": term.last_day(term.ends_at(leaves_at or now)),
    }


def _last_days(letter: LetterForm) -> LastDays | None:
    try:
        return last_days(letter.meeting_on.data) if letter.meeting_on.data else None
    except OverflowError:
        return None
