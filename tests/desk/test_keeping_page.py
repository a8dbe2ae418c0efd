"""An administrator says how long letters are kept, and everybody is told what will be erased."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import Browser
from tests.desk.old_letters import MakeOld, old
from webapp.accounts.models import User
from webapp.desk import keeping as job

pytestmark = pytest.mark.slow

__all__ = ["old"]
PAGE = "/organisation/conservation"


def test_letters_are_kept_five_years_unless_something_else_is_said(browser: Browser) -> None:
    page = browser.get(PAGE).text
    assert 'value="5"' in page
    assert "une année au moins" in page


def test_a_longer_term_takes_effect_at_once(
    session: scoped_session[Session], browser: Browser, administrator: User
) -> None:
    answer = browser.post(PAGE, {"years": "10"}, follow_redirects=True)
    assert "La durée de conservation est enregistrée." in answer.text
    session.expire_all()
    assert administrator.organisation.keeping_years == 10
    assert administrator.organisation.erases_from is None


def test_less_than_the_law_wants_and_more_than_thirty_years_are_refused(
    session: scoped_session[Session], browser: Browser, administrator: User
) -> None:
    for years in ("0", "31", "-1", "", "cinq"):
        assert browser.post(PAGE, {"years": years}).status_code == 422
    session.expire_all()
    assert administrator.organisation.keeping_years == 5


def test_a_shorter_term_is_confirmed_and_nothing_goes_before_thirty_days(
    session: scoped_session[Session],
    browser: Browser,
    administrator: User,
    old: MakeOld,
    config: Config,
) -> None:
    letter = old(at=datetime.now(UTC) - timedelta(days=800))
    asked = browser.post(PAGE, {"years": "2"}).text
    assert "1 courrier sera effacé pour toujours" in asked
    session.expire_all()
    assert administrator.organisation.keeping_years == 5
    browser.post(PAGE, {"years": "2", "confirmed": "y"})
    session.expire_all()
    assert administrator.organisation.keeping_years == 2
    assert "rien ne sera effacé avant le" in browser.get(PAGE).text
    session.commit()
    job.erase_due(session, config.files_directory)
    assert letter.purged_at is None
    for page in ("/", "/courriers"):
        told = browser.get(page).text
        assert "Un courrier sera bientôt effacé" in told
        assert f"/courriers/{letter.number}/preuves.zip" in told
    administrator.organisation.erases_from = datetime.now(UTC)
    session.commit()
    job.erase_due(session, config.files_directory)
    assert letter.purged_at is not None
    assert "bientôt effacé" not in browser.get("/").text


def test_whoever_wrote_a_letter_is_told_thirty_days_before_it_goes_and_nobody_else(
    old: MakeOld, browser: Browser, managed: User, sign_in: Callable[[User], Browser]
) -> None:
    five_years_all_but_some_days = timedelta(days=5 * 365 - 20)
    old(at=datetime.now(UTC) - five_years_all_but_some_days)
    assert "Un courrier sera bientôt effacé" in browser.get("/").text
    assert "bientôt effacé" not in sign_in(managed).get("/").text


def test_a_letter_that_has_longer_to_stay_is_not_spoken_of(old: MakeOld, browser: Browser) -> None:
    old(at=datetime.now(UTC) - timedelta(days=5 * 365 - 60))
    assert "bientôt effacé" not in browser.get("/").text
