"""Which sheet of the file is read, where its headings stand, and which column is which field."""

from dataclasses import replace
from typing import NamedTuple

from flask import Response, abort, request, url_for
from flask_babel import gettext as _
from sqlalchemy import exists, select

from webapp.accounts.access import many_recipients
from webapp.contacts.messages import FIELD_NAMES
from webapp.extensions import db
from webapp.imports import reading, sources, tasks
from webapp.imports.asked import import_asked
from webapp.imports.checking import Layout, data_rows, fields_under, find_header
from webapp.imports.columns import (
    Column,
    by_heading,
    chosen_field,
    columns_of,
    fields_of,
    problems,
)
from webapp.imports.models import Import, ImportEdit
from webapp.imports.staging import hold
from webapp.imports.views import blueprint
from webapp.sheets.columns import HEADER_DEPTH
from webapp.sheets.reader import Sheet
from webapp.sheets.unreadable import UnreadableSheet
from webapp.web import language
from webapp.web.pages import announce, redirect, render

AT_ONCE = 2_000
"""Up to how many lines are taken anew while the page waits; more are the worker's."""


class _Cells(NamedTuple):
    """An import with its cells, and how they are looked at."""

    import_: Import
    sheets: list[Sheet]
    layout: Layout

    @property
    def sheet(self) -> Sheet:
        return self.sheets[self.layout.sheet]


@blueprint.get("/imports/<int:import_id>/colonnes")
@many_recipients
def columns(import_id: int) -> Response:
    """Show how the cells are taken, or how they would be from another sheet or row of headings."""
    cells = _cells(import_id)
    return _columns(cells, columns_of(cells.sheet, cells.layout), {})


@blueprint.post("/imports/<int:import_id>/colonnes")
@many_recipients
def take_columns(import_id: int) -> Response:
    """Take the cells as was chosen, remember it, and make the lines anew."""
    cells = _cells(import_id)
    chosen = [
        replace(column, field=chosen_field(request.form.get(f"column-{column.number}", "")))
        for column in columns_of(cells.sheet, cells.layout)
    ]
    wrong = problems(chosen, language.PAGE)
    layout = cells.layout._replace(fields=fields_of(chosen))
    refusal, lines = _lines(cells.sheets, layout)
    if wrong or refusal:
        return _columns(cells, chosen, wrong, refusal, status=422)
    hold(db.session, cells.import_)
    _remember(cells, chosen)
    reading.begin_again(db.session, cells.import_, layout)
    db.session.commit()
    if lines > AT_ONCE:
        tasks.wake()
    else:
        tasks.read_now(import_id)
        announce(_("Les lignes ont été lues de nouveau, avec les colonnes choisies."))
    return redirect(url_for(".review", import_id=import_id))


def _cells(import_id: int) -> _Cells:
    """Give the cells of an import that is not finished, with what the address asks to see."""
    import_ = import_asked(import_id)
    kept = None if import_.committed_at else sources.layout_of(db.session, import_)
    if kept is None:
        announce(_("Les colonnes de cet import ne peuvent plus être changées."), "warning")
        abort(redirect(url_for(".review", import_id=import_id)))
    sheets = sources.sheets_of(db.session, import_)
    number = request.args.get("feuille", kept.sheet + 1, type=int) - 1
    if not 0 <= number < len(sheets):
        abort(404)
    headings = sources.choices(db.session, import_.organisation_id)
    header = _header(sheets[number], kept.header if number == kept.sheet else None, headings)
    if (number, header) == (kept.sheet, kept.header):
        return _Cells(import_, sheets, kept)
    fields = fields_under(sheets[number], header, headings)
    return _Cells(import_, sheets, Layout(number, header, fields))


def _header(sheet: Sheet, kept: int | None, headings: dict[str, str]) -> int:
    """Give the position of the headings: as asked (`titres`, the row's number), kept, or found."""
    asked = request.args.get("titres", type=int)
    if asked is None:
        return find_header(sheet, headings) if kept is None else kept
    positions = {row.number: place for place, row in enumerate(sheet.rows[:HEADER_DEPTH])}
    return positions.get(asked, -1)


def _lines(sheets: list[Sheet], layout: Layout) -> tuple[str, int]:
    """Say why a sheet gives no lines, or how many it gives."""
    try:
        return "", len(data_rows(sheets, layout, tasks.limits()))
    except UnreadableSheet as why:
        return why.describe(language.PAGE), 0


def _remember(cells: _Cells, chosen: list[Column]) -> None:
    fields = fields_of(chosen)
    known = fields_under(cells.sheet, cells.layout.header)
    sources.remember(
        db.session,
        cells.import_.organisation_id,
        by_heading(chosen, fields),
        by_heading(chosen, known),
    )


def _columns(
    cells: _Cells,
    shown: list[Column],
    wrong: dict[int, str],
    refusal: str = "",
    status: int = 200,
) -> Response:
    import_ = cells.import_
    edits = select(exists().where(ImportEdit.import_id == import_.id))
    return render(
        "imports/columns.html",
        status=status,
        import_=import_,
        sheets=cells.sheets,
        layout=cells.layout,
        first_rows=cells.sheet.rows[:HEADER_DEPTH],
        columns=shown,
        wrong=wrong,
        refusal=refusal,
        fields=FIELD_NAMES,
        has_corrections=db.session.scalar(edits),
    )
