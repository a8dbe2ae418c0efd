"""The second factor: set up, asked at sign-in, required, turned off."""

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from tests.conftest import PASSWORD, Browser
from webapp.accounts import second_factor
from webapp.accounts.models import AttemptCount, RecoveryCode, SecondFactor, User

pytestmark = pytest.mark.slow

SignIn = Callable[[User], Browser]
Database = scoped_session[Session]
START = "/compte/deuxieme-facteur"


class Telephone:
    """An application of codes, with the key that its owner typed from the page."""

    def __init__(self, page: str) -> None:
        shown = re.search(r'class="secret-key"><code>([A-Z2-7 ]+)<', page)
        assert shown is not None, "the page shows no key"
        self.key = base64.b32decode(shown[1].replace(" ", ""))

    def code(self, ahead: int = 0) -> str:
        moment = datetime.now(UTC) + timedelta(seconds=ahead)
        return TOTP(self.key, 6, SHA1(), 30).generate(int(moment.timestamp())).decode()

    def next_code(self) -> str:
        """The code after the one that set it up, which has served."""
        return self.code(ahead=30)


def _sealed(page: str) -> str:
    held = re.search(r'name="sealed"[^>]*value="([^"]+)"', page)
    assert held is not None
    return held[1]


def _set_up(browser: Browser) -> tuple[Telephone, list[str]]:
    page = browser.post(START, {"current_password": PASSWORD}).text
    telephone = Telephone(page)
    told = browser.post(f"{START}/confirmer", {"sealed": _sealed(page), "code": telephone.code()})
    assert told.status_code == 200
    codes = re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", told.text)
    assert len(set(codes)) == 10
    return telephone, codes


def _password_step(app: Flask, user: User, **more: str) -> tuple[Browser, TestResponse]:
    browser = Browser(app.test_client())
    form = {"email": user.email, "password": PASSWORD, **more}
    return browser, browser.post("/connexion", form)


def _is_in(browser: Browser) -> bool:
    return browser.get("/compte").status_code == 200


def test_one_sets_it_up_with_the_password_and_a_first_code(
    session: Database, administrator: User, browser: Browser
) -> None:
    assert "Mettre en place un deuxième facteur" in browser.get("/compte").text
    refused = browser.post(START, {"current_password": "une autre phrase"})
    assert refused.status_code == 422
    assert "secret-key" not in refused.text
    _set_up(browser)
    page = browser.get("/compte").text
    assert "Deuxième facteur en place" in page
    assert "Il vous reste 10 codes de secours." in page
    assert browser.get(START).location == "/compte"


def test_the_picture_to_photograph_holds_the_very_key_that_is_written_under_it(
    browser: Browser,
) -> None:
    page = browser.post(START, {"current_password": PASSWORD}).text
    key = base64.b32encode(Telephone(page).key).decode()
    address = unescape(page.split('href="otpauth:')[1].split('"')[0])
    assert f"secret={key}" in address
    lines = segno.make_qr(f"otpauth:{address}").svg_inline(scale=4).split(' d="')[1].split('"')[0]
    assert lines in page
    assert "<title>La clé, en code QR</title>" in page


def test_a_wrong_first_code_turns_nothing_on_and_the_key_stays(
    session: Database, browser: Browser
) -> None:
    page = browser.post(START, {"current_password": PASSWORD}).text
    answer = browser.post(f"{START}/confirmer", {"sealed": _sealed(page), "code": "000000"})
    assert answer.status_code == 422
    assert "Ce code n’est pas celui de Plirec à cet instant." in answer.text
    assert Telephone(answer.text).key == Telephone(page).key
    assert session.scalar(select(func.count()).select_from(SecondFactor)) == 0


def test_the_key_of_somebody_else_sets_nothing_up(
    session: Database, browser: Browser, managed: User, sign_in: SignIn
) -> None:
    page = browser.post(START, {"current_password": PASSWORD}).text
    form = {"sealed": _sealed(page), "code": Telephone(page).code()}
    paul = sign_in(managed)
    answer = paul.post(f"{START}/confirmer", form, follow_redirects=True)
    assert "Cette mise en place est dépassée" in answer.text
    answer = paul.post(f"{START}/confirmer", {"sealed": "forgée", "code": "123456"})
    assert answer.location == START
    assert session.scalar(select(func.count()).select_from(SecondFactor)) == 0


