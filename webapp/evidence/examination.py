"""What a file that somebody shows says of itself: a proof, or an archive.

Nothing of the file is kept.
"""

from typing import IO

from webapp.database import AnySession
from webapp.evidence import verification
from webapp.evidence.archive_check import Archive, OtherFormat
from webapp.evidence.archive_file import ArchiveFile, Bounds, NoArchive
from webapp.evidence.archive_words import ArchiveCheck
from webapp.evidence.judging import judged
from webapp.evidence.seen import NotKnown, Seen, SeenArchive
from webapp.evidence.verdicts import Verdict

_OPENING = b"PK"


def examine(session: AnySession, file: IO[bytes], bounds: Bounds) -> Verdict:
    """Verify a file that claims to be a proof (PDF) or the archive of a letter (ZIP).

    :param file: read from its beginning.
    :raises TooLarge: it is an archive beyond the bounds.
    """
    return judged(session, look(file, bounds))


def look(file: IO[bytes], bounds: Bounds) -> Seen:
    """Read a file, whoever made it, and say what it shows of itself; needs no database.

    :raises TooLarge: it is an archive beyond the bounds.
    """
    opening = file.read(len(_OPENING))
    file.seek(0)
    if opening != _OPENING:
        return verification.look(file.read())
    try:
        archive = Archive(ArchiveFile(file, bounds))
    except (NoArchive, OtherFormat):
        return NotKnown()
    found = [(str(check), places) for check, places in archive.checks()]
    return SeenArchive(
        [*found, (str(ArchiveCheck.COMPLETE), archive.unproved())],
        archive.certificates,
        archive.seals,
        archive.digests,
        archive.chain,
        archive.made_at,
        [(entry["sequence"], entry["entry_hash"]) for entry in archive.entries],
        {
            path: (said["day"], said["root"], said["tree_size"])
            for path, said in archive.witnesses().items()
        },
        archive.is_trial,
    )
