"""A letter that went its way, sealed, under a stamped root, in an installation of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from flask import Flask

from config import Config
from tests.conftest import SeparateClient, new_organisation, new_user
from tests.evidence.authority import running_authority
from webapp import create_app, keys
from webapp.accounts.models import Installation, Kind
from webapp.delivery.archive import write_archive
from webapp.delivery.tasks import seal_due
from webapp.delivery.witnessing import make_root, stamp_roots
from webapp.desk.schema import upgrade
from webapp.evidence.start import require_sound
from webapp.extensions import db
from webapp.letters import mending, steps
from webapp.letters.attachments import AttachedFile
from webapp.letters.models import Letter
from webapp.letters.submission import FrozenRecipient, Submission, submit
from webapp.storage import store

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
CLIENT = {"ip": "192.0.2.7", "user_agent": "Un navigateur"}
AGENDA, BUDGET = b"%PDF-1.7 ordre du jour", b"le budget"
RETURNED = b"Subject: Undelivered\r\n\r\n550 5.1.1 User unknown\r\n"


@dataclass(frozen=True)
class KeptLetter:
    """The installation, its letter's number, and the letter's archive as it was downloaded."""

    app: Flask
    config: Config
    number: str
    archive: bytes


@contextmanager
def kept_letter(directory: Path, is_trial: bool = False) -> Iterator[KeptLetter]:
    """Make the installation in a directory, which must be empty, until the block ends."""
    with running_authority(directory / "authority") as authority:
        config = Config(data_directory=directory / "var", timestamp_url=authority.url)
        app = create_app(config)
        app.test_client_class = SeparateClient
        with app.app_context():
            upgrade()
            require_sound()
            letter = _letter(config, is_trial)
            seal_due(config)
            make_root()
            stamp_roots()
            steps.reject(db.session, letter.addressees[1], CLIENT, datetime.now(UTC))
            db.session.commit()
            seal_due(config)
            kept = KeptLetter(app, config, letter.number, archive_of(letter, config))
            yield kept
            db.session.remove()
            db.engine.dispose()
        app.extensions["plirec-queue"].storage.close()


def archive_of(letter: Letter, config: Config) -> bytes:
    """Give the letter's archive as it is now."""
    file = BytesIO()
    write_archive(db.session, letter, config, file, datetime.now(UTC))
    db.session.rollback()
    return file.getvalue()


def _letter(config: Config, is_trial: bool) -> Letter:
    """Send a letter to three: one accepts, one may still answer, one could not be reached."""
    db.session.add(Installation(id=1, public_url="http://localhost", created_at=NOW))
    organisation = new_organisation(db.session, "Les Amis du Lavoir")
    files = [
        AttachedFile("Ordre du jour.pdf", "application/pdf", len(content), _kept(config, content))
        for content in (AGENDA, BUDGET)
    ]
    submission = Submission(
        organisation=organisation,
        author=new_user(db.session, organisation, Kind.ADMINISTRATOR, "odile@lavoir.example"),
        subject="Convocation à l’assemblée générale",
        message="Rendez-vous le 12 avril à 18 h.",
        is_trial=is_trial,
        recipients=[
            FrozenRecipient(f"Louise {name}", f"{name}@x.example", "professional", "", "")
            for name in ("ada", "bob", "eve")
        ],
        key="un-courrier",
        token_key=keys.secret(config.keys_directory, "recipients"),
        host="localhost",
        attachments=files,
    )
    letter = submit(db.session, submission, NOW - DAY)
    for addressee in letter.addressees:
        steps.notify(db.session, addressee, "250 2.0.0 OK", NOW - DAY)
    steps.accept(db.session, letter.addressees[0], "Louise Ada", CLIENT, NOW)
    report = {"status": "5.1.1", "words": "User unknown", "sha256": _kept(config, RETURNED)}
    mending.bounce(db.session, letter.addressees[2], report, NOW)
    db.session.commit()
    return letter


def _kept(config: Config, content: bytes) -> str:
    return store(config.files_directory, content)
