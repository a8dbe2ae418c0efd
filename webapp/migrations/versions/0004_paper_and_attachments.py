"""Letters have attachments and a reference; an addressee may be reached on paper.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATES = "state IN ('submitted', 'notified', 'accepted', 'rejected', 'expired', 'failed')"
STATES_BY_CHANNEL = (
    "(channel = 'email' AND email <> '' AND state IN ('submitted', 'notified', 'accepted', 'rejected', 'expired', 'failed', 'cancelled'))"
    " OR (channel = 'paper' AND postal_address <> '' AND state IN ('to_post', 'posted', 'delivered', 'returned', 'cancelled'))"
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_attachment_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("letter_id", "position", name=op.f("uq_attachment_letter_id_position")),
    )
    with op.batch_alter_table("letter") as letter:
        letter.add_column(
            sa.Column("own_reference", sa.String(length=60), nullable=False, server_default="")
        )
    with op.batch_alter_table("letter") as letter:
        letter.alter_column("own_reference", server_default=None)
    with op.batch_alter_table("addressee") as addressee:
        addressee.add_column(
            sa.Column("channel", sa.String(length=10), nullable=False, server_default="email")
        )
        addressee.drop_constraint(op.f("ck_addressee_state"), type_="check")
    with op.batch_alter_table("addressee") as addressee:
        addressee.alter_column("channel", server_default=None)
        addressee.create_check_constraint(op.f("ck_addressee_state"), STATES_BY_CHANNEL)
        addressee.create_index(op.f("ix_addressee_letter_id_state"), ["letter_id", "state"])


def downgrade() -> None:
    """Take back, unless there is something that the older code cannot hold."""
    newer = "SELECT count(*) FROM addressee WHERE channel = 'paper' OR state = 'cancelled'"
    if op.get_bind().scalar(sa.text(newer)):
        raise RuntimeError("letters on paper or cancelled cannot be told by an older Plirec")
    with op.batch_alter_table("addressee") as addressee:
        addressee.drop_index(op.f("ix_addressee_letter_id_state"))
        addressee.drop_constraint(op.f("ck_addressee_state"), type_="check")
    with op.batch_alter_table("addressee") as addressee:
        addressee.drop_column("channel")
        addressee.create_check_constraint(op.f("ck_addressee_state"), STATES)
    with op.batch_alter_table("letter") as letter:
        letter.drop_column("own_reference")
    op.drop_table("attachment")
