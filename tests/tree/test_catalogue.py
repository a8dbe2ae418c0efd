import importlib.util
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent.parent

HEAD = """msgid ""
msgstr ""
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"""
WHOLE = """
msgid "Bonjour %(name)s"
msgstr "Hello %(name)s"

msgid "Un point"
msgid_plural "%(num)d points"
msgstr[0] "One point"
msgstr[1] "%(num)d points"

msgctxt "de toute la personne"
msgid "Nom"
msgstr "Name"
"""


def test_every_text_is_in_every_catalogue() -> None:
    result = subprocess.run(
        [sys.executable, "tools/catalogues.py", "check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_no_french_mark_can_begin_a_line_without_its_word() -> None:
    french = ROOT / "webapp" / "translations" / "fr" / "LC_MESSAGES" / "messages.po"
    with french.open("rb") as file:
        texts = [text for message in read_po(file) for text in forms_of(message.id)]
    assert len(texts) > 1_000
    assert [text for text in texts if re.search(r" [:;!?»]|« ", text)] == []


def forms_of(identifier: str | Sequence[str]) -> Sequence[str]:
    return [identifier] if isinstance(identifier, str) else identifier


def test_there_is_a_catalogue_for_each_language_of_the_pages(tool: ModuleType) -> None:
    folders = {path.parent.parent.name for path in tool.catalogues()}
    assert folders == {"fr", "en"}


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    place = importlib.util.spec_from_file_location("catalogues", ROOT / "tools" / "catalogues.py")
    assert place is not None
    assert place.loader is not None
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    return module


@pytest.fixture
def problems(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], list[str]]:
    """Check an English catalogue against three texts, and name what is wrong with it."""
    texts = Catalog()
    texts.add("Bonjour %(name)s")
    texts.add(("Un point", "%(num)d points"))
    texts.add("Nom", context="de toute la personne")
    monkeypatch.setattr(tool, "FOLDER", tmp_path / "webapp" / "translations")
    path = tool.FOLDER / "en" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)

    def check(content: str) -> list[str]:
        path.write_text(HEAD + content)
        return [problem.partition(": ")[2] for problem in tool.check(texts)]

    return check


def test_a_whole_catalogue_has_no_problem(problems: Callable[[str], list[str]]) -> None:
    assert problems(WHOLE) == []


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ('msgstr "Hello %(name)s"', 'msgstr ""', "not translated: 'Bonjour %(name)s'"),
        ("Hello %(name)s", "Hello %(nom)s", "other placeholders than the text has"),
        ("Hello %(name)s", "Hello", "other placeholders than the text has"),
        ("Hello %(name)s", "Hello %(name)d", "other placeholders than the text has"),
        ('[1] "%(num)d points"', '[1] "points"', "other placeholders than the text has"),
        ('msgstr[1] "%(num)d points"', 'msgstr[1] ""', "not translated: 'Un point'"),
        ('msgstr[1] "%(num)d points"\n', "", "'Un point'"),
        ('\nmsgid "Bonjour', '\n#, fuzzy\nmsgid "Bonjour', "in doubt (fuzzy)"),
        ('msgctxt "de toute la personne"\n', "", "missing: 'Nom'"),
        ('msgctxt "de toute la personne"\n', "", "nobody says: 'Nom'"),
        ("Bonjour", "Bonsoir", "missing: 'Bonjour %(name)s'"),
        ("Bonjour", "Bonsoir", "nobody says: 'Bonsoir %(name)s'"),
        (
            'msgstr "Name"',
            'msgstr "Name"\n\n#~ msgid "Vieux"\n#~ msgstr "Old"',
            "any more: 'Vieux'",
        ),
        (
            'msgid_plural "%(num)d points"\nmsgstr[0] "One point"\nmsgstr[1] "%(num)d points"',
            'msgstr "A point"',
            "counts in the code and not here",
        ),
    ],
)
def test_what_is_wrong_in_a_catalogue_is_named(
    problems: Callable[[str], list[str]], right: str, wrong: str, problem: str
) -> None:
    content = WHOLE.replace(right, wrong)
    assert content != WHOLE
    found = problems(content)
    assert any(problem in one for one in found), found
