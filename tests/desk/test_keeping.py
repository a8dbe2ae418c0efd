"""A letter whose term is over is erased; what stays says that it was, when and why."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import Browser
from tests.desk.old_letters import (
    LONG_AGO,
    MARK,
    NOW,
    MakeOld,
    everything_said,
    let_rest,
    old,
    stored,
    submission,
)
from webapp import keys, storage
from webapp.accounts.models import User
from webapp.delivery.tasks import seal_due
from webapp.desk import keeping
from webapp.evidence import proofs, troubles
from webapp.evidence.integrity import verify_all
from webapp.evidence.journal import entries, letter_chain
from webapp.evidence.models import JournalEntry, JournalPurge, Proof
from webapp.letters import keeping as terms
from webapp.letters import steps
from webapp.letters.labels import LABELS
from webapp.letters.models import Attachment
from webapp.letters.numbers import token
from webapp.letters.submission import submit
from webapp.paper.models import DepositDocument, DepositItem
from webapp.reception.models import AddressCode, Opening
from webapp.released_files import ReleasedFile

pytestmark = pytest.mark.slow

__all__ = ["old"]


def test_nothing_personal_is_left_of_a_letter_whose_term_is_over_and_the_journal_verifies(
    session: scoped_session[Session], old: MakeOld, config: Config
) -> None:
    letter = old()
    chain = letter_chain(letter.number)
    before = [(event.entry_hash, event.facts_hash) for event in entries(session, chain)]
    assert MARK in everything_said(session)
    assert stored(config)
    assert session.scalar(select(func.count()).select_from(Opening)) == 1
    session.commit()
    keeping.erase_due(session, config.files_directory)
    said = everything_said(session)
    assert MARK.lower() not in said.lower()
    assert b"Zanzibar".hex() not in said
    assert stored(config) == set()
    assert [(event.entry_hash, event.facts_hash) for event in entries(session, chain)] == before
    assert all(event.facts is None for event in entries(session, chain))
    assert verify_all(session) == []
    assert letter.purged_at is not None
    assert [row.state for row in letter.addressees] == ["accepted", "failed", "posted"]
    grounds = session.scalars(select(JournalPurge.ground).distinct()).all()
    assert grounds == [terms.ground(5)]
    assert session.scalar(select(func.count()).select_from(Proof))
    for table in (ReleasedFile, AddressCode, Opening):
        assert session.scalar(select(func.count()).select_from(table)) == 0


def test_the_pages_of_an_erased_letter_say_when_and_why_and_none_fails(
    session: scoped_session[Session], old: MakeOld, config: Config, browser: Browser
) -> None:
    letter = old()
    number, path = letter.number, f"/courriers/{letter.number}"
    accepted, proof = letter.addressees[0], session.scalars(select(Proof)).first()
    assert proof is not None
    secret = token(keys.secret(config.keys_directory, "recipients"), accepted.number, 1)
    assert browser.get(f"/r/{secret}").status_code == 200
    session.commit()
    keeping.erase_due(session, config.files_directory)
    page = browser.get(path).text
    assert "a été effacé le" in page
    assert "durée de conservation de l’organisation" in page
    assert accepted.number in page
    assert str(LABELS["accepted"]) in page
    assert number in browser.get("/courriers").text
    assert number in browser.get(f"/courriers?recherche={number}").text
    assert "effacé" in browser.get(f"{path}/etats.csv").text
    assert browser.get(f"{path}/etats.xlsx").status_code == 200
    assert browser.get(f"/r/{secret}").status_code == 404
    for gone in (f"/preuves/{proof.id}.pdf", "/fichiers/1", "/corriger", "/annuler"):
        answer = browser.get(path + gone)
        assert answer.status_code == 410
        assert "Ce courrier a été effacé" in answer.text
    assert browser.post(f"{path}/copier", {}).status_code == 410
    assert browser.get("/").status_code == 200
    assert browser.get("/boite-essai").status_code == 200
    deposit = session.scalars(select(DepositItem)).one().deposit
    slip = f"/a-poster/{deposit.number}"
    assert "ont été effacés à la fin de leur durée" in browser.get(slip).text
    assert browser.get("/a-poster").status_code == 200
    for gone in ("lettres.pdf", "bordereau.pdf"):
        assert browser.get(f"{slip}/{gone}").status_code == 410
    written = len(entries(session, letter_chain(number)))
    noted = {"items": "1", "outcome": "delivered", "on": NOW.date().isoformat(), "note": MARK}
    browser.post(f"{slip}/suites", noted)
    assert len(entries(session, letter_chain(number))) == written
    with browser.get(f"{path}/preuves.zip") as answer:
        archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.testzip() is None
    journal = json.loads(archive.read("journal.json"))
    assert {entry["facts"] for entry in journal["entries"]} == {None}
    assert "a été effacé" in archive.read("index.html").decode()
    assert "a été effacé" in archive.read("LISEZ-MOI.txt").decode()
    assert "absent" not in archive.read("index.csv").decode()
    assert not [name for name in archive.namelist() if name.endswith(".pdf")]


def test_a_letter_stays_until_its_last_event_is_as_old_as_the_term(
    session: scoped_session[Session], old: MakeOld, config: Config
) -> None:
    letter = old()
    late = NOW - timedelta(days=4 * 365)
    steps.write(session, letter.addressees[0], steps.EventKind.AUTOMATIC_REPLY, {}, late)
    session.commit()
    keeping.erase_due(session, config.files_directory)
    assert letter.purged_at is None
    letter.author.organisation.keeping_years = 3
    session.commit()
    keeping.erase_due(session, config.files_directory)
    assert letter.purged_at is not None


def test_a_letter_of_which_something_is_still_to_come_stays(
    session: scoped_session[Session], administrator: User, config: Config
) -> None:
    letter = submit(session, submission(administrator, config, "rien-n-est-parti"), LONG_AGO)
    session.commit()
    keeping.erase_due(session, config.files_directory)
    assert letter.purged_at is None
    assert letter.subject == f"Objet {MARK}"


def test_a_file_that_another_letter_still_has_stays_until_that_one_goes_too(
    session: scoped_session[Session], old: MakeOld, config: Config
) -> None:
    letter = old()
    (shared,) = letter.attachments
    young = old("un-jeune-courrier", NOW - timedelta(days=400))
    digest = shared.digest
    young.attachments[0].digest = digest
    session.commit()
    keeping.erase_due(session, config.files_directory)
    assert letter.purged_at is not None
    assert storage.load(config.files_directory, digest)
    assert session.scalars(select(Attachment.digest)).all() == [digest]
    young.author.organisation.keeping_years = 1
    session.commit()
    keeping.erase_due(session, config.files_directory)
    with pytest.raises(storage.DamagedFile):
        storage.load(config.files_directory, digest)


def test_a_file_that_somebody_stores_again_at_that_moment_stays(
    session: scoped_session[Session], old: MakeOld, config: Config
) -> None:
    letter = old()
    digest, content = letter.attachments[0].digest, f"Pièce {MARK} un-vieux-courrier".encode()
    storage.store(config.files_directory, content)
    session.commit()
    keeping.erase_due(session, config.files_directory)
    assert storage.load(config.files_directory, digest) == content
    assert session.scalars(select(ReleasedFile.sha256)).all() == [digest]
    let_rest(config)
    session.commit()
    keeping.erase_due(session, config.files_directory)
    assert stored(config) == set()


def test_papers_of_the_post_stay_while_a_letter_of_the_same_slip_is_kept(
    session: scoped_session[Session], old: MakeOld, config: Config
) -> None:
    letter, young = old(), old("un-jeune-courrier", NOW - timedelta(days=400))
    ours, theirs = (
        session.scalars(select(DepositItem).where(DepositItem.addressee_id == row.id)).one()
        for row in (letter.addressees[2], young.addressees[2])
    )
    theirs.deposit_id, theirs.position = ours.deposit_id, 2
    session.commit()
    keeping.erase_due(session, config.files_directory)
    names = session.scalars(
        select(DepositDocument.name).where(DepositDocument.deposit_id == ours.deposit_id)
    )
    assert names.all() == [f"{MARK}.pdf"]


def test_a_proof_that_was_being_sealed_while_its_letter_was_erased_leaves_nothing(
    session: scoped_session[Session],
    old: MakeOld,
    config: Config,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as unsealed:
        unsealed.setattr(proofs, "due", lambda *_: [])
        letter = old()
    keep = proofs.store

    def keep_while_it_is_erased(directory: Path, content: bytes) -> str:
        digest = keep(directory, content)
        keeping.erase_due(session, directory)
        return digest

    monkeypatch.setattr(proofs, "store", keep_while_it_is_erased)
    seal_due(config)
    assert letter.purged_at is not None
    assert session.scalar(select(func.count()).select_from(Proof)) == 0
    assert troubles.trouble(session, troubles.PROOF) is None
    session.commit()
    let_rest(config)
    keeping.erase_due(session, config.files_directory)
    assert stored(config) == set()


@pytest.mark.parametrize("step", ["letters", "delivery", "paper", "reception", "released_files"])
def test_an_erasure_that_dies_at_any_step_leaves_the_letter_whole_or_is_finished_by_the_next(
    session: scoped_session[Session],
    old: MakeOld,
    config: Config,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    letter = old()
    files = stored(config)
    name = "release" if step == "released_files" else "erase"
    work = getattr(getattr(keeping, step), name)

    def die(*arguments: object) -> None:
        work(*arguments)
        raise KeyboardInterrupt

    session.commit()
    with monkeypatch.context() as dying:
        dying.setattr(getattr(keeping, step), name, die)
        with pytest.raises(KeyboardInterrupt):
            keeping.erase_due(session, config.files_directory)
    session.rollback()
    assert letter.purged_at is None
    assert letter.subject == f"Objet {MARK}"
    assert stored(config) == files
    assert all(event.facts for event in entries(session, letter_chain(letter.number)))
    session.commit()
    keeping.erase_due(session, config.files_directory)
    assert MARK not in everything_said(session)
    assert stored(config) == set()


def test_files_that_a_dead_process_left_are_deleted_by_the_next_one(
    session: scoped_session[Session], old: MakeOld, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = old()
    monkeypatch.setattr(keeping.released_files, "remove_due", lambda *_: None)
    session.commit()
    keeping.erase_due(session, config.files_directory)
    assert letter.purged_at is not None
    assert stored(config)
    first = min(stored(config))
    first.replace(first.with_name(f"{first.name}.aside"))
    monkeypatch.undo()
    session.commit()
    keeping.erase_due(session, config.files_directory)
    assert stored(config) == set()


def test_another_organisation_keeps_its_own_term(
    session: scoped_session[Session], old: MakeOld, stranger: User, config: Config
) -> None:
    letter = old()
    theirs = submit(session, submission(stranger, config, "un-courrier-etranger"), LONG_AGO)
    for addressee in theirs.addressees:
        steps.cancel(session, addressee, "Stéphane", LONG_AGO)
    stranger.organisation.keeping_years = 30
    session.commit()
    keeping.erase_due(session, config.files_directory)
    assert letter.purged_at is not None
    assert theirs.purged_at is None


def test_the_worker_erases_once_a_day(
    session: scoped_session[Session], old: MakeOld, config: Config
) -> None:
    letter = old()
    session.commit()
    keeping.erase_daily()
    assert letter.purged_at is not None
    second = old("encore-un")
    session.commit()
    keeping.erase_daily()
    assert second.purged_at is None
    keeping.erase_daily(lambda: datetime.now(UTC) + timedelta(seconds=1))
    assert second.purged_at is None
    count = session.scalar(select(func.count()).select_from(JournalEntry))
    assert count
