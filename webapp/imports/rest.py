"""The lines that did not enter, as a workbook with its reasons, ready to mend and bring again."""

from collections.abc import Callable, Iterable
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from sqlalchemy import select

from webapp.catalogue import N_
from webapp.contacts.messages import FIELD_NAMES, Finding
from webapp.contacts.rules import FIELDS
from webapp.database import AnySession
from webapp.imports import findings
from webapp.imports.checking import ERROR, IGNORED
from webapp.imports.effects import KEPT, REPEATED
from webapp.imports.models import Import, ImportRow
from webapp.sheets.writer import writable, write_text

LEFT = (ERROR, IGNORED, REPEATED, KEPT)
"""The effects of the lines that the workbook holds; who is unchanged needs no mending."""

WHY = N_("Pourquoi (cette colonne n’est pas lue)")
_IGNORED = N_("Vous avez ignoré cette ligne.")
_KEPT = N_("Vous avez gardé les anciennes valeurs.")
_WIDTH = 24
_WIDTH_OF_WHY = 60
_WRONG = PatternFill("solid", fgColor="FDDEDB")
_ODD = PatternFill("solid", fgColor="FDF3E0")


def as_workbook(session: AnySession, import_: Import, translate: Callable[[str], str]) -> bytes:
    """Write the lines that were left out as .xlsx, under the template's headings.

    What is wrong in a cell stands in its comment, and all of it once more in the last column.
    """
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(translate(N_("Lignes à revoir")))
    for column in range(len(FIELDS) + 1):
        letter = chr(ord("A") + column)
        sheet.column_dimensions[letter].width = _WIDTH if column < len(FIELDS) else _WIDTH_OF_WHY
    sheet.freeze_panes = "A2"
    names = [translate(FIELD_NAMES[field]) for field in FIELDS]
    sheet.append([_bold(sheet, name) for name in (*names, translate(WHY))])
    rows = session.scalars(
        select(ImportRow)
        .where(ImportRow.import_id == import_.id, ImportRow.effect.in_(LEFT))
        .order_by(ImportRow.number)
        .execution_options(yield_per=1_000)
    )
    for row in rows:
        sheet.append(list(_cells(sheet, row, translate)))
    content = BytesIO()
    workbook.save(content)
    return content.getvalue()


def _bold(sheet: WriteOnlyWorksheet, text: str) -> Cell:
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _cells(
    sheet: WriteOnlyWorksheet, row: ImportRow, translate: Callable[[str], str]
) -> Iterable[Cell]:
    found = findings.unpacked(row.findings)
    for field in FIELDS:
        cell = WriteOnlyCell(sheet)
        write_text(cell, row.texts[field])
        own = [finding for finding in found if finding.field == field]
        if own:
            is_wrong = any(finding.severity == "error" for finding in own)
            cell.fill = _WRONG if is_wrong else _ODD
            cell.comment = Comment(writable("\n".join(_said(own, translate))), "Plirec")
        yield cell
    why = WriteOnlyCell(sheet)
    write_text(why, " ".join(_reasons(row, found, translate)))
    why.alignment = Alignment(wrap_text=True, vertical="top")
    yield why


def _reasons(
    row: ImportRow, found: list[Finding], translate: Callable[[str], str]
) -> Iterable[str]:
    if row.effect == IGNORED:
        yield translate(_IGNORED)
    if row.effect == KEPT:
        yield translate(_KEPT)
    yield from _said(found, translate)


def _said(found: Iterable[Finding], translate: Callable[[str], str]) -> Iterable[str]:
    return (findings.describe(finding, translate) for finding in found)
