import pytest
from sqlalchemy import inspect, select

from config import Config
from tests.tree.test_migrations import before_revision, differences, fill, missing_triggers
from webapp import create_app
from webapp.clock import machine_clock
from webapp.desk.schema import downgrade, upgrade
from webapp.evidence import witness_guards
from webapp.evidence.integrity import verify_all
from webapp.evidence.witness import make_due
from webapp.evidence.witness_models import DailyRoot
from webapp.extensions import db

pytestmark = pytest.mark.slow


def missing_guards() -> set[str]:
    with db.engine.connect() as here:
        return witness_guards.GUARDS.missing(here)


def test_the_roots_go_and_come_with_their_guards_and_the_journal_keeps_all(
    bare_config: Config,
) -> None:
    app = create_app(bare_config)
    with app.app_context():
        upgrade()
        fill(db.session)
        assert missing_guards() == set()
        assert make_due(db.session, bare_config, machine_clock)
        db.session.remove()
        downgrade(revision=before_revision("0024"))
        assert not inspect(db.engine).has_table("daily_root")
        assert missing_triggers() == set()
        db.session.remove()
        upgrade()
        assert (differences(), missing_triggers(), missing_guards()) == ([], set(), set())
        assert db.session.scalars(select(DailyRoot)).all() == []
        db.session.rollback()
        assert make_due(db.session, bare_config, machine_clock)
        assert verify_all(db.session) == []
        db.session.remove()
        db.engine.dispose()
    app.extensions["plirec-queue"].storage.close()
