"""The daily root: exactly one a day, over the heads of all chains; what it finds afterwards."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from config import Config
from tests import databases
from webapp.evidence import tree, triggers, witness, witness_guards
from webapp.evidence.canonical import dumps
from webapp.evidence.faults import FaultKind
from webapp.evidence.inclusion import inclusions
from webapp.evidence.integrity import verify_all
from webapp.evidence.journal import Event, append, entries, organisation_chain
from webapp.evidence.kinds import EventKind
from webapp.evidence.witness import make_due
from webapp.evidence.witness_models import DailyRoot, RootLeaf, RootStamp

MONDAY = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
DAY = timedelta(days=1)
OTHER = organisation_chain(1)


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def consent(session: Session, chain: str = OTHER) -> None:
    append(session, chain, [Event(EventKind.CONSENT_DECLARED, chain, {"email": "a@x"})], MONDAY)
    session.commit()


@pytest.fixture
def written(session: Session, story: Any, config: Config) -> Any:
    """A letter with its first two entries, and an organisation with one."""
    story.submit(session)
    session.commit()
    consent(session)
    return story


def days(session: Session) -> list[date]:
    return list(session.scalars(select(DailyRoot.day).order_by(DailyRoot.number)))


def test_a_root_is_over_the_last_entry_of_every_chain(
    session: Session, written: Any, config: Config
) -> None:
    assert make_due(session, config, at(MONDAY))
    root = session.scalars(select(DailyRoot)).one()
    leaves = []
    for chain in sorted([written.chain, OTHER]):
        head = entries(session, chain)[-1]
        leaf = {"chain": chain, "sequence": head.sequence, "entry_hash": head.entry_hash}
        leaves.append(tree.leaf_hash(dumps({**leaf, "version": 1})))
    assert (root.number, root.day, root.tree_size) == (1, date(2026, 3, 2), 2)
    assert (root.root, root.made_at) == (tree.root(leaves).hex(), MONDAY)


def test_a_journal_without_entries_has_no_root(session: Session, config: Config) -> None:
    assert not make_due(session, config, at(MONDAY))


def test_the_day_is_that_of_paris(session: Session, written: Any, config: Config) -> None:
    late = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    make_due(session, config, at(late))
    assert days(session) == [date(2026, 3, 3)]


def test_there_is_one_root_a_day_however_the_clock_jumps(
    session: Session, written: Any, config: Config
) -> None:
    jumps = [0, 1, 1, 30, 2, 1, 2, 30, 3, 0]
    made = [make_due(session, config, at(MONDAY + jump * DAY)) for jump in jumps]
    assert made == [True, True, False, True, True, False, False, False, True, False]
    first = MONDAY.date()
    assert days(session) == [first + jump * DAY for jump in (0, 1, 30, 2, 3)]
    assert verify_all(session) == []


@pytest.mark.parametrize("attempt", range(3))
def test_workers_that_come_at_once_make_one_root(
    attempt: int,
    session: Session,
    sessions: sessionmaker[Session],
    written: Any,
    config: Config,
) -> None:
    together = Barrier(4)

    def work() -> bool:
        with sessions() as own:
            together.wait()
            return make_due(own, config, at(MONDAY))

    with ThreadPoolExecutor(4) as pool:
        made = [result.result() for result in [pool.submit(work) for _ in range(4)]]
    assert sorted(made) == [False, False, False, True]
    assert len(days(session)) == 1
    assert verify_all(session) == []


def test_only_chains_that_changed_are_written_again_and_each_root_still_holds_all(
    session: Session, written: Any, config: Config
) -> None:
    make_due(session, config, at(MONDAY))
    make_due(session, config, at(MONDAY + DAY))
    written.notify_and_accept(session)
    session.commit()
    make_due(session, config, at(MONDAY + 2 * DAY))
    kept = session.execute(select(RootLeaf.number, RootLeaf.chain).order_by(RootLeaf.number)).all()
    assert sorted(kept) == sorted([(1, OTHER), (1, written.chain), (3, written.chain)])
    assert [head.sequence for head in witness.heads_under(session, 2)] == [2, 1]
    assert [head.sequence for head in witness.heads_under(session, 3)] == [5, 1]
    assert verify_all(session) == []


def test_a_chain_is_proved_by_the_first_root_with_its_head_and_by_the_last(
    session: Session, written: Any, config: Config
) -> None:
    assert inclusions(session, written.chain) == []
    for number in range(5):
        consent(session, organisation_chain(number + 2))
        make_due(session, config, at(MONDAY + number * DAY))
    found = inclusions(session, written.chain)
    assert [(proof.root.number, proof.root.tree_size) for proof in found] == [(1, 3), (5, 7)]
    for proof in found:
        told = proof.as_json(None)
        hashed = tree.leaf_hash(dumps({**told["leaf"], "version": 1}))
        steps = [bytes.fromhex(step) for step in told["path"]]
        root = bytes.fromhex(told["root"])
        place = (told["leaf_index"], told["tree_size"])
        assert tree.leads_to(root, hashed, *place, steps)
        assert not tree.leads_to(root, hashed, place[0] + 1, place[1], steps)
    assert found[0].as_json("x")["leaf"]["sequence"] == 2
    make_due(session, config, at(MONDAY + 5 * DAY))
    assert [proof.root.number for proof in inclusions(session, OTHER)] == [1, 6]


REFUSED = [
    "UPDATE daily_root SET root = 'other'",
    "DELETE FROM daily_root",
    "UPDATE root_leaf SET sequence = 9",
    "DELETE FROM root_leaf",
    "UPDATE root_stamp SET authority = 'other'",
    "DELETE FROM root_stamp",
    *(
        ["TRUNCATE daily_root CASCADE", "TRUNCATE root_leaf", "TRUNCATE root_stamp"]
        if databases.ON_POSTGRESQL
        else [
            "REPLACE INTO daily_root SELECT 1, day, 9, root, made_at FROM daily_root",
            "REPLACE INTO daily_root SELECT 9, day, 9, root, made_at FROM daily_root",
            "REPLACE INTO root_leaf SELECT number, chain, 9, entry_hash FROM root_leaf",
            "REPLACE INTO root_stamp SELECT * FROM root_stamp",
        ]
    ),
]


@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_itself_refuses_to_change_what_was_witnessed(
    engine: Engine, session: Session, written: Any, config: Config, statement: str
) -> None:
    make_due(session, config, at(MONDAY))
    session.add(stamp())
    session.commit()
    with engine.connect() as connection, pytest.raises(IntegrityError, match="never"):
        connection.execute(text(statement))


def stamp() -> RootStamp:
    return RootStamp(
        number=1,
        token=b"no stamp",
        stamped_at=MONDAY,
        asked_at=MONDAY,
        authority="https://a.example",
        signer="A",
        certificate="0" * 64,
    )


Found = set[tuple[FaultKind, str, int, date | None]]


@pytest.fixture
def attack(
    engine: Engine,
    session: Session,
    sessions: sessionmaker[Session],
    written: Any,
    config: Config,
) -> Callable[[str], Found]:
    """Change the database without its triggers after two roots, and give what is found."""
    make_due(session, config, at(MONDAY))
    written.notify_and_accept(session)
    session.add(stamp())
    session.commit()
    make_due(session, config, at(MONDAY + DAY))
    with engine.begin() as connection:
        triggers.GUARDS.drop(connection)
        witness_guards.GUARDS.drop(connection)

    def change(statements: str) -> Found:
        with engine.connect() as connection:
            if databases.ON_POSTGRESQL:
                connection.execute(text("SET session_replication_role = replica"))
            else:
                raw: Any = connection.connection.driver_connection
                raw.execute("PRAGMA foreign_keys = OFF")
            for statement in statements.split(";"):
                connection.execute(text(statement))
            connection.commit()
            if databases.ON_POSTGRESQL:
                connection.execute(text("SET session_replication_role = DEFAULT"))
                connection.commit()
            else:
                raw.execute("PRAGMA foreign_keys = ON")
        with sessions() as fresh:
            return {
                (fault.kind, fault.chain, fault.sequence, fault.day)
                for fault in verify_all(fresh)
                if fault.kind is not FaultKind.STAMP_CHANGED
            }

    assert change("SELECT 1") == set()
    return change


FIRST, SECOND = MONDAY.date(), (MONDAY + DAY).date()
TAIL = "chain LIKE 'letter:%' AND sequence > 2"
FACTS = f"entry_id IN (SELECT id FROM journal_entry WHERE {TAIL})"


def test_a_chain_whose_end_was_cut_off_with_every_trace_is_found_by_the_root(
    attack: Any, written: Any
) -> None:
    found = attack(
        f"DELETE FROM journal_facts WHERE {FACTS}; DELETE FROM journal_entry WHERE {TAIL}"
    )
    assert found == {(FaultKind.CUT_OFF, written.chain, 5, SECOND)}


def test_a_chain_that_was_deleted_as_a_whole_is_found_by_each_root(
    attack: Any, written: Any
) -> None:
    everything = "chain LIKE 'letter:%'"
    of_it = f"entry_id IN (SELECT id FROM journal_entry WHERE {everything})"
    found = attack(
        f"DELETE FROM journal_facts WHERE {of_it}; DELETE FROM journal_entry WHERE {everything}"
    )
    assert found == {
        (FaultKind.CUT_OFF, written.chain, 2, FIRST),
        (FaultKind.CUT_OFF, written.chain, 5, SECOND),
    }


def test_a_chain_that_was_written_anew_is_found_though_it_verifies(
    attack: Any, written: Any, session: Session
) -> None:
    everything = "chain LIKE 'letter:%'"
    of_it = f"entry_id IN (SELECT id FROM journal_entry WHERE {everything})"
    attack(f"DELETE FROM journal_facts WHERE {of_it}; DELETE FROM journal_entry WHERE {everything}")
    session.rollback()
    session.expire_all()
    written.submit(session)
    written.notify_and_accept(session)
    session.commit()
    assert attack("SELECT 1") == {
        (FaultKind.REWRITTEN, written.chain, 2, FIRST),
        (FaultKind.REWRITTEN, written.chain, 5, SECOND),
    }


def test_a_changed_root_leaf_or_number_of_leaves_is_found(attack: Any, written: Any) -> None:
    changed = (FaultKind.ROOT_CHANGED, "", 2, SECOND)
    assert attack(
        "UPDATE daily_root SET root = entry_hash FROM root_leaf WHERE daily_root.number = 2"
    ) == {changed}


def test_a_changed_size_is_found(attack: Any) -> None:
    found = attack("UPDATE daily_root SET tree_size = 3 WHERE number = 1")
    assert found == {(FaultKind.ROOT_CHANGED, "", 1, FIRST)}


def test_a_changed_leaf_is_found_in_the_root_and_in_the_journal(attack: Any, written: Any) -> None:
    found = attack("UPDATE root_leaf SET sequence = 4 WHERE number = 2")
    assert found == {
        (FaultKind.ROOT_CHANGED, "", 2, SECOND),
        (FaultKind.REWRITTEN, written.chain, 4, SECOND),
    }


def test_a_root_that_was_deleted_is_missed(attack: Any) -> None:
    assert (FaultKind.ROOT_MISSING, "", 1, None) in attack(
        "DELETE FROM daily_root WHERE number = 1"
    )
    found = attack("DELETE FROM daily_root WHERE number = 2")
    assert (FaultKind.ROOT_MISSING, "", 2, None) in found


def test_a_stamp_that_is_none_is_found(session: Session, written: Any, config: Config) -> None:
    make_due(session, config, at(MONDAY))
    session.add(stamp())
    session.commit()
    assert [(fault.kind, fault.day) for fault in verify_all(session)] == [
        (FaultKind.STAMP_CHANGED, FIRST)
    ]
