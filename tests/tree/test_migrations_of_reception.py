import pytest
from sqlalchemy import text

from config import Config
from tests.conftest import NOW, new_user
from tests.tree.test_migrations import before_revision, differences, fill, missing_triggers
from webapp import create_app
from webapp.accounts.models import Installation, Kind
from webapp.desk.schema import downgrade, upgrade
from webapp.extensions import db
from webapp.letters import steps
from webapp.letters.submission import FrozenRecipient, Submission, submit
from webapp.reception.models import AddressCode, Opening

pytestmark = pytest.mark.slow


def test_an_installation_that_is_there_has_no_operator_yet_and_its_letters_no_code(
    bare_config: Config,
) -> None:
    app = create_app(bare_config)
    with app.app_context():
        upgrade()
        user = new_user(db.session, fill(db.session), Kind.ADMINISTRATOR, "odile@lavoir.example")
        submission = Submission(
            organisation=user.organisation,
            author=user,
            subject="Convocation",
            message="Rendez-vous",
            is_trial=True,
            recipients=[FrozenRecipient("Ada", "a@x.example", "professional", "", "")],
            key="une-clef",
            token_key=b"x" * 32,
            host="courrier.example",
        )
        (addressee,) = submit(db.session, submission, NOW).addressees
        steps.notify(db.session, addressee, "250 OK", NOW)
        number = addressee.id
        db.session.add(AddressCode(addressee_id=number, code_hash="0" * 64, sent_at=NOW))
        db.session.add(Opening(addressee_id=number, client="0" * 64, kind="x", at=NOW))
        if db.session.get(Installation, 1) is None:
            db.session.add(Installation(id=1, public_url="http://localhost", created_at=NOW))
        db.session.commit()
        db.session.remove()
        downgrade(revision=before_revision("0025"))
        assert missing_triggers() == set()
        upgrade()
        assert differences() == []
        assert missing_triggers() == set()
        with db.engine.connect() as connection:
            for table in ("address_code", "opening"):
                assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0
            kept = connection.execute(text("SELECT operator_name FROM installation")).scalar()
        assert kept == ""
        db.session.remove()
        db.engine.dispose()