def test_sign_in_asks_for_the_code_and_leads_on(
    app: Flask, administrator: User, browser: Browser
) -> None:
    telephone, _ = _set_up(browser)
    other, answer = _password_step(app, administrator, next="/courriers")
    assert answer.location == "/connexion/code?next=/courriers"
    assert not _is_in(other)
    page = other.get(answer.location).text
    assert 'autocomplete="one-time-code"' in page
    wrong = other.post("/connexion/code", {"code": "000000", "next": "/courriers"})
    assert wrong.status_code == 422
    assert "Ce code n’est pas juste, ou il a déjà servi." in wrong.text
    code = telephone.next_code()
    right = other.post("/connexion/code", {"code": f"{code[:3]} {code[3:]}", "next": "/courriers"})
    assert right.location == "/courriers"
    assert _is_in(other)


def test_a_code_serves_once(app: Flask, administrator: User, browser: Browser) -> None:
    telephone, _ = _set_up(browser)
    code = telephone.next_code()
    first, _answer = _password_step(app, administrator)
    assert first.post("/connexion/code", {"code": code}).status_code == 303
    second, _answer = _password_step(app, administrator)
    assert second.post("/connexion/code", {"code": code}).status_code == 422
    assert not _is_in(second)


def test_the_second_step_alone_opens_nothing(
    app: Flask, administrator: User, browser: Browser
) -> None:
    telephone, codes = _set_up(browser)
    other = Browser(app.test_client())
    assert other.get("/connexion/code").location == "/connexion"
    assert other.post("/connexion/code", {"code": telephone.next_code()}).location == "/connexion"
    assert other.post("/connexion/secours", {"code": codes[0]}).location == "/connexion"
    assert not _is_in(other)


def test_the_second_step_must_follow_soon(
    app: Flask, administrator: User, browser: Browser
) -> None:
    telephone, _ = _set_up(browser)
    other, _answer = _password_step(app, administrator)
    with other.client.session_transaction() as cookie:
        user_id, moment, password = cookie["halfway"]
        cookie["halfway"] = (user_id, moment - 601, password)
    assert other.post("/connexion/code", {"code": telephone.next_code()}).location == "/connexion"


def test_a_password_that_was_changed_between_the_two_steps_opens_nothing(
    app: Flask, session: Database, administrator: User, browser: Browser
) -> None:
    telephone, _ = _set_up(browser)
    other, _answer = _password_step(app, administrator)
    administrator.password = "changed meanwhile"
    session.commit()
    assert other.post("/connexion/code", {"code": telephone.next_code()}).location == "/connexion"
    assert not _is_in(other)


def test_a_recovery_code_serves_once_however_it_is_written(
    app: Flask, administrator: User, browser: Browser
) -> None:
    _, codes = _set_up(browser)
    other, _answer = _password_step(app, administrator)
    written = codes[3].upper().replace("-", " ")
    answer = other.post("/connexion/secours", {"code": written}, follow_redirects=True)
    assert "Il vous reste 9 codes de secours." in answer.text
    assert _is_in(other)
    again, _answer = _password_step(app, administrator)
    assert again.post("/connexion/secours", {"code": codes[3]}).status_code == 422
    assert not _is_in(again)


