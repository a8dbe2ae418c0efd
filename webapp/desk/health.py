"""Whether Plirec can do its work now: what a supervisor asks every few seconds. Writes nothing."""

import os
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from config import Config
from webapp.database import AnySession
from webapp.delivery import sightings
from webapp.desk import revisions


def checks(session: AnySession, config: Config, now: datetime) -> dict[str, bool]:
    """Say by name what is well.

    `database`: it answers; `migration`: it is at this code's; `files`: the store can be written to;
    `worker`: one was seen lately.
    """
    well = dict.fromkeys(("database", "migration", "files", "worker"), False)
    well["files"] = is_writable(config.files_directory)
    try:
        found = revisions.of_database(session)
        well["database"] = True
        well["migration"] = found == revisions.of_code()
        well["worker"] = sightings.is_recent(sightings.last_seen(session), now)
    except SQLAlchemyError:
        # This is the very thing that was asked: it is answered, not raised.
        session.rollback()
    return well


def is_writable(directory: Path) -> bool:
    """Say whether files can be kept there; before the first one, whether it can be made."""
    held = directory if directory.exists() else directory.parent
    return os.access(held, os.W_OK | os.X_OK)
