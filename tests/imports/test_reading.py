"""A long list is read by the worker: the page answers at once, and shows how far it has come."""

import fcntl
import os
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import scoped_session

from webapp.contacts import book
from webapp.contacts.models import Group
from webapp.imports import reading, sources, tasks, uploads
from webapp.imports.models import Import, ImportRow, ImportSource

pytestmark = pytest.mark.slow

HEADINGS = "E-mail;Nom;Prénom;Raison sociale;Statut"
LINES = 12_000
CELLS = "E-mail\tNom\tStatut\njean@exemple.fr\tPetit\tparticulier"


def long_list(lines: int = LINES) -> bytes:
    rows = (f"p{n}@exemple.fr;Petit{n};Jean;une raison;particulier" for n in range(lines))
    return "\n".join((HEADINGS, *rows)).encode()


@pytest.fixture
def start(group: Group) -> str:
    return f"/groupes/{group.id}/importer"


@pytest.fixture
def folder(app: Flask) -> Path:
    return uploads.folder_in(app.extensions["plirec"].data_directory)


@pytest.fixture
def long_import(visitor: Any, start: str) -> str:
    """The address of an import whose file waits for the worker."""
    answer = visitor.upload(start, long_list())
    assert answer.status_code == 303
    return str(answer.location).removesuffix("/lecture")


def lines(session: scoped_session[Any]) -> int:
    return session.scalar(select(func.count()).select_from(ImportRow)) or 0


def test_a_long_list_is_kept_and_its_page_says_that_it_will_be_read(
    visitor: Any, long_import: str, folder: Path, session: scoped_session[Any], start: str
) -> None:
    page = visitor.get(f"{long_import}/lecture").text
    assert "Le fichier est reçu" in page
    assert "Actualiser" in page
    import_ = session.scalars(select(Import)).one()
    assert [path.name for path in folder.iterdir()] == [import_.upload]
    assert lines(session) == 0
    assert f'href="{long_import}"' in visitor.get(start).text
    assert "en cours de lecture" in visitor.get(start).text
    assert f'href="{long_import}"' in visitor.get("/").text


@pytest.mark.parametrize("path", ["", "/abandonner"])
def test_until_it_is_read_the_pages_of_an_import_lead_to_its_progress(
    visitor: Any, long_import: str, path: str
) -> None:
    assert visitor.get(long_import + path).location == f"{long_import}/lecture"


@pytest.mark.parametrize("path", ["/importer", "/corriger", "/lignes/2", "/lignes/2/ignorer"])
def test_until_it_is_read_nothing_of_an_import_can_be_changed(
    visitor: Any, long_import: str, path: str
) -> None:
    answer = visitor.post(long_import + path, field="email", said="", text="x")
    assert answer.location == f"{long_import}/lecture"


def test_the_worker_reads_it_and_the_page_leads_to_its_lines(
    visitor: Any, long_import: str, folder: Path, session: scoped_session[Any]
) -> None:
    tasks.read_all_due()
    assert lines(session) == LINES
    assert list(folder.iterdir()) == []
    assert session.scalars(select(ImportSource)).one().header == 0
    assert visitor.get(f"{long_import}/lecture").location == long_import
    polled = visitor.get(f"{long_import}/lecture", htmx=True)
    assert polled.headers["HX-Redirect"] == long_import
    assert "12\u202f000 lignes" in visitor.get(long_import).text


def test_reading_twice_has_no_second_effect(long_import: str, session: scoped_session[Any]) -> None:
    tasks.read_all_due()
    read_at = session.scalars(select(Import.read_at)).one()
    tasks.read_all_due()
    tasks.read_now(int(long_import.rsplit("/", 1)[1]))
    assert lines(session) == LINES
    assert session.scalars(select(Import.read_at)).one() == read_at


