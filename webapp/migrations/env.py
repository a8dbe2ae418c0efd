"""How Alembic reaches the database: through the application that is running."""

from alembic import context
from sqlalchemy import Connection, text

# The rooms' tables, so that a comparison with the database sees them all.
import webapp.accounts.link_models
import webapp.accounts.pace_models
import webapp.compose.models
import webapp.contacts.consent_models
import webapp.delivery.models
import webapp.evidence.models
import webapp.paper.models
import webapp.reception.models
import webapp.released_files
from webapp.database import Base, require_plain_texts
from webapp.extensions import db
from webapp.jobs import is_rooms_own

import webapp.imports.models  # noqa: F401  isort: skip


def run(connection: Connection) -> None:
    """Bring the database to the version asked for, all or nothing."""
    if connection.dialect.name == "postgresql":
        require_plain_texts(connection)
        connection.rollback()
    context.configure(
        include_object=is_rooms_own,
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        # Nothing stays of a step, up or down, that fails: PostgreSQL undoes all of them at once.
        transaction_per_migration=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()
    if (
        connection.dialect.name == "sqlite"
        and connection.execute(text("PRAGMA foreign_key_check")).first()
    ):
        raise RuntimeError("a row of the database names another that is not there")


with db.engine.connect() as connection:
    run(connection)
