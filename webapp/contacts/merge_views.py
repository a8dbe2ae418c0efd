"""Two ticked contacts side by side, and the one that is made of them."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from flask import Response, request, url_for
from flask_babel import gettext as _

from webapp.accounts.access import actor, many_recipients
from webapp.contacts import book, merging, several
from webapp.contacts.models import Contact
from webapp.contacts.place import place_in
from webapp.contacts.rules import FIELDS, check
from webapp.contacts.several import Choice
from webapp.contacts.several_views import choice_asked
from webapp.contacts.views import already_in_group, blueprint
from webapp.extensions import db
from webapp.web.pages import announce, redirect, render


class _Two(NamedTuple):
    older: Contact
    newer: Contact

    @property
    def digest(self) -> str:
        """Stand for all that the page shows of them."""
        texts = [
            text
            for contact in self
            for text in (str(contact.id), *book.fields_of(contact).values())
        ]
        return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:32]

    def texts(self, kept: Mapping[str, int]) -> dict[str, str]:
        """Take each field from the contact that `kept` names."""
        sources = {contact.id: contact for contact in self}
        return {field: getattr(sources[number], field) for field, number in kept.items()}


@blueprint.get("/groupes/<int:group_id>/plusieurs/fusionner")
@many_recipients
def ask_to_merge(group_id: int) -> Response:
    """Show the two contacts, and ask which of their values are kept."""
    choice = choice_asked(group_id)
    two = _two(choice)
    if two is None:
        count = several.count(db.session, choice)
        place = place_in(choice.group)
        return render("contacts/not_two.html", group=choice.group, place=place, count=count)
    return _page(choice, two, merging.proposed(db.session, *two))


@blueprint.post("/groupes/<int:group_id>/plusieurs/fusionner")
@many_recipients
def merge(group_id: int) -> Response:
    """Make one contact of the two."""
    choice = choice_asked(group_id)
    two = _two(choice)
    if two is None:
        announce(_("Ces contacts ne sont plus dans le groupe : rien n’a été changé."), "warning")
        return redirect(url_for(".group", **place_in(choice.group)))
    kept = _kept(two)
    if request.form.get("shown") != two.digest:
        return _page(choice, two, kept, changed=True, status=422)
    checked = check(two.texts(kept))
    if checked.recipient is not None:
        name = checked.recipient.name
        try:
            merging.merge(db.session, *two, checked.recipient, actor().id, datetime.now(UTC))
        except book.AlreadyInGroup:
            checked = already_in_group(checked)
        else:
            db.session.commit()
            announce(_("Les deux contacts n’en font plus qu’un : %(name)s.", name=name))
            return redirect(url_for(".group", **place_in(choice.group)))
    wrong = [finding for finding in checked.findings if finding.severity == "error"]
    return _page(choice, two, kept, findings=wrong, status=422)


def _two(choice: Choice) -> _Two | None:
    """Give the two contacts that are meant, the older first; None where there are more or fewer."""
    meant = several.first(db.session, choice, 3)
    return _Two(*merging.in_order(*meant)) if len(meant) == 2 else None


def _kept(two: _Two) -> dict[str, int]:
    """Read which contact's value is kept for each field; what is not said is as proposed."""
    ids = {str(contact.id): contact.id for contact in two}
    proposed = merging.proposed(db.session, *two)
    return {
        field: ids.get(request.form.get(f"keep-{field}", ""), proposed[field]) for field in FIELDS
    }


def _page(
    choice: Choice, two: _Two, kept: Mapping[str, int], status: int = 200, **more: Any
) -> Response:
    context = {"findings": (), "changed": False, **more}
    return render(
        "contacts/merge.html",
        status=status,
        group=choice.group,
        place=place_in(choice.group),
        two=two,
        fields=FIELDS,
        kept=kept,
        **context,
    )
