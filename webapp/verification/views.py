"""The public page of verification: a file is shown, and an answer given; nothing is kept."""

from contextlib import closing
from datetime import UTC, datetime

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from webapp.accounts.attempts import Paused
from webapp.evidence import archive_words
from webapp.evidence.apart import Unreadable
from webapp.evidence.archive_file import TooLarge
from webapp.extensions import db
from webapp.verification.checking import Busy, checked, count_check
from webapp.web.pages import render
from webapp.web.templating import moment
from webapp.web.transactions import only_read_from_here
from webapp.web.uploads import takes_attachments

blueprint = Blueprint("verification", __name__)


@blueprint.get("/verifier")
def ask() -> Response:
    """Ask for the file."""
    return render("verification/ask.html")


@blueprint.post("/verifier")
@takes_attachments
def verify() -> Response:
    """Say whether a file is genuine, altered, or unknown here."""
    try:
        count_check(db.session, request.remote_addr or "", datetime.now(UTC))
    except Paused as paused:
        until = moment(paused.until)
        words = _("Beaucoup de fichiers ont été vérifiés d’ici. Réessayez après le %(until)s.")
        return _refused(429, words % {"until": until})
    only_read_from_here()
    try:
        return _verified(request.files.get("file"))
    except RequestEntityTooLarge:
        return _refused(413, _("Ce fichier est trop gros pour être une preuve de Plirec."))


def _verified(file: FileStorage | None) -> Response:
    if file is None or not file.filename:
        return _refused(422, _("Choisissez d’abord le fichier à vérifier."))
    try:
        with closing(file):
            verdict = checked(db.session, file.stream)
    except TooLarge:
        return _refused(413, _(archive_words.TOO_LARGE))
    except Unreadable:
        return _refused(422, _("Ce fichier n’a pas pu être lu jusqu’au bout : il est trop lourd."))
    except Busy:
        return _refused(503, _("D’autres fichiers sont en train d’être vérifiés. Réessayez."))
    return render("verification/verdict.html", verdict=verdict, name=file.filename)


def _refused(status: int, problem: str) -> Response:
    return render("verification/ask.html", status=status, problem=problem)
