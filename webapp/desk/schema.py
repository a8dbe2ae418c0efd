"""The database's tables, brought to a version by the migrations.

Imported where tables are to change, not at the start: Alembic takes a quarter of a second to load.
Each function needs an application context.
"""

import flask_migrate
from flask import current_app

from webapp import jobs
from webapp.extensions import db
from webapp.web.settings import MIGRATIONS


def upgrade(revision: str = "head") -> None:
    """Bring the tables up to a revision; `head` is that of this code."""
    _bind()
    flask_migrate.upgrade(revision=revision)
    jobs.make_tables(current_app)


def downgrade(revision: str) -> None:
    """Bring the tables down to a revision, `base` for none."""
    _bind()
    flask_migrate.downgrade(revision=revision)


def draft(message: str) -> None:
    """Write a first version of the migration that leads to the tables of the code."""
    _bind()
    flask_migrate.revision(message=message, autogenerate=True)


def _bind() -> None:
    flask_migrate.Migrate(current_app, db, directory=MIGRATIONS, render_as_batch=True)
