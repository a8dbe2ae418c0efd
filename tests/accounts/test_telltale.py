from dataclasses import replace

import pytest
from sqlalchemy.orm import Session, scoped_session

from config import Config
from webapp.accounts.models import Organisation
from webapp.accounts.operator import set_operator
from webapp.accounts.telltale import Telltale, telltales, told_by


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Les Amis du Lavoir", "courrier.amis-du-lavoir.fr"),
        ("Les Amis du Lavoir", "avis@lavoir.example"),
        ("Les Amis du Lavoir", "LesAmisDuLavoir.org"),
        ("Les Amis du Lavoir", "courrier.ladl.fr"),
        ("Association sportive d’Évian", "recommandes-evian.fr"),
        ("Club Échecs & Maths", "echecs.example"),
        ("Œuvre du Vœu", "oeuvre.example"),
    ],
)
def test_a_text_that_holds_the_name_tells_it(name: str, text: str) -> None:
    assert told_by(name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Les Amis du Lavoir", "courrier.example"),
        ("Les Amis du Lavoir", "amis.example"),
        ("Association sportive d’Évian", "associations-sportives.example"),
        ("A B", "ab.example"),
        ("", "courrier.example"),
        ("Comité du village", "comite-village.example"),
    ],
)
def test_a_neutral_text_tells_nobody(name: str, text: str) -> None:
    assert not told_by(name, text)


def test_whatever_recipients_see_of_the_service_is_looked_at(
    session: scoped_session[Session], organisation: Organisation, config: Config
) -> None:
    assert telltales(session, config, organisation) == []
    telling = replace(
        config,
        public_url="https://lavoir.example",
        smtp_host="smtp.courrier.example",
        mail_from="avis@lavoir.example",
    )
    set_operator(session, "Bureau du Lavoir", "12 rue Neuve")
    assert telltales(session, telling, organisation) == [
        Telltale("public_address", "lavoir.example"),
        Telltale("mail_address", "avis@lavoir.example"),
        Telltale("operator", "Bureau du Lavoir"),
    ]
