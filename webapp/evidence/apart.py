"""A stranger's file is read in a process of its own, which has bounded its memory and its time.

A PDF of a few hundred bytes can name a form whose fields lead to one another without end, or fold
millions of entries into a few thousand bytes: no parser that runs in the process of the pages can
be stopped.
"""

import contextlib
import json
import logging
import sys
from dataclasses import asdict
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from threading import Timer
from typing import IO, Any

from webapp.evidence.archive_file import Bounds, TooLarge
from webapp.evidence.seen import NotKnown, Seal, Seen, SeenArchive, SeenPdf

log = logging.getLogger(__name__)
SECONDS = 20
MEMORY = 1024 * 1024 * 1024
_LONGEST_ANSWER = 64 * 1024 * 1024
_CHILD = Path(__file__).with_name("examining_child.py")
_PROJECT = Path(__file__).parents[2]


class Unreadable(Exception):
    """The process that read the file did not come to a good end: too long, or too large inside."""


def look_apart(file: IO[bytes], bounds: Bounds, seconds: float = SECONDS) -> Seen:
    """Say what a file shows of itself, as `examination.look` does.

    :param seconds: how long it may take in all.
    :raises TooLarge: it is an archive beyond the bounds.
    :raises Unreadable: reading it was given up.
    """
    settings = {"memory_bytes": MEMORY, "seconds": int(seconds), "bounds": asdict(bounds)}
    answer = json.loads(_run(file, json.dumps(settings), seconds))
    if answer["kind"] == TooLarge.__name__:
        raise TooLarge
    if answer["kind"] == NotKnown.__name__:
        return NotKnown()
    return _archive(answer["seen"]) if answer["kind"] == SeenArchive.__name__ else _pdf(answer)


def _pdf(answer: dict[str, Any]) -> SeenPdf:
    seen = answer["seen"]
    seals = seen["seals"]
    return SeenPdf(**{**seen, "seals": seals and [Seal(**seal) for seal in seals]})


def _archive(seen: dict[str, Any]) -> SeenArchive:
    roots = {path: tuple(said) for path, said in seen["roots"].items()}
    return SeenArchive(**{**seen, "roots": roots})


def _run(file: IO[bytes], settings: str, seconds: float) -> bytes:
    command = [sys.executable, "-I", str(_CHILD), settings, str(_PROJECT)]
    with Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL) as process:  # noqa: S603
        clock = Timer(seconds, process.kill)
        clock.start()
        try:
            output = _exchange(process, file)
            status = process.wait()
        finally:
            clock.cancel()
            process.kill()
    if status or len(output) > _LONGEST_ANSWER:
        log.warning("the reading of a file that was shown ended with status %s", status)
        raise Unreadable(f"the process ended with status {status}")
    return output


def _exchange(process: "Popen[bytes]", file: IO[bytes]) -> bytes:
    """Hand the file over and take the answer; a process that dies meanwhile answers nothing."""
    if process.stdin is None or process.stdout is None:
        raise ValueError("a process without pipes")
    with contextlib.suppress(BrokenPipeError), process.stdin as pipe:
        while piece := file.read(1024 * 1024):
            pipe.write(piece)
    return process.stdout.read(_LONGEST_ANSWER + 1)
