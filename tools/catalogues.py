"""Keeps the translation catalogues: `update` them from the code, `check` that they are whole.

The texts in the code are French, and the French catalogue repeats them: it is there for the rule by
which French forms its plurals, and as the list from which other languages are translated.
"""

import io
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "webapp" / "translations"
KEYWORDS = ("_l", "N_")


def main() -> None:
    """Do the one word that is given: `update` or `check`."""
    texts = extracted()
    problems = {"update": update, "check": check}[sys.argv[1]](texts)
    if problems:
        sys.exit("\n".join([*problems, "Run `make translations`, then translate what is empty."]))


def extracted() -> Catalog:
    """Gather every text of the code and the templates."""
    with tempfile.TemporaryDirectory() as directory:
        template = Path(directory) / "messages.pot"
        keywords = [part for keyword in KEYWORDS for part in ("-k", keyword)]
        subprocess.run(
            [
                *(sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract"),
                *("-F", "babel.cfg", *keywords, "--no-location", "-o", str(template), "."),
            ],
            cwd=ROOT,
            check=True,
        )
        with template.open("rb") as file:
            return read_po(file)


def update(texts: Catalog) -> list[str]:
    """Rewrite each catalogue with the texts of now; French fills itself."""
    for path in catalogues():
        catalogue = read(path)
        catalogue.update(texts, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        if catalogue.locale and catalogue.locale.language == "fr":
            for message in catalogue:
                if message.id:
                    message.string = message.id
        written = io.BytesIO()
        write_po(written, catalogue, width=100, sort_output=True, omit_header=False)
        path.write_bytes(written.getvalue())
    return []


def check(texts: Catalog) -> list[str]:
    """Name each text that a catalogue lacks, leaves empty, doubts, or has though nobody says it."""
    wanted = {message.id for message in texts if message.id}
    problems = []
    for path in catalogues():
        known = {message.id: message for message in read(path) if message.id}
        name = path.relative_to(ROOT)
        problems += [f"{name}: missing: {text!r}" for text in wanted - known.keys()]
        problems += [f"{name}: nobody says: {text!r}" for text in known.keys() - wanted]
        problems += [f"{name}: not translated: {m.id!r}" for m in known.values() if unsaid(m)]
    return problems


def unsaid(message: Message) -> bool:
    """Tell whether a text, or one of its plural forms, is empty or in doubt."""
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    return message.fuzzy or not all(forms)


def catalogues() -> list[Path]:
    """Find the catalogues of all languages."""
    return sorted(FOLDER.glob("*/LC_MESSAGES/messages.po"))


def read(path: Path) -> Catalog:
    """Read one catalogue; its folder says its language."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


if __name__ == "__main__":
    main()
