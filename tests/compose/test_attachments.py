import errno
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from tests.compose.conftest import LETTER
from tests.compose.samples import EXECUTABLE, PDF, PNG
from tests.conftest import Browser
from webapp.accounts.models import User
from webapp.compose import uploads
from webapp.compose.models import DraftFile
from webapp.evidence.journal import entries, letter_chain
from webapp.letters.models import Letter
from webapp.storage import load

pytestmark = pytest.mark.slow

Filled = Callable[..., dict[str, Any]]
SignIn = Callable[[User], Browser]
KEY = LETTER["key"]


def attach(
    browser: Browser,
    form: dict[str, Any],
    *files: tuple[bytes, str],
    htmx: bool = True,
) -> TestResponse:
    """Choose files, which htmx sends at once; without JavaScript one presses « Joindre »."""
    brought = [(BytesIO(content), name) for content, name in files]
    return browser.post("/envoyer/fichiers", {**form, "files": brought}, htmx=htmx)


def press(browser: Browser, form: dict[str, Any]) -> TestResponse:
    """Press « Envoyer » on the page as the draft shows it."""
    page = browser.post("/envoyer/recapitulatif", form).text
    hidden = {
        name: re.findall(rf'name="{name}" value="([^"]*)"', page)[0]
        for name in ("shown", "shown_files")
    }
    return browser.post("/envoyer", {**form, **hidden})


def names(session: scoped_session[Session]) -> list[str]:
    return list(session.scalars(select(DraftFile.name).order_by(DraftFile.position)))


