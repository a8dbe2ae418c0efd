import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.compose.conftest import ATELIER, LETTER, press
from tests.conftest import NOW, Browser
from webapp.accounts.models import User
from webapp.compose import drafts, send_page
from webapp.compose.models import Draft
from webapp.compose.resolution import Resolution
from webapp.letters.models import Letter

Filled = Callable[..., dict[str, Any]]
SignIn = Callable[[User], Browser]
KEY = LETTER["key"]
DRAFT = f"/envoyer/brouillons/{KEY}"


def kept(session: scoped_session[Session]) -> list[Draft]:
    session.expire_all()
    return list(session.scalars(select(Draft)))


@pytest.mark.parametrize(
    ("address", "more"),
    [
        ("/envoyer/recapitulatif", {}),
        ("/envoyer/destinataires", {"add": "1"}),
        ("/envoyer/apercu", {}),
        ("/envoyer/brouillons", {}),
        ("/envoyer/fichiers", {}),
        ("/envoyer", {"shown": "une autre liste"}),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_each_change_that_reaches_the_server_is_kept(
    browser: Browser, filled: Filled, address: str, more: dict[str, str], htmx: bool
) -> None:
    form = filled(more, ATELIER, own_reference="AG 2026", meeting_on="2099-04-23")
    browser.post(address, form, htmx=htmx)
    page = browser.get(DRAFT).text
    for text in (
        "Convocation à l’assemblée générale",
        "Rendez-vous le 12 avril.",
        "louise@courriel.example",
        "atelier@noir.example",
        "bulletin d’adhésion 2026",
        "AG 2026",
        "2099-04-23",
    ):
        assert text in page
    assert 'value="individual" checked' in page
    assert 'name="consent_stated" type="checkbox" value="y"' in page, "is declared anew"


def test_a_fragment_tells_the_browser_where_the_draft_is(browser: Browser, filled: Filled) -> None:
    answer = browser.post("/envoyer/recapitulatif", filled(), htmx=True)
    assert answer.headers["HX-Replace-Url"] == DRAFT


def test_the_send_page_lists_drafts_the_latest_first_and_leads_back(
    browser: Browser, filled: Filled
) -> None:
    browser.post("/envoyer/recapitulatif", filled())
    other = filled(key="une-autre-clef-de-formulaire", subject="")
    browser.post("/envoyer/recapitulatif", other)
    page = browser.get("/envoyer").text
    assert "Vos 2 brouillons" in page
    assert page.index("Sans objet</a>") < page.index("Convocation à l’assemblée générale</a>")
    assert f'href="{DRAFT}"' in page


def test_an_empty_form_leaves_no_draft_and_one_that_was_emptied_neither(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    empty = {"key": KEY, "subject": "  ", "recipient-0-email": "", "recipient-0-status": "x"}
    for address in ("/envoyer/recapitulatif", "/envoyer/brouillons", "/envoyer/fichiers"):
        browser.post(address, empty)
        assert kept(session) == []
    browser.post("/envoyer/recapitulatif", filled())
    browser.post("/envoyer/recapitulatif", empty)
    assert kept(session) == []


def test_the_button_keeps_the_draft_and_says_so(browser: Browser, filled: Filled) -> None:
    answer = browser.post("/envoyer/brouillons", filled())
    assert answer.location == DRAFT
    assert "Brouillon enregistré." in browser.get(DRAFT).text


def test_sending_ends_the_draft_and_no_late_tab_brings_it_back(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    assert press(browser, filled()).status_code == 303
    assert kept(session) == []
    browser.post("/envoyer/recapitulatif", filled(subject="Autre"), htmx=True)
    browser.post("/envoyer/brouillons", filled())
    assert kept(session) == []
    letter = session.scalars(select(Letter)).one()
    assert browser.get(DRAFT).location == f"/courriers/{letter.number}"


def test_a_second_letter_on_a_form_that_has_served_has_a_draft_of_its_own(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    press(browser, filled())
    press(browser, filled(subject="Autre objet"))
    (draft,) = kept(session)
    assert draft.key != KEY
    assert draft.subject == "Autre objet"


def test_a_draft_is_deleted_after_a_question(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    browser.post("/envoyer/recapitulatif", filled())
    assert "Convocation" in browser.get(f"{DRAFT}/supprimer").text
    assert len(kept(session)) == 1
    assert browser.post(f"{DRAFT}/supprimer").location == "/envoyer"
    assert kept(session) == []
    assert browser.post(f"{DRAFT}/supprimer").status_code == 404


def test_a_draft_is_its_authors_alone(
    browser: Browser,
    managed: User,
    stranger: User,
    sign_in: SignIn,
    session: scoped_session[Session],
    filled: Filled,
) -> None:
    browser.post("/envoyer/recapitulatif", filled())
    for user in (managed, stranger):
        other = sign_in(user)
        assert other.get(DRAFT).status_code == 404
        assert other.post(f"{DRAFT}/supprimer").status_code == 404
        assert "brouillon</summary>" not in other.get("/envoyer").text
        other.post("/envoyer/recapitulatif", filled(subject="Le mien"))
    assert sorted(draft.subject for draft in kept(session)) == [
        "Convocation à l’assemblée générale",
        "Le mien",
        "Le mien",
    ]


def test_who_signs_in_again_comes_back_to_the_draft(
    browser: Browser, sign_in: SignIn, administrator: User, filled: Filled
) -> None:
    browser.post("/envoyer/recapitulatif", filled(), htmx=True)
    browser.client.delete_cookie("plirec")
    token = browser.client.get("/connexion").text.split('name="csrf_token"')[1].split('value="')[1]
    fields = {**filled(subject="Perdu"), "csrf_token": token.split('"')[0]}
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://localhost{DRAFT}"}
    answer = browser.client.post("/envoyer/recapitulatif", data=fields, headers=headers)
    assert unquote(answer.headers["HX-Redirect"]) == f"/connexion?next={DRAFT}"
    assert "Convocation à l’assemblée générale" in sign_in(administrator).get(DRAFT).text


@pytest.mark.parametrize("key", ["court", "x" * 41])
def test_a_key_that_no_form_has_makes_no_draft(
    browser: Browser, session: scoped_session[Session], filled: Filled, key: str
) -> None:
    assert browser.post("/envoyer/recapitulatif", filled(key=key)).status_code == 200
    assert kept(session) == []


def test_a_draft_that_did_not_change_keeps_its_moment(
    session: scoped_session[Session], administrator: User
) -> None:
    later = NOW + timedelta(hours=1)
    for subject, moment, expected in (("Un", NOW, NOW), ("Un", later, NOW), ("Deux", later, later)):
        drafts.keep(session, administrator, KEY, [("subject", subject)], moment)
        session.commit()
        assert kept(session)[0].updated_at == expected


def test_while_the_page_is_made_another_person_can_write(
    browser: Browser,
    session: scoped_session[Session],
    administrator: User,
    filled: Filled,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """SQLite lets one transaction write at a time: the recap must have ended its own."""
    resolve, user_id = send_page.resolution_for, administrator.id
    written: list[str] = []

    def write() -> None:
        with Session(engine) as other:
            user = other.get_one(User, user_id)
            drafts.keep(other, user, "une-clef-du-collegue", [("subject", "Autre")], NOW)
            other.commit()
        written.append("Autre")

    def resolve_while_another_writes(*arguments: Any) -> Resolution:
        thread = threading.Thread(target=write)
        thread.start()
        thread.join(5)
        return resolve(*arguments)

    engine = session.get_bind()
    monkeypatch.setattr(send_page, "resolution_for", resolve_while_another_writes)
    answer = browser.post("/envoyer/recapitulatif", filled(), htmx=True)
    assert answer.status_code == 200
    assert "Autre" in written
    assert len(kept(session)) == 2
