"""The administrator sets who witnesses, tries the authority, and sees what became of each root."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.browser.installation import free_port
from tests.conftest import Browser
from tests.delivery.conftest import HandOver
from tests.delivery.test_time import GivenClock
from tests.evidence.authority import LocalAuthority, running_authority
from webapp.accounts.models import User
from webapp.cli import plirec
from webapp.delivery.witnessing import make_root, stamp_roots
from webapp.desk.status import gather
from webapp.evidence import triggers, witness_setting
from webapp.evidence.moments import PARIS

pytestmark = pytest.mark.slow

PAGE = "/organisation/temoin"


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[LocalAuthority]:
    with running_authority(tmp_path / "authority") as running:
        yield running


@pytest.fixture
def clock() -> GivenClock:
    return GivenClock(datetime.now(UTC))


def test_before_anything_is_set_the_page_says_that_nobody_witnesses(browser: Browser) -> None:
    page = browser.get(PAGE).text
    assert "Personne ne témoigne encore" in page
    assert "Essayer l’horodatage" not in page


def test_the_authority_and_the_witnesses_are_kept_clean_and_their_source_is_shown(
    browser: Browser, session: scoped_session[Session], config: Config
) -> None:
    typed = {"timestamp_url": " https://tsa.example/ts ", "mails": "Maire@Ville.example\n\nb@x.fr"}
    page = browser.post(PAGE, typed, follow_redirects=True).text
    assert "Le témoin extérieur est enregistré." in page
    assert witness_setting.timestamp_url(session, config) == "https://tsa.example/ts"
    assert witness_setting.mails(session, config) == ["maire@ville.example", "b@x.fr"]
    assert "Aucun serveur de messagerie n’est réglé" in page
    shown = browser.get("/organisation/messagerie").text
    (line,) = [row for row in shown.splitlines() if "PLIREC_TIMESTAMP_URL</code></th>" in row]
    assert "https://tsa.example/ts" in line
    assert "cette page" in line
    assert "ville.example" not in shown
    browser.post(PAGE, {"timestamp_url": "", "mails": ""})
    assert "Personne ne témoigne encore" in browser.get(PAGE).text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"timestamp_url": "ftp://tsa.example"}, "Écrivez une adresse entière"),
        ({"timestamp_url": "https://moi:secret@tsa.example"}, "Écrivez une adresse entière"),
        ({"mails": "a@x.fr\npas une adresse"}, "n’est pas une adresse e-mail"),
        ({"mails": "\n".join(f"m{n}@x.fr" for n in range(21))}, "Nommez 20 témoins au plus"),
    ],
)
def test_a_form_that_is_wrong_says_where(
    browser: Browser, typed: dict[str, str], told: str
) -> None:
    answer = browser.post(PAGE, typed)
    assert answer.status_code == 422
    assert told in answer.text
    assert f'href="#{next(iter(typed))}"' in answer.text


def test_what_the_machine_sets_is_shown_and_cannot_be_changed_here(
    browser: Browser,
    session: scoped_session[Session],
    configure: Callable[..., Config],
    config: Config,
) -> None:
    configure(timestamp_url="https://machine.example/", witness_mails="a@x.fr")
    page = browser.get(PAGE).text
    assert "PLIREC_TIMESTAMP_URL" in page
    assert 'name="timestamp_url"' not in page
    browser.post(PAGE, {"timestamp_url": "https://page.example/", "mails": "b@x.fr"})
    assert witness_setting.timestamp_url(session, config) == ""
    assert witness_setting.mails(session, config) == []


def test_only_the_first_organisation_sets_the_witness_of_all(
    sign_in: Callable[[User], Browser], stranger: User
) -> None:
    other = sign_in(stranger)
    assert other.get(PAGE).status_code == 403
    assert other.post(PAGE, {"timestamp_url": "https://a.example/"}).status_code == 403
    assert other.post(f"{PAGE}/essai").status_code == 403


def test_the_trial_asks_the_authority_and_says_how_the_clock_stands(
    browser: Browser, configure: Callable[..., Config], authority: LocalAuthority
) -> None:
    nothing = browser.post(f"{PAGE}/essai", follow_redirects=True).text
    assert "Enregistrez d’abord l’adresse d’une autorité." in nothing
    browser.post(PAGE, {"timestamp_url": authority.url})
    page = browser.post(f"{PAGE}/essai", follow_redirects=True).text
    assert "L’horodatage marche" in page
    assert "Horodatage de l’essai" in page
    assert len(authority.asked) == 1
    authority.behaviour = "forged"
    page = browser.post(f"{PAGE}/essai", follow_redirects=True).text
    assert "la signature de l’horodatage n’est pas bonne" in page


def test_an_authority_that_does_not_answer_is_said_to(browser: Browser) -> None:
    browser.post(PAGE, {"timestamp_url": f"http://localhost:{free_port()}/"})
    page = browser.post(f"{PAGE}/essai", follow_redirects=True).text
    assert "Aucun horodatage. Arrêt ici : se connecter à l’autorité" in page


def test_each_root_stands_there_with_its_stamp_and_a_clock_that_is_wrong_is_warned_of(
    browser: Browser,
    hand_over: HandOver,
    configure: Callable[..., Config],
    config: Config,
    authority: LocalAuthority,
    clock: GivenClock,
    session: scoped_session[Session],
) -> None:
    configure(timestamp_url=authority.url)
    hand_over("ada@x.example")
    clock.now -= timedelta(minutes=10)
    make_root(clock)
    assert "en attente" in browser.get(PAGE).text
    authority.behaviour = "down"
    stamp_roots(clock)
    assert "lire la réponse (HTTP 503" in browser.get(PAGE).text
    authority.behaviour = "stamp"
    clock.now += timedelta(minutes=7)
    stamp_roots(clock)
    page = browser.get(PAGE).text
    assert "L’horloge de cette machine était en retard de" in page
    assert "Horodatage de l’essai" in page
    found = gather(session, config, datetime.now(UTC))
    session.rollback()
    assert "clock_drift" in found.problems
    assert 170 < (found.clock_drift or 0) < 300
    state = browser.get("/organisation/etat").text
    assert "Laissez le système régler l’heure" in state


def test_another_certificate_of_the_authority_is_pointed_out(
    browser: Browser,
    hand_over: HandOver,
    configure: Callable[..., Config],
    authority: LocalAuthority,
    clock: GivenClock,
) -> None:
    configure(timestamp_url=authority.url)
    hand_over("ada@x.example")
    for day in range(2):
        clock.now += timedelta(days=day)
        make_root(clock)
        stamp_roots(clock)
        page = browser.get(PAGE).text
        assert ("a changé de certificat" in page) is bool(day)
        authority.make_certificates()


@pytest.fixture
def verified(config: Config, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    monkeypatch.setenv("PLIREC_DATA", str(config.data_directory))
    return lambda: CliRunner().invoke(plirec, ["journal", "verify"])


def test_the_command_line_verifies_the_journal_and_names_a_chain_that_was_cut_off(
    verified: Callable[[], Any],
    hand_over: HandOver,
    session: scoped_session[Session],
    clock: GivenClock,
) -> None:
    letter = hand_over("ada@x.example")
    number = letter.number
    make_root(clock)
    result = verified()
    assert (result.exit_code, result.output.startswith("Le journal est entier")) == (0, True)
    triggers.GUARDS.drop(session.connection())
    last = f"chain = 'letter:{number}' AND sequence = 2"
    of_it = f"entry_id IN (SELECT id FROM journal_entry WHERE {last})"
    session.execute(text(f"DELETE FROM journal_facts WHERE {of_it}"))
    session.execute(text(f"DELETE FROM journal_entry WHERE {last}"))
    session.commit()
    result = verified()
    assert result.exit_code == 1
    day = f"{clock.now.astimezone(PARIS):%d/%m/%Y}"
    assert result.output == (
        f"letter:{number}, écriture nº 2\u00a0: l’écriture était là le {day} et a été coupée "
        "depuis\n"
    )
