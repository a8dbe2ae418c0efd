"""What comes back, and the mailbox it is read from, go down and come up; told letters stay."""

import pytest

from config import Config
from tests.conftest import NOW, new_user
from tests.tree.test_migrations import before_revision, differences, fill, missing_triggers
from webapp import create_app
from webapp.accounts import return_mailbox
from webapp.accounts.models import Kind
from webapp.accounts.return_mailbox import MailboxSettings
from webapp.contacts import failing
from webapp.desk.schema import downgrade, upgrade
from webapp.evidence.journal import Event, append, letter_chain
from webapp.evidence.kinds import EventKind
from webapp.extensions import db

pytestmark = pytest.mark.slow


def test_the_mailbox_and_the_failing_addresses_go_down_and_the_rest_stays(
    bare_config: Config,
) -> None:
    with create_app(bare_config).app_context():
        upgrade()
        organisation = fill(db.session)
        user = new_user(db.session, organisation, Kind.ADMINISTRATOR, "odile@lavoir.example")
        settings = MailboxSettings("imap.x.example", 993, "tls", "a", "b", "INBOX", "")
        return_mailbox.save(db.session, bare_config, settings, user, NOW)
        failing.mark(db.session, organisation.id, "a@x.example", NOW)
        db.session.commit()
        db.session.remove()
        downgrade(revision=before_revision("0021"))
        assert missing_triggers() == set()
        upgrade()
        assert differences() == []
        assert failing.all_of(db.session, 1) == {}
        assert return_mailbox.with_return_mailbox(db.session, bare_config) == bare_config
        db.session.remove()
        db.engine.dispose()


def test_what_an_older_plirec_cannot_tell_is_not_taken_from_it(bare_config: Config) -> None:
    with create_app(bare_config).app_context():
        upgrade()
        event = Event(EventKind.ADDRESS_CORRECTED, "addressee:X", {})
        append(db.session, letter_chain("X"), [event], NOW)
        db.session.commit()
        db.session.remove()
        with pytest.raises(SystemExit):
            downgrade(revision=before_revision("0021"))
        upgrade()
        assert differences() == []
        db.session.remove()
        db.engine.dispose()
