"""What a batch of claimed rows needs to be carried, read in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from config import Config
from webapp import keys
from webapp.accounts import mail_problems
from webapp.accounts.addresses import kept_obstacle, public_address
from webapp.contacts import consents
from webapp.contacts.rules import INDIVIDUAL
from webapp.database import AnySession, reading_only
from webapp.delivery import languages, notice, return_path
from webapp.delivery.notice import Service
from webapp.letters.models import Addressee
from webapp.letters.steps import State
from webapp.message import Mail

TRIAL_SENDER = "ne-pas-repondre@essai.invalid"


@dataclass(frozen=True)
class Outgoing:
    """One claimed addressee as he was when the batch was read, apart from any session.

    :param obstacle: why nothing can leave by the mail server, if so; trials know none.
    :param is_withdrawn: an individual took his consent to this address back since the deposit.
    :param return_path: where a message comes back to; empty: to the address it is from.
    """

    id: int
    state: str
    leased_until: datetime | None
    addressee: Addressee
    language: str
    service: Service
    obstacle: str | None
    is_withdrawn: bool
    return_path: str


def written(one: Outgoing, now: datetime) -> Mail:
    """Write the notice in the recipient's language; see `notice.compose`."""
    with force_locale(one.language):
        return notice.compose(one.service, one.addressee, now)


def load(session: AnySession, config: Config, identifiers: Sequence[int]) -> list[Outgoing]:
    """Read the claimed rows in the order in which they are carried.

    They are read apart, and without the lock of those who write: they outlive each transaction.
    """
    was = reading_only.set(True)
    try:
        with Session(session.get_bind()) as apart:
            return _read(apart, config, identifiers)
    finally:
        reading_only.reset(was)


def _read(session: Session, config: Config, identifiers: Sequence[int]) -> list[Outgoing]:
    rows = session.scalars(
        select(Addressee)
        .where(Addressee.id.in_(identifiers))
        .options(joinedload(Addressee.letter, innerjoin=True))
        .order_by(Addressee.due_at, Addressee.id)
    ).all()
    said = languages.of_notices(session, rows)
    address, obstacle = public_address(session, config), _obstacle(session, config)
    key = keys.secret(config.keys_directory, "recipients")
    withdrawn = _withdrawn(session, rows)
    return [
        Outgoing(
            id=row.id,
            state=row.state,
            leased_until=row.leased_until,
            addressee=row,
            language=said[row.id],
            service=Service(
                TRIAL_SENDER if row.letter.is_trial else config.mail_from, address, key
            ),
            obstacle=None if row.letter.is_trial else obstacle,
            is_withdrawn=row.id in withdrawn,
            return_path="" if row.letter.is_trial else return_path.of(config, row),
        )
        for row in rows
    ]


def _withdrawn(session: Session, rows: Sequence[Addressee]) -> set[int]:
    """Name those who may no longer be written to: the law wants consent first (CPCE L100)."""
    by_organisation: dict[int, list[Addressee]] = {}
    for row in rows:
        if row.status == INDIVIDUAL and row.state == State.SUBMITTED:
            by_organisation.setdefault(row.letter.organisation_id, []).append(row)
    found: set[int] = set()
    for organisation_id, some in by_organisation.items():
        emails = [row.email for row in some]
        withdrawn = consents.standings(session, organisation_id, emails).withdrawn
        found.update(row.id for row in some if row.email.casefold() in withdrawn)
    return found


def _obstacle(session: AnySession, config: Config) -> str | None:
    if not config.smtp_host:
        return mail_problems.NO_SERVER
    return kept_obstacle(session, config)
