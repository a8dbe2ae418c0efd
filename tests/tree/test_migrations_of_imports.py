import pytest
from sqlalchemy import select, text

from config import Config
from tests.conftest import NOW, new_user
from tests.tree.test_migrations import before_revision, differences, fill, missing_triggers
from webapp import create_app
from webapp.accounts.models import Kind
from webapp.contacts.models import Group
from webapp.desk.schema import downgrade, upgrade
from webapp.extensions import db
from webapp.imports.models import Import
from webapp.imports.staging import begin

pytestmark = pytest.mark.slow


def test_a_file_that_was_given_up_stays_so_when_its_tries_are_no_more_counted(
    bare_config: Config,
) -> None:
    app = create_app(bare_config)
    with app.app_context():
        upgrade()
        organisation = fill(db.session)
        user = new_user(db.session, organisation, Kind.ADMINISTRATOR, "odile@lavoir.example")
        group = db.session.scalars(select(Group)).one()
        given_up = begin(db.session, group, user.id, "liste.csv", "", NOW)
        given_up.tries, given_up.failure = 3, "reading_cut_off"
        db.session.commit()
        db.session.remove()
        downgrade(revision=before_revision("0019"))
        with db.engine.connect() as connection:
            failures = text('SELECT failure FROM "import"')
            assert list(connection.scalars(failures)) == ["reader_stopped"]
        assert missing_triggers() == set()
        upgrade()
        assert differences() == []
        kept = db.session.scalars(select(Import)).one()
        assert (kept.failure, kept.tries) == ("reader_stopped", 0)
        db.session.remove()
        db.engine.dispose()
