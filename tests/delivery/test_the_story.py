"""The whole story of one letter: 900 notices, a limit, two kills, what came back, and one page."""

import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import Browser
from tests.delivery import returned_mail
from tests.delivery.conftest import HandOver, MailServer
from tests.delivery.test_limits import due_before
from tests.delivery.test_time import GivenClock, kinds
from tests.delivery.workers import LEASE, start_worker, states, wait_until
from webapp.accounts import pace
from webapp.accounts.models import User
from webapp.clock import machine_clock
from webapp.delivery.dispatch import carry_due
from webapp.delivery.returns import TakenIn, take_in
from webapp.evidence.integrity import verify_all
from webapp.evidence.kinds import EventKind
from webapp.letters.models import Addressee, Letter

pytestmark = pytest.mark.slow
Start = Callable[..., tuple[MailServer, dict[str, Any]]]
AnySession = scoped_session[Session]
PER_HOUR = 200
HOUR = timedelta(hours=1)
KILLED_AFTER = (50, 100)
"""How many notices the mail host has when the worker is killed: in the midst of the first hour."""
EVERYBODY = [f"membre-{number}@courriel.example" for number in range(900)]
GONE, ON_HOLIDAY = EVERYBODY[40::80], EVERYBODY[500]
"""Eleven addresses whose notice comes back, and one where a machine answers."""
REPORTS = (
    (returned_mail.POSTFIX, "adresse inconnue"),
    (returned_mail.GMAIL_FULL, "boîte pleine"),
    (returned_mail.NO_DOMAIN, "domaine inconnu"),
)


def test_after_two_kills_a_limit_and_eleven_returns_one_page_says_what_became_of_all_900(
    session: AnySession,
    mail_server: Start,
    configure: Callable[..., Config],
    hand_over: HandOver,
    sign_in: Callable[[User], Browser],
    administrator: User,
) -> None:
    server, settings = mail_server()
    letter = hand_over(*EVERYBODY, is_trial=False)
    config = configure(**settings, mail_per_hour=PER_HOUR)
    kills = live_through_the_first_hour(session, server, letter, config, settings)
    clock = GivenClock(machine_clock())
    live_through_the_others(session, server, config, clock)

    assert most_within_an_hour(server.moments) <= PER_HOUR
    assert 4 * HOUR < server.moments[-1] - server.moments[0] < 6 * HOUR, "and no slower than that"
    received = Counter((message["To"], message["Message-ID"]) for message in server.messages)
    expected = {(row.email, row.message_id) for row in letter.addressees}
    assert set(received) == expected, "nobody is forgotten, and nobody else is told"
    assert received.total() - len(expected) <= kills, "at most the one in flight comes twice"

    let_come_back(session, server, config, clock)
    session.expire_all()
    (holidaymaker,) = (row for row in letter.addressees if row.email == ON_HOLIDAY)
    assert kinds(session, holidaymaker)[EventKind.AUTOMATIC_REPLY] == 1
    assert verify_all(session) == []

    read_on_monday(sign_in(administrator), letter.number, holidaymaker.number)


def live_through_the_first_hour(
    session: AnySession,
    server: MailServer,
    letter: Letter,
    config: Config,
    settings: dict[str, Any],
) -> int:
    """Kill two workers in the middle, let the third come to the limit; give the kills."""
    limited = {**settings, "plirec_mail_per_hour": PER_HOUR}
    server.pause = 0.02
    for reached in KILLED_AFTER:
        worker = start_worker(config.data_directory, limited)
        try:
            wait_until(lambda reached=reached: len(server.messages) >= reached)  # type: ignore[misc]
        finally:
            worker.kill()
            worker.wait()
        assert worker.returncode == -signal.SIGKILL, "it did not leave by itself"
        time.sleep(LEASE + 0.2)
    worker = start_worker(config.data_directory, limited)
    soon = machine_clock() + HOUR / 2
    try:
        wait_until(lambda: due_before(session, soon) == 0)
    finally:
        worker.terminate()
        worker.wait(60)
    server.pause = 0.0
    counts = states(session, letter)
    of_notices, kills = PER_HOUR - pace.reserve(PER_HOUR), len(KILLED_AFTER)
    assert of_notices - kills <= counts["notified"] <= of_notices
    assert counts["submitted"] == len(EVERYBODY) - counts["notified"], "the others wait their turn"
    return kills


