"""Withdrawn consents, merged contacts, and the listing that the page of a group is read from.

Revision: 0017, after 0015.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None

_WORDS_OF = {
    "sqlite": {"moment": "DATETIME", "user": "user"},
    "postgresql": {"moment": "TIMESTAMP WITH TIME ZONE", "user": '"user"'},
}
_ADDED = {
    "consent": {
        "given_on": "DATE",
        "withdrawn_at": "{moment}",
        "withdrawn_by": "INTEGER CONSTRAINT fk_consent_withdrawn_by REFERENCES {user} (id)",
    },
    "contact_change": {"absorbed": "JSON"},
}

_LINES = """SELECT membership.group_id, contact.sort_name, contact.id,
      (contact.status = 'professional')
      + 2 * (contact.email = '')
      + 4 * (contact.address_1 = '' OR contact.city = ''
             OR contact.postal_code = '' AND contact.country IN ('', 'France', 'Monaco'))
      + 8 * (contact.status = 'individual' AND contact.email <> '' AND NOT EXISTS (
        SELECT 1 FROM consent WHERE consent.organisation_id = contact.organisation_id
          AND consent.withdrawn_at IS NULL AND consent.email = CASE WHEN contact.identity LIKE 'sha256:%' THEN lower(contact.email)
        ELSE substr(contact.identity, 1, instr(contact.identity, char(10)) - 1) END)),
      contact.search_text
    FROM membership JOIN contact ON contact.id = membership.contact_id"""

_TRIGGERS = {
    "listing_of_a_new_member": """
    CREATE TRIGGER listing_of_a_new_member AFTER INSERT ON membership BEGIN
    INSERT INTO group_listing SELECT membership.group_id, contact.sort_name, contact.id,
      (contact.status = 'professional')
      + 2 * (contact.email = '')
      + 4 * (contact.address_1 = '' OR contact.city = ''
             OR contact.postal_code = '' AND contact.country IN ('', 'France', 'Monaco'))
      + 8 * (contact.status = 'individual' AND contact.email <> '' AND NOT EXISTS (
        SELECT 1 FROM consent WHERE consent.organisation_id = contact.organisation_id
          AND consent.withdrawn_at IS NULL AND consent.email = CASE WHEN contact.identity LIKE 'sha256:%' THEN lower(contact.email)
        ELSE substr(contact.identity, 1, instr(contact.identity, char(10)) - 1) END)),
      contact.search_text
    FROM membership JOIN contact ON contact.id = membership.contact_id
    WHERE membership.group_id = NEW.group_id AND membership.contact_id = NEW.contact_id; END""",
    "listing_of_one_who_left": """
    CREATE TRIGGER listing_of_one_who_left AFTER DELETE ON membership BEGIN
    DELETE FROM group_listing WHERE group_id = OLD.group_id AND contact_id = OLD.contact_id
      AND sort_name = (SELECT sort_name FROM contact WHERE id = OLD.contact_id); END""",
    "listing_of_a_moved_member": """
    CREATE TRIGGER listing_of_a_moved_member AFTER UPDATE OF group_id, contact_id
    ON membership BEGIN
    DELETE FROM group_listing WHERE group_id = OLD.group_id AND contact_id = OLD.contact_id
      AND sort_name = (SELECT sort_name FROM contact WHERE id = OLD.contact_id);
    INSERT INTO group_listing SELECT membership.group_id, contact.sort_name, contact.id,
      (contact.status = 'professional')
      + 2 * (contact.email = '')
      + 4 * (contact.address_1 = '' OR contact.city = ''
             OR contact.postal_code = '' AND contact.country IN ('', 'France', 'Monaco'))
      + 8 * (contact.status = 'individual' AND contact.email <> '' AND NOT EXISTS (
        SELECT 1 FROM consent WHERE consent.organisation_id = contact.organisation_id
          AND consent.withdrawn_at IS NULL AND consent.email = CASE WHEN contact.identity LIKE 'sha256:%' THEN lower(contact.email)
        ELSE substr(contact.identity, 1, instr(contact.identity, char(10)) - 1) END)),
      contact.search_text
    FROM membership JOIN contact ON contact.id = membership.contact_id
    WHERE membership.group_id = NEW.group_id AND membership.contact_id = NEW.contact_id; END""",
    "listing_of_a_deleted_contact": """
    CREATE TRIGGER listing_of_a_deleted_contact BEFORE DELETE ON contact BEGIN
    DELETE FROM group_listing WHERE contact_id = OLD.id AND sort_name = OLD.sort_name
      AND group_id IN (SELECT group_id FROM membership WHERE contact_id = OLD.id); END""",
    "listing_of_a_changed_contact": """
    CREATE TRIGGER listing_of_a_changed_contact AFTER UPDATE OF
      email, status, address_1, postal_code, city, country, identity, sort_name, search_text
    ON contact BEGIN
    DELETE FROM group_listing WHERE contact_id = OLD.id AND sort_name = OLD.sort_name
      AND group_id IN (SELECT group_id FROM membership WHERE contact_id = OLD.id);
    INSERT INTO group_listing SELECT membership.group_id, contact.sort_name, contact.id,
      (contact.status = 'professional')
      + 2 * (contact.email = '')
      + 4 * (contact.address_1 = '' OR contact.city = ''
             OR contact.postal_code = '' AND contact.country IN ('', 'France', 'Monaco'))
      + 8 * (contact.status = 'individual' AND contact.email <> '' AND NOT EXISTS (
        SELECT 1 FROM consent WHERE consent.organisation_id = contact.organisation_id
          AND consent.withdrawn_at IS NULL AND consent.email = CASE WHEN contact.identity LIKE 'sha256:%' THEN lower(contact.email)
        ELSE substr(contact.identity, 1, instr(contact.identity, char(10)) - 1) END)),
      contact.search_text
    FROM membership JOIN contact ON contact.id = membership.contact_id WHERE membership.contact_id = NEW.id; END""",
    "listing_of_a_consent_declared": """
    CREATE TRIGGER listing_of_a_consent_declared AFTER INSERT ON consent BEGIN
    INSERT INTO group_listing SELECT membership.group_id, contact.sort_name, contact.id,
      (contact.status = 'professional')
      + 2 * (contact.email = '')
      + 4 * (contact.address_1 = '' OR contact.city = ''
             OR contact.postal_code = '' AND contact.country IN ('', 'France', 'Monaco'))
      + 8 * (contact.status = 'individual' AND contact.email <> '' AND NOT EXISTS (
        SELECT 1 FROM consent WHERE consent.organisation_id = contact.organisation_id
          AND consent.withdrawn_at IS NULL AND consent.email = CASE WHEN contact.identity LIKE 'sha256:%' THEN lower(contact.email)
        ELSE substr(contact.identity, 1, instr(contact.identity, char(10)) - 1) END)),
      contact.search_text
    FROM membership JOIN contact ON contact.id = membership.contact_id
    WHERE contact.organisation_id = NEW.organisation_id
      AND (contact.identity >= NEW.email || char(10)
           AND contact.identity < NEW.email || char(11)
           OR contact.identity >= 'sha256:' AND contact.identity < 'sha256;'
           AND lower(contact.email) = NEW.email)
    ON CONFLICT (group_id, sort_name, contact_id) DO UPDATE SET traits = excluded.traits; END""",
    "listing_of_a_consent_changed": """
    CREATE TRIGGER listing_of_a_consent_changed AFTER UPDATE OF withdrawn_at ON consent BEGIN
    INSERT INTO group_listing SELECT membership.group_id, contact.sort_name, contact.id,
      (contact.status = 'professional')
      + 2 * (contact.email = '')
      + 4 * (contact.address_1 = '' OR contact.city = ''
             OR contact.postal_code = '' AND contact.country IN ('', 'France', 'Monaco'))
      + 8 * (contact.status = 'individual' AND contact.email <> '' AND NOT EXISTS (
        SELECT 1 FROM consent WHERE consent.organisation_id = contact.organisation_id
          AND consent.withdrawn_at IS NULL AND consent.email = CASE WHEN contact.identity LIKE 'sha256:%' THEN lower(contact.email)
        ELSE substr(contact.identity, 1, instr(contact.identity, char(10)) - 1) END)),
      contact.search_text
    FROM membership JOIN contact ON contact.id = membership.contact_id
    WHERE contact.organisation_id = NEW.organisation_id
      AND (contact.identity >= NEW.email || char(10)
           AND contact.identity < NEW.email || char(11)
           OR contact.identity >= 'sha256:' AND contact.identity < 'sha256;'
           AND lower(contact.email) = NEW.email)
    ON CONFLICT (group_id, sort_name, contact_id) DO UPDATE SET traits = excluded.traits; END""",
    "listing_of_a_consent_deleted": """
    CREATE TRIGGER listing_of_a_consent_deleted AFTER DELETE ON consent BEGIN
    INSERT INTO group_listing SELECT membership.group_id, contact.sort_name, contact.id,
      (contact.status = 'professional')
      + 2 * (contact.email = '')
      + 4 * (contact.address_1 = '' OR contact.city = ''
             OR contact.postal_code = '' AND contact.country IN ('', 'France', 'Monaco'))
      + 8 * (contact.status = 'individual' AND contact.email <> '' AND NOT EXISTS (
        SELECT 1 FROM consent WHERE consent.organisation_id = contact.organisation_id
          AND consent.withdrawn_at IS NULL AND consent.email = CASE WHEN contact.identity LIKE 'sha256:%' THEN lower(contact.email)
        ELSE substr(contact.identity, 1, instr(contact.identity, char(10)) - 1) END)),
      contact.search_text
    FROM membership JOIN contact ON contact.id = membership.contact_id
    WHERE contact.organisation_id = OLD.organisation_id
      AND (contact.identity >= OLD.email || char(10)
           AND contact.identity < OLD.email || char(11)
           OR contact.identity >= 'sha256:' AND contact.identity < 'sha256;'
           AND lower(contact.email) = OLD.email)
    ON CONFLICT (group_id, sort_name, contact_id) DO UPDATE SET traits = excluded.traits; END""",
}

# What SQLite says otherwise than PostgreSQL, in the lines and the triggers above.
_IN_POSTGRESQL = {
    "(contact.status = 'professional')\n": "(contact.status = 'professional')::integer\n",
    "(contact.email = '')\n": "(contact.email = '')::integer\n",
    "'France', 'Monaco'))\n": "'France', 'Monaco'))::integer\n",
    "substr(contact.identity, 1, instr(contact.identity, char(10)) - 1)": (
        "split_part(contact.identity, chr(10), 1)"
    ),
    " END))": " END))::integer",
    "char(": "chr(",
}


def _in_postgresql(text: str) -> str:
    for said, meant in _IN_POSTGRESQL.items():
        text = text.replace(said, meant)
    return text


def _keep_listing_on_postgresql() -> None:
    for name, statement in _TRIGGERS.items():
        moment, work = statement.split(" BEGIN\n", 1)
        given = "OLD" if " BEFORE DELETE " in moment else "NULL"
        body = f"BEGIN\n{_in_postgresql(work).removesuffix('END')}RETURN {given}; END"
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
        op.execute(f"{moment} FOR EACH ROW EXECUTE FUNCTION {name}()")
        table = moment.split("ON ", 1)[1].split()[0]
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def upgrade() -> None:
    """Apply, in place where other tables refer to one, since rebuilding it would cut them off."""
    dialect = op.get_bind().dialect.name
    for table, columns in _ADDED.items():
        for column, definition in columns.items():
            meant = definition.format(**_WORDS_OF[dialect])
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {meant}")
    op.create_table(
        "group_listing",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("sort_name", sa.String(260), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("traits", sa.Integer(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "group_id", "sort_name", "contact_id", name=op.f("pk_group_listing")
        ),
        sqlite_with_rowid=False,
    )
    if dialect == "postgresql":
        op.execute(f"INSERT INTO group_listing {_in_postgresql(_LINES)}")
        _keep_listing_on_postgresql()
        return
    op.execute(f"INSERT INTO group_listing {_LINES}")
    for statement in _TRIGGERS.values():
        op.execute(statement)


def downgrade() -> None:
    """Take back; a consent that was withdrawn goes, or it would serve again."""
    for name in _TRIGGERS:
        op.execute(
            f"DROP TRIGGER {name}"
            if op.get_bind().dialect.name == "sqlite"
            else f"DROP FUNCTION {name} CASCADE"
        )
    op.drop_table("group_listing")
    op.execute("DELETE FROM consent WHERE withdrawn_at IS NOT NULL")
    for table, columns in _ADDED.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
