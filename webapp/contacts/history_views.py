"""What happened to one contact."""

from flask import Response
from flask_babel import gettext as _

from webapp.accounts.access import many_recipients
from webapp.contacts import history, queries
from webapp.contacts.guide import STATUS_WORDS
from webapp.contacts.messages import FIELD_NAMES
from webapp.contacts.place import place_in
from webapp.contacts.views import blueprint, contact_asked, group_asked
from webapp.extensions import db
from webapp.web.pages import render


@blueprint.app_template_filter("field_name")
def field_name(field: str) -> str:
    """Name a column of `rules.FIELDS` in the page's language."""
    return str(_(FIELD_NAMES[field]))


@blueprint.app_template_filter("field_text")
def field_text(text: str, field: str) -> str:
    """Say what stands in a column of `rules.FIELDS` in the page's language."""
    return str(_(STATUS_WORDS[text])) if field == "status" and text in STATUS_WORDS else text


@blueprint.get("/groupes/<int:group_id>/contacts/<int:contact_id>/historique")
@many_recipients
def contact_history(group_id: int, contact_id: int) -> Response:
    """Show what happened to a contact, the newest first."""
    shown = group_asked(group_id)
    contact = contact_asked(shown, contact_id)
    return render(
        "contacts/history.html",
        group=shown,
        place=place_in(shown),
        contact=contact,
        person=queries.recipient_of(contact),
        steps=history.steps(db.session, contact),
    )
