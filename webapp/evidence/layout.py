"""The PDF of a proof before its seal: PDF/A-3b and PDF/UA-1, the same on every machine."""

import io
import json
import unicodedata
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import segno
import typst

from webapp.evidence.rows import Contents

TEMPLATE = Path(__file__).with_name("proof.typ")
_ALWAYS_PRINTED = 0x250
_ASKED_A_TEXT = 400
_NEVER_PRINTED = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")


def lay_out(contents: Contents, facts: str, now: datetime) -> bytes:
    """Lay a proof out on A4, with its facts attached as `faits.json`.

    Only the fonts that typst carries are used. A character that none of them has, and one that
    cannot be seen, is printed as its Unicode number; the attached facts have it unchanged.

    :param facts: a JSON document.
    :param now: an aware moment, the one the PDF says it was made at.
    """
    return typst.compile(
        TEMPLATE,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs=inputs(contents, facts),
        pdf_standards=["a-3b", "ua-1"],
        timestamp=int(now.timestamp()),
    )


def inputs(contents: Contents, facts: str) -> dict[str, str]:
    """Give what the template is given."""
    texts = _Texts()
    proof = texts.printable(asdict(contents))
    return {
        "proof": json.dumps({**proof, **_drawn(contents), "escaped": texts.escaped}),
        "facts": facts,
    }


def _drawn(contents: Contents) -> dict[str, Any]:
    """Give what is drawn and not written: the addresses, as they stand, and the code of one."""
    return {
        "is_stamped": contents.imprint.is_stamped,
        "verify_at": contents.verify_at,
        "seal_at": contents.seal_at,
        "verify_code": _code(contents.verify_at) if contents.verify_at else "",
    }


@cache
def _code(address: str) -> str:
    """Draw an address as a QR code (ISO/IEC 18004), in SVG."""
    drawing = io.BytesIO()
    segno.make_qr(address, error="m").save(drawing, kind="svg", light="#fff", xmldecl=False)
    return drawing.getvalue().decode()


def printable(value: Any) -> Any:
    """Make every text of JSON values printable with the fonts that typst carries."""
    return _Texts().printable(value)


class _Texts:
    """Makes texts printable, and remembers whether a character had to be replaced."""

    def __init__(self) -> None:
        self.escaped = False
        self._asked: set[str] = set()

    def printable(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self.printable(inner) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.printable(inner) for inner in value]
        if isinstance(value, str):
            return "".join(map(self._shown, unicodedata.normalize("NFC", value)))
        return value

    def _shown(self, character: str) -> str:
        if character == "\n" or self._is_shown(character):
            return character
        self.escaped = True
        return f"[U+{ord(character):04X}]"

    def _is_shown(self, character: str) -> bool:
        """Ask the fonts for the first few hundred of a text's unusual characters only.

        Each costs a whole compilation the first time; no text that these fonts print has as many.
        """
        if ord(character) >= _ALWAYS_PRINTED and character not in self._asked:
            if len(self._asked) >= _ASKED_A_TEXT:
                return False
            self._asked.add(character)
        return _can_be_printed(character)


@cache
def _can_be_printed(character: str) -> bool:
    """Ask the fonts themselves, by printing: they are inside typst, and change with it."""
    if unicodedata.category(character) in _NEVER_PRINTED:
        return False
    if ord(character) < _ALWAYS_PRINTED:
        return True
    try:
        typst.compile(
            b"#set document(title: sys.inputs.text)\n#sys.inputs.text",
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"text": character},
            pdf_standards=["a-3b"],
        )
    except typst.TypstError:
        return False
    return True