def live_through_the_others(
    session: AnySession, server: MailServer, config: Config, clock: GivenClock
) -> None:
    """Put the clock where the next notices are due, until all have left."""
    server.clock = clock
    next_due = select(func.min(Addressee.due_at)).where(Addressee.state == "submitted")
    while (due_at := session.scalar(next_due)) is not None:
        session.rollback()
        assert due_at > clock.now, "what waits is promised a moment still to come"
        clock.now = due_at
        carry_due(config, clock)
    session.rollback()


def most_within_an_hour(moments: Sequence[datetime]) -> int:
    """Count the messages of the fullest hour, at whatever second it begins."""
    return max(sum(start <= moment < start + HOUR for moment in moments) for start in set(moments))


def let_come_back(
    session: AnySession, server: MailServer, config: Config, clock: GivenClock
) -> None:
    """Hand over what the mailboxes answer, at the return path that each notice came with."""
    clock.now += HOUR
    sent = {message["To"]: message for message in server.messages}
    answers = {email: REPORTS[place % 3][0] for place, email in enumerate(GONE)}
    answers[ON_HOLIDAY] = returned_mail.GMAIL_VACATION
    for email, build in answers.items():
        content = build(sent[email]["X-MailFrom"], sent[email]["Message-ID"])
        assert take_in(session, config, content, "", clock.now) is TakenIn.RECORDED
        session.commit()


def read_on_monday(browser: Browser, number: str, holidaymaker: str) -> None:
    """Read the letter's page as the secretary does, and follow where it leads."""
    address = f"/courriers/{number}"
    page = text_of(browser, address)
    assert "889 avis envoyés" in page
    assert "11 échecs" in page
    assert "11 adresses n’ont pas pu recevoir l’avis : vérifiez-les auprès des personnes" in page
    assert re.search(r"889 destinataires peuvent encore répondre, jusqu’au [^:]+: rien à", page)
    assert f'href="{address}/corriger"' in page

    shown = {}
    for place in range(1, len(EVERYBODY) // 50 + 1):
        shown.update(lines_of(text_of(browser, f"{address}?page={place}")))
    expected = dict.fromkeys(EVERYBODY, "avis envoyé") | dict.fromkeys(GONE, "échec de l’envoi")
    assert shown == expected, "each of the 900 has a line, and the line is true"

    failures = text_of(browser, f"{address}?etat=failed")
    assert list(lines_of(failures)) == GONE
    assert failures.count("Corriger l’adresse") == failures.count("Message revenu") == len(GONE)
    mending = text_of(browser, f"{address}/corriger").split("<fieldset")[1:]
    for place, (email, offered) in enumerate(zip(GONE, mending, strict=True)):
        assert f"<strong>{email}</strong>" in offered
        assert REPORTS[place % 3][1] in offered
        assert "Envoyer sur papier à la place" in offered

    story = text_of(browser, f"{address}?recherche={ON_HOLIDAY}&ouvert={holidaymaker}")
    assert lines_of(story) == {ON_HOLIDAY: "avis envoyé"}
    assert "Réponse automatique reçue" in story


def lines_of(page: str) -> dict[str, str]:
    """Give the state that the page shows for each address on it."""
    line = r'<tr id="addressee-\d+">.*?class="hint">([^<]+)<.*?class="badge [^"]+">([^<]+)<'
    return dict(re.findall(line, page, re.DOTALL))


def text_of(browser: Browser, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return unescape(answer.text).replace("\u00a0", " ").replace("\u202f", " ")
