"""The send form's one page: what came with it, and the page as it then stands."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from webapp.accounts.access import actor
from webapp.compose.forms import LetterForm
from webapp.compose.recipient_page import recipient_context
from webapp.compose.resolution import Resolution
from webapp.compose.rows import MOST_ROWS, Row, checked_row, typed_rows
from webapp.compose.sending import resolution_for
from webapp.contacts import queries as contacts_queries
from webapp.extensions import db
from webapp.web.errors import refusal
from webapp.web.pages import render

FIRST_ROW = [checked_row(0, {})]
Problems = list[tuple[str, str]]


def came_rows() -> list[Row]:
    """Give the typed recipients that came with the form, one empty row where there is none."""
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
    """Show the form, or those blocks of it, as it stands."""
    user = actor()
    groups = (
        contacts_queries.groups(db.session, user.organisation_id) if user.may_send_to_many else []
    )
    context: dict[str, Any] = {
        "form": letter,
        "rows": rows,
        "focus_last": focus_last,
        "problems": problems or [],
        "problem_fields": dict(problems or []),
        "focus_chosen": False,
        "focus_people": False,
        "opened": "",
        **recipient_context(db.session, user, letter, resolved(letter, rows), groups),
        **more,
    }
    return render("compose/send.html", *blocks, status=status, **context)
