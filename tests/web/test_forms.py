import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from tests.compose.conftest import press
from tests.conftest import Browser
from webapp.contacts.models import Group
from webapp.letters.models import Letter

LETTER = {
    "key": "une-clef-de-formulaire",
    "subject": "Convocation",
    "message": "Rendez-vous le 12 avril.",
    "recipient-0-email": "atelier@noir.example",
    "recipient-0-last_name": "Noir",
    "recipient-0-company": "Atelier Noir",
    "recipient-0-status": "professional",
}


@pytest.mark.parametrize("spaces", ["   ", "\t\u00a0"])
@pytest.mark.parametrize("field", ["subject", "message"])
def test_spaces_are_no_subject_and_no_message(
    browser: Browser, session: scoped_session[Session], field: str, spaces: str
) -> None:
    answer = browser.post("/envoyer", {**LETTER, field: spaces})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert session.scalar(select(func.count()).select_from(Letter)) == 0


def test_spaces_are_no_name_for_a_group(browser: Browser, session: scoped_session[Session]) -> None:
    assert browser.post("/groupes", {"name": "  \u00a0"}).status_code == 422
    assert session.scalar(select(func.count()).select_from(Group)) == 0


def test_the_spaces_around_a_text_are_taken_away(
    browser: Browser, session: scoped_session[Session]
) -> None:
    assert press(browser, {**LETTER, "subject": "  Convocation \n"}).status_code == 303
    assert session.scalars(select(Letter.subject)).all() == ["Convocation"]
