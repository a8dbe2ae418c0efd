"""Mes groupes: the list of groups, and the contacts of one, changed in their rows."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _

from webapp.accounts.access import actor, many_recipients
from webapp.contacts import book, consent_states, failing, messages, queries
from webapp.contacts.book import AlreadyInGroup, GroupNameProblem
from webapp.contacts.forms import GroupForm
from webapp.contacts.group_page import group_page
from webapp.contacts.models import Contact, Group
from webapp.contacts.place import KINDS, place_in, sought_in
from webapp.contacts.rules import FIELDS, Checked, Finding, check
from webapp.extensions import db
from webapp.web.pages import announce, redirect, render, wants_fragment
from webapp.web.paging import Stretch, asked_mark

blueprint = Blueprint("contacts", __name__)
blueprint.add_app_template_filter(queries.recipient_of, "recipient")


@blueprint.app_template_filter("explained")
def explain(finding: Finding) -> str:
    """Say a finding of the rules in the page's language."""
    return messages.describe(finding, _)


@blueprint.get("/groupes")
@many_recipients
def groups() -> Response:
    """List the groups; the first thing to do is to add one."""
    return _groups_page(GroupForm(formdata=None))


@blueprint.post("/groupes")
@many_recipients
def add_group() -> Response:
    """Add a group by its name."""
    form = GroupForm()
    if form.validate():
        try:
            group = book.create_group(
                db.session, actor().organisation_id, form.name.data or "", datetime.now(UTC)
            )
        except GroupNameProblem as problem:
            form.refuse(problem)
        else:
            db.session.commit()
            announce(
                _(
                    "Le groupe « %(name)s » est créé : ouvrez-le pour y mettre vos contacts.",
                    name=group.name,
                )
            )
            return redirect(url_for(".groups"))
    return _groups_page(form, status=422)


@blueprint.get("/groupes/<int:group_id>")
@many_recipients
def group(group_id: int) -> Response:
    """Show a group with a page of its contacts, those that the search finds."""
    return _group_page(group_asked(group_id), "contacts")


@blueprint.get("/groupes/<int:group_id>/nom")
@many_recipients
def ask_name(group_id: int) -> Response:
    """Ask for another name, in the heading's place."""
    shown = group_asked(group_id)
    return _group_page(shown, "heading", name_form=GroupForm(formdata=None, name=shown.name))


@blueprint.post("/groupes/<int:group_id>/nom")
@many_recipients
def rename(group_id: int) -> Response:
    """Give the group another name."""
    shown, form = group_asked(group_id), GroupForm()
    if form.validate():
        try:
            book.rename_group(db.session, shown, form.name.data or "")
        except GroupNameProblem as problem:
            form.refuse(problem)
        else:
            db.session.commit()
            announce(_("Le groupe s’appelle maintenant « %(name)s ».", name=shown.name))
            return _done(shown, "heading", renamed=True)
    return _group_page(shown, "heading", name_form=form, status=422)


@blueprint.post("/groupes/<int:group_id>/contacts")
@many_recipients
def add_contact(group_id: int) -> Response:
    """Add one contact to the group."""
    shown, texts = group_asked(group_id), _texts()
    checked = check(texts)
    if checked.recipient is not None:
        try:
            name = checked.recipient.name
            contact = book.add_contact(db.session, shown, checked.recipient, datetime.now(UTC))
        except AlreadyInGroup:
            checked = already_in_group(checked)
        else:
            db.session.commit()
            announce(_("Contact ajouté : %(name)s.", name=name))
            return _done(shown, "add", "search", "contacts", added=contact.id)
    return _group_page(shown, "add", texts=texts, findings=checked.findings, status=422)


@blueprint.post("/groupes/<int:group_id>/contacts/verifier")
@many_recipients
def check_contact(group_id: int) -> Response:
    """Check what is typed so far, and answer the messages alone, each for its own field."""
    group_asked(group_id)
    texts = _texts()
    findings = [finding for finding in check(texts).findings if texts[finding.field]]
    return render("contacts/_messages.html", findings=findings, prefix=_prefix())


@blueprint.get("/groupes/<int:group_id>/contacts/<int:contact_id>")
@many_recipients
def contact(group_id: int, contact_id: int) -> Response:
    """Show one contact's row as it is."""
    shown = group_asked(group_id)
    return _group_page(shown, "row", contact=contact_asked(shown, contact_id), refocus=contact_id)


@blueprint.get("/groupes/<int:group_id>/contacts/<int:contact_id>/modifier")
@many_recipients
def edit_contact(group_id: int, contact_id: int) -> Response:
    """Turn a contact's row into a form."""
    shown = group_asked(group_id)
    return _row_page(shown, contact_asked(shown, contact_id), "edit")


