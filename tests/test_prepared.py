"""Rows written by statements that are compiled once are those that the models would write."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session, scoped_session

from webapp.accounts.models import User
from webapp.contacts.models import Group
from webapp.prepared import change_one, insert_one
from webapp.texts import fold

NOW = datetime(2026, 3, 2, 9, 30, 0, 250_000, tzinfo=UTC)


def group_of(somebody: User, name: str) -> dict[str, Any]:
    of = somebody.organisation_id
    return {"organisation_id": of, "name": name, "folded_name": fold(name), "created_at": NOW}


def test_a_row_is_inserted_with_its_values_and_gives_its_key(
    session: scoped_session[Session], administrator: User
) -> None:
    key = insert_one(session, Group, group_of(administrator, "Été"))
    kept = session.get_one(Group, key)
    assert (kept.name, kept.created_at) == ("Été", NOW)


def test_a_row_is_changed_only_while_it_is_as_it_is_known(
    session: scoped_session[Session], administrator: User
) -> None:
    key = insert_one(session, Group, group_of(administrator, "Bureau"))
    assert not change_one(session, Group, {"id": key, "name": "Conseil"}, {"name": "Comité"})
    assert change_one(session, Group, {"id": key, "name": "Bureau"}, {"name": "Conseil"})
    assert session.get_one(Group, key).name == "Conseil"
