"""The journal: appending, reading, letting facts go."""

import hashlib
import time
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
import rfc8785
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from webapp.evidence.integrity import verify_all, verify_chain
from webapp.evidence.journal import (
    FIRST_PREVIOUS_HASH,
    Event,
    append,
    entries,
    entries_about,
    hash_of_entry,
    moment,
    organisation_chain,
)
from webapp.evidence.kinds import EventKind, uri
from webapp.evidence.models import JournalFacts, JournalPurge
from webapp.evidence.purge import TooEarly, end_of_retention, purge

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
CHAIN = organisation_chain(1)


def consent(subject: str = "contact:1") -> Event:
    return Event(EventKind.CONSENT_DECLARED, subject, {"how": "par écrit", "years": [2025, 2026]})


def test_events_are_read_back_in_their_order_with_their_facts(session: Session) -> None:
    append(session, CHAIN, [consent("contact:1"), consent("contact:2")], NOW)
    append(session, CHAIN, [consent("contact:1")], NOW + timedelta(microseconds=1))
    session.commit()
    found = entries(session, CHAIN)
    assert [event.sequence for event in found] == [1, 2, 3]
    assert found[0].previous_hash == FIRST_PREVIOUS_HASH
    assert found[2].previous_hash == found[1].entry_hash
    assert found[2].occurred_at == NOW + timedelta(microseconds=1)
    assert found[0].facts == {"how": "par écrit", "years": [2025, 2026]}
    assert [event.sequence for event in entries_about(session, CHAIN, "contact:1")] == [1, 3]
    assert verify_all(session) == []


def test_two_events_with_the_same_facts_show_nothing_in_common(session: Session) -> None:
    append(session, CHAIN, [consent(), consent()], NOW)
    one, two = entries(session, CHAIN)
    assert one.facts_hash != two.facts_hash


def test_an_entry_is_hashed_in_the_canonical_json_of_the_norm() -> None:
    everything = "".join(map(chr, [*range(0x800), *range(0x2000, 0x2100), 0xFFFD, 0x1F4EE]))
    row = {
        "chain": everything,
        "sequence": 90_000,
        "kind": 'a"b\\c/d',
        "subject": "é\u2028\x7f",
        "previous_hash": "0" * 64,
        "facts_hash": "f" * 64,
    }
    canonical = rfc8785.dumps({**row, "occurred_at": moment(NOW), "version": 1})
    expected = hashlib.sha256(canonical).hexdigest()
    assert hash_of_entry({**row, "occurred_at": NOW}) == expected


def test_what_is_rolled_back_leaves_no_trace_in_the_chain(session: Session) -> None:
    append(session, CHAIN, [consent()], NOW)
    session.rollback()
    assert entries(session, CHAIN) == []
    append(session, CHAIN, [consent()], NOW)
    session.commit()
    assert [event.sequence for event in entries(session, CHAIN)] == [1]


def test_an_event_without_a_time_zone_is_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="time zone"):
        append(session, CHAIN, [consent()], NOW.replace(tzinfo=None))


def test_a_moment_of_another_zone_is_the_same_moment(session: Session) -> None:
    paris = NOW.astimezone(tz=datetime.fromisoformat("2026-11-24T11:00+01:00").tzinfo)
    append(session, CHAIN, [consent()], paris)
    session.commit()
    assert entries(session, CHAIN)[0].occurred_at == NOW
    assert verify_chain(session, CHAIN) == []


def test_two_writers_at_once_extend_one_chain_without_a_gap(
    sessions: sessionmaker[Session],
) -> None:
    def write() -> None:
        for _ in range(100):
            with sessions.begin() as session:
                append(session, CHAIN, [consent()], NOW)

    writers = [Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with sessions() as session:
        assert [event.sequence for event in entries(session, CHAIN)] == list(range(1, 201))
        assert verify_chain(session, CHAIN) == []


def test_a_letter_to_three_thousand_is_written_in_a_moment(session: Session) -> None:
    start = time.process_time()
    append(session, CHAIN, [consent(f"contact:{number}") for number in range(3000)], NOW)
    session.commit()
    assert time.process_time() - start < 5
    assert verify_chain(session, CHAIN) == []


def test_facts_may_go_after_a_year_and_the_chain_still_verifies(
    session: Session, story: Any
) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=367)
    story.submit(session, at=long_ago)
    session.commit()
    ids = [event.entry_id for event in entries(session, story.chain)]
    purge(session, ids, datetime.now(UTC), "CPCE, article R. 53-2 : un an")
    session.commit()
    assert [event.facts for event in entries(session, story.chain)] == [None, None]
    assert session.scalars(select(JournalFacts)).all() == []
    assert verify_all(session) == []
    purge(session, ids, datetime.now(UTC), "une seconde fois")
    assert len(session.scalars(select(JournalPurge)).all()) == 2


def test_facts_are_kept_for_a_year(session: Session, story: Any) -> None:
    recent = datetime.now(UTC) - timedelta(days=364)
    story.submit(session, at=datetime.now(UTC) - timedelta(days=367))
    story.submit(session, at=recent)
    session.commit()
    ids = [event.entry_id for event in entries(session, story.chain)]
    with pytest.raises(TooEarly):
        purge(session, ids, datetime.now(UTC), "trop tôt")
    session.commit()
    assert len(session.scalars(select(JournalFacts)).all()) == 4


def test_no_one_may_pretend_that_the_year_is_over(session: Session, story: Any) -> None:
    occurred_at = datetime.now(UTC) - timedelta(days=200)
    story.submit(session, at=occurred_at)
    session.commit()
    ids = [event.entry_id for event in entries(session, story.chain)]
    with pytest.raises(IntegrityError, match="one year at least"):
        purge(session, ids, end_of_retention(occurred_at), "une date à venir")


def test_a_year_from_29_february_ends_on_1_march() -> None:
    assert end_of_retention(datetime(2028, 2, 29, 8, tzinfo=UTC)) == datetime(
        2029, 3, 1, 8, tzinfo=UTC
    )


def test_events_have_the_names_of_the_norm_where_it_has_one() -> None:
    assert (
        uri(EventKind.CONTENT_CONSIGNMENT) == "http://uri.etsi.org/19522/Event/ContentConsignment"
    )
    assert uri(EventKind.CONSENT_DECLARED) == "urn:plirec:event:ConsentDeclared"
