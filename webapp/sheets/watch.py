"""Looks over the pieces of a workbook's parts for what is worth a parser's time, and only that."""

import re

from webapp.sheets.unreadable import UnreadableSheet

OPEN_DOCUMENT = "content.xml"
_EXCEL_FOLDER = "xl/worksheets/"

_EXCEL_SIGNS = (b"<f", b' t="e"', b" hidden=")
_OPEN_SIGNS = (b"table:formula=", b'value-type="error"', b"table:visibility=")
_FORMULA = re.compile(rb"<f[\s/>]")
_LONGEST_SIGN = 32
_PROLOGUE = 1024


class Watch:
    """Is shown each piece of each part in turn; `marked` names the sheets' parts to parse.

    The signs are looked for as spreadsheets write them; a part that is written in another way
    (prefixes, apostrophes, another encoding) is marked without a look.
    """

    def __init__(self) -> None:
        self.marked: set[str] = set()
        self._name = ""
        self._tail = b""

    def __call__(self, name: str, piece: bytes) -> None:
        """Look at one piece.

        :raises UnreadableSheet: the part declares a document type, which no spreadsheet does.
        """
        is_open = name == OPEN_DOCUMENT
        if not is_open and not (name.startswith(_EXCEL_FOLDER) and name.endswith(".xml")):
            return
        if name != self._name:
            self._name, self._tail = name, b""
            root = b"<office:document-content " if is_open else b"<worksheet "
            self._look_at_start(piece, root)
        if name in self.marked:
            return
        seen = self._tail + piece
        self._tail = seen[-_LONGEST_SIGN:]
        for sign in _OPEN_SIGNS if is_open else _EXCEL_SIGNS:
            if sign in seen and (sign != b"<f" or _FORMULA.search(seen)):
                self.marked.add(name)
                return

    def _look_at_start(self, piece: bytes, root: bytes) -> None:
        start = piece[:_PROLOGUE]
        if b"<!" in start.replace(b"<!--", b""):
            raise UnreadableSheet("damaged")
        opening = start.partition(root)[2].partition(b">")[0]
        if not opening or b"'" in opening:
            self.marked.add(self._name)
