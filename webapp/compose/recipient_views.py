"""How recipients come into the send form: contacts searched, lists pasted, rows opened again."""

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.accounts.access import actor, many_recipients, signed_in
from webapp.compose.forms import LetterForm
from webapp.compose.pasting import pasted_rows
from webapp.compose.recipient_forms import MOST_CONTACTS
from webapp.compose.rows import MOST_ROWS, Row, opened, with_list
from webapp.compose.send_page import came_rows, keep_and_only_read, page
from webapp.contacts import reach
from webapp.extensions import db
from webapp.sheets.unreadable import UnreadableSheet
from webapp.web.pages import announce

blueprint = Blueprint("recipients", __name__, url_prefix="/envoyer")
RECIPIENTS = ("recap", "consent_count", "people", "review", "files_on_paper")


@blueprint.post("/contacts/chercher")
@many_recipients
def search_contacts() -> Response:
    """Find contacts to add; nothing else of the form changes."""
    letter, rows = LetterForm(), came_rows()
    keep_and_only_read(letter, rows)
    return page(letter, rows, "found")


@blueprint.post("/contacts")
@many_recipients
def choose_contact() -> Response:
    """Add one of the organisation's contacts, or take one away."""
    letter, rows = LetterForm(), came_rows()
    chosen = letter.chosen_ids()
    dropped, added = request.form.get("drop", type=int), request.form.get("add", 0, type=int)
    if dropped is not None:
        letter.contacts.data = [number for number in chosen if number != dropped]
    elif obstacle := _obstacle(chosen, added):
        announce(obstacle, "warning")
    else:
        letter.contacts.data = [number for number in chosen if number != added] + [added]
    keep_and_only_read(letter, rows)
    blocks = ("chosen", "found", *RECIPIENTS)
    return page(letter, rows, *blocks, focus_chosen=request.args.get("place") == "chosen")


@blueprint.post("/destinataires/coller")
@many_recipients
def paste() -> Response:
    """Turn a pasted list into typed recipients, those that are wrong open to be corrected."""
    letter, rows = LetterForm(), came_rows()
    # As it came: a tabulator before the first cell tells that this cell is empty.
    text = request.form.get("pasted", "")
    try:
        lines = pasted_rows(text, letter.pasted_status.data or "")
    except UnreadableSheet as unreadable:
        return _not_pasted(letter, rows, unreadable.describe(_))
    if not lines:
        return _not_pasted(letter, rows, _("Collez d’abord une liste dans ce cadre."))
    longer = with_list(rows, lines)
    if len(longer) > MOST_ROWS:
        return _not_pasted(letter, rows, _too_many(len(longer)))
    letter.pasted.data, letter.pasted.raw_data = "", []
    keep_and_only_read(letter, longer)
    announce(_what_was_added(longer[-len(lines) :]))
    return page(letter, longer, "paste", "occasional", *RECIPIENTS)


@blueprint.post("/destinataires/ouvrir")
@many_recipients
def open_row() -> Response:
    """Show the ten fields of a recipient that came with a list."""
    index = request.form.get("open", "")
    letter, rows = LetterForm(), opened(came_rows(), index)
    keep_and_only_read(letter, rows)
    return page(letter, rows, "occasional", *RECIPIENTS, opened=index)


@blueprint.post("/destinataires/liste")
@signed_in
def list_people() -> Response:
    """Turn to another page of those who receive."""
    letter = LetterForm()
    letter.people_page.data = request.form.get("people_turn", "")
    rows = came_rows()
    keep_and_only_read(letter, rows)
    return page(letter, rows, "people", people_opened=True, focus_people=True)


def _obstacle(chosen: list[int], added: int) -> str:
    """Say why a contact cannot be added, nothing where it can."""
    text = ""
    if len(chosen) >= MOST_CONTACTS:
        text = _(
            "%(most)s contacts au plus s’ajoutent un à un : pour davantage, faites un groupe.",
            most=MOST_CONTACTS,
        )
    elif not reach.chosen_contacts(db.session, actor().organisation_id, [added]):
        text = _("Ce contact n’existe plus : cherchez-le de nouveau.")
    return text


def _not_pasted(letter: LetterForm, rows: list[Row], explanation: str) -> Response:
    letter.pasted.data = request.form.get("pasted", "")
    keep_and_only_read(letter, came_rows())
    return page(letter, rows, "paste", problems=[("pasted", explanation)], status=422)


def _too_many(count: int) -> str:
    text: str = _(
        "Cela ferait %(count)s destinataires occasionnels, et un courrier en a %(most)s au plus. "
        "Rien n’est ajouté, votre liste est toujours là : importez-la plutôt dans un groupe.",
        count=count,
        most=MOST_ROWS,
    )
    return text


def _what_was_added(rows: list[Row]) -> str:
    text: str = ngettext(
        "%(num)d destinataire ajouté.", "%(num)d destinataires ajoutés.", len(rows)
    )
    wrong = sum(row.is_wrong for row in rows)
    if not wrong:
        return text
    rest = ngettext("%(num)d est à corriger.", "%(num)d sont à corriger.", wrong)
    return f"{text} {rest}"