def test_progress_is_seen_between_the_portions(
    visitor: Any, long_import: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    add_lines = reading.add_lines

    def looked_at(*given: Any) -> None:
        given[0].rollback()
        seen.append(visitor.get(f"{long_import}/lecture", htmx=True).text)
        add_lines(*given)

    monkeypatch.setattr(reading, "add_lines", looked_at)
    tasks.read_all_due()
    values = [page.partition('value="')[2].partition('"')[0] for page in seen]
    assert values == ["10000", "17000", "22000"]
    assert 'max="24000"' in seen[0]
    assert "12\u202f000 lignes" in seen[0]


def test_a_reading_that_was_cut_off_starts_again_and_leaves_nothing_twice(
    long_import: str, session: scoped_session[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The power goes after the first portion: what it wrote is there, and is not added to."""

    class PowerCut(BaseException):
        pass

    def cut(*_given: Any, **_named: Any) -> None:
        raise PowerCut

    with monkeypatch.context() as patched:
        keep = reading.add_lines
        patched.setattr(
            reading, "add_lines", lambda *given: (lines(session) and cut()) or keep(*given)
        )
        with pytest.raises(PowerCut):
            tasks.read_all_due()
    session.rollback()
    assert lines(session) == reading.PORTION
    tasks.read_all_due()
    assert lines(session) == LINES


def test_a_file_that_somebody_is_reading_is_left_to_him(
    long_import: str, folder: Path, session: scoped_session[Any]
) -> None:
    (path,) = folder.iterdir()
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        tasks.read_all_due()
        assert lines(session) == 0
        session.rollback()
    tasks.read_all_due()
    assert lines(session) == LINES


def test_reading_can_be_stopped(
    visitor: Any, long_import: str, folder: Path, session: scoped_session[Any]
) -> None:
    assert visitor.post(f"{long_import}/abandonner").status_code == 303
    assert list(folder.iterdir()) == []
    tasks.read_all_due()
    assert session.scalars(select(Import)).all() == []
    assert visitor.get(f"{long_import}/lecture").status_code == 404


def test_stopping_in_the_middle_ends_the_reading(
    visitor: Any,
    long_import: str,
    folder: Path,
    session: scoped_session[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_lines = reading.add_lines

    def stopped_after(*given: Any) -> None:
        add_lines(*given)
        session.commit()
        visitor.post(f"{long_import}/abandonner")

    monkeypatch.setattr(reading, "add_lines", stopped_after)
    tasks.read_all_due()
    assert session.scalars(select(Import)).all() == []
    assert lines(session) == 0
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("htmx", [False, True])
def test_a_long_file_that_cannot_be_read_says_why_and_leads_back(
    visitor: Any, start: str, folder: Path, session: scoped_session[Any], htmx: bool
) -> None:
    answer = visitor.upload(start, b"%PDF-1.7" + bytes(600_000))
    tasks.read_all_due()
    page = visitor.get(answer.location, htmx=htmx).text
    assert "Ce fichier est un PDF" in page
    assert f'href="{start}"' in page
    assert "every 1s" not in page
    assert list(folder.iterdir()) == []
    assert lines(session) == 0
    for shows in (start, "/imports", "/"):
        page = visitor.get(shows).text
        assert "Ce fichier est un PDF" in page
        assert "pas terminé<" not in page
    for shows in ("/imports", "/"):
        assert re.search(f'href="{start}">Choisir un autre fichier', visitor.get(shows).text)


def test_a_failure_nobody_foresaw_is_told_too(
    visitor: Any,
    long_import: str,
    session: scoped_session[Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_given: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(reading, "find_layout", broken)
    tasks.read_all_due()
    assert "could not be read" in caplog.text
    assert "Ce fichier ne peut pas être lu" in visitor.get(f"{long_import}/lecture").text


def test_files_that_no_import_names_are_swept(
    long_import: str, folder: Path, session: scoped_session[Any]
) -> None:
    for name, age in (("old", 7_200), ("new", 60)):
        (folder / name).write_bytes(b"x")
        moment = (folder / name).stat().st_mtime - age
        os.utime(folder / name, (moment, moment))
    tasks.read_all_due()
    assert [path.name for path in folder.iterdir()] == ["new"]


def test_a_file_beyond_the_limit_is_refused_at_once(
    visitor: Any, start: str, session: scoped_session[Any]
) -> None:
    page = visitor.upload(start, b"x;y\n" * (10 * 1024 * 1024 // 4 + 1))
    assert page.status_code == 422
    assert "trop gros (plus de 10 Mo)" in page.text
    assert session.scalars(select(Import)).all() == []


def test_the_cells_are_kept_until_the_import_ends(
    visitor: Any, start: str, session: scoped_session[Any]
) -> None:
    address = visitor.post(start, cells=CELLS).location
    import_ = session.scalars(select(Import)).one()
    (sheet,) = sources.sheets_of(session, import_)
    assert [row.cells for row in sheet.rows][1] == ["jean@exemple.fr", "Petit", "particulier"]
    session.rollback()
    visitor.post(f"{address}/importer")
    assert session.scalars(select(ImportSource)).all() == []


def test_the_cells_of_an_abandoned_import_are_forgotten(
    visitor: Any, start: str, session: scoped_session[Any]
) -> None:
    address = visitor.post(start, cells=CELLS).location
    visitor.post(f"{address}/abandonner")
    assert session.scalars(select(ImportSource)).all() == []


@pytest.mark.parametrize("htmx", [False, True])
def test_an_archived_group_takes_no_list(
    visitor: Any, start: str, group: Group, session: scoped_session[Any], htmx: bool
) -> None:
    address = visitor.post(start, cells=CELLS).location
    book.archive_group(session, group, group.created_at)
    session.commit()
    for answer in (
        visitor.get(start, htmx=htmx),
        visitor.post(start, cells=CELLS, htmx=htmx),
        visitor.post(start, file=(BytesIO(b"x"), "x.csv"), htmx=htmx),
        visitor.post(f"{address}/importer", htmx=htmx),
    ):
        there = answer.headers["HX-Redirect"] if htmx else answer.location
        assert there == start.removesuffix("/importer")
    assert "est archivé\xa0: reprenez-le avant" in visitor.get(there).text
    assert len(session.scalars(select(Import)).all()) == 1
