"""The archive of a backup: what it holds, under which names, and how it is told from another.

It is a ZIP: its table of contents stands at its end, so that a copy that was cut short is told at
once; each member is read by itself; and any machine opens it, should Plirec be gone.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from sqlite3 import Connection
from typing import IO

from webapp.storage import place

FORMAT = 1
"""The version of the archive's layout; a Plirec that knows only older ones refuses it."""

MANIFEST = "manifest.json"
DATABASE, DUMP = "plirec.sqlite", "plirec.dump"
"""The database: a file of SQLite, or what `pg_dump` wrote of one on PostgreSQL."""
NEEDED_KEYS = ("keys/seal.pem", "keys/password")
"""Without them nothing more is sealed, and no password is known again."""

ALLOWED = re.compile(
    r"plirec\.(sqlite|dump)|keys/[A-Za-z0-9][A-Za-z0-9._-]{0,99}|files/([0-9a-f]{2})/\2[0-9a-f]{62}"
)
"""The names of members. None leads out of the folder that it is unpacked in."""

_CHUNK = 1024 * 1024


class UnreadableManifest(Exception):
    """The manifest is not one."""


class UnknownFormat(Exception):
    """The manifest is one of a newer Plirec."""


@dataclass(frozen=True)
class Member:
    """What a member must be: the SHA-256 of its bytes in hexadecimal, and how many they are."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself."""

    plirec: str
    """The version of Plirec that made it."""
    revision: str
    """The newest migration that its database has."""
    made_at: str
    """When the database was copied: ISO 8601, in UTC."""
    members: Mapping[str, Member]

    def to_json(self) -> bytes:
        """Give the manifest as it stands in the archive."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1).encode()

    @classmethod
    def from_json(cls, content: bytes) -> "Manifest":
        """Read a manifest.

        :raises UnreadableManifest: it is none.
        :raises UnknownFormat: only a newer Plirec knows how to read the archive.
        """
        try:
            values = json.loads(content)
            if int(values["format"]) > FORMAT:
                raise UnknownFormat(str(values.get("plirec", "")))
            members = {
                str(name): Member(str(member["sha256"]), int(member["size"]))
                for name, member in values["members"].items()
            }
            plirec, revision, made_at = (str(values[n]) for n in ("plirec", "revision", "made_at"))
            return cls(plirec, revision, made_at, members)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise UnreadableManifest from error

    @property
    def size(self) -> int:
        """How many bytes the members take once they are unpacked."""
        return sum(member.size for member in self.members.values())

    @property
    def file_count(self) -> int:
        """How many stored files there are, beside the database and the keys."""
        return sum(name.startswith("files/") for name in self.members)


def copied(source: IO[bytes], target: IO[bytes]) -> Member:
    """Copy all that is left to read, and say what it was."""
    digest = hashlib.sha256()
    size = 0
    while chunk := source.read(_CHUNK):
        target.write(chunk)
        digest.update(chunk)
        size += len(chunk)
    return Member(digest.hexdigest(), size)


def file_name(digest: str) -> str:
    """Give the name under which a stored file stands in the archive, and in the data directory."""
    return f"files/{place(digest)}"


def revision(database: Connection) -> str:
    """Say which migration a database is at."""
    (found,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(found)


def lacking(digests: Collection[str], members: Mapping[str, Member]) -> list[str]:
    """Name what an installation needs and these members lack or have with other bytes.

    :param digests: of the files of the store that its database names.
    """
    missing = _missing(NEEDED_KEYS, members)
    for digest in sorted(digests):
        member = members.get(file_name(digest))
        if member is None or member.sha256 != digest:
            missing.append(file_name(digest))
    return missing


def _missing(names: Iterable[str], members: Collection[str]) -> list[str]:
    return [name for name in names if name not in members]


PURGED = "SELECT entry_id FROM journal_purge"
"""The entries of the journal whose facts went, and their proofs with them."""


def digests(database: Connection) -> set[str]:
    """Name the files of the store that a database names, by the SHA-256 of their content.

    Each column that is called `digest` names some, in whatever table it stands (but for the codes
    of a second factor): so a room that stores files of a new kind needs to tell nobody here. Where
    a column `is_kept` stands beside it, the other rows only know a file that was seen; where
    `entry_id` does, the files of entries of the journal that were purged are gone.
    """
    tables = database.execute(
        "SELECT tables.name, max(columns.name = 'is_kept'), max(columns.name = 'entry_id')"
        " FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns"
        " WHERE tables.type = 'table' AND tables.name <> 'recovery_code'"
        " GROUP BY tables.name HAVING max(columns.name = 'digest')"
    ).fetchall()
    found: set[str] = set()
    for table, tells_kept, is_purged in tables:
        quoted = table.replace('"', '""')
        kept = "digest IS NOT NULL AND is_kept" if tells_kept else "digest IS NOT NULL"
        kept += f" AND entry_id NOT IN ({PURGED})" if is_purged else ""
        rows = database.execute(f'SELECT digest FROM "{quoted}" WHERE {kept}')  # noqa: S608
        found.update(str(digest) for (digest,) in rows)
    return found
