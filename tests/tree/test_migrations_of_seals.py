from pathlib import Path

import pytest

from config import Config
from tests.conftest import NOW
from tests.tree.test_migrations import before_revision, differences, fill, missing_triggers
from webapp import create_app
from webapp.desk.schema import downgrade, upgrade
from webapp.evidence import troubles
from webapp.evidence.integrity import verify_chain
from webapp.evidence.journal import organisation_chain
from webapp.extensions import db

pytestmark = pytest.mark.slow


def test_why_seals_wait_goes_and_comes_and_the_journal_keeps_all(tmp_path: Path) -> None:
    app = create_app(Config(data_directory=tmp_path))
    with app.app_context():
        upgrade()
        chain = organisation_chain(fill(db.session).id)
        troubles.note(db.session, troubles.STAMP, "connect: refused", NOW)
        assert troubles.since(db.session, troubles.STAMP) == NOW
        db.session.remove()
        downgrade(revision=before_revision("0027"))
        assert missing_triggers() == set()
        assert verify_chain(db.session, chain) == []
        db.session.remove()
        upgrade()
        assert (differences(), missing_triggers()) == ([], set())
        assert troubles.since(db.session, troubles.STAMP) is None
        db.session.remove()
        db.engine.dispose()
