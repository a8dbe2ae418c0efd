import pytest
from sqlalchemy import select, text

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
from webapp.accounts import pace
from webapp.accounts.models import Kind
from webapp.accounts.pace import Limits
from webapp.delivery import pausing
from webapp.desk.schema import downgrade, upgrade
from webapp.extensions import db
from webapp.letters.models import Addressee, Letter

pytestmark = pytest.mark.slow


def test_letters_go_down_without_their_pause_and_come_up_leaving(bare_config: Config) -> None:
    app = create_app(bare_config)
    with app.app_context():
        upgrade()
        organisation = fill(db.session)
        user = new_user(db.session, organisation, Kind.ADMINISTRATOR, "odile@lavoir.example")
        letter = on_paper(user)
        pausing.pause(db.session, letter, user, NOW)
        pausing.pause_all(db.session, user, NOW)
        pace.set_limits(db.session, Limits(10, 200))
        db.session.commit()
        pace.take(db.session, bare_config, NOW, 5, is_awaited=False)
        db.session.remove()
        downgrade(revision=before_revision("0020"))
        with db.engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM addressee")) == 1
        assert missing_triggers() == set()
        upgrade()
        assert differences() == []
        assert db.session.scalars(select(Letter.paused_at)).one() is None
        assert db.session.scalars(select(Addressee.first_tried_at)).one() is None
        assert pausing.paused_since(db.session) is None
        assert pace.limits(db.session, bare_config) == Limits()
        assert pace.take(db.session, bare_config, NOW, 5, is_awaited=False) == 5
        db.session.remove()
        db.engine.dispose()
