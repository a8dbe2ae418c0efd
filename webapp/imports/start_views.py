"""The first step of an import: the file or the cells, and how far reading them has come."""

from datetime import UTC, datetime

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from webapp.accounts.access import actor, many_recipients
from webapp.contacts.models import Group
from webapp.extensions import db
from webapp.imports import queries, staging, tasks, uploads
from webapp.imports.asked import any_import, group_asked
from webapp.imports.forms import PasteForm, UploadForm
from webapp.imports.models import Import
from webapp.imports.views import blueprint
from webapp.sheets.limits import MEGABYTE
from webapp.sheets.unreadable import UnreadableSheet
from webapp.web import language
from webapp.web.errors import of_http
from webapp.web.pages import redirect, render
from webapp.web.settings import current

AT_ONCE = MEGABYTE // 2
"""Up to how many bytes a file is read while the page waits; a larger one is the worker's."""


@blueprint.get("/groupes/<int:group_id>/importer")
@many_recipients
def start(group_id: int) -> Response:
    """Show step 1: what is accepted, the template, the file to choose or the cells to paste."""
    group = group_asked(group_id)
    if request.args.get("trop") != "cellules":
        return _start(group, UploadForm())
    form = PasteForm(formdata=None)
    form.refuse_size(current().import_bytes)
    return _start(group, form)


@blueprint.post("/groupes/<int:group_id>/importer")
@many_recipients
def upload(group_id: int) -> Response:
    """Keep the file, read it at once or let the worker do it, and go on to its lines."""
    group, form = group_asked(group_id), PasteForm() if "cells" in request.form else UploadForm()
    if not form.validate_on_submit():
        return _start(group, form, status=422)
    file, most = _brought(form), current().import_bytes
    size = uploads.size_of(file)
    if size > most:
        form.refuse_size(most)
        return _start(group, form, status=422)
    import_id = _begun(group_id, file)
    if size > AT_ONCE:
        tasks.wake()
        return redirect(url_for(".progress", import_id=import_id))
    tasks.read_now(import_id)
    failed = any_import(import_id)
    if failed.failure:
        form.refuse(why_unreadable(failed))
        db.session.delete(failed)
        db.session.commit()
        return _start(group_asked(group_id), form, status=422)
    return redirect(url_for(".review", import_id=import_id))


@blueprint.errorhandler(RequestEntityTooLarge)
def refuse_too_much(error: RequestEntityTooLarge) -> Response:
    """Lead so many cells that they were not even read back to their box, which says what to do.

    Any other request that is too large is told as everywhere.
    """
    if request.endpoint != "imports.upload" or request.mimetype == "multipart/form-data":
        return of_http(error)
    return redirect(url_for(".start", **(request.view_args or {}), trop="cellules"))


@blueprint.get("/imports/<int:import_id>/lecture")
@many_recipients
def progress(import_id: int) -> Response:
    """Show how far reading has come, or why it cannot be done; lead on when it is done."""
    import_ = any_import(import_id)
    if import_.read_at:
        return redirect(url_for(".review", import_id=import_id))
    return render("imports/reading.html", "progress", import_=import_)


def _begun(group_id: int, file: FileStorage) -> int:
    """Keep the file and note that it is to be read: from here on nothing is lost."""
    # Writing a large file takes its time: meanwhile nobody waits for this request's lock.
    db.session.rollback()
    name = uploads.keep(file, uploads.folder_in(current().data_directory))
    group, now = group_asked(group_id), datetime.now(UTC)
    own_name = uploads.own_name(file)
    begun = staging.begin(db.session, group, actor().id, own_name, name, now)
    import_id = begun.id
    db.session.commit()
    return import_id


def _brought(form: UploadForm | PasteForm) -> FileStorage:
    if isinstance(form, PasteForm):
        return uploads.of_text(form.as_pasted, _("Cellules collées"))
    file: FileStorage = form.file.data
    return file


@blueprint.app_template_filter("unreadable")
def why_unreadable(import_: Import) -> str:
    """Say why an import's file could not be read, and what to do, in the page's language."""
    return UnreadableSheet(import_.failure, import_.failure_limit).describe(language.PAGE)


def _start(group: Group, form: UploadForm | PasteForm, status: int = 200) -> Response:
    config = current()
    return render(
        "imports/start.html",
        "main",
        status=status,
        group=group,
        form=form,
        unfinished=queries.unfinished(db.session, group.organisation_id, group.id),
        megabytes=config.import_bytes // MEGABYTE,
        rows=config.import_rows,
    )
