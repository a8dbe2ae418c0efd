"""Letters leave at a date, recipients are reminded, senders are told.

Revision: 0022, after 0018.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_ADDED = {
    "organisation": {"reminder_days": "3"},
    "user": {"answers_told": "daily", "next_telling_at": None},
    "letter": {"leaves_at": None, "reminder_days": "0"},
    "addressee": {
        "reminder_number": "0",
        "reminder_tries": "0",
        "reminded_at": None,
        "reminders_stopped_at": None,
        "outcome_at": None,
        "told_at": None,
    },
}
"""By table, the new columns with what they hold in rows that are there: a moment, when nothing."""


def upgrade() -> None:
    """Apply, in place: the tables stay as they are, with what refers to them.

    Letters that were handed over before have no reminders, which nobody was told of; and nobody is
    told of outcomes that are known already: those have no `outcome_at`.
    """
    for table, columns in _ADDED.items():
        for name, value in columns.items():
            op.add_column(table, _column(name, value))
    op.create_index(op.f("ix_addressee_told_at_outcome_at"), "addressee", ["told_at", "outcome_at"])


def downgrade() -> None:
    """Take back; letters that wait for their date leave at that date all the same."""
    op.drop_index(op.f("ix_addressee_told_at_outcome_at"), table_name="addressee")
    op.execute(
        "UPDATE addressee SET due_at = expires_at, leased_until = NULL WHERE state = 'notified'"
    )
    for table, columns in reversed(_ADDED.items()):
        for column in columns:
            op.drop_column(table, column)


def _column(name: str, value: str | None) -> sa.Column[object]:
    if value is None:
        return sa.Column(name, sa.DateTime(timezone=True), nullable=True)
    kind = sa.Integer() if value.isdigit() else sa.String(10)
    return sa.Column(name, kind, server_default=value, nullable=False)
