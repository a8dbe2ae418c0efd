"""What a line of an import does to the contacts, and what a person may choose about it."""

from webapp.imports.checking import DUPLICATE, ERROR, IGNORED, READY

CREATE = "create"
"""A new contact enters the group."""
JOIN = "join"
"""A contact that is kept elsewhere enters the group as it is."""
UPDATE = "update"
"""A contact gets the line's values, and enters the group unless it is there."""
UNCHANGED = "unchanged"
"""The contact stands in the group with these very values."""
KEPT = "kept"
"""The contact stands in the group with other values, and keeps them: a person chose so."""
REPEATED = "repeated"
"""An earlier line is the same person."""

OUTCOMES = {
    CREATE: READY,
    JOIN: READY,
    UPDATE: READY,
    UNCHANGED: DUPLICATE,
    KEPT: DUPLICATE,
    REPEATED: DUPLICATE,
    ERROR: ERROR,
    IGNORED: IGNORED,
}
"""Every effect, with the one of the four outcomes that counts it."""

PRESENT = (JOIN, UPDATE, UNCHANGED, KEPT, IGNORED)
"""The effects of a line that finds its contact: that contact is not absent from the file."""

SKIP = "skip"
"""Keep what is there."""
BOTH = "both"
"""Take the line as one more person."""
CHOICES = (UPDATE, SKIP, BOTH)
