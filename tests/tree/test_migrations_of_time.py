import pytest
from sqlalchemy import select, text

from config import Config
from tests.conftest import NOW, new_user
from tests.tree.test_migrations import before_revision, differences, fill, missing_triggers
from webapp import create_app
from webapp.accounts.models import Kind
from webapp.desk.schema import downgrade, upgrade
from webapp.extensions import db
from webapp.letters import steps
from webapp.letters.models import Addressee
from webapp.letters.submission import FrozenRecipient, Submission, submit

pytestmark = pytest.mark.slow


def test_letters_handed_over_before_have_no_reminders_and_what_became_of_them_is_not_told_again(
    bare_config: Config,
) -> None:
    app = create_app(bare_config)
    with app.app_context():
        upgrade()
        user = new_user(db.session, fill(db.session), Kind.ADMINISTRATOR, "odile@lavoir.example")
        emails = ("a@x.example", "b@x.example")
        submission = Submission(
            organisation=user.organisation,
            author=user,
            subject="Convocation",
            message="Rendez-vous",
            is_trial=True,
            recipients=[FrozenRecipient(name, name, "professional", "", "") for name in emails],
            key="une-clef",
            token_key=b"x" * 32,
            host="courrier.example",
        )
        letter = submit(db.session, submission, NOW)
        for addressee in letter.addressees:
            steps.notify(db.session, addressee, "250 OK", NOW)
        steps.accept(db.session, letter.addressees[0], "Ada", {"ip": "", "user_agent": ""}, NOW)
        assert letter.addressees[0].outcome_at == NOW
        assert letter.addressees[1].due_at != letter.addressees[1].expires_at
        db.session.commit()
        db.session.remove()
        downgrade(revision=before_revision("0022"))
        assert missing_triggers() == set()
        with db.engine.connect() as connection:
            rows = connection.execute(text("SELECT due_at = expires_at FROM addressee")).all()
            assert [row[0] for row in rows] == [None, 1], "nobody would send the reminders"
        upgrade()
        assert differences() == []
        assert missing_triggers() == set()
        accepted, waiting = db.session.scalars(select(Addressee).order_by(Addressee.id))
        assert (accepted.state, accepted.outcome_at) == ("accepted", None)
        assert (waiting.state, waiting.letter.reminder_days) == ("notified", 0)
        assert waiting.letter.author.answers_told == "daily"
        assert waiting.letter.author.organisation.reminder_days == 3
        db.session.remove()
        db.engine.dispose()
