"""The settings that an administrator changes on pages, and the trial of the mail server."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import Browser
from webapp.accounts import pace
from webapp.accounts.mail_settings import with_mail_settings
from webapp.accounts.models import MailServer, User
from webapp.delivery.tasks import do_all_due
from webapp.letters.models import Letter

SENDER = {
    "organisation_name": "Les Amis du Four",
    "address_1": "8 place du Four",
    "postal_code": "01000",
    "city": "Bourg-en-Bresse",
    "organisation_email": "four@lavoir.example",
    "names_sender": "yes",
    "language": "en",
}
MAIL = "/organisation/messagerie"
SignIn = Callable[[User], Browser]
StartServer = Callable[..., tuple[Any, dict[str, Any]]]


def as_typed(settings: dict[str, Any]) -> dict[str, str]:
    return {
        "host": settings["smtp_host"],
        "port": str(settings["smtp_port"]),
        "security": settings["smtp_security"],
        "username": settings["smtp_username"],
        "password": settings["smtp_password"],
        "mail_from": settings["mail_from"],
    }


def test_an_administrator_changes_who_sends_and_sent_letters_keep_their_sender(
    browser: Browser, hand_over: Callable[..., Letter], administrator: User
) -> None:
    letter = hand_over("a@x.example")
    page = browser.post("/organisation", SENDER, follow_redirects=True).text
    assert "C’est enregistré" in page
    assert administrator.organisation.name == "Les Amis du Four"
    assert administrator.organisation.names_sender is True
    assert administrator.organisation.language == "en"
    assert letter.sender_name == "Les Amis du Lavoir"


def test_a_wrong_sender_is_said_at_its_field_and_nothing_changes(
    browser: Browser, administrator: User
) -> None:
    answer = browser.post("/organisation", {**SENDER, "organisation_email": "pas une adresse"})
    assert answer.status_code == 422
    assert 'href="#organisation_email"' in answer.text
    assert "Les Amis du Four" in answer.text
    assert administrator.organisation.name == "Les Amis du Lavoir"


@pytest.mark.parametrize("address", ["/organisation", MAIL])
def test_other_accounts_are_told_whom_to_ask(
    sign_in: SignIn, managed: User, simple: User, address: str
) -> None:
    for user in (managed, simple):
        answer = sign_in(user).get(address)
        assert answer.status_code == 403
        assert "réservée aux comptes « administrateur »" in answer.text
        assert "demandez à " in answer.text


def test_a_mail_server_is_kept_and_tried_with_a_real_message(
    browser: Browser,
    administrator: User,
    session: scoped_session[Session],
    config: Config,
    mail_server: StartServer,
) -> None:
    server, settings = mail_server("none", username="plirec")
    page = browser.post(MAIL, {**as_typed(settings), "trial": "1"}).text
    assert "Le message d’essai est parti" in page
    assert [message["To"] for message in server.messages] == [administrator.email]
    kept = session.scalars(select(MailServer)).one()
    assert "secret" not in kept.password
    in_use = with_mail_settings(session, config)
    assert (in_use.smtp_password, in_use.mail_from) == ("secret", "avis@courrier.example")
    assert "secret" not in browser.get(MAIL).text


def test_the_databases_address_with_its_password_stands_on_no_page(
    browser: Browser, app: Flask, config: Config
) -> None:
    address = "postgresql://plirec:un-secret@base.example/plirec"
    app.extensions["plirec"] = replace(config, database_url=address)
    page = browser.get(MAIL).text
    assert "DATABASE_URL" in page
    assert "un-secret" not in page


def test_a_blank_password_keeps_the_one_that_is_kept(
    browser: Browser,
    session: scoped_session[Session],
    config: Config,
    mail_server: StartServer,
) -> None:
    _server, settings = mail_server("none", username="plirec")
    browser.post(MAIL, as_typed(settings))
    browser.post(MAIL, {**as_typed(settings), "password": "", "mail_from": "autre@x.example"})
    in_use = with_mail_settings(session, config)
    assert (in_use.smtp_password, in_use.mail_from) == ("secret", "autre@x.example")


@pytest.mark.parametrize(
    ("change", "stage", "advice"),
    [
        ({"host": "nulle-part.invalid"}, "trouver le serveur", "Vérifiez le nom du serveur"),
        ({"port": "1"}, "se connecter au serveur", "Vérifiez le port"),
        ({"security": "starttls"}, "chiffrer la connexion", "Essayez l’autre chiffrement"),
        ({"password": "faux"}, "ouvrir le compte", "mot de passe"),
    ],
)
def test_a_trial_that_fails_names_the_stage_and_what_to_do(
    browser: Browser, mail_server: StartServer, change: dict[str, str], stage: str, advice: str
) -> None:
    _server, settings = mail_server("none", username="plirec")
    page = browser.post(MAIL, {**as_typed(settings), **change, "trial": "1"}).text
    assert "Le message d’essai n’est pas parti" in page
    assert "arrêté ici" in page
    assert stage in page
    assert advice in page
    assert "Détail technique, pour qui vous aide" in page
    assert "Changer l’adresse publique, plus bas sur cette page" in page


def test_a_trial_refused_for_its_recipient_shows_the_servers_words(
    browser: Browser, administrator: User, mail_server: StartServer
) -> None:
    server, settings = mail_server("none")
    server.refused[administrator.email] = "550 relais interdit"
    page = browser.post(MAIL, {**as_typed(settings), "trial": "1"}).text
    assert "550 relais interdit" in page
    assert "annoncer l’adresse du destinataire" in page


def test_a_letter_leaves_by_the_server_that_the_page_set(
    browser: Browser, hand_over: Callable[..., Letter], mail_server: StartServer
) -> None:
    server, settings = mail_server("none")
    browser.post(MAIL, as_typed(settings))
    browser.post(f"{MAIL}/adresse-publique", {"public_url": "https://courrier.example/"})
    hand_over("a@x.example", is_trial=False)
    do_all_due()
    assert [message["To"] for message in server.messages] == ["a@x.example"]
    assert "Mode d’essai" not in browser.get("/").text


def test_forgetting_the_server_leads_back_to_the_trial_box(
    browser: Browser, mail_server: StartServer
) -> None:
    _server, settings = mail_server("none")
    browser.post(MAIL, as_typed(settings))
    page = browser.post(f"{MAIL}/oublier", follow_redirects=True).text
    assert "seront des essais" in page
    assert "Mode d’essai" in page


def test_what_the_environment_sets_is_shown_with_its_source_and_not_changed(
    browser: Browser, configure: Callable[..., Config], session: scoped_session[Session]
) -> None:
    configure(
        smtp_host="smtp.machine.example", smtp_password="tres secret", mail_from="a@b.example"
    )
    page = browser.get(MAIL).text
    assert "smtp.machine.example" in page
    assert "tres secret" not in page
    assert "SMTP_HOST" in page
    answer = browser.post(MAIL, {"host": "autre.example"})
    assert answer.status_code == 403
    assert session.scalars(select(MailServer)).all() == []


def test_only_the_first_organisation_sets_the_mail_server_of_all(
    sign_in: SignIn, stranger: User, mail_server: StartServer, session: scoped_session[Session]
) -> None:
    _server, settings = mail_server("none")
    theirs = sign_in(stranger)
    assert "les administrateurs de la première" in theirs.get(MAIL).text
    assert theirs.post(MAIL, as_typed(settings)).status_code == 403
    assert session.scalars(select(MailServer)).all() == []


def test_a_wrong_public_address_is_said_at_its_field(browser: Browser) -> None:
    answer = browser.post(f"{MAIL}/adresse-publique", {"public_url": "courrier"})
    assert answer.status_code == 422
    assert 'href="#public_url"' in answer.text


@pytest.mark.parametrize(
    "change",
    [{"host": "autre.example"}, {"port": "2525"}, {"security": "tls"}, {"username": "autre"}],
)
def test_the_kept_password_goes_to_no_other_server_or_account(
    browser: Browser,
    session: scoped_session[Session],
    config: Config,
    mail_server: StartServer,
    change: dict[str, str],
) -> None:
    _server, settings = mail_server("none", username="plirec")
    browser.post(MAIL, as_typed(settings))
    before = with_mail_settings(session, config)
    session.rollback()
    answer = browser.post(MAIL, {**as_typed(settings), "password": "", "trial": "1", **change})
    assert answer.status_code == 422
    assert "celui qui est gardé ne sert qu’au serveur" in answer.text
    assert with_mail_settings(session, config) == before


def test_the_pace_is_kept_and_emptied_on_the_page(
    browser: Browser, config: Config, session: scoped_session[Session]
) -> None:
    typed = {"per_minute": "10", "per_hour": "200"}
    page = browser.post(f"{MAIL}/limites", typed, follow_redirects=True).text
    assert 'value="200"' in page
    assert pace.limits(session, config) == pace.Limits(10, 200)
    (line,) = [line for line in page.splitlines() if "PLIREC_MAIL_PER_HOUR</code></th>" in line]
    assert "<code>200</code>" in line
    assert "cette page" in line
    browser.post(f"{MAIL}/limites", {"per_minute": "", "per_hour": "200"})
    session.expire_all()
    assert pace.limits(session, config) == pace.Limits(None, 200)


@pytest.mark.parametrize("typed", ["0", "-5", "beaucoup"])
def test_a_pace_that_is_no_number_is_said_at_its_field(
    browser: Browser, config: Config, session: scoped_session[Session], typed: str
) -> None:
    answer = browser.post(f"{MAIL}/limites", {"per_hour": typed})
    assert answer.status_code == 422
    assert 'href="#per_hour"' in answer.text
    assert not pace.limits(session, config)


def test_a_pace_that_the_machine_sets_is_only_shown(
    browser: Browser, configure: Callable[..., Config]
) -> None:
    configure(mail_per_hour=300)
    assert "PLIREC_MAIL_PER_HOUR" in browser.get(MAIL).text
    assert browser.post(f"{MAIL}/limites", {"per_hour": "5"}).status_code == 403


@pytest.mark.parametrize(("typed", "kept"), [("0", 0), ("7", 7), ("8", 3), ("souvent", 3)])
def test_an_administrator_says_how_often_recipients_are_reminded(
    browser: Browser, session: scoped_session[Session], administrator: User, typed: str, kept: int
) -> None:
    answer = browser.post("/organisation", {**SENDER, "reminder_days": typed})
    assert answer.status_code == (303 if typed == str(kept) else 422)
    session.refresh(administrator.organisation)
    assert administrator.organisation.reminder_days == kept


@pytest.mark.parametrize("page", ["", "/service", "/conservation", "/donnees", "/temoin", "/etat"])
def test_on_each_page_of_the_settings_the_navigation_says_where_one_is(
    browser: Browser, page: str
) -> None:
    shown = browser.get(f"/organisation{page}").text
    assert '<a href="/organisation" aria-current="page">Réglages</a>' in shown


def test_on_the_page_of_the_team_the_navigation_does_not_say_settings(browser: Browser) -> None:
    shown = browser.get("/organisation/equipe").text
    assert '<a href="/organisation">Réglages</a>' in shown
