"""Huey, which only carries the call: what is due stands in the rooms' own rows."""

from pathlib import Path

from huey import SqliteHuey


def queue(data_directory: Path) -> SqliteHuey:
    """Open the queue of calls of this installation."""
    return SqliteHuey("plirec", filename=str(data_directory / "jobs.sqlite"), fsync=True)
