from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from flask import Flask
from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.conftest import NOW, new_organisation, new_user
from webapp import create_app
from webapp.accounts import attempts, second_factor
from webapp.accounts.invitations import invite
from webapp.accounts.models import Kind, Organisation, User
from webapp.accounts.password_links import make_link
from webapp.accounts.sessions import open_session
from webapp.accounts.team import disable
from webapp.compose import copies, drafts
from webapp.compose.models import DraftFile
from webapp.contacts import book, queries
from webapp.contacts.models import Contact, Group
from webapp.contacts.rules import check
from webapp.database import Base
from webapp.desk.schema import downgrade, upgrade
from webapp.evidence import seal, triggers
from webapp.evidence.integrity import verify_chain
from webapp.evidence.journal import Event, append, organisation_chain
from webapp.evidence.kinds import EventKind
from webapp.extensions import db
from webapp.imports import sources, staging
from webapp.imports.checking import Layout, check_rows
from webapp.imports.models import Import, ImportRow
from webapp.jobs import is_rooms_own
from webapp.letters.attachments import AttachedFile
from webapp.letters.models import Addressee, Channel, Letter
from webapp.letters.submission import FrozenRecipient, Submission, submit
from webapp.paper import deposits
from webapp.paper.documents import keep_document
from webapp.paper.models import EnvelopeWindow
from webapp.sheets.notes import counted
from webapp.sheets.reader import Row
from webapp.web.settings import MIGRATIONS

pytestmark = pytest.mark.slow

CONTACT = {"email": "a@x.example", "last_name": "Blanc", "status": "professional"}


def differences() -> list[object]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": is_rooms_own}
        )
        return list(compare_metadata(context, Base.metadata))


def missing_triggers() -> set[str]:
    with db.engine.connect() as here:
        return triggers.GUARDS.missing(here)


def fill(session: scoped_session[Session]) -> Organisation:
    organisation = new_organisation(session, "Les Amis du Lavoir")
    group = book.create_group(session, organisation.id, "Adhérents", NOW)
    recipient = check(CONTACT).recipient
    assert recipient is not None
    book.add_contact(session, group, recipient, NOW)
    chain = organisation_chain(organisation.id)
    append(session, chain, [Event(EventKind.CONSENT_DECLARED, chain, {"email": "a@x"})], NOW)
    session.commit()
    return organisation


def test_the_migrations_make_just_the_tables_of_the_code(app: Flask) -> None:
    with app.app_context():
        assert differences() == []
        assert missing_triggers() == set()


def test_each_step_up_keeps_the_data_and_the_guards_of_the_journal(bare_config: Config) -> None:
    app = create_app(bare_config)
    with app.app_context():
        upgrade(revision="0002")
        assert missing_triggers() == set()
        seal.register(db.session, bare_config.keys_directory, NOW)
        db.session.commit()
        upgrade()
        assert missing_triggers() == set()
        assert differences() == []
        assert len(seal.fingerprints(db.session)) == 1
        db.session.rollback()
        db.engine.dispose()


def test_languages_come_with_french_and_leave_accounts_as_they_were(bare_config: Config) -> None:
    app = create_app(bare_config)
    accounts = text('SELECT "user".name, organisation.name FROM "user" JOIN organisation ON true')
    with app.app_context():
        upgrade(revision="0009")
        with db.engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO organisation (id, name, address_1, address_2, postal_code, city, "
                    "country, email, names_sender, created_at) VALUES (1, 'Lavoir', 'rue', '', "
                    "'01000', 'Bourg', '', 'b@x.example', false, '2026-03-02')"
                )
            )
            connection.execute(
                text(
                    'INSERT INTO "user" (id, organisation_id, name, email, password, kind, active, '
                    "fs_uniquifier, created_at) VALUES (1, 1, 'Odile', 'o@x.example', 'x', "
                    "'simple', true, 'u', '2026-03-02')"
                )
            )
        upgrade(revision="0008")
        with db.engine.begin() as connection:
            languages = text(
                'SELECT organisation.language, "user".language FROM organisation, "user"'
            )
            assert connection.execute(languages).all() == [("fr", "")]
            connection.execute(
                text("INSERT INTO language_choice VALUES (1, 1, 'a@x.example', 'en', '2026-03-02')")
            )
        downgrade(revision="0009")
        with db.engine.connect() as connection:
            assert connection.execute(accounts).all() == [("Odile", "Lavoir")]
        assert missing_triggers() == set()
        upgrade(revision="0008")
        with db.engine.connect() as connection:
            assert connection.execute(accounts).all() == [("Odile", "Lavoir")]
        db.engine.dispose()