@blueprint.post("/groupes/<int:group_id>/contacts/<int:contact_id>/modifier")
@many_recipients
def change_contact(group_id: int, contact_id: int) -> Response:
    """Write a contact's row."""
    shown = group_asked(group_id)
    changed, texts = contact_asked(shown, contact_id), _texts()
    checked = check(texts)
    if checked.recipient is not None:
        try:
            name = checked.recipient.name
            book.change_contact(
                db.session, shown, changed, checked.recipient, actor().id, datetime.now(UTC)
            )
        except AlreadyInGroup:
            checked = already_in_group(checked)
        else:
            db.session.commit()
            announce(_("Contact enregistré : %(name)s.", name=name))
            return _done(shown, "row", contact=changed, refocus=changed.id)
    return _row_page(
        shown, changed, "edit", row_texts=texts, row_findings=checked.findings, status=422
    )


@blueprint.get("/groupes/<int:group_id>/contacts/<int:contact_id>/retirer")
@many_recipients
def ask_removal(group_id: int, contact_id: int) -> Response:
    """Ask in the row whether the contact is to leave the group."""
    shown = group_asked(group_id)
    return _row_page(shown, contact_asked(shown, contact_id), "remove")


@blueprint.post("/groupes/<int:group_id>/contacts/<int:contact_id>/retirer")
@many_recipients
def remove_contact(group_id: int, contact_id: int) -> Response:
    """Take a contact out of the group; one that is gone already is no error."""
    shown = group_asked(group_id)
    leaving = queries.contact_of(db.session, shown, contact_id)
    if leaving is not None:
        name = queries.recipient_of(leaving).name
        book.remove_from_group(db.session, shown, leaving)
        db.session.commit()
        announce(_("Contact retiré du groupe : %(name)s.", name=name))
    return _done(shown, "contacts", removed=True)


def _groups_page(form: GroupForm, status: int = 200) -> Response:
    organisation_id = actor().organisation_id
    return render(
        "contacts/groups.html",
        "groups",
        status=status,
        form=form,
        lines=queries.groups(db.session, organisation_id),
        archived=queries.archived_groups(db.session, organisation_id),
    )


def _done(shown: Group, *blocks: str, **context: Any) -> Response:
    """Answer a write: the changed parts where htmx asked, else the page anew."""
    if wants_fragment():
        return _group_page(shown, *blocks, **context)
    return redirect(url_for(".group", **place_in(shown)))


def _row_page(
    shown: Group, contact: Contact, mode: str, status: int = 200, **context: Any
) -> Response:
    texts = {field: getattr(contact, field) for field in FIELDS}
    row = {"row_texts": texts, "row_findings": (), **context}
    return _group_page(
        shown, "row", status=status, contact=contact, opened=contact.id, mode=mode, **row
    )


def _group_page(shown: Group, *blocks: str, status: int = 200, **context: Any) -> Response:
    place = place_in(shown)
    sought = sought_in(place)
    page = group_page(db.session, shown, sought, asked_mark(request.args))
    ends = (page.items[0].id, page.items[-1].id) if page.items else None
    page = _with(page, context.get("contact"))
    emails = [contact.email for contact in page.items if contact.email]
    defaults: dict[str, Any] = {
        "name_form": None,
        "texts": {},
        "findings": (),
        "opened": None,
        "contact": None,
        "added": None,
        "refocus": None,
        "removed": False,
        "renamed": False,
        "place": place,
        "search": sought.search,
        "sought": sought,
        "kinds": KINDS,
        "page": page,
        "ends": ends,
        "consents": consent_states.states(db.session, shown.organisation_id, emails),
        "failing": failing.since(db.session, shown.organisation_id, emails),
    }
    return render(
        "contacts/group.html", *blocks, status=status, group=shown, **{**defaults, **context}
    )


def _with(page: Stretch[Contact], acted_on: Contact | None) -> Stretch[Contact]:
    """Show the contact that is acted on, whatever the search finds."""
    if acted_on is None or acted_on in page.items:
        return page
    return replace(page, items=[acted_on, *page.items])


def already_in_group(checked: Checked) -> Checked:
    """Add to what the rules said that this very person stands in the group."""
    field = "email" if checked.recipient and checked.recipient.email else "last_name"
    return Checked(None, (*checked.findings, messages.error(field, "stands_in_group")))


def _texts() -> dict[str, str]:
    prefix = _prefix()
    return {field: request.form.get(f"{prefix}{field}", "").strip() for field in FIELDS}


def _prefix() -> str:
    """Give what the names of the form's fields begin with: one row's apart from another's."""
    prefix = request.form.get("prefix", "")
    return prefix if prefix.replace("-", "").isalnum() else ""


def group_asked(group_id: int) -> Group:
    """Give the group that an address names, if it is the organisation's; else answer 404."""
    return queries.group_of(db.session, actor().organisation_id, group_id) or abort(404)


def contact_asked(shown: Group, contact_id: int) -> Contact:
    """Give the contact that an address names, if it stands in the group; else answer 404."""
    return queries.contact_of(db.session, shown, contact_id) or abort(404)
