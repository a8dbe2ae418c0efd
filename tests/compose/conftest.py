"""The send form as a browser without JavaScript fills it in."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from tests.conftest import NOW, Browser
from webapp.accounts.models import Organisation
from webapp.contacts import book
from webapp.contacts.models import Group
from webapp.contacts.rules import check
from webapp.letters.models import Addressee, Letter

LOUISE = {
    "recipient-0-email": "louise@courriel.example",
    "recipient-0-last_name": "Blanc",
    "recipient-0-first_name": "Louise",
    "recipient-0-status": "individual",
}
ATELIER = {
    "recipient-1-email": "atelier@noir.example",
    "recipient-1-company": "Atelier Noir",
    "recipient-1-last_name": "Noir",
    "recipient-1-status": "professional",
}
LETTER = {
    "key": "une-clef-de-formulaire",
    "subject": "Convocation à l’assemblée générale",
    "message": "Rendez-vous le 12 avril.\r\n\r\nLe bureau",
}
CONSENT = {"consent_stated": "y", "consent_means": "bulletin d’adhésion 2026"}


@pytest.fixture
def filled() -> Callable[..., dict[str, Any]]:
    """A form that is filled in for Louise, with what a test wants otherwise."""

    def form(*parts: dict[str, Any], **changes: Any) -> dict[str, Any]:
        fields: dict[str, Any] = {**LETTER, **LOUISE, **CONSENT}
        for part in parts:
            fields.update(part)
        fields.update(changes)
        return {name: value for name, value in fields.items() if value is not None}

    return form


def press(browser: Browser, form: dict[str, Any]) -> TestResponse:
    """Press « Envoyer » on a page that shows who receives the letter."""
    recap = browser.post("/envoyer/recapitulatif", form, htmx=True).text
    shown = recap.split('name="shown" value="')[1].split('"')[0]
    return browser.post("/envoyer", {**form, "shown": shown})


def letters(session: scoped_session[Session]) -> list[Letter]:
    return list(session.scalars(select(Letter)))


def names(session: scoped_session[Session]) -> list[str]:
    return list(session.scalars(select(Addressee.name).order_by(Addressee.position)))


def group_of(
    session: scoped_session[Session], organisation: Organisation, name: str, *texts: dict[str, str]
) -> Group:
    group = book.create_group(session, organisation.id, name, NOW)
    for recipient in (check(text).recipient for text in texts):
        assert recipient is not None
        book.add_contact(session, group, recipient, NOW)
    session.commit()
    return group


def person(row: dict[str, str]) -> dict[str, str]:
    return {name.split("-", 2)[2]: value for name, value in row.items()}
