"""A real database file with its triggers, a registered seal, and a letter that went its way."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from sqlalchemy import Engine, Table, create_engine
from sqlalchemy.orm import Session, sessionmaker

from config import Config
from webapp.database import Base, prepare
from webapp.evidence import seal, triggers, witness_guards, witness_models
from webapp.evidence.journal import Event, addressee_subject, append, letter_chain
from webapp.evidence.kinds import EventKind

_TABLES_OF_THE_WITNESS = witness_models.DailyRoot.__table__  # its guards need them
_ROOM = "webapp.evidence."
DEPOSIT = datetime(2026, 3, 1, 22, 59, 58, 123456, tzinfo=UTC)
MESSAGE = "Vous êtes convoqués le 12 avril."


@pytest.fixture
def config(bare_config: Config) -> Config:
    return bare_config


def _own_tables() -> list[Table]:
    """Give the room's tables; those of rooms that another test loaded may lack what they name."""
    mapped = [row for row in Base.registry.mappers if row.class_.__module__.startswith(_ROOM)]
    return [row.local_table for row in mapped if isinstance(row.local_table, Table)]


@pytest.fixture
def engine(config: Config) -> Iterator[Engine]:
    engine = create_engine(config.database)
    prepare(engine)
    with engine.begin() as connection:
        Base.metadata.create_all(connection, tables=_own_tables())
        triggers.GUARDS.create(connection)
        witness_guards.GUARDS.create(connection)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine)


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    with sessions() as session:
        yield session


@pytest.fixture
def fingerprint(sessions: sessionmaker[Session], config: Config) -> str:
    with sessions.begin() as session:
        return seal.register(session, config.keys_directory, DEPOSIT)


class Story:
    """One letter to one addressee, written into the journal step by step."""

    number = "7KQF-2M9X-HT4R"
    chain = letter_chain("P3XW-8B6C-YD5N")
    subject = addressee_subject(number)
    deposit = DEPOSIT

    def submit(
        self,
        session: Session,
        at: datetime = DEPOSIT,
        trial: bool = False,
        of_letter: Mapping[str, Any] = MappingProxyType({}),
        **changes: Any,
    ) -> None:
        """Write the submission of a letter to one addressee, whose facts may be changed by name."""
        letter: dict[str, Any] = {
            "subject": "Convocation à l’assemblée générale",
            "message": MESSAGE,
            "message_sha256": hashlib.sha256(MESSAGE.encode()).hexdigest(),
            "addressee_count": 1,
            "trial": trial,
            "sender": {
                "name": "Association Les Jardins de l’Œuvre",
                "email": "bureau@jardins.example",
                "address": "12 rue des Lilas\n67000 STRASBOURG",
            },
            "submitted_by": "Élise Kœnig",
            "names_sender": False,
            **of_letter,
        }
        addressee = {
            "number": self.number,
            "name": "Łukasz Dœring",
            "email": "lukasz@courriel.example",
            "status": "individual",
            "consent": "Bulletin signé le 3 janvier 2026",
            "trial": trial,
            **changes,
        }
        events = [
            Event(EventKind.SUBMISSION_ACCEPTANCE, self.chain, letter),
            Event(EventKind.SUBMISSION_ACCEPTANCE, self.subject, addressee),
        ]
        append(session, self.chain, events, at)

    def notify_and_accept(self, session: Session) -> None:
        """Write the notice, a minute after the deposit, and the acceptance, two days after it."""
        notice = {
            "email": "lukasz@courriel.example",
            "message_id": "<1@jardins.example>",
            "expires_at": "2026-03-17T23:00:00+00:00",
            "server": "250 OK",
        }
        append(
            session,
            self.chain,
            [Event(EventKind.NOTIFICATION_FOR_ACCEPTANCE, self.subject, notice)],
            self.deposit + timedelta(minutes=1),
        )
        acceptance = {
            "email": "lukasz@courriel.example",
            "declared_name": "Lukasz Doering",
            "ip": "2001:db8::12",
            "user_agent": "Mozilla/5.0",
        }
        message = {"message_sha256": hashlib.sha256(MESSAGE.encode()).hexdigest()}
        append(
            session,
            self.chain,
            [
                Event(EventKind.CONSIGNMENT_ACCEPTANCE, self.subject, acceptance),
                Event(EventKind.CONTENT_CONSIGNMENT, self.subject, message),
            ],
            self.deposit + timedelta(days=2),
        )


@pytest.fixture
def story() -> Story:
    return Story()
