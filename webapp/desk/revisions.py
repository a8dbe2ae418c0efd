"""Whether the database is at this code's migration, asked without loading what migrates."""

import re
from functools import cache
from pathlib import Path

from sqlalchemy import text

from webapp.database import AnySession
from webapp.web.settings import MIGRATIONS

_SAID = re.compile(r"^(down_revision|revision)\b.*=(.*)$", re.MULTILINE)


@cache
def of_code() -> frozenset[str]:
    """Give the newest revisions of this code: those that none comes after."""
    named: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for path in (Path(MIGRATIONS) / "versions").glob("*.py"):
        for word, value in _SAID.findall(path.read_text()):
            named[word].update(re.findall(r'"([^"]+)"', value))
    return frozenset(named["revision"] - named["down_revision"])


def of_database(session: AnySession) -> frozenset[str]:
    """Give the revisions to which the database was brought."""
    return frozenset(session.scalars(text("SELECT version_num FROM alembic_version")))