def test_codes_cannot_be_tried_for_ever(
    app: Flask, session: Database, administrator: User, browser: Browser
) -> None:
    telephone, codes = _set_up(browser)
    other, _answer = _password_step(app, administrator)
    statuses = [other.post("/connexion/code", {"code": "000000"}).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    assert other.post("/connexion/code", {"code": telephone.next_code()}).status_code == 429
    assert other.post("/connexion/secours", {"code": codes[0]}).status_code == 429
    session.execute(update(AttemptCount).values(last_at=datetime.now(UTC) - timedelta(minutes=2)))
    assert other.post("/connexion/code", {"code": telephone.next_code()}).status_code == 303


def test_a_disabled_account_stops_between_the_two_steps(
    app: Flask, session: Database, administrator: User, browser: Browser
) -> None:
    telephone, _ = _set_up(browser)
    other, _answer = _password_step(app, administrator)
    administrator.active = False
    session.commit()
    assert other.post("/connexion/code", {"code": telephone.next_code()}).location == "/connexion"


def test_recovery_codes_are_made_anew_with_the_password(
    session: Database, browser: Browser
) -> None:
    _, before = _set_up(browser)
    assert browser.post(f"{START}/codes", {"current_password": "non"}).status_code == 422
    answer = browser.post(f"{START}/codes", {"current_password": PASSWORD})
    after = re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", answer.text)
    assert len(after) == 10
    assert not set(before) & set(after)
    assert session.scalar(select(func.count()).select_from(RecoveryCode)) == 10


def test_the_secret_and_the_codes_do_not_stand_in_the_database(
    session: Database, browser: Browser
) -> None:
    page = browser.post(START, {"current_password": PASSWORD}).text
    key = re.search(r"<code>([A-Z2-7 ]+)<", page)
    assert key is not None
    telephone = Telephone(page)
    told = browser.post(
        f"{START}/confirmer", {"sealed": _sealed(page), "code": telephone.code()}
    ).text
    kept = session.scalars(select(SecondFactor)).one()
    assert key[1].replace(" ", "") not in kept.secret
    digests = set(session.scalars(select(RecoveryCode.digest)))
    assert not digests & set(re.findall(r"<code>([a-z2-9-]{11})</code>", told))


def test_it_is_turned_off_with_the_password(
    app: Flask, session: Database, administrator: User, browser: Browser
) -> None:
    _set_up(browser)
    off = f"{START}/desactiver"
    assert browser.post(off, {"current_password": "une autre phrase"}).status_code == 422
    answer = browser.post(off, {"current_password": PASSWORD}, follow_redirects=True)
    assert "Votre deuxième facteur est désactivé." in answer.text
    assert session.scalar(select(func.count()).select_from(RecoveryCode)) == 0
    other, answer = _password_step(app, administrator)
    assert answer.location == "/"
    assert _is_in(other)


def test_turning_it_on_ends_the_other_sessions(administrator: User, sign_in: SignIn) -> None:
    here, there = sign_in(administrator), sign_in(administrator)
    _set_up(here)
    assert (_is_in(here), _is_in(there)) == (True, False)


def test_where_it_is_required_an_administrator_can_do_nothing_before(
    app: Flask, browser: Browser, managed: User, sign_in: SignIn
) -> None:
    page = browser.get("/organisation/securite").text
    assert "Vous n’en avez pas encore" in page
    browser.post("/organisation/securite", {"requires_second_factor": "y"})
    for address in ("/", "/groupes", "/compte", "/envoyer", "/organisation/securite"):
        assert browser.get(address).location == START, address
    assert browser.post("/groupes", {"name": "Adhérents"}).location == START
    assert "mettez-le en place pour continuer" in browser.get(START).text
    assert sign_in(managed).get("/").status_code == 200, "the others are not concerned"
    _set_up(browser)
    assert browser.get("/groupes").status_code == 200


def test_what_is_required_cannot_be_turned_off(
    session: Database, administrator: User, browser: Browser
) -> None:
    _set_up(browser)
    browser.post("/organisation/securite", {"requires_second_factor": "y"})
    assert "Désactiver" not in browser.get("/compte").text
    browser.post(f"{START}/desactiver", {"current_password": PASSWORD})
    assert second_factor.is_on(session, administrator.id)
    answer = browser.post("/organisation/securite", {}, follow_redirects=True)
    assert "laissé au choix de chacun" in answer.text
    assert "Désactiver" in browser.get("/compte").text


@pytest.mark.parametrize("kind", ["managed", "simple"])
def test_only_administrators_say_what_is_required(
    request: pytest.FixtureRequest, sign_in: SignIn, kind: str
) -> None:
    other = sign_in(request.getfixturevalue(kind))
    assert other.get("/organisation/securite").status_code == 403
    form = {"requires_second_factor": "y"}
    assert other.post("/organisation/securite", form).status_code == 403
