import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.compose.conftest import ATELIER, LETTER, group_of, letters, names, press
from tests.conftest import NOW, Browser
from webapp.accounts.models import Organisation, User
from webapp.compose.models import Draft, DraftFile, SentForm
from webapp.contacts.models import Contact, Group
from webapp.letters.models import Letter
from webapp.letters.submission import FrozenRecipient, Submission, submit

pytestmark = pytest.mark.slow

Filled = Callable[..., dict[str, Any]]
SignIn = Callable[[User], Browser]
PAUL = {"email": "paul@courriel.example", "last_name": "Vert", "status": "professional"}


def send(browser: Browser, session: scoped_session[Session], form: dict[str, Any]) -> Letter:
    press(browser, form)
    session.expire_all()
    return letters(session)[-1]


def copied(browser: Browser, letter: Letter) -> str:
    """Press the button on the letter's page; give the address of the form that opens."""
    answer = browser.post(f"/courriers/{letter.number}/copier", {})
    assert answer.status_code == 303
    return answer.headers["Location"]


def draft(session: scoped_session[Session]) -> Draft:
    session.expire_all()
    return session.scalars(select(Draft)).one()


def test_a_copy_has_the_words_the_group_and_the_typed_recipients(
    browser: Browser, session: scoped_session[Session], administrator: User, filled: Filled
) -> None:
    group = group_of(session, administrator.organisation, "Bureau", PAUL)
    form = filled(ATELIER, groups=str(group.id), own_reference="AG 2026", meeting_on="2099-04-23")
    letter = send(browser, session, form)
    page = browser.get(f"/courriers/{letter.number}").text
    assert f"/courriers/{letter.number}/copier" in page
    shown = browser.get(copied(browser, letter)).text
    for text in (
        "Voici une copie du courrier",
        LETTER["subject"],
        "Rendez-vous le 12 avril.",
        "AG 2026",
        "louise@courriel.example",
        "atelier@noir.example",
        f'value="{group.id}" checked',
    ):
        assert text in shown
    assert "2099-04-23" not in shown, "another meeting is on another day"
    assert 'value="bulletin' not in shown, "consent is declared anew"


