"""An installation that holds one of everything, written through the product's own steps."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from flask import Flask
from sqlalchemy import select

from config import Config
from tests.conftest import new_organisation, new_user
from tests.tree.everything import Ids, one_of_everything
from webapp import create_app, keys
from webapp.accounts import password_links, second_factor, totp
from webapp.accounts.invitations import invite
from webapp.accounts.models import Installation, Kind, User
from webapp.contacts import answers, asking
from webapp.delivery.tasks import do_all_due
from webapp.desk import keeping
from webapp.desk.schema import upgrade
from webapp.evidence.start import require_sound
from webapp.extensions import db
from webapp.letters import steps
from webapp.letters.models import Addressee, Channel, Letter
from webapp.letters.numbers import token
from webapp.letters.submission import FrozenRecipient, Submission, submit
from webapp.paper import deposits
from webapp.reception.models import AddressCode

NOW = datetime.now(UTC)
ODILE, ROSE, YVES = "odile@lavoir.example", "rose@lavoir.example", "yves@lavoir.example"
CLIENT = {"ip": "192.0.2.7", "user_agent": "Un navigateur"}
STATES = ("waiting", "coded", "accepted", "rejected", "expired", "failed", "cancelled", "paper")


@dataclass(frozen=True)
class World:
    """What was made: the application, the ids of everything, and the secrets of addresses.

    `recipients` are the secrets of one letter's recipients, `envois` their numbers, by state;
    `consents` those of the pages on which individuals answer, by how their consent stands.
    """

    app: Flask
    ids: Ids
    letter: str
    held_up: str
    posted: str
    erased: str
    recipients: dict[str, str]
    envois: dict[str, str]
    invitation: str
    password_link: str
    consents: dict[str, str]
    recovery_codes: list[str]


def fill(directory: Path) -> World:
    """Make an installation in `directory / "var"`, and fill it."""
    config = Config(data_directory=directory / "var")
    app = create_app(config)
    with app.app_context():
        upgrade()
        require_sound()
        odile = _open()
        ids = one_of_everything(db.session, odile, config)
        letter, held_up = _letter(odile, config), _held_up(odile, config)
        posted = _posted_deposit(odile)
        asked = _ask(odile, config)
        erased = _erased(odile, config)
        yves = new_user(db.session, odile.organisation, Kind.MANAGED, YVES)
        recovery_codes = _set_up_second_factor(yves)
        _invitation, secret = invite(
            db.session, odile.organisation_id, "", "new@x.example", Kind.SIMPLE, odile, NOW
        )
        link = password_links.make_link(db.session, yves, odile, NOW)
        db.session.commit()
        do_all_due()
        key = keys.secret(config.keys_directory, "recipients")
        by_state = dict(zip(STATES, letter.addressees, strict=True))
        world = World(
            app,
            ids,
            letter.number,
            held_up.number,
            posted,
            erased,
            {state: token(key, one.number, 1) for state, one in by_state.items()},
            {state: one.number for state, one in by_state.items()},
            secret,
            link,
            asked,
            recovery_codes,
        )
        db.engine.dispose()
    app.extensions["plirec-queue"].storage.close()
    return world


def _open() -> User:
    """Open the installation for one association, with an administrator and a simple account."""
    db.session.add(Installation(id=1, public_url="http://localhost", created_at=NOW))
    organisation = new_organisation(db.session, "Les Amis du Lavoir")
    new_user(db.session, organisation, Kind.SIMPLE, ROSE)
    return new_user(db.session, organisation, Kind.ADMINISTRATOR, ODILE)


def _letter(odile: User, config: Config) -> Letter:
    """Send a letter whose recipients stand in every state."""
    sent_at = NOW - timedelta(days=31)
    by_mail = [
        FrozenRecipient(f"Louise {state}", f"{state}@x.example", "individual", "", "bulletin")
        for state in STATES[:-1]
    ]
    postal = "Louise paper\n3 rue du Lavoir\n01000 BOURG-EN-BRESSE"
    on_paper = FrozenRecipient("Louise paper", "", "individual", postal, "", Channel.PAPER)
    submission = Submission(
        organisation=odile.organisation,
        author=odile,
        subject="Convocation à l’assemblée générale",
        message="Rendez-vous le 12 avril à 18 h.\n\nLe bureau",
        is_trial=True,
        recipients=[*by_mail, on_paper],
        key="un-courrier-dans-tous-ses-etats",
        token_key=keys.secret(config.keys_directory, "recipients"),
        host="localhost",
        own_reference="AG-2026",
    )
    letter = submit(db.session, submission, sent_at)
    waiting, coded, accepted, rejected, expired, failed, cancelled, _paper = letter.addressees
    for addressee in (waiting, coded, accepted, rejected, expired):
        notified_at = sent_at if addressee is expired else NOW - timedelta(days=1)
        steps.notify(db.session, addressee, "250 2.0.0 OK", notified_at)
    db.session.add(AddressCode(addressee_id=coded.id, code_hash="0" * 64, sent_at=NOW))
    steps.accept(db.session, accepted, "Louise Blanc", CLIENT, NOW)
    steps.reject(db.session, rejected, CLIENT, NOW)
    steps.expire(db.session, expired, NOW)
    steps.fail(db.session, failed, "recipient: 550 5.1.1 adresse inconnue", NOW)
    steps.cancel(db.session, cancelled, odile.name, NOW)
    db.session.commit()
    return letter


def _held_up(odile: User, config: Config) -> Letter:
    """Send a real letter, which waits for a mail server."""
    submission = Submission(
        organisation=odile.organisation,
        author=odile,
        subject="Appel de cotisation",
        message="Merci de régler avant la fin du mois.",
        is_trial=False,
        recipients=[FrozenRecipient("Louise Blanc", "l@x.example", "individual", "", "bulletin")],
        key="un-courrier-qui-attend",
        token_key=keys.secret(config.keys_directory, "recipients"),
        host="localhost",
    )
    return submit(db.session, submission, NOW)


def _ask(odile: User, config: Config) -> dict[str, str]:
    """Ask individuals: open, agreed, refused, too late, and one who need not answer any more."""
    who = asking.asking(db.session, config, odile.organisation_id, odile.id, 15)
    states = ("open", "given", "refused", "over", "taken_back")
    emails = {state: f"{state}.accord@x.example" for state in states}
    requests = asking.ask(db.session, who, list(emails.values()), NOW)
    by_state = {state: requests[email] for state, email in emails.items()}
    for request in by_state.values():
        request.sent_at, request.ends_at = NOW, asking.ends_at(NOW, 15)
        request.due_at = request.ends_at
    answers.give(db.session, by_state["given"], CLIENT, NOW)
    answers.refuse(db.session, by_state["refused"], CLIENT, NOW)
    answers.take_back(db.session, by_state["taken_back"], odile.name, NOW)
    over = by_state["over"]
    over.ends_at = NOW
    answers.end(db.session, over, NOW)
    return {
        state: asking.token(who.key, one.number, one.generation) for state, one in by_state.items()
    }


def _erased(odile: User, config: Config) -> str:
    """Erase a letter whose term is over; another one's ends in some days."""
    for key, age in (("un-courrier-efface", 6 * 366), ("un-courrier-a-effacer", 5 * 365)):
        at = NOW - timedelta(days=age)
        submission = Submission(
            organisation=odile.organisation,
            author=odile,
            subject="Convocation d’autrefois",
            message="Rendez-vous le 12 avril.",
            is_trial=True,
            recipients=[FrozenRecipient("Louise", "l@x.example", "professional", "", "")],
            key=key,
            token_key=keys.secret(config.keys_directory, "recipients"),
            host="localhost",
        )
        letter = submit(db.session, submission, at)
        steps.notify(db.session, letter.addressees[0], "250 OK", at)
        steps.expire(db.session, letter.addressees[0], at + timedelta(days=17))
        db.session.commit()
    keeping.erase_due(db.session, config.files_directory)
    erased = select(Letter.number).where(Letter.purged_at.is_not(None))
    return str(db.session.scalars(erased).one())


def _posted_deposit(odile: User) -> str:
    """Post the letter's paper recipient, and another letter's, which waits, stays to be posted."""
    paper = db.session.scalars(
        select(Addressee).where(Addressee.state == "to_post", Addressee.name == "Louise paper")
    ).one()
    numbers, key = [paper.number], "clef-du-depot-poste"
    deposit = deposits.prepare(db.session, odile, numbers, "R1", "", key, NOW)
    texts = {item.position: "1A 200 345 6789 0" for item in deposit.items}
    deposits.number_items(db.session, deposit, texts, "")
    deposits.post(db.session, deposit, NOW.date() - timedelta(days=2), 560, NOW)
    db.session.commit()
    return str(deposit.number)


def _set_up_second_factor(user: User) -> list[str]:
    sealed = second_factor.begin(user)
    secret = second_factor.begun(user, sealed)
    code = TOTP(secret, totp.DIGITS, SHA1(), totp.STEP).generate(int(NOW.timestamp())).decode()
    return second_factor.turn_on(db.session, user, sealed, code, NOW)
