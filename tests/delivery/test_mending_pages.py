"""What the letter's page offers when a notice failed: another address, paper, the message."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import Browser
from tests.delivery import returned_mail
from tests.delivery.conftest import HandOver
from tests.reception.answering import accept
from webapp import keys
from webapp.accounts.models import User
from webapp.contacts import consents, failing
from webapp.delivery import return_path
from webapp.delivery.returns import take_in
from webapp.delivery.tasks import do_all_due
from webapp.extensions import db
from webapp.letters import mending, steps
from webapp.letters.attachments import AttachedFile
from webapp.letters.models import Addressee, Letter
from webapp.letters.numbers import token
from webapp.letters.submission import FrozenRecipient

pytestmark = pytest.mark.slow

CLIENT = {"ip": "192.0.2.7", "user_agent": "Un navigateur"}
POSTAL = "Léa Roux\n4 RUE DES LILAS\n01000 BOURG EN BRESSE"
PEOPLE = [
    FrozenRecipient("Atelier Noir", "atelier@gmial.example", "professional", "", ""),
    FrozenRecipient("Léa Roux", "lea@x.example", "individual", POSTAL, "par écrit"),
    FrozenRecipient("Paul Blanc", "paul@x.example", "individual", "", "par écrit"),
]
SHAPES = [returned_mail.NO_DOMAIN, returned_mail.GMAIL_FULL, returned_mail.POSTFIX]


@pytest.fixture
def letter(
    session: scoped_session[Session],
    hand_over: HandOver,
    configure: Callable[..., Config],
) -> Letter:
    """A letter whose three notices came back; the configuration sends nothing on."""
    config = configure(mail_from="avis@courrier.example")
    letter = hand_over("a@x.example", recipients=PEOPLE)
    now = datetime.now(UTC)
    for addressee, shape in zip(letter.addressees, SHAPES, strict=True):
        steps.notify(session, addressee, "250 OK", now)
        content = shape(return_path.of(config, addressee), addressee.message_id)
        take_in(session, config, content, "", now)
    session.commit()
    return letter


def correct(letter: Letter, addressee: Addressee) -> str:
    return f"/courriers/{letter.number}/corriger/{addressee.number}"


def fields(addressee: Addressee, **texts: str) -> dict[str, str]:
    return {f"{addressee.number}-{name}": text for name, text in texts.items()}


def test_the_page_says_who_did_not_get_the_notice_and_why(browser: Browser, letter: Letter) -> None:
    page = browser.get(f"/courriers/{letter.number}").text
    for words in ("domaine inconnu", "boîte pleine", "adresse inconnue", "over quota"):
        assert words in page
    assert page.count("Message revenu") == 3
    story = browser.get(f"/courriers/{letter.number}?ouvert={letter.addressees[1].number}").text
    assert "Avis revenu : il n’est pas arrivé" in story


def test_the_returned_message_is_given_as_it_came_to_who_may_see_the_letter(
    browser: Browser, letter: Letter, sign_in: Callable[[User], Browser], stranger: User
) -> None:
    page = browser.get(f"/courriers/{letter.number}").text
    address = next(part for part in page.split('"') if part.endswith(".eml"))
    answer = browser.get(address)
    assert b"gmial.example" in answer.data
    assert "attachment" in answer.headers["Content-Disposition"]
    assert sign_in(stranger).get(address).status_code == 404


@pytest.mark.parametrize("htmx", [True, False])
def test_the_form_says_what_it_wants_and_that_the_same_address_may_be_tried_again(
    browser: Browser, letter: Letter, htmx: bool
) -> None:
    page = browser.get(correct(letter, letter.addressees[1]), htmx=htmx).text
    label = page.partition("Nouvelle adresse e-mail")[2].partition("</label>")[0]
    assert "facultatif" not in label
    assert "Gardez la même adresse pour essayer encore une fois" in page
    assert "l’ancien lien ne marchera plus" in page
    assert ("Adresse actuelle" in page) is not htmx, "the line that it opens in says it already"


@pytest.mark.parametrize("htmx", [True, False])
def test_a_corrected_address_gets_the_notice_alone_by_a_new_link(
    browser: Browser, letter: Letter, session: scoped_session[Session], htmx: bool
) -> None:
    atelier = letter.addressees[0]
    old_hash = atelier.token_hash
    asked = browser.get(correct(letter, atelier), htmx=htmx).text
    assert "atelier@gmial.example" in asked
    typed = fields(atelier, email="atelier@noir.example")
    answer = browser.post(correct(letter, atelier), typed, htmx=htmx)
    assert answer.status_code == (204 if htmx else 303)
    session.expire_all()
    assert (atelier.state, atelier.email) == ("submitted", "atelier@noir.example")
    assert (atelier.token_generation, atelier.expires_at) == (2, None)
    assert atelier.token_hash != old_hash
    assert atelier.message_id == f"<{atelier.number.lower()}.2@courrier.example>"
    session.commit()
    do_all_due()
    session.expire_all()
    assert [row.state for row in letter.addressees] == ["notified", "failed", "failed"]
    story = browser.get(f"/courriers/{letter.number}?ouvert={atelier.number}").text
    assert "De atelier@gmial.example à atelier@noir.example." in story
    assert "Par Odile Martin." in story


def test_the_days_begin_with_the_notice_that_arrives_and_the_old_link_is_dead(
    browser: Browser, letter: Letter, session: scoped_session[Session], config: Config
) -> None:
    atelier = letter.addressees[0]
    browser.post(correct(letter, atelier), fields(atelier, email="atelier@noir.example"))
    do_all_due()
    session.expire_all()
    key = keys.secret(config.keys_directory, "recipients")
    old, new = (token(key, atelier.number, generation) for generation in (1, 2))
    assert browser.get(f"/r/{old}").status_code == 404
    assert browser.get(f"/r/{new}").status_code == 200
    assert atelier.notified_at is not None
    assert atelier.expires_at is not None
    assert (atelier.expires_at - atelier.notified_at).days == 15


@pytest.mark.parametrize(
    ("email", "message"),
    [("", "Écrivez l’adresse e-mail."), ("pas une adresse", "pas une adresse")],
)
def test_an_address_that_is_none_stays_on_the_form(
    browser: Browser, letter: Letter, email: str, message: str
) -> None:
    atelier = letter.addressees[0]
    answer = browser.post(correct(letter, atelier), fields(atelier, email=email))
    assert answer.status_code == 422
    assert message in answer.text
    assert atelier.state == "failed"


def test_an_address_that_looks_mistyped_is_asked_about_once(
    browser: Browser, letter: Letter, session: scoped_session[Session]
) -> None:
    atelier = letter.addressees[0]
    typed = fields(atelier, email="atelier@gmial.com")
    answer = browser.post(correct(letter, atelier), typed)
    assert answer.status_code == 422
    assert "atelier@gmail.com" in answer.text
    assert "Si l’adresse est juste telle quelle, envoyez encore une fois." in answer.text
    again = {**typed, **fields(atelier, doubted="atelier@gmial.com")}
    assert browser.post(correct(letter, atelier), again).status_code == 303
    session.expire_all()
    assert atelier.state == "submitted"


def test_an_individuals_new_address_needs_a_consent_of_its_own(
    browser: Browser, letter: Letter, session: scoped_session[Session]
) -> None:
    paul = letter.addressees[2]
    typed = fields(paul, email="paul@neuf.example")
    answer = browser.post(correct(letter, paul), typed)
    assert answer.status_code == 422
    assert "Écrivez comment et quand ce particulier a accepté" in answer.text
    browser.post(correct(letter, paul), {**typed, **fields(paul, means="au téléphone le 3 mars")})
    session.expire_all()
    assert (paul.state, paul.consent) == ("submitted", "au téléphone le 3 mars")
    organisation = letter.organisation_id
    assert consents.consented(session, organisation, ["paul@neuf.example"])


def test_where_the_consent_was_withdrawn_only_paper_is_left(
    browser: Browser, letter: Letter, session: scoped_session[Session], administrator: User
) -> None:
    paul, now = letter.addressees[2], datetime.now(UTC)
    consents.declare(session, letter.organisation_id, ["p@x.example"], "x", administrator.id, now)
    recorded = consents.of_address(session, letter.organisation_id, "p@x.example")
    assert recorded is not None
    consents.withdraw(session, recorded, administrator.id, now)
    session.commit()
    typed = fields(paul, email="p@x.example", means="oral")
    assert "a été retiré" in browser.post(correct(letter, paul), typed).text
    assert paul.state == "failed"


def test_all_that_failed_are_corrected_from_one_page_and_the_rest_stays(
    browser: Browser, letter: Letter, session: scoped_session[Session]
) -> None:
    atelier, lea, paul = letter.addressees
    address = f"/courriers/{letter.number}/corriger"
    assert "n’est pas arrivé à 3 destinataires" in browser.get(address).text
    typed = {
        **fields(atelier, email="atelier@noir.example"),
        **fields(lea, email="lea@x.example"),
        **fields(paul, email="nulle part"),
    }
    answer = browser.post(address, typed)
    assert answer.status_code == 422
    assert ">Paul Blanc : Cette adresse" in answer.text, "the summary says whose it is"
    assert "nulle part" in answer.text
    session.expire_all()
    assert [row.state for row in letter.addressees] == ["submitted", "failed", "failed"]
    nothing = browser.post(address, fields(lea, email="lea@x.example"), follow_redirects=True)
    assert "rien n’est reparti" in nothing.text


def test_a_letter_goes_on_paper_to_the_address_that_is_known(
    browser: Browser, letter: Letter, session: scoped_session[Session]
) -> None:
    lea = letter.addressees[1]
    address = f"/courriers/{letter.number}/papier/{lea.number}"
    assert "4 RUE DES LILAS" in browser.get(address).text
    browser.post(address)
    session.expire_all()
    assert (lea.state, lea.channel, lea.due_at) == ("to_post", "paper", None)
    assert "Léa Roux" in browser.get("/a-poster").text
    story = browser.get(f"/courriers/{letter.number}?ouvert={lea.number}").text
    assert "Envoi sur papier à la place de l’e-mail" in story


def test_without_a_known_address_it_is_asked_for_and_meets_the_rules(
    browser: Browser, letter: Letter, session: scoped_session[Session]
) -> None:
    paul = letter.addressees[2]
    address = f"/courriers/{letter.number}/papier/{paul.number}"
    typed = {"address_1": "4 rue des Lilas", "postal_code": "0100", "city": "Bourg"}
    assert browser.post(address, typed).status_code == 422
    assert browser.post(address, {}).status_code == 422
    browser.post(address, {**typed, "postal_code": "01000"})
    session.expire_all()
    assert paul.state == "to_post"
    assert paul.postal_address == "Paul Blanc\n4 rue des Lilas\n01000 BOURG"


def test_a_letter_that_cannot_be_printed_does_not_go_on_paper(
    browser: Browser, hand_over: HandOver, session: scoped_session[Session]
) -> None:
    file = AttachedFile("a.txt", "text/plain", 3, "a" * 64)
    letter = hand_over("a@x.example", recipients=[PEOPLE[1]], attachments=[file])
    lea = letter.addressees[0]
    page = browser.post(f"/courriers/{letter.number}/papier/{lea.number}").text
    assert "n’est pas un PDF" in page
    assert lea.state == "submitted"


def test_a_notice_that_is_being_sent_does_not_go_on_paper(
    browser: Browser, hand_over: HandOver, session: scoped_session[Session]
) -> None:
    letter = hand_over("a@x.example", recipients=[PEOPLE[1]])
    lea = letter.addressees[0]
    lea.leased_until = datetime.now(UTC) + timedelta(minutes=1)
    session.commit()
    address = f"/courriers/{letter.number}/papier/{lea.number}"
    assert "vient de changer" in browser.post(address, follow_redirects=True).text
    assert lea.state == "submitted"


@pytest.mark.postgresql
def test_a_notice_that_a_worker_takes_at_this_very_moment_does_not_go_on_paper_too(
    hand_over: HandOver, session: scoped_session[Session]
) -> None:
    lea = hand_over("a@x.example", recipients=[PEOPLE[1]]).addressees[0]
    now = datetime.now(UTC)
    assert lea.leased_until is None, "so the page has read it"
    with db.engine.begin() as worker:
        worker.execute(update(Addressee).values(leased_until=now + timedelta(minutes=1)))
    with pytest.raises(steps.IllegalStep):
        mending.send_on_paper(session, lea, "Léa Roux\n01000 BOURG", "Odile", now)


def test_after_an_answer_there_is_nothing_to_correct(
    browser: Browser, hand_over: HandOver, session: scoped_session[Session]
) -> None:
    letter = hand_over("a@x.example")
    do_all_due()
    steps.accept(session, letter.addressees[0], "Ada", CLIENT, datetime.now(UTC))
    session.commit()
    answer = browser.get(correct(letter, letter.addressees[0]), follow_redirects=True)
    assert "plus rien à corriger" in answer.text


def test_an_answer_from_the_address_clears_the_mark_that_a_failure_left(
    browser: Browser, letter: Letter, session: scoped_session[Session], config: Config
) -> None:
    lea = letter.addressees[1]
    organisation = letter.organisation_id
    assert failing.since(session, organisation, [lea.email])
    browser.post(correct(letter, lea), fields(lea, email=lea.email, means="par écrit, en mars"))
    do_all_due()
    session.expire_all()
    assert lea.state == "notified"
    assert failing.since(session, organisation, [lea.email]), "it has left, no more"
    secret = token(keys.secret(config.keys_directory, "recipients"), lea.number, 2)
    session.commit()
    accept(browser.client, f"/r/{secret}")
    session.expire_all()
    assert lea.state == "accepted"
    assert not failing.since(session, organisation, [lea.email])
