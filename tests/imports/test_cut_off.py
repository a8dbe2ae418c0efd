"""A file that costs the worker its life is not read for ever."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import scoped_session

from config import Config
from tests.imports.test_reading import long_list
from tests.watching import watching
from webapp.contacts.models import Group
from webapp.imports import reading, tasks, uploads
from webapp.imports.models import Import, ImportRow

pytestmark = pytest.mark.slow

SAID = "La lecture de ce fichier s’est arrêtée net plusieurs fois"


@pytest.fixture
def long_import(visitor: Any, group: Group) -> str:
    """The address of an import whose file waits for the worker."""
    answer = visitor.upload(f"/groupes/{group.id}/importer", long_list())
    return str(answer.location).removesuffix("/lecture")


@contextmanager
def worker(config: Config) -> Iterator["subprocess.Popen[bytes]"]:
    """Start a worker; it is killed at the end, as the system does when memory is short."""
    environment = {**os.environ, "PLIREC_DATA": str(config.data_directory)}
    process = subprocess.Popen([sys.executable, "-m", "webapp", "worker"], env=environment)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def wait_until(session: scoped_session[Any], reached: Callable[[Import], bool]) -> None:
    for _ in range(2_400):
        with watching(session):
            import_ = session.scalars(select(Import)).one()
            if reached(import_):
                return
        time.sleep(0.0125)
    raise AssertionError("it never came to that")


@pytest.mark.slow
def test_a_file_whose_reading_kills_the_worker_is_given_up_after_three_times(
    visitor: Any, long_import: str, session: scoped_session[Any], config: Config
) -> None:
    for time_ in range(1, reading.MOST_TRIES + 1):
        with worker(config):
            wait_until(session, lambda import_, time_=time_: import_.tries == time_)  # type: ignore[misc]
        assert SAID not in visitor.get(f"{long_import}/lecture").text
    with worker(config):
        wait_until(session, lambda import_: bool(import_.failure))
    page = visitor.get(f"{long_import}/lecture").text
    assert SAID in page
    assert "partagez la liste en plusieurs fichiers" in page
    assert "Choisir un autre fichier" in page
    assert session.scalar(select(func.count()).select_from(ImportRow)) == 0
    assert list(uploads.folder_in(config.data_directory).iterdir()) == []


def test_a_database_that_is_busy_is_no_fault_of_the_file(
    visitor: Any, long_import: str, session: scoped_session[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_given: Any) -> None:
        raise OperationalError("", None, Exception("database is locked"))

    with monkeypatch.context() as patched:
        patched.setattr(reading, "add_lines", busy)
        for _ in range(reading.MOST_TRIES + 1):
            tasks.read_all_due()
    tasks.read_all_due()
    assert visitor.get(f"{long_import}/lecture").location == long_import


def test_other_columns_are_read_as_often_as_a_new_file(
    session: scoped_session[Any], long_import: str
) -> None:
    import_ = session.scalars(select(Import)).one()
    import_.tries = reading.MOST_TRIES - 1
    session.commit()
    tasks.read_all_due()
    session.expire_all()
    import_ = session.scalars(select(Import)).one()
    layout = reading.sources.layout_of(session, import_)
    assert layout is not None
    reading.begin_again(session, import_, layout)
    session.commit()
    tasks.read_all_due()
    session.expire_all()
    assert session.scalars(select(Import)).one().read_at is not None
