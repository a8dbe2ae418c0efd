"""A letter of six years ago, with all that is kept of one, for what erases it."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, scoped_session

from config import Config
from webapp import keys, storage
from webapp.accounts.models import User
from webapp.compose.models import SentForm
from webapp.database import Base
from webapp.delivery.models import ReturnedMessage, TrialMessage
from webapp.evidence import proofs
from webapp.evidence.kinds import EventKind
from webapp.letters import mending, steps
from webapp.letters.attachments import AttachedFile
from webapp.letters.models import Addressee, Channel, Letter
from webapp.letters.submission import FrozenRecipient, Submission, submit
from webapp.paper import deposits
from webapp.paper.documents import keep_document
from webapp.reception import codes, openings
from webapp.reception.openings import Opened

MARK = "Zanzibar"
NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=6 * 366)
CLIENT = {"ip": "192.0.2.7", "user_agent": f"Navigateur {MARK}"}
MakeOld = Callable[..., Letter]


@pytest.fixture
def old(session: scoped_session[Session], administrator: User, config: Config) -> MakeOld:
    """Send a letter six years ago: answered, returned, and on paper, with all that is kept."""

    def made(key: str = "un-vieux-courrier", at: datetime = LONG_AGO) -> Letter:
        letter = submit(session, submission(administrator, config, key), at)
        accepted, lost, paper = letter.addressees
        for addressee in (accepted, lost):
            steps.notify(session, addressee, f"250 {MARK}", at)
        steps.accept(session, accepted, f"Louise {MARK}", CLIENT, at)
        open_page(session, accepted, at)
        come_back(session, config, lost, at)
        on_paper(session, config, administrator, paper, at)
        session.add(SentForm(letter_id=letter.id, fields=[["typed-1-name", MARK]]))
        message = {"organisation_id": letter.organisation_id, "addressee_id": accepted.id}
        content = f"Subject: {MARK}".encode()
        session.add(TrialMessage(**message, message_id=key, content=content, arrived_at=at))
        session.commit()
        for entry_id in proofs.due(session, 50):
            session.rollback()
            proofs.make(session, entry_id, config, at)
        session.commit()
        let_rest(config)
        return letter

    return made


def submission(author: User, config: Config, key: str) -> Submission:
    content = f"Pièce {MARK} {key}".encode()
    digest = storage.store(config.files_directory, content)
    postal = f"Marie {MARK}\n01000 BOURG"
    return Submission(
        organisation=author.organisation,
        author=author,
        subject=f"Objet {MARK}",
        message=f"Message {MARK}",
        is_trial=False,
        recipients=[
            FrozenRecipient(f"Louise {MARK}", "l@zanzibar.example", "individual", "", MARK),
            FrozenRecipient(f"Jean {MARK}", "j@zanzibar.example", "professional", "", ""),
            FrozenRecipient(f"Marie {MARK}", "", "individual", postal, "", Channel.PAPER),
        ],
        key=key,
        token_key=keys.secret(config.keys_directory, "recipients"),
        host="localhost",
        own_reference=MARK,
        attachments=[AttachedFile(f"{MARK}.txt", "text/plain", len(content), digest)],
    )


def open_page(session: scoped_session[Session], addressee: Addressee, at: datetime) -> None:
    """Let a recipient's page be opened, and the code be asked for that was typed there."""
    codes.prepare(session, addressee, CLIENT["ip"], at)
    there = ("il-y-a-longtemps", *CLIENT.values(), "GET", "")
    opened = Opened(addressee.id, EventKind.NOTIFICATION_ACCESS_TRACKING, *there)
    session.commit()
    openings.record(session.get_bind(), opened, at)


def come_back(
    session: scoped_session[Session], config: Config, lost: Addressee, at: datetime
) -> None:
    digest = storage.store(config.files_directory, f"{lost.number} {MARK}".encode())
    report = {"status": "5.1.1", "words": MARK, "sha256": digest, "generation": 1}
    mending.bounce(session, lost, report, at)
    session.add(
        ReturnedMessage(
            addressee_id=lost.id, digest=digest, kind="failed", is_kept=True, arrived_at=at
        )
    )


def on_paper(
    session: scoped_session[Session],
    config: Config,
    author: User,
    paper: Addressee,
    at: datetime,
) -> None:
    deposit = deposits.prepare(session, author, [paper.number], "R1", MARK, paper.number, at)
    scan = f"%PDF-1.7 {paper.number}".encode()
    files = config.files_directory
    keep_document(session, deposit, f"{MARK}.pdf", scan, files, author.id, at)
    texts = {1: f"1A 200 345 {paper.id:04} 0"}
    deposits.number_items(session, deposit, texts, "")
    deposits.post(session, deposit, at.date(), 560, at)


def let_rest(config: Config) -> None:
    """Let the stored files be as old as the letter."""
    for path in config.files_directory.rglob("*"):
        os.utime(path, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))


def stored(config: Config) -> set[Path]:
    return {path for path in config.files_directory.rglob("*") if path.is_file()}


def everything_said(session: scoped_session[Session]) -> str:
    """Give all that the database holds, whatever the table, but who the account's people are."""
    tables = set(Base.metadata.tables) - {"user", "organisation"}
    rows = [session.execute(text(f'SELECT * FROM "{table}"')).all() for table in tables]
    return repr(rows)
