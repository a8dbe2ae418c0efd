from pathlib import Path

import pytest

from config import Config
from tests.conftest import NOW
from tests.tree.test_migrations import before_revision, differences, fill, missing_triggers
from webapp import create_app
from webapp.delivery import sightings
from webapp.desk.schema import downgrade, upgrade
from webapp.evidence.integrity import verify_chain
from webapp.evidence.journal import organisation_chain
from webapp.extensions import db

pytestmark = pytest.mark.slow


def test_the_workers_seen_go_and_come_and_the_journal_keeps_all(tmp_path: Path) -> None:
    app = create_app(Config(data_directory=tmp_path))
    with app.app_context():
        upgrade()
        chain = organisation_chain(fill(db.session).id)
        sightings.note(db.session, NOW)
        assert sightings.last_seen(db.session) == NOW
        db.session.remove()
        downgrade(revision=before_revision("0023"))
        assert missing_triggers() == set()
        assert verify_chain(db.session, chain) == []
        db.session.remove()
        upgrade()
        assert (differences(), missing_triggers()) == ([], set())
        assert sightings.last_seen(db.session) is None
        db.session.remove()
        db.engine.dispose()
