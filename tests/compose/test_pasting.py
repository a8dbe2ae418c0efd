from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.compose.conftest import group_of
from tests.conftest import Browser
from webapp.accounts.models import User
from webapp.compose.models import Draft
from webapp.compose.rows import MOST_ROWS
from webapp.contacts.models import Contact

pytestmark = pytest.mark.slow

Filled = Callable[..., dict[str, Any]]
LIST = "Ada Lovelace <ada@atelier.example>\nbob@atelier.example"
PAUL = {"email": "paul@courriel.example", "last_name": "Vert", "status": "professional"}


def fields(session: scoped_session[Session]) -> dict[str, str]:
    session.expire_all()
    return dict(session.scalars(select(Draft)).one().fields)


def test_a_list_that_became_recipients_is_not_pasted_again_by_its_draft(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    form = filled(pasted=LIST, pasted_status="professional")
    answer = browser.post("/envoyer/destinataires/coller", form)
    assert "ada@atelier.example" in answer.text
    kept = fields(session)
    assert "ada@atelier.example" in kept.values()
    assert "pasted" not in kept


def test_a_contact_that_is_gone_loses_nothing_of_the_form(
    browser: Browser, session: scoped_session[Session], administrator: User, filled: Filled
) -> None:
    group_of(session, administrator.organisation, "Bureau", PAUL)
    gone = session.scalars(select(Contact.id)).one() + 1
    answer = browser.post("/envoyer/contacts", filled(add=str(gone)))
    assert answer.status_code == 200
    assert "Ce contact n’existe plus" in answer.text
    assert fields(session)["recipient-0-email"] == "louise@courriel.example"


def test_a_full_letter_takes_no_further_row_and_says_so(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    rows = {f"recipient-{row}-last_name": f"Nom {row}" for row in range(MOST_ROWS)}
    answer = browser.post("/envoyer/destinataires", filled(rows, add="1"))
    assert answer.status_code == 200
    assert "200 destinataires occasionnels au plus" in answer.text
    assert f"recipient-{MOST_ROWS}-last_name" not in answer.text
    assert fields(session)[f"recipient-{MOST_ROWS - 1}-last_name"] == f"Nom {MOST_ROWS - 1}"


def test_an_entry_without_end_is_shown_to_be_corrected(browser: Browser, filled: Filled) -> None:
    endless = "a@" * 8000 + " x y\nada@atelier.example"
    form = filled(pasted=endless, pasted_status="professional")
    answer = browser.post("/envoyer/destinataires/coller", form)
    assert answer.status_code == 200
    assert "ada@atelier.example" in answer.text


def test_rows_without_number_are_refused_before_any_is_checked(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    rows = {f"recipient-{row}-email": "x" for row in range(15_000)}
    assert browser.post("/envoyer/recapitulatif", filled(rows)).status_code == 413
    assert session.scalars(select(Draft)).all() == []
