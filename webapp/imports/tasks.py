"""The call that Huey carries for imports: files too long to read while a page waits, and terms."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from webapp.extensions import db
from webapp.imports import forgetting, reading, uploads
from webapp.imports.models import Import
from webapp.jobs import is_stopping, register
from webapp.sheets.limits import Limits
from webapp.sheets.unreadable import UnreadableSheet
from webapp.web.settings import current

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Register the call, the same in the web's process and in the worker's."""
    app.extensions["plirec-wake-imports"] = register(app, "imports", do_all_due)


def wake() -> None:
    """Tell the worker that a file waits; if the call is lost, the sweep finds it."""
    call: Callable[[], object] = current_app.extensions["plirec-wake-imports"]
    call()


def limits() -> Limits:
    """Give how much of a file this installation reads."""
    config = current()
    return Limits(bytes=config.import_bytes, rows=config.import_rows)


def read_now(import_id: int) -> None:
    """Read one import within the settings of this installation."""
    folder = uploads.folder_in(current().data_directory)
    reading.carry(db.session, import_id, folder, limits())


def do_all_due() -> None:
    """Read every file that waits, and forget what imports of more than thirty days ago kept."""
    read_all_due()
    forgetting.forget_lapsed(db.session, datetime.now(UTC))


def read_all_due() -> None:
    """Read every file that waits, and remove those that no import names."""
    due = db.session.scalars(select(Import.id).where(reading.is_due()).order_by(Import.id)).all()
    db.session.rollback()
    for import_id in due:
        if is_stopping():
            return
        _read_apart(import_id)
    named = set(db.session.scalars(select(Import.upload).where(reading.is_due())))
    db.session.rollback()
    folder = uploads.folder_in(current().data_directory)
    uploads.remove_left_over(folder, named, datetime.now(UTC))


def _read_apart(import_id: int) -> None:
    """Let what cannot be foreseen stop one reading only, and tell the person that it did.

    A database that is busy or a disk that is full is no fault of the file: it waits for the sweep.
    """
    try:
        read_now(import_id)
    except (OperationalError, OSError):
        db.session.rollback()
        log.exception("the import %s could not be read yet", import_id)
    except Exception:
        db.session.rollback()
        log.exception("the import %s could not be read", import_id)
        reading.give_up(db.session, import_id, UnreadableSheet("reader_stopped"))
