"""Python's search for objects that hold each other, put off where there are none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_cycles() -> Iterator[None]:
    """Do not search for cycles while many plain values are made, which have none.

    The search goes through all of them again and again as they grow: a fifth of the time that a
    great list takes. It is the whole process's, so what runs here has to be short; where several
    threads are here at once, the first to leave lets it begin again.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def keep_for_good() -> None:
    """Look no more for cycles among what is held now: a process that has started keeps it.

    Each full search would go through all of it, a tenth of a second in the midst of a page, and
    three times more while the process ends.
    """
    gc.freeze()
