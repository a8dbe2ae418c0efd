"""Whether the notice names the sender: as the organisation usually does, or as this letter says."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from tests.compose.conftest import letters, press
from tests.conftest import Browser
from webapp.accounts.models import Organisation
from webapp.evidence.journal import entries_about, letter_chain, letter_subject

pytestmark = pytest.mark.slow

Filled = Callable[..., dict[str, Any]]
HIDDEN = "le nom de votre association n’y est pas"
NAMED = "le nom de votre association y est écrit"


@pytest.mark.parametrize(("usual", "checked"), [(False, "no"), (True, "yes")])
def test_the_form_begins_with_what_the_organisation_usually_does(
    browser: Browser,
    session: scoped_session[Session],
    organisation: Organisation,
    usual: bool,
    checked: str,
) -> None:
    organisation.names_sender = usual
    session.commit()
    page = browser.get("/envoyer").text
    assert f'checked id="names_sender-{int(usual)}" name="names_sender"' in page
    assert f'value="{checked}"' in page


@pytest.mark.parametrize(
    ("usual", "chosen", "names"),
    [(False, "yes", True), (True, "no", False), (False, "no", False), (True, None, True)],
)
def test_a_letter_follows_its_own_choice_and_its_deposit_says_which(
    browser: Browser,
    session: scoped_session[Session],
    organisation: Organisation,
    filled: Filled,
    usual: bool,
    chosen: str | None,
    names: bool,
) -> None:
    organisation.names_sender = usual
    session.commit()
    own = {} if chosen is None else {"names_sender": chosen}
    preview = browser.post("/envoyer/apercu", filled(**own)).text
    before = preview.partition('id="after-title"')[0].partition('id="notice-title"')[2]
    assert ("Les Amis du Lavoir" in before) is names
    recap = browser.post("/envoyer/recapitulatif", filled(**own), htmx=True).text
    assert (NAMED in recap, HIDDEN in recap) == (names, not names)
    assert press(browser, filled(**own)).status_code == 303
    (letter,) = letters(session)
    assert letter.names_sender is names
    chain, subject = letter_chain(letter.number), letter_subject(letter.number)
    facts = entries_about(session, chain, subject)[0].facts
    assert facts is not None
    assert facts["names_sender"] is names


def test_a_choice_alone_is_no_draft_and_is_kept_with_one(browser: Browser, filled: Filled) -> None:
    key = "une-clef-de-formulaire"
    browser.post("/envoyer/brouillons", {"key": key, "names_sender": "yes"})
    assert browser.get(f"/envoyer/brouillons/{key}").status_code == 404
    browser.post("/envoyer/brouillons", {"key": key, "names_sender": "yes", "subject": "Bonjour"})
    page = browser.get(f"/envoyer/brouillons/{key}").text
    assert 'checked id="names_sender-1" name="names_sender"' in page
