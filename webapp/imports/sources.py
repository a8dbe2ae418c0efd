"""The cells of an import, kept until it ends so that another sheet or column can be taken."""

import json
import zlib
from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select

from webapp.database import AnySession
from webapp.imports.checking import Layout
from webapp.imports.models import ColumnChoice, Import, ImportSource
from webapp.sheets.reader import OutOfSight, Row, Sheet
from webapp.sheets.traces import Runs

LONGEST_HEADING = 120
_FAST = 1
"""Lists shrink to a fifth already; more effort costs more time than it saves room."""


def keep(session: AnySession, import_: Import, sheets: Sequence[Sheet], layout: Layout) -> None:
    """Keep an import's cells, and how they were taken."""
    cells = [
        (name, [row.number for row in rows], [row.cells for row in rows], full, _told(hidden))
        for name, rows, full, hidden in sheets
    ]
    packed = zlib.compress(json.dumps(cells, ensure_ascii=False).encode(), _FAST)
    session.merge(ImportSource(import_id=import_.id, sheets=packed, **_kept(layout)))


def _told(hidden: OutOfSight) -> tuple[object, ...]:
    return hidden._replace(formulas=dict(hidden.formulas))


def take_otherwise(session: AnySession, import_: Import, layout: Layout) -> None:
    """Note that the import's cells are taken in another way."""
    source = session.get_one(ImportSource, import_.id)
    for name, value in _kept(layout).items():
        setattr(source, name, value)


def _kept(layout: Layout) -> dict[str, object]:
    fields = {str(column): field for column, field in layout.fields.items()}
    return {"sheet": layout.sheet, "header": layout.header, "fields": fields}


def layout_of(session: AnySession, import_: Import) -> Layout | None:
    """Say how an import's cells are taken; None when they are not kept (any more)."""
    source = session.get(ImportSource, import_.id)
    if source is None:
        return None
    fields = {int(column): field for column, field in source.fields.items()}
    return Layout(source.sheet, source.header, fields)


def sheets_of(session: AnySession, import_: Import) -> list[Sheet]:
    """Give the sheets of an import whose cells are kept."""
    packed = session.scalars(
        select(ImportSource.sheets).where(ImportSource.import_id == import_.id)
    ).one()
    return [
        Sheet(name, list(map(Row, numbers, rows)), full, _out_of_sight(*hidden))
        for name, numbers, rows, full, hidden in json.loads(zlib.decompress(packed))
    ]


def _out_of_sight(
    rows: Runs, columns: Runs, formulas: dict[str, Runs], sheets: list[str]
) -> OutOfSight:
    return OutOfSight(rows, columns, {int(at): runs for at, runs in formulas.items()}, sheets)


def forget(session: AnySession, import_: Import) -> None:
    """Forget the cells of an import that has ended."""
    session.execute(delete(ImportSource).where(ImportSource.import_id == import_.id))


def choices(session: AnySession, organisation_id: int) -> dict[str, str]:
    """Give the field that each heading (`heading_key`) means to an organisation; empty: none."""
    rows = session.execute(
        select(ColumnChoice.heading, ColumnChoice.field).where(
            ColumnChoice.organisation_id == organisation_id
        )
    )
    return dict(rows.all())


def remember(
    session: AnySession, organisation_id: int, chosen: Mapping[str, str], known: Mapping[str, str]
) -> None:
    """Keep what headings mean to an organisation, where that is not what they mean to everyone.

    :param chosen: the field of each heading (`heading_key`), empty where it is not taken.
    :param known: what is recognised without any choice, in the same form.
    """
    headings = [heading for heading in chosen if 0 < len(heading) <= LONGEST_HEADING]
    session.execute(
        delete(ColumnChoice).where(
            ColumnChoice.organisation_id == organisation_id, ColumnChoice.heading.in_(headings)
        )
    )
    session.add_all(
        ColumnChoice(organisation_id=organisation_id, heading=heading, field=chosen[heading])
        for heading in headings
        if chosen[heading] != known.get(heading, "")
    )
