"""A person's data on request: what is held, its export, and the erasure of what may go."""

from datetime import UTC, datetime

from flask import Blueprint, Response, make_response, request, url_for
from flask_babel import gettext as _

from webapp.accounts.access import actor, administrators
from webapp.desk import person_erasure, person_export
from webapp.desk.person import Held, held
from webapp.desk.sought import Sought
from webapp.extensions import db
from webapp.letters.labels import BADGES, LABELS
from webapp.web.pages import announce, redirect, render
from webapp.web.settings import current

blueprint = Blueprint("person", __name__, url_prefix="/organisation/donnees")
MOST = 254


@blueprint.get("")
@administrators
def show() -> Response:
    """Look for a person, and show everything that is held of him."""
    return _page(_sought())


@blueprint.get("/export.zip")
@administrators
def export() -> Response:
    """Give everything that is held of a person in one ZIP."""
    sought, now = _sought(), datetime.now(UTC)
    organisation, found = actor().organisation, _held(sought)
    files = current().files_directory
    content = person_export.write(db.session, organisation, found, sought, files, now)
    response = make_response(content)
    response.mimetype = "application/zip"
    response.headers["Content-Disposition"] = 'attachment; filename="donnees-personne.zip"'
    return response


@blueprint.get("/effacer")
@administrators
def ask() -> Response:
    """Ask whether to erase what may be erased; nothing is yet."""
    sought = _sought()
    found = _held(sought)
    if not found.can_erase:
        return _page(sought)
    unfinished = person_erasure.unfinished(found)
    return render(
        "desk/person_erase.html", "main", sought=sought, held=found, unfinished=unfinished
    )


@blueprint.post("/effacer")
@administrators
def erase() -> Response:
    """Erase what may be erased, all of it or nothing."""
    sought = _sought()
    erased = person_erasure.erase(db.session, actor(), _held(sought), sought, datetime.now(UTC))
    db.session.commit()
    if erased:
        announce(_("C’est effacé. Le journal garde ce qui l’a été, sans nom ni adresse."))
    else:
        announce(_("Il n’y avait rien à effacer."), "warning")
    return redirect(url_for(".show", personne=sought.text))


def _page(sought: Sought) -> Response:
    found = _held(sought) if sought else None
    return render(
        "desk/person.html", "main", sought=sought, held=found, labels=LABELS, badges=BADGES
    )


def _sought() -> Sought:
    return Sought(request.values.get("personne", "")[:MOST])


def _held(sought: Sought) -> Held:
    return held(db.session, actor().organisation, sought)
