"""How much of a file is read, and at what cost at most."""

from typing import NamedTuple

MEGABYTE = 1024 * 1024


class Limits(NamedTuple):
    """Sizes are in bytes, times in seconds; rows and columns are those of one sheet."""

    bytes: int = 10 * MEGABYTE
    """The file as it is."""
    rows: int = 100_000
    """Rows that are not empty."""
    columns: int = 100
    unpacked_bytes: int = 400 * MEGABYTE
    """Everything a workbook's file unfolds to."""
    entries: int = 2_000
    """Files inside a workbook's file."""
    memory_bytes: int = 1024 * MEGABYTE
    """What the reading process may take."""
    seconds: int = 60
