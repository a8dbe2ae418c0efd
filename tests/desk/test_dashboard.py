"""What waits for the person who signs in."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from config import Config
from tests.conftest import PASSWORD, Browser
from webapp import create_app
from webapp.accounts.models import Kind, Organisation, User
from webapp.accounts.users import create_user
from webapp.contacts import book, rules
from webapp.contacts.models import Group
from webapp.desk import queries
from webapp.extensions import db
from webapp.imports.models import Import
from webapp.letters.steps import State
from webapp.letters.submission import FrozenRecipient, Submission, submit

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

SignedInAs = Callable[[Kind], FlaskClient]


def _account(kind: Kind) -> User:
    return db.session.scalars(select(User).where(User.kind == kind)).one()


def _letter(author: User, key: str, recipients: int) -> None:
    submission = Submission(
        organisation=author.organisation,
        author=author,
        subject="Convocation",
        message="Vous êtes convoqués.",
        is_trial=True,
        recipients=[
            FrozenRecipient(f"Membre {number}", f"m{number}@a.example", "professional", "", "")
            for number in range(recipients)
        ],
        key=key,
        token_key=b"k" * 32,
        host="localhost",
    )
    submit(db.session, submission, NOW)


def _contact(group: Group) -> None:
    texts = {"email": "a@a.example", "last_name": "Roux", "status": "particulier"}
    recipient = rules.check(texts).recipient
    assert recipient is not None
    book.add_contact(db.session, group, recipient, NOW)


def _import(group: Group, author: User, filename: str, committed_at: datetime | None) -> None:
    db.session.add(
        Import(
            organisation_id=group.organisation_id,
            group_id=group.id,
            author_id=author.id,
            filename=filename,
            created_at=NOW,
            committed_at=committed_at,
        )
    )


def _in_order(text: str, words: Sequence[str]) -> bool:
    places = [text.index(word) for word in words]
    return places == sorted(places)


def test_a_newcomer_sees_three_steps_and_what_is_done(
    app: Flask, organisation_id: int, signed_in_as: SignedInAs
) -> None:
    client = signed_in_as(Kind.MANAGED)
    page = client.get("/").text
    assert _in_order(page, ["Créer un groupe", "Y mettre vos contacts", "Envoyer le courrier"])
    assert "fait</span>" not in page
    with app.app_context():
        group_id = book.create_group(db.session, organisation_id, "Membres", NOW).id
        db.session.commit()
    assert client.get("/").text.count("fait</span>") == 1
    with app.app_context():
        _contact(db.session.get_one(Group, group_id))
        db.session.commit()
    assert client.get("/").text.count("fait</span>") == 2


def test_a_simple_account_reads_what_it_may_do_and_whom_to_ask(signed_in_as: SignedInAs) -> None:
    page = signed_in_as(Kind.SIMPLE).get("/").text
    assert "n’écrit pas à plusieurs personnes d’un coup" in page
    assert "demandez à Odile Martin de changer votre compte" in page
    assert "/groupes" not in page
    assert 'href="/envoyer"' in page


def test_each_account_counts_the_recipients_of_the_letters_it_sees(
    app: Flask, signed_in_as: SignedInAs
) -> None:
    with app.app_context():
        _letter(_account(Kind.MANAGED), "first", 3)
        _letter(_account(Kind.SIMPLE), "second", 1)
        db.session.commit()
        counts = {kind: queries.recipients_by_state(db.session, _account(kind)) for kind in Kind}
    assert counts == {
        Kind.ADMINISTRATOR: {State.SUBMITTED: 4},
        Kind.MANAGED: {State.SUBMITTED: 3},
        Kind.SIMPLE: {State.SUBMITTED: 1},
    }
    page = signed_in_as(Kind.ADMINISTRATOR).get("/").text
    assert "en cours d’envoi" in page
    assert "<dd>4</dd>" in page
    assert "en trois étapes" not in page


def test_imports_wait_until_they_are_finished(
    app: Flask, organisation_id: int, signed_in_as: SignedInAs
) -> None:
    with app.app_context():
        author = _account(Kind.MANAGED)
        group = book.create_group(db.session, organisation_id, "Membres", NOW)
        _import(group, author, "liste.xlsx", None)
        _import(group, author, "finie.xlsx", NOW)
        db.session.commit()
    client = signed_in_as(Kind.MANAGED)
    page = client.get("/").text
    assert "Imports à terminer" in page
    assert "liste.xlsx" in page
    assert "finie.xlsx" not in page


def test_another_organisation_s_work_is_not_shown(app: Flask, signed_in_as: SignedInAs) -> None:
    with app.app_context():
        other = Organisation(
            name="Chorale",
            address_1="1 place de l’Église",
            postal_code="01000",
            city="Bourg-en-Bresse",
            email="chorale@a.example",
            names_sender=True,
            created_at=NOW,
        )
        db.session.add(other)
        db.session.flush()
        stranger = create_user(
            db.session, other.id, "Luc", "luc@a.example", PASSWORD, Kind.ADMINISTRATOR, NOW
        )
        _import(
            book.create_group(db.session, other.id, "Choristes", NOW), stranger, "voix.xlsx", None
        )
        _letter(stranger, "other", 2)
        db.session.commit()
    page = signed_in_as(Kind.ADMINISTRATOR).get("/").text
    assert "voix.xlsx" not in page
    assert "en cours d’envoi" not in page
    assert "fait</span>" not in page


def test_the_dashboard_answers_a_swap_with_its_part_of_the_page(signed_in_as: SignedInAs) -> None:
    answer = signed_in_as(Kind.MANAGED).get("/", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert 'id="dashboard"' in answer.text


@pytest.mark.usefixtures("organisation_id")
def test_an_address_that_mail_cannot_carry_is_told(app: Flask) -> None:
    config: Config = app.extensions["plirec"]
    with_mail = create_app(replace(config, smtp_host="mail.example", mail_from="a@a.example"))
    browser = Browser(with_mail.test_client())
    with app.app_context():
        email = _account(Kind.ADMINISTRATOR).email
    browser.post("/connexion", {"email": email, "password": PASSWORD})
    page = browser.get("/").text
    with with_mail.app_context():
        db.engine.dispose()
    assert "Les avis ne peuvent pas partir" in page
    assert "Mode d’essai" not in page
