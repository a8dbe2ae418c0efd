"""The signals that ask a process to stop: noted at once, heeded when what is in hand is done."""

import signal
from collections.abc import Callable

ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, what a service manager sends, and a terminal that is closed."""


def heed() -> Callable[[], bool]:
    """Note from now on that the process is asked to stop, instead of stopping where it stands.

    To be called in the main thread.

    :returns: what says whether it was asked.
    """
    asked: list[int] = []
    for number in ASKING:
        # A lock must not be taken here: the very thread that holds it may be the one interrupted.
        signal.signal(number, lambda number, _frame: asked.append(number))
    return lambda: bool(asked)
