import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from config import Config
from tests.conftest import NOW, new_user
from tests.tree.test_migrations import (
    before_revision,
    differences,
    fill,
    missing_triggers,
    on_paper,
)
from webapp import create_app
from webapp.accounts.models import Kind, Organisation
from webapp.desk.schema import downgrade, upgrade
from webapp.extensions import db
from webapp.letters.models import Addressee, Letter

pytestmark = pytest.mark.slow

BEFORE = before_revision("0028")


def test_letters_go_down_and_come_up_with_a_term_and_nothing_is_erased_before_thirty_days(
    bare_config: Config,
) -> None:
    app = create_app(bare_config)
    with app.app_context():
        upgrade()
        organisation = fill(db.session)
        user = new_user(db.session, organisation, Kind.ADMINISTRATOR, "odile@lavoir.example")
        on_paper(user)
        db.session.commit()
        db.session.remove()
        downgrade(revision=BEFORE)
        with pytest.raises(IntegrityError), db.engine.begin() as connection:
            connection.execute(text("UPDATE addressee SET postal_address = '', name = ''"))
        upgrade()
        assert (differences(), missing_triggers()) == ([], set())
        kept = db.session.scalars(select(Organisation)).first()
        assert kept is not None
        assert kept.keeping_years == 5
        assert kept.erases_from is not None
        assert kept.erases_from > NOW
        addressee = db.session.scalars(select(Addressee)).one()
        addressee.postal_address = ""
        with pytest.raises(IntegrityError):
            db.session.flush()
        db.session.rollback()
        addressee.name = addressee.postal_address = ""
        db.session.commit()
        addressee.state = "accepted"
        with pytest.raises(IntegrityError):
            db.session.flush()
        db.session.rollback()
        if db.engine.dialect.name == "sqlite":
            assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
        db.session.remove()
        db.engine.dispose()


def test_a_letter_that_was_erased_is_not_taken_to_an_older_plirec(bare_config: Config) -> None:
    app = create_app(bare_config)
    with app.app_context():
        upgrade()
        organisation = fill(db.session)
        user = new_user(db.session, organisation, Kind.ADMINISTRATOR, "odile@lavoir.example")
        on_paper(user)
        db.session.scalars(select(Letter)).one().purged_at = NOW
        db.session.commit()
        db.session.remove()
        with pytest.raises(SystemExit):
            downgrade(revision=BEFORE)
        db.session.remove()
        db.engine.dispose()
