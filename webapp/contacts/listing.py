"""The triggers that keep `group_listing`, out of which the page of a group is read.

A migration copies the statements as they stand, so that it stays what it was when they change here.
"""

from collections.abc import Mapping

from webapp.triggers import Triggers

PROFESSIONAL, WITHOUT_EMAIL, WITHOUT_ADDRESS, WITHOUT_CONSENT = 1, 2, 4, 8
"""The bits of `Listed.traits`; an individual with an e-mail alone can be without consent."""

# `identity` begins with the e-mail as Python folds it, and `lower` knows no letter beyond ASCII;
# the few identities that are too long to be written out have lost it.
_EMAIL = """CASE WHEN contact.identity LIKE 'sha256:%' THEN lower(contact.email)
        ELSE substr(contact.identity, 1, instr(contact.identity, char(10)) - 1) END"""

TRAITS = f"""(contact.status = 'professional')
      + 2 * (contact.email = '')
      + 4 * (contact.address_1 = '' OR contact.city = ''
             OR contact.postal_code = '' AND contact.country IN ('', 'France', 'Monaco'))
      + 8 * (contact.status = 'individual' AND contact.email <> '' AND NOT EXISTS (
        SELECT 1 FROM consent WHERE consent.organisation_id = contact.organisation_id
          AND consent.withdrawn_at IS NULL AND consent.email = {_EMAIL}))"""

LINES = f"""SELECT membership.group_id, contact.sort_name, contact.id,
      {TRAITS},
      contact.search_text
    FROM membership JOIN contact ON contact.id = membership.contact_id"""


def _consent_changed(row: str) -> str:
    return f"""INSERT INTO group_listing {LINES}
    WHERE contact.organisation_id = {row}.organisation_id
      AND (contact.identity >= {row}.email || char(10)
           AND contact.identity < {row}.email || char(11)
           OR contact.identity >= 'sha256:' AND contact.identity < 'sha256;'
           AND lower(contact.email) = {row}.email)
    ON CONFLICT (group_id, sort_name, contact_id) DO UPDATE SET traits = excluded.traits"""


_SQLITE: Mapping[str, str] = {
    "listing_of_a_new_member": f"""
    CREATE TRIGGER listing_of_a_new_member AFTER INSERT ON membership BEGIN
    INSERT INTO group_listing {LINES}
    WHERE membership.group_id = NEW.group_id AND membership.contact_id = NEW.contact_id; END""",
    "listing_of_one_who_left": """
    CREATE TRIGGER listing_of_one_who_left AFTER DELETE ON membership BEGIN
    DELETE FROM group_listing WHERE group_id = OLD.group_id AND contact_id = OLD.contact_id
      AND sort_name = (SELECT sort_name FROM contact WHERE id = OLD.contact_id); END""",
    "listing_of_a_moved_member": f"""
    CREATE TRIGGER listing_of_a_moved_member AFTER UPDATE OF group_id, contact_id
    ON membership BEGIN
    DELETE FROM group_listing WHERE group_id = OLD.group_id AND contact_id = OLD.contact_id
      AND sort_name = (SELECT sort_name FROM contact WHERE id = OLD.contact_id);
    INSERT INTO group_listing {LINES}
    WHERE membership.group_id = NEW.group_id AND membership.contact_id = NEW.contact_id; END""",
    # The memberships go after their contact, when its name is no longer there to find them by.
    "listing_of_a_deleted_contact": """
    CREATE TRIGGER listing_of_a_deleted_contact BEFORE DELETE ON contact BEGIN
    DELETE FROM group_listing WHERE contact_id = OLD.id AND sort_name = OLD.sort_name
      AND group_id IN (SELECT group_id FROM membership WHERE contact_id = OLD.id); END""",
    "listing_of_a_changed_contact": f"""
    CREATE TRIGGER listing_of_a_changed_contact AFTER UPDATE OF
      email, status, address_1, postal_code, city, country, identity, sort_name, search_text
    ON contact BEGIN
    DELETE FROM group_listing WHERE contact_id = OLD.id AND sort_name = OLD.sort_name
      AND group_id IN (SELECT group_id FROM membership WHERE contact_id = OLD.id);
    INSERT INTO group_listing {LINES} WHERE membership.contact_id = NEW.id; END""",
    **{
        f"listing_of_a_consent_{act}": f"""
    CREATE TRIGGER listing_of_a_consent_{act} AFTER {event} ON consent BEGIN
    {_consent_changed(row)}; END"""
        for act, event, row in (
            ("declared", "INSERT", "NEW"),
            ("changed", "UPDATE OF withdrawn_at", "NEW"),
            ("deleted", "DELETE", "OLD"),
        )
    },
}

# What SQLite says otherwise than PostgreSQL, in the statements above.
_IN_POSTGRESQL = {
    "(contact.status = 'professional')\n": "(contact.status = 'professional')::integer\n",
    "(contact.email = '')\n": "(contact.email = '')::integer\n",
    "'France', 'Monaco'))\n": "'France', 'Monaco'))::integer\n",
    " END))": " END))::integer",
    "substr(contact.identity, 1, instr(contact.identity, char(10)) - 1)": (
        "split_part(contact.identity, chr(10), 1)"
    ),
    "char(": "chr(",
}


def _function(statement: str) -> tuple[str, str]:
    """Give a trigger's moment and its work, the latter as the body of a plpgsql function."""
    moment, work = statement.split(" BEGIN\n", 1)
    for said, meant in _IN_POSTGRESQL.items():
        work = work.replace(said, meant)
    end = "RETURN OLD; END" if " BEFORE DELETE " in moment else "RETURN NULL; END"
    return moment, "BEGIN\n" + work.removesuffix("END") + end


_TOLD = {name: _function(statement) for name, statement in _SQLITE.items()}

TRIGGERS = Triggers(
    sqlite=_SQLITE,
    postgresql={
        name: f"{moment} FOR EACH ROW EXECUTE FUNCTION {name}()"
        for name, (moment, _) in _TOLD.items()
    },
    functions={name: work for name, (_, work) in _TOLD.items()},
)
