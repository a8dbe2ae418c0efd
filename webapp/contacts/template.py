"""The workbook that people fill in: one sheet for the list, one that explains it."""

from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from webapp.catalogue import N_
from webapp.contacts.guide import (
    COLUMNS,
    HEADINGS,
    INTRODUCTION,
    LIST_SHEET,
    STATUS_WORDS,
    TITLE,
    Translate,
)
from webapp.contacts.messages import FIELD_NAMES
from webapp.contacts.rules import FIELDS
from webapp.sheets.writer import TEXT_FORMAT, write_text

GUIDE_SHEET = N_("Mode d’emploi")
LAST_ROW = 5000
"""Down to which row the cells are prepared; the list may be longer."""

_WIDTHS = (32, 20, 18, 28, 16, 34, 26, 12, 24, 14)
_STATUS_ERROR = (N_("Statut"), N_("Choisissez professionnel ou particulier dans la liste."))
_STATUS_PROMPT = (
    N_("Statut (obligatoire)"),
    N_("La loi demande de dire si le destinataire est un professionnel."),
)
_BOLD = Font(bold=True)
_SHADE = PatternFill("solid", fgColor="E3E8F4")
_WRAPPED = Alignment(wrap_text=True, vertical="top")


def template_workbook(translate: Translate) -> bytes:
    """Make the .xlsx template: columns A to J of the list, then how to fill them in.

    :param translate: says a text in the language of whoever asks; a list is read in any of them.
    """
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    _write_list(workbook.create_sheet(translate(LIST_SHEET)), translate)
    _write_guide(workbook.create_sheet(translate(GUIDE_SHEET)), translate)
    content = BytesIO()
    workbook.save(content)
    return content.getvalue()


def _write_list(sheet: Worksheet, translate: Translate) -> None:
    sheet.freeze_panes = "A2"
    for column, (field, width) in enumerate(zip(FIELDS, _WIDTHS, strict=True), start=1):
        _write_heading(sheet.cell(1, column), translate(FIELD_NAMES[field]))
        # As text, so that a postcode keeps its zero.
        dimension = sheet.column_dimensions[get_column_letter(column)]
        dimension.width, dimension.number_format = width, TEXT_FORMAT
    status = get_column_letter(FIELDS.index("status") + 1)
    words = ",".join(map(translate, STATUS_WORDS.values()))
    choice = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True)
    choice.errorTitle, choice.error = map(translate, _STATUS_ERROR)
    choice.promptTitle, choice.prompt = map(translate, _STATUS_PROMPT)
    choice.showErrorMessage = choice.showInputMessage = True
    choice.add(f"{status}2:{status}{LAST_ROW}")
    sheet.add_data_validation(choice)


def _write_guide(sheet: Worksheet, translate: Translate) -> None:
    for letter, width in zip("ABCD", (20, 70, 30, 34), strict=True):
        sheet.column_dimensions[letter].width = width
    for row, text in enumerate((TITLE, *INTRODUCTION), start=1):
        write_text(sheet.cell(row, 1), translate(text))
    sheet["A1"].font = _BOLD
    top = len(INTRODUCTION) + 3
    for column, text in enumerate(HEADINGS, start=1):
        _write_heading(sheet.cell(top, column), translate(text))
    for row, (field, explained) in enumerate(COLUMNS.items(), start=top + 1):
        texts = (translate(FIELD_NAMES[field]), *explained.said(translate))
        for column, text in enumerate(texts, start=1):
            cell = sheet.cell(row, column)
            write_text(cell, text)
            cell.alignment = _WRAPPED


def _write_heading(cell: Cell | MergedCell, text: str) -> None:
    write_text(cell, text)
    cell.font, cell.fill = _BOLD, _SHADE
