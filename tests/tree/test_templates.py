import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = ROOT / "webapp" / "templates"
PAGES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
MAILS = {"delivery/notice.html"}
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


@pytest.mark.parametrize("name", sorted(set(PAGES) - MAILS))
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
    by_standing = {"reception/accepted.html", "reception/expired.html"}
    by_standing |= {"reception/rejected.html", "reception/waiting.html"}
    unused = [name for name in PAGES if f'"{name}"' not in everything and name not in by_standing]
    assert unused == []
