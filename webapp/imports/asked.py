"""The import or the group that a page is asked for, where it may be worked on."""

from flask import abort, url_for
from flask_babel import gettext as _

from webapp.accounts.access import actor
from webapp.contacts.models import Group
from webapp.contacts.queries import group_of
from webapp.extensions import db
from webapp.imports.models import Import
from webapp.imports.queries import import_of
from webapp.web.pages import announce, redirect


def any_import(import_id: int) -> Import:
    """Give an import of the organisation, whether it is read yet or not; else 404."""
    return import_of(db.session, actor().organisation_id, import_id) or abort(404)


def import_asked(import_id: int) -> Import:
    """Give an import whose lines can be seen; one that is being read leads to its progress."""
    import_ = any_import(import_id)
    if import_.read_at is None:
        abort(redirect(url_for("imports.progress", import_id=import_id)))
    return import_


def group_asked(group_id: int) -> Group:
    """Give a group that can be added to; one that is archived leads back to its page."""
    group = group_of(db.session, actor().organisation_id, group_id) or abort(404)
    require_in_use(group)
    return group


def require_in_use(group: Group) -> None:
    """Lead back to the page of a group that is archived, and say why."""
    if group.archived_at:
        announce(archived_sentence(group), "warning")
        abort(redirect(url_for("contacts.group", group_id=group.id)))


def archived_sentence(group: Group) -> str:
    """Say that nothing is imported into a group that is put away."""
    said: str = _(
        "Le groupe « %(name)s » est archivé : reprenez-le avant d’y importer une liste.",
        name=group.name,
    )
    return said
