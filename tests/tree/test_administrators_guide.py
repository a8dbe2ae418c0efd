"""The administrator's guide names all that there is, and nothing that is not."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click

from config import Config
from webapp.cli import plirec

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "administrateur.md").read_text()
ROW = re.compile(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`|\(vide\)) \| .{5,}\|$", re.MULTILINE)


def words(command: click.Command, *path: str) -> Iterator[tuple[str, ...]]:
    """Give each command as it is typed, without the groups that do nothing by themselves."""
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from words(child, *path, name)
    else:
        yield path


def blocks() -> Iterator[str]:
    """Give each command line of the guide's code blocks, continued lines joined."""
    for line in GUIDE.replace("\\\n", " ").splitlines():
        if line.startswith("    "):
            yield line.strip()


def test_every_setting_stands_in_the_table_with_its_default() -> None:
    told = dict(ROW.findall(GUIDE))
    assert told == {entry.metadata["name"]: str(entry.default) for entry in fields(Config)}


def test_every_command_stands_in_the_guide() -> None:
    missing = [path for path in words(plirec) if f"`plirec {' '.join(path)}" not in GUIDE]
    assert missing == []


def test_every_command_that_the_guide_shows_is_understood() -> None:
    lines = [line for line in blocks() if re.match(r"(sudo )?plirec ", line)]
    lines += re.findall(r"`(?:sudo )?(plirec [^`…]*[^`… ])`", GUIDE.replace("\\|", "|"))
    shown = 0
    for line in lines:
        typed = shlex.split(line.removeprefix("sudo ").split("$(")[0])[1:]
        command: click.Command = plirec
        while isinstance(command, click.Group):
            command = command.commands[typed.pop(0)]
        known = {name for option in command.params for name in option.opts}
        assert {word for word in typed if word.startswith("--")} <= known, line
        shown += 1
    assert shown > 15


def test_the_guide_names_no_setting_that_does_not_exist() -> None:
    named = set(re.findall(r"`((?:PLIREC|SMTP|PUBLIC|MAIL|DATABASE)_[A-Z_]+)`", GUIDE))
    assert named == {entry.metadata["name"] for entry in fields(Config)}


def test_what_the_guide_installs_is_there() -> None:
    named = set(re.findall(r"\bdocs/deploy/[\w.-]+", GUIDE))
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "deploy").iterdir()}
    assert named == there


def test_every_link_of_the_guide_leads_somewhere() -> None:
    titles = re.findall(r"^#+ (.*)$", GUIDE, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
    links = re.findall(r"\]\(([^)]+)\)", GUIDE)
    assert len(links) > 10
    for link in links:
        assert link[1:] in anchors if link[0] == "#" else (ROOT / "docs" / link).is_file(), link


def test_french_marks_have_their_no_break_spaces() -> None:
    texts = [
        re.sub(r"`[^`]*`", "", line) for line in GUIDE.splitlines() if not line.startswith("    ")
    ]
    wrong = [text for text in texts if re.search(r" [:;!?»](?=\s|$|\*)|« |'", text)]
    assert wrong == []
