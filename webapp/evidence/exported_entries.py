"""Whether entries that were given out still have their hashes; see docs/evidence-format.md."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from webapp.evidence import canonical
from webapp.evidence.journal import FIRST_PREVIOUS_HASH, hash_of_exported, hash_of_facts

_FIELDS = {
    *("chain", "sequence", "kind", "kind_uri", "subject", "occurred_at"),
    *("previous_hash", "facts_hash", "entry_hash", "salt", "facts"),
}
_URIS = ("http://uri.etsi.org/19522/Event/", "urn:plirec:event:")
_SALT = re.compile(r"[0-9a-f]{64}")

Entry = Mapping[str, Any]


def whole_beginning(entries: Any, chain: str, made_at: str) -> Iterator[Entry]:
    """Give the entries of a chain one by one, as far as it is whole.

    :param made_at: when they were given out, as they write a moment.
    """
    previous = FIRST_PREVIOUS_HASH
    for sequence, entry in enumerate(entries if isinstance(entries, list) else (), 1):
        if not is_right(entry, made_at):
            return
        place = entry["chain"], entry["sequence"], entry["previous_hash"]
        if place != (chain, sequence, previous):
            return
        yield entry
        previous = entry["entry_hash"]


def is_right(entry: Any, made_at: str = "") -> bool:
    """Say whether an entry and its facts have their hashes; facts may be gone after a year."""
    try:
        return _has_its_hash(entry) and (_is_purged(entry, made_at) or _has_its_facts(entry))
    except Exception:  # anybody may have written it: whatever it is, it is no entry
        return False


def is_same(attached: Entry, kept: Entry) -> bool:
    """Say whether two copies of an entry agree; the kept one may have been purged since."""
    if kept["facts"] is None:
        kept = {**kept, "salt": attached["salt"], "facts": attached["facts"]}
    return attached == kept


def _has_its_hash(entry: Entry) -> bool:
    is_kind = entry["kind_uri"] in [uri + entry["kind"] for uri in _URIS]
    is_typed = isinstance(entry["subject"], str) and isinstance(entry["facts"], dict | None)
    is_whole = entry.keys() == _FIELDS and is_kind and is_typed
    return is_whole and entry["entry_hash"] == hash_of_exported(entry)


def _is_purged(entry: Entry, made_at: str) -> bool:
    year, rest = entry["occurred_at"][:4], entry["occurred_at"][4:]
    is_due = f"{int(year) + 1:04}{rest}" <= made_at
    return is_due and entry["salt"] is None and entry["facts"] is None


def _has_its_facts(entry: Entry) -> bool:
    salt, content = entry["salt"], canonical.dumps(entry["facts"])
    is_salt = _SALT.fullmatch(salt) is not None
    return is_salt and hash_of_facts(bytes.fromhex(salt), content) == entry["facts_hash"]


def facts_named(entries: Sequence[Entry], name: str) -> set[str | None]:
    """Give the values of one fact in all entries; None among them where facts were purged."""
    return {None if e["facts"] is None else str(e["facts"].get(name, "")) for e in entries}
