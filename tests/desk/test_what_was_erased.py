"""What was erased is in no byte of SQLite's file, and no backup lacks it."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.desk.old_letters import MARK, MakeOld, old
from webapp.cli import plirec
from webapp.desk import keeping
from webapp.extensions import db

__all__ = ["old"]
pytestmark = [pytest.mark.sqlite, pytest.mark.slow]


def test_a_backup_lacks_nothing_after_letters_were_erased(
    session: scoped_session[Session], old: MakeOld, config: Config, tmp_path: Path
) -> None:
    letter = old()
    session.commit()
    keeping.erase_due(session, config.files_directory)
    assert letter.purged_at is not None
    session.rollback()
    environment = {"PLIREC_DATA": str(config.data_directory)}
    saved = CliRunner().invoke(plirec, ["backup", str(tmp_path / "tout.zip")], env=environment)
    assert (saved.exit_code, saved.stderr) == (0, "")


def test_what_was_erased_stands_no_more_in_the_bytes_of_the_database(
    session: scoped_session[Session], old: MakeOld, config: Config
) -> None:
    old()
    session.rollback()
    database = config.data_directory / "plirec.sqlite"
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert MARK.encode() in database.read_bytes()
    keeping.erase_due(session, config.files_directory)
    session.rollback()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert MARK.encode() not in database.read_bytes()
