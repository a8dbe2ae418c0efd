"""Stored files are read with their hashes: what is lost is named, and nothing is given for it."""

import logging

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import Browser
from tests.desk.old_letters import MARK, MakeOld, old
from webapp.cli import plirec
from webapp.database import Base
from webapp.delivery.models import ReturnedMessage
from webapp.desk import keeping
from webapp.desk.files_check import OWNERS, check
from webapp.evidence.models import Proof
from webapp.letters.models import Attachment
from webapp.paper.models import Deposit, DepositDocument
from webapp.storage import place

pytestmark = pytest.mark.slow

__all__ = ["old"]


def verify(config: Config) -> tuple[int, str]:
    environment = {"PLIREC_DATA": str(config.data_directory)}
    result = CliRunner().invoke(plirec, ["files", "verify"], env=environment)
    return result.exit_code, result.output


def test_files_that_are_all_there_are_counted(
    session: scoped_session[Session], old: MakeOld, config: Config
) -> None:
    old()
    session.rollback()
    code, told = verify(config)
    assert code == 0
    assert "tous là" in told


def test_what_is_missing_or_changed_is_named_with_what_it_belongs_to(
    session: scoped_session[Session], old: MakeOld, config: Config
) -> None:
    letter = old()
    attachment = session.scalars(select(Attachment.digest)).one()
    proof = session.scalars(select(Proof.digest).order_by(Proof.id)).first()
    assert proof is not None
    session.rollback()
    (config.files_directory / place(attachment)).unlink()
    damaged = config.files_directory / place(proof)
    content = bytearray(damaged.read_bytes())
    content[100] ^= 1
    damaged.write_bytes(content)
    code, told = verify(config)
    assert code == 1
    assert f"absent\u00a0: {attachment} (pièce jointe du courrier {letter.number})" in told
    assert f"abîmé\u00a0: {proof} (preuve de addressee:" in told
    assert MARK not in told


def test_what_was_erased_is_not_missed(
    session: scoped_session[Session], old: MakeOld, config: Config
) -> None:
    old()
    session.commit()
    keeping.erase_due(session, config.files_directory)
    assert check(session, config.files_directory).lost == ()


def test_every_table_that_names_files_says_what_they_are() -> None:
    naming = {table.name for table in Base.metadata.sorted_tables if "digest" in table.c}
    assert naming - {"recovery_code"} == set(OWNERS)


def test_a_damaged_file_is_never_given_and_the_page_and_the_log_say_so(
    session: scoped_session[Session],
    old: MakeOld,
    config: Config,
    browser: Browser,
    caplog: pytest.LogCaptureFixture,
) -> None:
    letter = old()
    for path in config.files_directory.rglob("*"):
        if path.is_file():
            path.write_bytes(b"autre chose")
    returned = session.scalars(select(ReturnedMessage)).one()
    scan = session.scalars(select(DepositDocument)).one()
    proof = session.scalars(select(Proof).order_by(Proof.id)).first()
    assert proof is not None
    base = f"/courriers/{letter.number}"
    paths = [
        f"{base}/fichiers/1",
        f"{base}/preuves/{proof.id}.pdf",
        f"{base}/retours/{returned.id}.eml",
    ]
    deposit = session.get_one(Deposit, scan.deposit_id)
    paths.append(f"/a-poster/{deposit.number}/documents/{scan.id}")
    with caplog.at_level(logging.ERROR):
        for address in paths:
            answer = browser.get(address)
            assert answer.status_code == 500
            assert "Ce fichier ne peut pas être donné" in answer.text
            assert "autre chose" not in answer.text
    assert "has other bytes than were stored" in caplog.text
    assert MARK not in caplog.text
    assert "zanzibar" not in caplog.text.lower()
    assert browser.post(f"{base}/copier", {}).status_code == 500
