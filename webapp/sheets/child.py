"""The reading process: opens one untrusted file, answers its rows as JSON, and may die of it.

Run as a file of its own, never imported: `python -I -S child.py LIMITS PATH [FOLDER…]`.
"""

import gc
import json
import resource
import sys

_GRACE = 5
"""Seconds more than the parent waits, which ends the process in time unless it died itself."""


def main(settings: str, path: str, *folders: str) -> None:
    """Read the file at `path` within `settings` (the fields of `Limits`, in JSON).

    :param folders: where Plirec and its reader of workbooks stand.
    """
    limits = json.loads(settings)
    _bound(resource.RLIMIT_AS, limits["memory_bytes"])
    _bound(resource.RLIMIT_CPU, limits["seconds"] + _GRACE)
    _bound(resource.RLIMIT_CORE, 0)
    # A short life that makes only lists of texts: looking for cycles would find none.
    gc.disable()
    sys.path.extend(folders)
    # The limits come first, so that they hold the reader too.
    from webapp.sheets.extraction import extract  # noqa: PLC0415

    _bound(resource.RLIMIT_FSIZE, 0)
    sys.stdout.buffer.write(extract(path, limits))


def _bound(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (bound, bound))


if __name__ == "__main__":
    main(*sys.argv[1:])