def test_who_was_invited_and_disabled_goes_down_and_comes_up_again(bare_config: Config) -> None:
    app = create_app(bare_config)
    with app.app_context():
        upgrade()
        organisation = new_organisation(db.session, "Les Amis du Lavoir")
        odile = new_user(db.session, organisation, Kind.ADMINISTRATOR, "odile@lavoir.example")
        paul = new_user(db.session, organisation, Kind.MANAGED, "paul@lavoir.example")
        invite(db.session, organisation.id, "", "zoe@x.example", Kind.SIMPLE, odile, NOW)
        make_link(db.session, paul, odile, NOW)
        disable(db.session, paul, odile, NOW)
        db.session.commit()
        db.session.remove()
        downgrade(revision="0004")
        with db.engine.connect() as connection:
            active = connection.scalars(text('SELECT active FROM "user" ORDER BY id')).all()
        assert active == [1, 0], "a closed account stays closed"
        upgrade()
        assert differences() == []
        assert missing_triggers() == set()
        invite(db.session, 1, "", "zoe@x.example", Kind.SIMPLE, None, NOW)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def test_down_with_data_in_it_and_up_again_leaves_a_database_that_works(
    bare_config: Config,
) -> None:
    app = create_app(bare_config)
    with app.app_context():
        upgrade()
        organisation = fill(db.session)
        chain = organisation_chain(organisation.id)
        db.session.remove()
        downgrade(revision="0002")
        assert verify_chain(db.session, chain) == [], "the journal stands without the rooms"
        db.session.remove()
        downgrade(revision="base")
        assert not inspect(db.engine).has_table("journal_entry")
        upgrade()
        assert missing_triggers() == set()
        fill(db.session)
        assert db.session.scalar(select(func.count()).select_from(Contact)) == 1
        assert db.session.scalar(select(func.count()).select_from(Group)) == 1
        db.session.remove()
        db.engine.dispose()


def test_the_sign_ins_tables_go_and_come_without_the_accounts(bare_config: Config) -> None:
    app = create_app(bare_config)
    with app.app_context():
        upgrade()
        organisation = fill(db.session)
        user = new_user(db.session, organisation, Kind.ADMINISTRATOR, "odile@lavoir.example")
        sealed = second_factor.begin(user)
        code = HOTP(second_factor.begun(user, sealed), 6, SHA1()).generate(
            int(NOW.timestamp()) // 30
        )
        second_factor.turn_on(db.session, user, sealed, code.decode(), NOW)
        open_session(db.session, user.id, browser="", system="", address="", now=NOW)
        attempts.count(db.session, "password", user.email, "192.0.2.7", NOW)
        organisation.requires_second_factor = True
        db.session.commit()
        db.session.remove()
        downgrade(revision=before_revision("0006"))
        assert missing_triggers() == set()
        upgrade()
        assert differences() == []
        kept = db.session.scalars(select(User)).one()
        assert kept.email == "odile@lavoir.example"
        assert not kept.organisation.requires_second_factor
        assert not second_factor.is_on(db.session, kept.id)
        db.session.remove()
        db.engine.dispose()


