import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

from webapp.reception.standing import Standing

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = ROOT / "webapp" / "templates"
PAGES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
MAILS = {
    *("delivery/notice.html", "delivery/reminder.html", "delivery/outcomes.html"),
    *("accounts/message.html", "reception/code.html"),
}
LONGEST = 120


@pytest.mark.parametrize("name", PAGES)
def test_a_template_imports_only_what_it_uses(app: Flask, name: str) -> None:
    source = (TEMPLATES / name).read_text()
    tree = app.jinja_env.parse(source)
    used = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
    imported = {
        item if isinstance(item, str) else item[1]
        for node in tree.find_all(nodes.FromImport)
        for item in node.names
    }
    assert imported - used == set()


def test_every_macro_of_a_template_is_called_or_imported_somewhere(app: Flask) -> None:
    trees = {name: app.jinja_env.parse((TEMPLATES / name).read_text()) for name in PAGES}
    imported = {
        (node.template.value, item if isinstance(item, str) else item[0])
        for tree in trees.values()
        for node in tree.find_all(nodes.FromImport)
        for item in node.names
        if isinstance(node.template, nodes.Const)
    }
    unused = [
        (name, macro.name)
        for name, tree in trees.items()
        for macro in tree.find_all(nodes.Macro)
        if (name, macro.name) not in imported
        and macro.name not in {used.name for used in tree.find_all(nodes.Name)}
    ]
    assert len(imported) > 5
    assert unused == []


ARCHIVE_INDEX = "delivery/archive_index.html"
"""Read from a ZIP, without a server: its style stands inside, no policy goes with it."""


@pytest.mark.parametrize("name", sorted(set(PAGES) - MAILS - {ARCHIVE_INDEX}))
def test_a_template_holds_nothing_that_the_strict_policy_refuses(name: str) -> None:
    source = (TEMPLATES / name).read_text()
    assert not re.search(r"\|\s*safe\b", source)
    assert not re.search(r"\sstyle=|<style|\shx-on|\son[a-z]+=\"", source)
    assert not re.search(r"<script(?![^>]*\bsrc=)", source)
    assert not re.search(r"(src|href)=\"https?:", source)


@pytest.mark.parametrize("name", PAGES)
def test_a_template_stays_short(name: str) -> None:
    assert len((TEMPLATES / name).read_text().splitlines()) <= LONGEST


def test_every_template_is_used() -> None:
    sources = [path.read_text() for path in (ROOT / "webapp").rglob("*.py")]
    sources += [path.read_text() for path in TEMPLATES.rglob("*.*")]
    everything = "\n".join(sources)
    by_standing = {f"reception/{standing}.html" for standing in Standing}
    by_standing |= {"reception/early.html", "reception/undelivered.html"}
    unused = [name for name in PAGES if f'"{name}"' not in everything and name not in by_standing]
    assert unused == []
