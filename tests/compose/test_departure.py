import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from tests.compose.conftest import letters, press
from tests.conftest import Browser
from webapp.accounts.models import User
from webapp.compose.models import Draft
from webapp.delivery import pausing
from webapp.delivery.tasks import do_all_due
from webapp.letters import term
from webapp.letters.models import Letter
from webapp.letters.term import PARIS
from webapp.web.templating import day

pytestmark = pytest.mark.slow

Filled = Callable[..., dict[str, Any]]
SOON = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=40)


def at(moment: datetime) -> dict[str, str]:
    here = moment.astimezone(PARIS)
    return {
        "departure": "later",
        "leaves_on": f"{here:%Y-%m-%d}",
        "leaves_time": f"{here:%H:%M}",
    }


def sent(browser: Browser, session: scoped_session[Session], form: dict[str, Any]) -> Letter:
    press(browser, form)
    session.expire_all()
    return letters(session)[-1]


def test_a_letter_is_handed_over_now_and_leaves_at_the_date_that_was_chosen(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    answer = press(browser, filled(at(SOON)))
    assert answer.status_code == 303
    session.expire_all()
    (letter,) = letters(session)
    assert letter.leaves_at == SOON
    assert {addressee.due_at for addressee in letter.addressees} == {SOON}
    assert datetime.now(UTC) - letter.submitted_at < timedelta(minutes=5), "that is the deposit"
    page = browser.get(f"/courriers/{letter.number}").text
    assert "L’avis partira le" in page
    session.commit()
    do_all_due()
    session.expire_all()
    assert [addressee.state for addressee in letter.addressees] == ["submitted"]


def test_while_all_sending_is_paused_nobody_is_told_that_the_notice_leaves_now(
    browser: Browser, session: scoped_session[Session], administrator: User, filled: Filled
) -> None:
    pausing.pause_all(session, administrator, datetime.now(UTC))
    session.commit()
    page = browser.get(press(browser, filled()).location).text
    assert "L’avis attend : tous les envois sont en pause." in page
    assert "1 avis attend : voyez pourquoi ci-dessous." in page
    assert "L’avis part maintenant" not in page


def test_a_day_that_is_written_beside_the_wrong_choice_lets_nothing_leave_too_early(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    answer = press(browser, filled(at(SOON), departure="now"))
    assert answer.status_code == 422
    assert "malgré le jour écrit ici" in answer.text
    letter = sent(browser, session, filled(at(SOON), departure="now", leaves_on=""))
    assert letter.leaves_at is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (at(datetime.now(UTC) - timedelta(days=1)), "Ce moment est passé"),
        (at(datetime.now(UTC) + timedelta(days=367)), "un an au plus"),
        ({"departure": "later", "leaves_on": ""}, "Choisissez le jour du départ"),
        ({"departure": "later", "leaves_on": "demain"}, "Écrivez une date comme"),
        ({"departure": "later", "leaves_on": "0001-01-01"}, "Choisissez le jour du départ"),
        ({"departure": "later", "leaves_on": "9999-12-31"}, "Choisissez le jour du départ"),
        ({**at(SOON), "leaves_time": "25:00"}, "Écrivez une heure comme"),
        ({**at(SOON), "departure": "hier"}, "<title>Erreur"),
    ],
)
def test_a_date_that_is_over_too_far_away_or_none_holds_the_letter_back(
    browser: Browser,
    session: scoped_session[Session],
    filled: Filled,
    changes: dict[str, str],
    words: str,
) -> None:
    answer = press(browser, filled(changes))
    assert answer.status_code == 422
    assert words in answer.text
    assert letters(session) == []


def test_the_review_follows_the_date_and_counts_the_fifteen_days_from_there(
    browser: Browser, filled: Filled
) -> None:
    now = browser.post("/envoyer/recapitulatif", filled(), htmx=True).text
    assert "part aussitôt" in now
    later = browser.post("/envoyer/recapitulatif", filled(at(SOON)), htmx=True).text
    assert "part aussitôt" not in later
    assert "l’avis part le" in later
    assert day(term.last_day(term.ends_at(SOON))) in later
    preview = browser.post("/envoyer/apercu", filled(at(SOON))).text
    assert day(term.last_day(term.ends_at(SOON))) in preview


@pytest.mark.parametrize(("days", "is_late"), [(14, True), (15, False)])
def test_the_page_warns_of_a_meeting_that_comes_too_soon_after_the_departure(
    browser: Browser, filled: Filled, days: int, is_late: bool
) -> None:
    meeting = SOON.astimezone(PARIS).date() + timedelta(days=days)
    form = filled(at(SOON), meeting_on=meeting.isoformat())
    page = browser.post("/envoyer/recapitulatif", form, htmx=True).text
    assert ("vient avant le quinzième jour après le départ" in page) is is_late
    assert "le départ choisi est plus tard" in page, "co-ownership wants more"


def test_a_draft_keeps_the_date_and_an_empty_form_makes_none_of_it(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    empty = {"key": "une-autre-clef-de-formulaire", "departure": "now", "leaves_time": "09:00"}
    browser.post("/envoyer/recapitulatif", empty, htmx=True)
    assert session.query(Draft).all() == []
    session.rollback()
    form = filled(at(SOON))
    browser.post("/envoyer/brouillons", form)
    page = browser.get(f"/envoyer/brouillons/{form['key']}").text
    assert f'value="{form["leaves_on"]}"' in page
    assert f'value="{form["leaves_time"]}"' in page
    assert re.search(r'<input checked[^>]* value="later"', page)


def test_a_copy_keeps_a_date_that_is_still_to_come(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    letter = sent(browser, session, filled(at(SOON)))
    first = browser.post(f"/courriers/{letter.number}/copier", {}).headers["Location"]
    assert f'value="{at(SOON)["leaves_on"]}"' in browser.get(first).text
    browser.post(f"{first}/supprimer")
    session.expire_all()
    letter.leaves_at = datetime.now(UTC) - timedelta(days=1)
    session.commit()
    second = browser.post(f"/courriers/{letter.number}/copier", {}).headers["Location"]
    assert re.search(r'<input checked[^>]* value="now"', browser.get(second).text)


def test_a_form_that_is_pressed_again_with_another_date_does_not_pass_for_the_same(
    browser: Browser, session: scoped_session[Session], filled: Filled
) -> None:
    assert press(browser, filled(at(SOON))).status_code == 303
    assert press(browser, filled(at(SOON))).status_code == 303, "the same letter"
    answer = press(browser, filled(at(SOON + timedelta(days=1))))
    assert answer.status_code == 422
    assert "a déjà servi" in answer.text
    assert len(letters(session)) == 1