def test_the_drafts_tables_go_and_come_with_what_was_being_written(bare_config: Config) -> None:
    file = drafts.CheckedFile(AttachedFile("plan.pdf", "application/pdf", 9, "0" * 64), "")
    app = create_app(bare_config)
    with app.app_context():
        upgrade()
        organisation = fill(db.session)
        user = new_user(db.session, organisation, Kind.ADMINISTRATOR, "odile@lavoir.example")
        assert drafts.with_files(db.session, user, "une-clef-de-brouillon", [file], 9, NOW)
        db.session.commit()
        db.session.remove()
        downgrade(revision=before_revision("0005"))
        assert missing_triggers() == set()
        upgrade()
        assert differences() == []
        user = db.session.scalars(select(User)).one()
        assert drafts.with_files(db.session, user, "une-clef-de-brouillon", [file], 9, NOW)
        db.session.commit()
        assert db.session.scalar(select(func.count()).select_from(DraftFile)) == 1
        db.session.remove()
        db.engine.dispose()


def test_deposits_and_sent_forms_go_and_come_and_the_letters_stay(bare_config: Config) -> None:
    app = create_app(bare_config)
    with app.app_context():
        upgrade()
        organisation = fill(db.session)
        user = new_user(db.session, organisation, Kind.ADMINISTRATOR, "odile@lavoir.example")
        letter = on_paper(user)
        copies.remember(db.session, letter, [("groups", "1")])
        sent = [letter.addressees[0].number]
        deposit = deposits.prepare(db.session, user, sent, "R1", "", "une-clef-de-depot", NOW)
        keep_document(
            db.session, deposit, "a.pdf", b"%PDF-1.7", bare_config.files_directory, user.id, NOW
        )
        db.session.add(EnvelopeWindow(organisation_id=organisation.id, top=50, left=110))
        db.session.commit()
        db.session.remove()
        downgrade(revision=before_revision("0007"))
        assert missing_triggers() == set()
        upgrade()
        assert differences() == []
        user = db.session.scalars(select(User)).one()
        sent = list(db.session.scalars(select(Addressee.number)))
        again = deposits.prepare(db.session, user, sent, "R1", "", "une-clef-de-depot", NOW)
        assert [item.addressee.name for item in again.items] == ["Marie Roux"]
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def test_groups_go_down_as_groups_in_use_and_come_up_with_their_contacts(
    bare_config: Config,
) -> None:
    app = create_app(bare_config)
    members = text(
        "SELECT contact_group.name, contact.last_name FROM contact_group"
        " JOIN membership ON group_id = contact_group.id JOIN contact ON contact_id = contact.id"
    )
    with app.app_context():
        upgrade()
        organisation = fill(db.session)
        group = db.session.scalars(select(Group)).one()
        book.archive_group(db.session, group, NOW)
        report = check_rows([Row(2, ("b@x.example", "Noir"))], {0: "email", 1: "last_name"})
        user = new_user(db.session, organisation, Kind.ADMINISTRATOR, "odile@lavoir.example")
        staging.stage(db.session, group, user.id, "liste.csv", report, NOW)
        db.session.commit()
        db.session.remove()
        downgrade(revision=before_revision("0013"))
        with db.engine.connect() as connection:
            assert connection.execute(members).all() == [("Adhérents", "Blanc")]
            assert connection.scalar(text("SELECT count(*) FROM import_row")) == 1
        assert missing_triggers() == set()
        upgrade()
        assert differences() == []
        (line,) = queries.groups(db.session, 1)
        assert (line.group.name, line.contacts) == ("Adhérents", 1)
        assert queries.archived_groups(db.session, 1) == []
        book.archive_group(db.session, line.group, NOW)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def test_what_was_told_about_a_file_goes_down_and_its_lines_stay(bare_config: Config) -> None:
    app = create_app(bare_config)
    with app.app_context():
        upgrade()
        organisation = fill(db.session)
        group = db.session.scalars(select(Group)).one()
        user = new_user(db.session, organisation, Kind.ADMINISTRATOR, "odile@lavoir.example")
        report = check_rows([Row(2, ("b@x.example", "Noir"))], {0: "email", 1: "last_name"})
        told = replace(report, notes=counted("blank_rows", 3))
        staging.stage(db.session, group, user.id, "liste.csv", told, NOW)
        db.session.commit()
        db.session.remove()
        downgrade(revision=before_revision("0015"))
        with db.engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM import_row")) == 1
        assert missing_triggers() == set()
        upgrade()
        assert differences() == []
        assert db.session.scalars(select(Import.notes)).one() == []
        db.session.remove()
        db.engine.dispose()


