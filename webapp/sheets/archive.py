"""Looks into a workbook's zip file before its reader does: bounds it, and finds what that hides."""

import re
from pathlib import Path
from typing import IO
from zipfile import ZipFile

from webapp.sheets.bounds import check_archive, pieces
from webapp.sheets.columns import HEADER_DEPTH
from webapp.sheets.error_words import WITHOUT_VALUE
from webapp.sheets.excel_traces import RELATIONS, WORKBOOK, excel_traces, sheet_parts
from webapp.sheets.limits import Limits
from webapp.sheets.open_traces import open_traces
from webapp.sheets.traces import Traces
from webapp.sheets.unreadable import UnreadableSheet
from webapp.sheets.watch import OPEN_DOCUMENT, Watch

_ABOUT = "meta.xml"
_LIBREOFFICE = re.compile(rb"<meta:generator>\s*(?:LibreOffice|Collabora|OpenOffice)")


def look_into(path: Path, limits: Limits) -> dict[str, Traces]:
    """Give what is out of sight in each sheet that has such, by the sheet's name.

    Only parts in which something was seen while they were counted are parsed.

    :raises UnreadableSheet: the file is no workbook, or not within bounds.
    """
    watch = Watch()
    check_archive(path, limits, watch)
    if not watch.marked:
        return {}
    bounds = limits.columns, limits.rows + HEADER_DEPTH
    with ZipFile(path) as archive, path.open("rb") as file:
        if OPEN_DOCUMENT in watch.marked:
            content = pieces(archive.getinfo(OPEN_DOCUMENT), file)
            return open_traces(content, *bounds, _bare_formula(archive, file))
        return {
            name: excel_traces(pieces(archive.getinfo(part), file), *bounds)
            for name, part in _sheet_parts(archive, file).items()
            if part in watch.marked
        }


def _bare_formula(archive: ZipFile, file: IO[bytes]) -> str:
    """Say what a formula is of which an OpenDocument file gives no value.

    LibreOffice leaves the value out where it is the empty text; others have not worked it out.
    """
    if _ABOUT not in archive.namelist():
        return WITHOUT_VALUE
    about = b"".join(pieces(archive.getinfo(_ABOUT), file))
    return "" if _LIBREOFFICE.search(about) else WITHOUT_VALUE


def _sheet_parts(archive: ZipFile, file: IO[bytes]) -> dict[str, str]:
    if RELATIONS not in archive.namelist():
        raise UnreadableSheet("damaged")
    workbook, relations = archive.getinfo(WORKBOOK), archive.getinfo(RELATIONS)
    return sheet_parts(pieces(workbook, file), pieces(relations, file))
