"""The examining process: reads one untrusted file, answers what it shows, and may die of it.

Run as a file of its own, never imported: `python -I examining_child.py SETTINGS FOLDER < FILE`.
"""

import json
import resource
import sys
from dataclasses import asdict
from io import BytesIO
from typing import Any

_GRACE = 5
"""Seconds more than the parent waits, which ends the process in time unless it died itself."""


def main(settings: str, project: str) -> None:
    """Examine the file on the standard input within `settings` (those of `apart.py`, in JSON).

    :param project: where Plirec stands.
    """
    asked = json.loads(settings)
    _bound(resource.RLIMIT_AS, asked["memory_bytes"])
    _bound(resource.RLIMIT_CPU, asked["seconds"] + _GRACE)
    _bound(resource.RLIMIT_CORE, 0)
    _bound(resource.RLIMIT_FSIZE, 0)
    sys.path.append(project)
    sys.stdout.write(json.dumps(_seen(asked["bounds"])))


def _seen(bounds: dict[str, int]) -> dict[str, Any]:
    # The limits come first, so that they hold the parsers too.
    from webapp.evidence.archive_file import Bounds, TooLarge  # noqa: PLC0415
    from webapp.evidence.examination import look  # noqa: PLC0415

    try:
        seen = look(BytesIO(sys.stdin.buffer.read()), Bounds(**bounds))
    except TooLarge:
        return {"kind": TooLarge.__name__}
    return {"kind": type(seen).__name__, "seen": asdict(seen)}


def _bound(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (bound, bound))


if __name__ == "__main__":
    main(*sys.argv[1:])