def test_imports_go_down_without_the_unread_and_come_up_read(bare_config: Config) -> None:
    app = create_app(bare_config)
    with app.app_context():
        upgrade()
        organisation = fill(db.session)
        group = db.session.scalars(select(Group)).one()
        report = check_rows([Row(2, ("b@x.example", "Noir"))], {0: "email", 1: "last_name"})
        user = new_user(db.session, organisation, Kind.ADMINISTRATOR, "odile@lavoir.example")
        staged = staging.stage(db.session, group, user.id, "liste.csv", report, NOW)
        sources.keep(db.session, staged, [], Layout(0, -1, {0: "email"}))
        staging.begin(db.session, group, user.id, "longue.csv", "un-fichier", NOW)
        sources.remember(db.session, organisation.id, {"mel": "email"}, {})
        db.session.commit()
        db.session.remove()
        downgrade(revision=before_revision("0016"))
        assert missing_triggers() == set()
        upgrade()
        assert differences() == []
        import_ = db.session.scalars(select(Import)).one()
        assert (import_.filename, import_.read_at) == ("liste.csv", NOW)
        assert sources.layout_of(db.session, import_) is None
        assert sources.choices(db.session, import_.organisation_id) == {}
        assert db.session.scalar(select(func.count()).select_from(ImportRow)) == 1
        db.session.remove()
        db.engine.dispose()


def on_paper(user: User) -> Letter:
    marie = FrozenRecipient(
        "Marie Roux", "", "individual", "4 RUE DES LILAS\n01000 BOURG", "", Channel.PAPER
    )
    submission = Submission(
        organisation=user.organisation,
        author=user,
        subject="Convocation",
        message="Bonjour.",
        is_trial=True,
        recipients=[marie],
        key="une-clef-de-courrier",
        token_key=b"x" * 32,
        host="localhost",
    )
    return submit(db.session, submission, NOW)


def before_revision(revision: str) -> str:
    """Give the revision that one comes after, wherever it stands in the chain."""
    scripts = ScriptDirectory(MIGRATIONS)
    before = scripts.get_revision(revision).down_revision
    assert isinstance(before, str)
    return before


def test_imports_of_before_are_counted_and_stay_when_the_comparison_goes(
    bare_config: Config,
) -> None:
    app = create_app(bare_config)
    with app.app_context():
        upgrade()
        organisation = fill(db.session)
        group = db.session.scalars(select(Group)).one()
        rows = [Row(2, ("a@x.example", "Blanc")), Row(3, ("b@x.example", "Noir", "pro"))]
        report = check_rows(rows, {0: "email", 1: "last_name", 2: "status"})
        user = new_user(db.session, organisation, Kind.ADMINISTRATOR, "odile@lavoir.example")
        staged = staging.stage(db.session, group, user.id, "liste.csv", report, NOW)
        assert staged.counts == {"error": 1, "create": 1}
        db.session.commit()
        db.session.remove()
        downgrade(revision=before_revision("0014"))
        with db.engine.connect() as connection:
            outcomes = text("SELECT outcome FROM import_row ORDER BY number")
            assert list(connection.scalars(outcomes)) == ["error", "ready"]
        assert missing_triggers() == set()
        upgrade()
        assert differences() == []
        assert db.session.scalars(select(Import.counts)).one() == {"error": 1, "create": 1}
        assert db.session.scalars(select(Contact.last_name)).all() == ["Blanc"]
        db.session.remove()
        db.engine.dispose()