def test_a_copy_is_sent_to_the_same_persons_as_a_letter_of_its_own(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    letter = send(browser, session, filled(ATELIER))
    key = copied(browser, letter).rpartition("/")[2]
    press(browser, filled(ATELIER, key=key, consent_stated=None, consent_means=None))
    session.expire_all()
    assert len(letters(session)) == 2
    assert Counter(names(session)) == {"Louise Blanc": 2, "Noir (Atelier Noir)": 2}
    again = copied(browser, letter)
    assert not again.endswith(key), "a third letter is another one"


def test_pressing_twice_begins_one_copy_and_keeps_what_was_changed_in_it(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    letter = send(browser, session, filled())
    first = copied(browser, letter)
    key = first.rpartition("/")[2]
    browser.post("/envoyer/recapitulatif", filled(key=key, subject="Autre objet"))
    assert copied(browser, letter) == first
    assert draft(session).subject == "Autre objet"


def test_a_copy_has_the_files_that_went_with_the_letter(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    content = b"%PDF-1.7 /JavaScript"
    form = filled()
    browser.post("/envoyer/fichiers", {**form, "files": [(BytesIO(content), "plan.pdf")]})
    recap = browser.post("/envoyer/recapitulatif", form).text
    digest = recap.split('name="shown_files" value="')[1].split('"')[0]
    letter = send(browser, session, {**form, "shown_files": digest})
    sent = letter.attachments[0]
    copied(browser, letter)
    file = session.scalars(select(DraftFile)).one()
    assert (file.name, file.size, file.digest) == ("plan.pdf", len(content), sent.digest)
    assert file.remark == "script", "the sender is told again what the file holds"


def without_token(page: str) -> str:
    """Leave out the token against forgery, which changes with each second."""
    return re.sub(r'(name="csrf_token"[^>]*value=)"[^"]+"', r"\1", page)


@pytest.mark.sqlite
def test_a_group_that_is_gone_is_missed_and_a_newer_one_does_not_take_its_place(
    browser: Browser, session: scoped_session[Session], administrator: User, filled: Filled
) -> None:
    group = group_of(session, administrator.organisation, "Bureau", PAUL)
    number = group.id
    send(browser, session, filled(groups=str(number)))
    session.execute(delete(Contact))
    session.execute(delete(Group))
    session.commit()
    session.expunge_all()
    organisation = session.scalars(select(Organisation)).one()
    newer = group_of(session, organisation, "Fournisseurs", PAUL)
    assert newer.id == number, "SQLite gives the number anew"
    newer.created_at = letters(session)[0].submitted_at + timedelta(seconds=1)
    session.commit()
    shown = browser.get(copied(browser, letters(session)[0])).text
    assert "1 groupe ou contact n’existe plus" in shown
    assert f'value="{number}" checked' not in shown


def test_an_archived_group_is_as_one_that_is_gone_until_it_is_restored(
    browser: Browser, session: scoped_session[Session], administrator: User, filled: Filled
) -> None:
    group = group_of(session, administrator.organisation, "Bureau", PAUL)
    letter = send(browser, session, filled(groups=str(group.id)))
    browser.get("/courriers")
    before = without_token(browser.get(f"/courriers/{letter.number}").text)
    browser.post(f"/groupes/{group.id}/archiver")
    browser.get("/groupes")
    after = without_token(browser.get(f"/courriers/{letter.number}").text)
    assert after == before, "what was sent stays"
    address = copied(browser, letter)
    shown = browser.get(address).text
    assert "1 groupe ou contact n’existe plus ou est archivé" in shown
    assert 'name="groups"' not in shown
    key = address.rpartition("/")[2]
    browser.post(f"/envoyer/brouillons/{key}/supprimer")
    browser.post(f"/groupes/{group.id}/reprendre")
    assert f'value="{group.id}" checked' in browser.get(copied(browser, letter)).text


def test_a_letter_that_no_form_made_is_copied_without_recipients(
    browser: Browser, session: scoped_session[Session], administrator: User, config: Config
) -> None:
    submission = Submission(
        organisation=administrator.organisation,
        author=administrator,
        subject="Rappel",
        message="Merci.",
        is_trial=True,
        recipients=[FrozenRecipient("Ada", "ada@x.example", "professional", "", "")],
        key="une-clef-d-avant",
        token_key=b"x" * 32,
        host="localhost",
    )
    letter = submit(session, submission, NOW)
    session.commit()
    shown = browser.get(copied(browser, letter)).text
    assert "la copie n’en a pas" in shown
    assert "Rappel" in shown


def test_what_was_declared_of_consent_does_not_stay_with_the_form(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    send(browser, session, filled(ATELIER, **{"consent-1-means": "de vive voix"}))
    kept = {name for name, _text in session.scalars(select(SentForm)).one().fields}
    assert kept, "the recipients are known"
    assert all(name.startswith("recipient-") for name in kept)


def test_a_colleague_copies_no_letter_that_is_not_his(
    sign_in: SignIn,
    browser: Browser,
    session: scoped_session[Session],
    managed: User,
    filled: Filled,
) -> None:
    letter = send(browser, session, filled())
    number = letter.number
    answer = sign_in(managed).post(f"/courriers/{number}/copier", {})
    assert answer.status_code == 404
    session.expire_all()
    assert session.scalars(select(Draft)).all() == []


def test_a_form_that_has_served_sends_another_letter_when_its_recipients_are_others(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    send(browser, session, filled())
    answer = press(browser, filled(ATELIER))
    assert answer.status_code == 422
    assert "Ce formulaire a déjà servi" in answer.text
    assert len(letters(session)) == 1
    key = answer.text.split('name="key" type="hidden" value="')[1].split('"')[0]
    press(browser, filled(ATELIER, key=key))
    session.expire_all()
    assert Counter(names(session)) == {"Louise Blanc": 2, "Noir (Atelier Noir)": 1}


def test_the_second_letter_of_a_form_keeps_the_files_of_the_first(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    form = filled()
    browser.post("/envoyer/fichiers", {**form, "files": [(BytesIO(b"%PDF-1.7"), "plan.pdf")]})
    recap = browser.post("/envoyer/recapitulatif", form).text
    digest = recap.split('name="shown_files" value="')[1].split('"')[0]
    send(browser, session, {**form, "shown_files": digest})
    answer = press(browser, {**form, "subject": "Autre objet", "shown_files": digest})
    assert answer.status_code == 422
    assert "plan.pdf" in answer.text
