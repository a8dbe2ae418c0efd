from datetime import timedelta

import pytest
from sqlalchemy import select, text

from config import Config
from tests.conftest import NOW, new_user
from tests.tree.test_migrations import before_revision, differences, fill, missing_triggers
from webapp import create_app
from webapp.accounts.models import Kind
from webapp.contacts import answers, asking, consents, listing
from webapp.contacts.consent_models import ConsentRequest
from webapp.desk.schema import downgrade, upgrade
from webapp.extensions import db
from webapp.letters.models import Addressee
from webapp.letters.submission import AwaitedConsent, FrozenRecipient, Submission, submit

pytestmark = pytest.mark.slow

CLIENT = {"ip": "192.0.2.7", "user_agent": "Un navigateur"}
GIVEN, ASKED = "a@x.example", "b@x.example"


def test_consents_that_were_given_stay_and_nothing_leaves_for_who_was_still_asked(
    bare_config: Config,
) -> None:
    app = create_app(bare_config)
    with app.app_context():
        upgrade()
        organisation = fill(db.session)
        user = new_user(db.session, organisation, Kind.ADMINISTRATOR, "odile@lavoir.example")
        who = asking.asking(db.session, bare_config, organisation.id, user.id, 15)
        requests = asking.ask(db.session, who, [GIVEN, ASKED], NOW)
        answers.give(db.session, requests[GIVEN], CLIENT, NOW)
        awaits = AwaitedConsent(requests[ASKED].id, requests[ASKED].number)
        submission = Submission(
            organisation=organisation,
            author=user,
            subject="Convocation",
            message="Rendez-vous",
            is_trial=False,
            recipients=[FrozenRecipient("B", ASKED, "individual", "", "", awaits=awaits)],
            key="une-clef",
            token_key=b"x" * 32,
            host="courrier.example",
        )
        submit(db.session, submission, NOW)
        db.session.commit()
        db.session.remove()
        downgrade(revision=before_revision("0026"))
        assert missing_triggers() == set()
        with db.engine.connect() as connection:
            assert listing.TRIGGERS.missing(connection) == set()
            due = connection.execute(text("SELECT due_at FROM addressee")).scalars().all()
            assert due == [None], "it may be cancelled, and does not leave"
        upgrade()
        assert differences() == []
        assert missing_triggers() == set()
        assert consents.consented(db.session, 1, [GIVEN, ASKED]) == {GIVEN}
        assert db.session.scalars(select(ConsentRequest)).all() == []
        addressee = db.session.scalars(select(Addressee)).one()
        assert addressee.consent_request_id is None
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("days", [2, 31])
def test_the_database_itself_refuses_another_term(bare_config: Config, days: int) -> None:
    app = create_app(bare_config)
    with app.app_context():
        upgrade()
        organisation = fill(db.session)
        user = new_user(db.session, organisation, Kind.ADMINISTRATOR, "odile@lavoir.example")
        who = asking.asking(db.session, bare_config, organisation.id, user.id, days)
        with pytest.raises(Exception, match="days"):
            asking.ask(db.session, who, [ASKED], NOW + timedelta(days=1))
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()


def test_a_request_that_was_taken_back_waits_for_nothing_in_an_older_plirec(
    bare_config: Config,
) -> None:
    app = create_app(bare_config)
    with app.app_context():
        upgrade()
        organisation = fill(db.session)
        user = new_user(db.session, organisation, Kind.ADMINISTRATOR, "odile@lavoir.example")
        who = asking.asking(db.session, bare_config, organisation.id, user.id, 15)
        requests = asking.ask(db.session, who, [GIVEN, ASKED], NOW)
        answers.take_back(db.session, requests[ASKED], "Odile", NOW)
        db.session.commit()
        db.session.remove()
        states = text("SELECT state FROM consent_request ORDER BY email")
        downgrade(revision=before_revision("0029"))
        assert missing_triggers() == set()
        with db.engine.connect() as connection:
            assert connection.execute(states).scalars().all() == ["pending", "settled"]
        upgrade()
        assert differences() == []
        assert missing_triggers() == set()
        requests = asking.ask(db.session, who, [ASKED], NOW)
        assert answers.take_back(db.session, requests[ASKED], "Odile", NOW)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
