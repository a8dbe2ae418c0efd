"""What can be wrong with the journal and with its outside witness, each with its name."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class FaultKind(StrEnum):
    """What can be wrong with an entry, or with a root."""

    CHANGED = "changed"
    MISSING = "missing"
    BROKEN_LINK = "broken link"
    FACTS_CHANGED = "facts changed"
    FACTS_MISSING = "facts missing"
    PURGED_TOO_EARLY = "purged too early"
    ENTRY_GONE = "entry gone"
    CUT_OFF = "cut off after a root"
    REWRITTEN = "written anew after a root"
    ROOT_CHANGED = "root changed"
    ROOT_MISSING = "root missing"
    STAMP_CHANGED = "stamp changed"
    PROOF_LOST = "proof lost"
    PROOF_CHANGED = "proof changed"
    PROOF_OF_ANOTHER = "proof of another entry"
    PROOF_GONE = "proof gone"
    FILE_LOST = "file lost"


@dataclass(frozen=True)
class Fault:
    """Where a chain or a root is no longer what it was.

    `sequence` is the place in the chain; an entry of which only traces remain (`ENTRY_GONE`) has
    no chain any more, and is named by its identifier. `day` is that of the root that tells it; a
    root that is itself at fault has no chain, and its number for a sequence.
    """

    kind: FaultKind
    chain: str
    sequence: int
    entry_id: int | None = None
    day: date | None = None