def test_files_are_attached_at_once_and_leave_with_the_letter(
    browser: Browser, session: scoped_session[Session], filled: Filled, app: Flask
) -> None:
    answer = attach(browser, filled(), (PDF, "Convocation.pdf"), (PNG, "plan.png"))
    assert answer.status_code == 200
    assert answer.text.count("<section") == 2, "the attachments, and the review out of band"
    assert 'name="subject"' not in answer.text, "what is being typed is left alone"
    assert hashlib.sha256(PDF).hexdigest() in answer.text
    assert press(browser, filled()).status_code == 303
    letter = session.scalars(select(Letter)).one()
    assert [(file.position, file.name) for file in letter.attachments] == [
        (1, "Convocation.pdf"),
        (2, "plan.png"),
    ]
    directory = app.extensions["plirec"].files_directory
    assert load(directory, letter.attachments[0].digest) == PDF
    facts = entries(session, letter_chain(letter.number))[0].facts
    assert facts is not None
    assert facts["attachments"][0]["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert names(session) == []


def test_without_javascript_the_button_attaches_and_all_that_was_typed_stays(
    browser: Browser, filled: Filled
) -> None:
    answer = attach(browser, filled(), (PDF, "Convocation.pdf"), htmx=False)
    assert answer.status_code == 303
    page = browser.get(answer.location.partition("#")[0]).text
    assert "Convocation.pdf" in page
    assert 'value="Convocation à l’assemblée générale"' in page
    assert 'value="louise@courriel.example"' in page


def test_files_stay_when_the_form_has_an_error(browser: Browser, filled: Filled) -> None:
    attach(browser, filled(), (PDF, "Convocation.pdf"))
    answer = press(browser, filled(subject=""))
    assert answer.status_code == 422
    assert "Convocation.pdf" in answer.text


@pytest.mark.parametrize("htmx", [True, False])
def test_a_file_that_is_refused_is_told_on_its_field_and_the_others_are_kept(
    browser: Browser, session: scoped_session[Session], filled: Filled, htmx: bool
) -> None:
    files = ((EXECUTABLE, "jeu.exe"), (PDF, "Convocation.pdf"))
    answer = attach(browser, filled(), *files, htmx=htmx)
    assert answer.status_code == 422
    error = answer.text.split('id="files-error"')[1].split("</div>")[0]
    assert "« jeu.exe » n’est pas d’un format accepté" in error.replace("\u00a0", " ")
    assert 'aria-describedby="files-hint files-error" aria-invalid="true"' in answer.text
    assert ('value="Convocation à l’assemblée générale"' in answer.text) is not htmx
    assert names(session) == ["Convocation.pdf"]


def test_the_button_without_a_file_asks_for_one(browser: Browser, filled: Filled) -> None:
    answer = attach(browser, filled(), htmx=False)
    assert answer.status_code == 422
    assert "Choisissez d’abord un fichier" in answer.text


def test_a_file_is_taken_off_again_and_a_second_press_changes_nothing(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    attach(browser, filled(), (PDF, "un.pdf"), (PNG, "deux.png"))
    file_id = session.scalars(select(DraftFile.id).order_by(DraftFile.position)).first()
    for htmx in (True, False):
        form = filled(remove_file=file_id)
        answer = browser.post("/envoyer/fichiers/retirer", form, htmx=htmx)
        assert answer.status_code == (200 if htmx else 303)
        assert names(session) == ["deux.png"]


def test_two_files_of_one_name_are_told_apart(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    for content in (PDF, PDF + b"\n", PDF):
        attach(browser, filled(), (content, "plan.pdf"))
    assert names(session) == ["plan.pdf", "plan (2).pdf", "plan (3).pdf"]


def test_more_than_the_letter_may_hold_is_refused_and_what_it_has_stays(
    browser: Browser, session: scoped_session[Session], filled: Filled, app: Flask
) -> None:
    app.extensions["plirec"] = replace(app.extensions["plirec"], attachment_bytes=1_000)
    for content, name, words in (
        (PDF + b"x" * 500, "un.pdf", ""),
        (PDF + b"x" * 500, "deux.pdf", "Trop lourd"),
        (PDF + b"x" * 1_000, "trois.pdf", "trop gros"),
    ):
        answer = attach(browser, filled(), (content, name))
        assert answer.status_code == (422 if words else 200)
        assert words in answer.text
    assert names(session) == ["un.pdf"]
    many = [(PDF, f"{number}.pdf") for number in range(20)]
    app.extensions["plirec"] = replace(app.extensions["plirec"], attachment_bytes=100_000)
    assert attach(browser, filled(), *many).status_code == 422
    assert names(session) == ["un.pdf"]


def test_only_where_files_are_attached_may_a_request_be_as_large_as_they_are(
    browser: Browser, filled: Filled, app: Flask
) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 20_000
    larger = PDF + b"x" * 30_000
    form = {**filled(), "files": [(BytesIO(larger), "gros.pdf")]}
    assert browser.post("/envoyer/recapitulatif", form).status_code == 413
    assert attach(browser, filled(), (larger, "gros.pdf")).status_code == 200


def test_a_file_that_is_chosen_but_did_not_arrive_holds_the_letter_back(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    answer = press(browser, filled(files="Convocation.pdf"))
    assert answer.status_code == 422
    assert 'href="#files"' in answer.text
    assert session.scalars(select(Letter)).all() == []


def test_a_letter_leaves_with_the_files_that_were_shown_and_no_others(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    attach(browser, filled(), (PDF, "Convocation.pdf"))
    page = browser.post("/envoyer/recapitulatif", filled()).text
    shown = re.findall(r'name="shown" value="([^"]*)"', page)[0]
    answer = browser.post("/envoyer", filled(shown=shown, shown_files=""))
    assert answer.status_code == 422
    assert "Relisez les pièces jointes" in answer.text
    assert session.scalars(select(Letter)).all() == []
    assert press(browser, filled()).status_code == 303


def test_nobody_takes_files_off_a_colleagues_draft_nor_sends_them(
    browser: Browser,
    managed: User,
    sign_in: SignIn,
    session: scoped_session[Session],
    filled: Filled,
) -> None:
    attach(browser, filled(), (PDF, "Convocation.pdf"))
    file_id = session.scalars(select(DraftFile.id)).one()
    colleague = sign_in(managed)
    colleague.post("/envoyer/fichiers/retirer", filled(remove_file=file_id))
    assert names(session) == ["Convocation.pdf"]
    assert "Convocation.pdf" not in colleague.post("/envoyer/recapitulatif", filled()).text
    assert press(colleague, filled()).status_code == 303
    assert session.scalars(select(Letter)).one().attachments == []


def test_a_full_disk_loses_nothing_and_says_so(
    browser: Browser,
    session: scoped_session[Session],
    filled: Filled,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(_directory: Path, _content: bytes) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    attach(browser, filled(), (PDF, "un.pdf"))
    monkeypatch.setattr(uploads, "store", full)
    answer = attach(browser, filled(), (PNG, "deux.png"))
    assert answer.status_code == 422
    assert "le disque de Plirec est plein" in answer.text
    assert names(session) == ["un.pdf"]


def test_what_should_be_known_of_a_pdf_is_said_and_it_is_taken(
    browser: Browser, filled: Filled
) -> None:
    protected = PDF.replace(b"/Root", b"/Encrypt 2 0 R/Root")
    assert "Ce PDF est protégé" in attach(browser, filled(), (protected, "secret.pdf")).text


def test_files_that_are_too_heavy_together_leave_nothing_in_the_store(
    browser: Browser, filled: Filled, app: Flask
) -> None:
    config = replace(app.extensions["plirec"], attachment_bytes=1000)
    app.extensions["plirec"] = config
    content = b"%PDF-1.7" + b"0" * 600
    answer = attach(browser, filled(), (content, "a.pdf"), (content + b"1", "b.pdf"))
    assert answer.status_code == 422
    assert "Trop lourd ou trop nombreux" in answer.text
    assert [path for path in config.files_directory.rglob("*") if path.is_file()] == []
