"""One of everything that an address can name, and every address of the application."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session
from werkzeug.routing import Rule

from config import Config
from tests.conftest import PASSWORD
from tests.tree.audiences import AUDIENCES
from webapp import keys
from webapp.accounts.invitations import invite
from webapp.accounts.models import Kind, User, UserSession
from webapp.accounts.sessions import open_session
from webapp.accounts.users import create_user
from webapp.clock import machine_clock
from webapp.compose import drafts
from webapp.compose.drafts import CheckedFile
from webapp.contacts import asking, book, consent_documents, consents, failing
from webapp.contacts.rules import check
from webapp.delivery.models import ReturnedMessage, TrialMessage
from webapp.delivery.tasks import do_all_due
from webapp.evidence.journal import entries, organisation_chain
from webapp.evidence.models import Proof
from webapp.evidence.seal import open_key
from webapp.evidence.witness import make_due
from webapp.evidence.witness_models import RootStamp, WitnessErrand
from webapp.imports import sources
from webapp.imports.checking import Layout, check_rows
from webapp.imports.staging import stage
from webapp.letters import mending, steps
from webapp.letters.attachments import AttachedFile
from webapp.letters.models import Addressee, Channel
from webapp.letters.submission import FrozenRecipient, Submission, submit
from webapp.paper import deposits
from webapp.paper.documents import keep_document
from webapp.paper.models import Deposit, DepositDocument
from webapp.sheets.notes import counted, note
from webapp.sheets.reader import Row, Sheet
from webapp.storage import store

MARK = "Zanzibar"
"""Stands in every text that the organisation keeps, and so must reach nobody else."""

NOW = datetime.now(UTC)
KEY = "une-clef-de-brouillon"
SENT = {"GET", "POST"}
Ids = dict[str, object]


def one_of_everything(session: scoped_session[Session], administrator: User, config: Config) -> Ids:
    """Make one of everything that an address can name, and commit it."""
    organisation = administrator.organisation
    group = book.create_group(session, organisation.id, f"Groupe {MARK}", NOW)
    texts = {"email": "a@zanzibar.example", "last_name": MARK, "status": "professionnel"}
    recipient = check(texts).recipient
    assert recipient is not None
    contact = book.add_contact(session, group, recipient, NOW)
    sealed = ask_consents(session, administrator, contact.email, config)
    report = check_rows([Row(2, ("b@zanzibar.example", MARK))], {0: "email", 1: "last_name"})
    told = replace(report, notes=note("ignored_columns", [MARK]) + counted("formulas", 2))
    staged = stage(session, group, administrator.id, f"{MARK}.xlsx", told, NOW)
    cells = [Sheet(MARK, [Row(1, [MARK, MARK]), Row(2, ["b@zanzibar.example", MARK])], False)]
    sources.keep(session, staged, cells, Layout(0, 0, {0: "email", 1: "last_name"}))
    file = CheckedFile(attached_file(config), "")
    drafts.keep(session, administrator, KEY, [("subject", f"Brouillon {MARK}")], NOW)
    assert drafts.with_files(session, administrator, KEY, [file], 1000, NOW)
    submission = Submission(
        organisation=organisation,
        author=administrator,
        subject=f"Objet {MARK}",
        message=f"Message {MARK}",
        is_trial=True,
        recipients=[
            FrozenRecipient(MARK, "a@zanzibar.example", "professional", "", ""),
            FrozenRecipient(MARK, "perdu@zanzibar.example", "individual", "", MARK),
        ],
        key="une-clef",
        token_key=keys.secret(config.keys_directory, "recipients"),
        host="localhost",
        attachments=[file.file],
    )
    letter = submit(session, submission, NOW)
    lost = letter.addressees[1]
    returned = returned_message(session, config, lost)
    later = replace(submission, key="une-clef-de-plus-tard", leaves_at=NOW + timedelta(days=30))
    waiting = submit(session, later, NOW)
    deposit, document = deposit_of_one(session, config, administrator)
    open_session(
        session, administrator.id, browser=MARK, system="Linux", address="192.0.2.7", now=NOW
    )
    colleague = create_user(
        session, organisation.id, MARK, "c@zanzibar.example", PASSWORD, Kind.MANAGED, NOW
    )
    invitation, _secret = invite(
        session, organisation.id, MARK, "d@zanzibar.example", Kind.SIMPLE, administrator, NOW
    )
    session.commit()
    do_all_due()
    witnessed_root(session, config)
    proof, message = (
        session.scalars(
            select(Proof).where(Proof.id != sealed.id).order_by(Proof.entry_id).limit(1)
        ).one(),
        session.scalars(select(TrialMessage)).one(),
    )
    sitting = session.scalars(select(UserSession).where(UserSession.browser == MARK)).one()
    return {
        "group_id": group.id,
        "contact_id": contact.id,
        "import_id": staged.id,
        "number": letter.number,
        "line": 2,
        "send": lost.number,
        "returned_id": returned.id,
        "proof_id": proof.id,
        "consent_proof_id": sealed.id,
        "message_id": message.id,
        "session_id": sitting.id,
        "key": KEY,
        "position": 1,
        "user_id": colleague.id,
        "deposit": deposit.number,
        "waiting": waiting.number,
        "document_id": document.id,
        "invitation_id": invitation.id,
        "token": "un-jeton-inconnu",
        "filename": "plirec.css",
        "fingerprint": open_key(config.keys_directory).fingerprint,
    }


def witnessed_root(session: scoped_session[Session], config: Config) -> None:
    """Make a root, as if an authority had stamped it and one witness had no mailbox."""
    assert make_due(session, replace(config, witness_mails="t@x.example"), machine_clock)
    stamp = RootStamp(
        number=1,
        token=b"an invented stamp",
        stamped_at=NOW,
        asked_at=NOW,
        authority="https://tsa.example/",
        signer="Horodateur",
        certificate="0" * 64,
    )
    session.add(stamp)
    session.get_one(WitnessErrand, (1, "t@x.example")).problem = "recipient: 550 no such user"
    session.commit()


def ask_consents(session: scoped_session[Session], user: User, email: str, config: Config) -> None:
    """Note a consent with its paper, and ask somebody else for one."""
    number, files = user.organisation_id, config.files_directory
    paper = consent_documents.keep(session, number, f"{MARK}.pdf", b"%PDF-1.7", files, user.id, NOW)
    consents.declare(session, number, [email], MARK, user.id, NOW, NOW.date(), paper)
    who = asking.asking(session, config, number, user.id, 15)
    asking.ask(session, who, ["demande@zanzibar.example"], NOW)
    (declared,) = entries(session, organisation_chain(number))
    digest = store(files, b"%PDF-1.7 preuve")
    proof = Proof(entry_id=declared.entry_id, kind="consent", digest=digest, sealed_at=NOW)
    session.add(proof)
    session.flush()
    return proof


def deposit_of_one(
    session: scoped_session[Session], config: Config, user: User
) -> tuple[Deposit, DepositDocument]:
    marie = FrozenRecipient(MARK, "", "individual", f"{MARK}\n01000 BOURG", "", Channel.PAPER)
    submission = Submission(
        organisation=user.organisation,
        author=user,
        subject=f"Papier {MARK}",
        message=MARK,
        is_trial=True,
        recipients=[marie],
        key="clef-de-papier",
        token_key=b"x" * 32,
        host="localhost",
    )
    letter = submit(session, submission, NOW)
    numbers = [letter.addressees[0].number]
    deposit = deposits.prepare(session, user, numbers, "R1", MARK, "clef-de-depot-assez", NOW)
    files = config.files_directory
    document = keep_document(session, deposit, f"{MARK}.pdf", b"%PDF-1.7", files, user.id, NOW)
    session.flush()
    return deposit, document


def returned_message(
    session: scoped_session[Session], config: Config, lost: Addressee
) -> ReturnedMessage:
    """Let a notice come back."""
    steps.notify(session, lost, "250 OK", NOW)
    digest = store(config.files_directory, f"Subject: {MARK}\n\n".encode())
    report = {"status": "5.1.1", "words": f"550 5.1.1 {MARK}", "sha256": digest, "generation": 1}
    mending.bounce(session, lost, report, NOW)
    message = ReturnedMessage(
        addressee_id=lost.id, digest=digest, kind="failed", is_kept=True, arrived_at=NOW
    )
    session.add(message)
    failing.mark(session, lost.letter.organisation_id, "a@zanzibar.example", NOW)
    return message


def attached_file(config: Config) -> AttachedFile:
    content = f"Pièce {MARK}".encode()
    digest = store(config.files_directory, content)
    return AttachedFile(f"{MARK}.txt", "text/plain", len(content), digest)


def addresses(app: Flask, ids: Ids) -> Iterator[tuple[str, str, str]]:
    """Give each method and address with the audience of its route."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & SENT):
            yield method, address_of(app, rule, ids), AUDIENCES[rule.rule]


def address_of(app: Flask, rule: Rule, ids: Ids) -> str:
    """Fill a route's address with what `ids` names."""
    values = {name: ids[name] for name in rule.arguments}
    if rule.rule.startswith("/imports/") and "number" in values:
        values["number"] = ids["line"]
    if rule.rule.startswith("/a-poster/") and "number" in values:
        values["number"] = ids["deposit"]
    if rule.rule.endswith("/depart"):
        values["number"] = ids["waiting"]
    with app.test_request_context():
        return str(app.url_for(rule.endpoint, **values))
