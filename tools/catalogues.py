"""Keeps the translation catalogues: `update` them from the code, `check` that they are whole.

The texts in the code are French, and the French catalogue repeats them: it is there for the rule by
which French forms its plurals, and as the list from which other languages are translated.
"""

import io
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "webapp" / "translations"
KEYWORDS = ("_l", "N_", "NN_:1,2")
PLACEHOLDER = re.compile(r"%\((\w+)\)([a-z])")

Key = tuple[str, str | None]
"""A text, the first form of it where it counts, and the context that tells it from its like."""


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
                    message.flags.discard("fuzzy")
        written = io.BytesIO()
        write_po(written, catalogue, width=100, sort_output=True, omit_header=False)
        path.write_bytes(written.getvalue())
    return []


def check(texts: Catalog) -> list[str]:
    """Name all that is wrong in the catalogues; an empty list: every one is whole."""
    return [problem for path in catalogues() for problem in problems_of(path, texts)]


def problems_of(path: Path, texts: Catalog) -> Iterator[str]:
    """Name each text that a catalogue lacks, or has though nobody says it, or says wrongly."""
    catalogue = read(path)
    wanted = {key(message): message for message in texts if message.id}
    known = {key(message): message for message in catalogue if message.id}
    name = path.relative_to(FOLDER.parent.parent)
    for text in sorted(wanted.keys() - known.keys(), key=str):
        yield f"{name}: missing: {text[0]!r}"
    for text in sorted(known.keys() - wanted.keys(), key=str):
        yield f"{name}: nobody says: {text[0]!r}"
    for message in catalogue.obsolete.values():
        yield f"{name}: nobody says any more: {key(message)[0]!r}"
    for text in sorted(known.keys() & wanted.keys(), key=str):
        for problem in problems_in(known[text], wanted[text], catalogue.num_plurals):
            yield f"{name}: {problem}: {text[0]!r}"


def problems_in(message: Message, wanted: Message, plurals: int) -> Iterator[str]:
    """Name what is wrong with one translation: in doubt, empty, a form or a placeholder lacking."""
    said = forms(message.string)
    if message.fuzzy:
        yield "in doubt (fuzzy)"
    if len(forms(message.id)) != len(forms(wanted.id)):
        yield "counts in the code and not here, or the other way round"
    elif not all(said):
        yield "not translated"
    elif len(forms(wanted.id)) > 1 and len(said) != plurals:
        yield f"has {len(said)} plural forms instead of {plurals}"
    elif not are_filled_alike(said, forms(wanted.id)):
        yield "other placeholders than the text has"


def are_filled_alike(said: tuple[str, ...], texts: tuple[str, ...]) -> bool:
    """Compare placeholders; a form for one thing alone may leave its number out as French does."""
    expected = [placeholders(text) for text in texts]
    return placeholders(said[0]) in expected and all(
        placeholders(form) == expected[-1] for form in said[1:]
    )


def placeholders(text: str) -> set[tuple[str, str]]:
    """Give what a text is filled with, each name with its conversion (`%(num)d`)."""
    return set(PLACEHOLDER.findall(text))


def forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Give a text's forms: two or more where it counts, else itself."""
    return (text,) if isinstance(text, str) else tuple(text)


def key(message: Message) -> Key:
    """Give what tells one text from every other."""
    return forms(message.id)[0], message.context


def catalogues() -> list[Path]:
    """Find the catalogues of all languages."""
    return sorted(FOLDER.glob("*/LC_MESSAGES/messages.po"))


def read(path: Path) -> Catalog:
    """Read one catalogue; its folder says its language."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


if __name__ == "__main__":
    main()
