"""The seal's key: made once, kept apart, and never replaced unnoticed."""

import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from config import Config
from webapp.evidence.models import SealingKey
from webapp.evidence.seal import WrongSealingKey, open_key, register

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.fixture
def foreign_key(tmp_path: Path) -> Iterator[Path]:
    """Give the sealing key of another installation."""
    directory = tmp_path / "elsewhere"
    engine = create_engine("sqlite://")
    SealingKey.metadata.tables["sealing_key"].create(engine)
    with Session(engine) as session:
        register(session, directory, NOW)
    yield directory / "seal.pem"
    engine.dispose()


def test_the_key_is_made_at_the_first_start_and_stays(session: Session, config: Config) -> None:
    first = register(session, config.keys_directory, NOW)
    session.commit()
    assert register(session, config.keys_directory, NOW) == first
    kept = session.scalars(select(SealingKey)).one()
    assert kept.fingerprint == first
    assert open_key(config.keys_directory).fingerprint == first


def test_nobody_else_on_the_machine_can_read_the_key(session: Session, config: Config) -> None:
    register(session, config.keys_directory, NOW)
    file = config.keys_directory / "seal.pem"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_the_certificate_is_for_sealing_alone_and_for_twenty_years(
    session: Session, config: Config
) -> None:
    register(session, config.keys_directory, NOW)
    certificate = open_key(config.keys_directory).certificate
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert not usage.key_cert_sign
    assert certificate.subject.rfc4514_string() == "CN=Plirec – sceau de cette installation"
    assert certificate.not_valid_before_utc == NOW
    assert certificate.not_valid_after_utc.year == 2046


def test_a_lost_key_stops_the_start_and_no_new_one_is_made(
    session: Session, config: Config
) -> None:
    register(session, config.keys_directory, NOW)
    session.commit()
    shutil.rmtree(config.keys_directory)
    with pytest.raises(WrongSealingKey, match="sauvegarde"):
        register(session, config.keys_directory, NOW)
    assert not config.keys_directory.exists()


def test_the_key_of_another_installation_stops_the_start(
    session: Session, config: Config, foreign_key: Path
) -> None:
    register(session, config.keys_directory, NOW)
    session.commit()
    shutil.copy(foreign_key, config.keys_directory / "seal.pem")
    with pytest.raises(WrongSealingKey, match="n’est pas celle de cette installation"):
        register(session, config.keys_directory, NOW)


@pytest.mark.parametrize("half", ["PRIVATE KEY", "CERTIFICATE"])
def test_a_damaged_key_stops_the_start(session: Session, config: Config, half: str) -> None:
    register(session, config.keys_directory, NOW)
    session.commit()
    key = config.keys_directory / "seal.pem"
    key.write_bytes(key.read_bytes().replace(half.encode(), b"NOTHING"))
    with pytest.raises(WrongSealingKey, match="abîmée"):
        register(session, config.keys_directory, NOW)


def test_a_key_that_is_not_its_certificate_s_is_refused(
    session: Session, config: Config, foreign_key: Path
) -> None:
    register(session, config.keys_directory, NOW)
    session.commit()
    mark = b"-----BEGIN CERTIFICATE-----"
    key = config.keys_directory / "seal.pem"
    certificate = key.read_bytes().split(mark)[1]
    foreign = foreign_key.read_bytes().split(mark)[0]
    key.write_bytes(foreign + mark + certificate)
    with pytest.raises(WrongSealingKey, match="ne va pas avec son certificat"):
        open_key(config.keys_directory)
