"""The contacts of a group as files for a spreadsheet."""

import re
from io import BytesIO

from flask import Response, send_file
from flask_babel import gettext as _

from webapp.accounts.access import many_recipients
from webapp.contacts import export
from webapp.contacts.models import Group
from webapp.contacts.views import blueprint, group_asked
from webapp.extensions import db
from webapp.sheets.tables import XLSX


@blueprint.get("/groupes/<int:group_id>/contacts.xlsx")
@many_recipients
def as_workbook(group_id: int) -> Response:
    """Give the group's contacts as an Excel workbook."""
    shown = group_asked(group_id)
    return _file(shown, export.as_workbook(db.session, shown, _), XLSX, "xlsx")


@blueprint.get("/groupes/<int:group_id>/contacts.csv")
@many_recipients
def as_csv(group_id: int) -> Response:
    """Give the group's contacts as CSV."""
    shown = group_asked(group_id)
    return _file(shown, export.as_csv(db.session, shown, _), "text/csv", "csv")


def _file(shown: Group, content: bytes, media_type: str, ending: str) -> Response:
    stem = re.sub(r"\W+", "-", shown.folded_name).strip("-") or str(shown.id)
    name = f"contacts-{stem}.{ending}"
    return send_file(BytesIO(content), media_type, as_attachment=True, download_name=name)
