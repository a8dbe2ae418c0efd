import pytest

from config import Config
from tests.conftest import NOW, new_user
from tests.tree.test_migrations import before_revision, differences, fill, missing_triggers
from webapp import create_app
from webapp.accounts.models import Kind
from webapp.contacts import consents, listing, queries
from webapp.desk.schema import downgrade, upgrade
from webapp.extensions import db

pytestmark = pytest.mark.slow


def test_a_withdrawn_consent_does_not_come_back_by_a_migration(bare_config: Config) -> None:
    app = create_app(bare_config)
    with app.app_context():
        upgrade()
        organisation = fill(db.session)
        user = new_user(db.session, organisation, Kind.ADMINISTRATOR, "odile@lavoir.example")
        both = ["a@x.example", "b@x.example"]
        consents.declare(db.session, organisation.id, both, "oral", user.id, NOW)
        recorded = consents.of_address(db.session, organisation.id, "b@x.example")
        assert recorded is not None
        consents.withdraw(db.session, recorded, user.id, NOW)
        db.session.commit()
        db.session.remove()
        downgrade(revision=before_revision("0017"))
        assert missing_triggers() == set()
        upgrade()
        assert differences() == []
        assert listing.TRIGGERS.missing(db.session.connection()) == set()
        assert consents.consented(db.session, 1, both) == {"a@x.example"}
        (line,) = queries.groups(db.session, 1)
        assert line.contacts == 1, "the listing is filled with those who were there"
        db.session.remove()
        db.engine.dispose()
