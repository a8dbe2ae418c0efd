"""Reads what was brought and stages its lines, in portions: nobody waits long for the lock.

It may be run at any time, by any number of processes, and again after a crash: a file is held by
one process at a time, and a reading that was cut off starts again from it, a few times: a file that
costs the process its life would do so for ever.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import ColumnElement, and_, delete, select, update

from webapp.cycles import no_cycles
from webapp.database import AnySession
from webapp.imports import sources, uploads
from webapp.imports.checking import Layout, Line, check_lines, data_rows, find_layout, notes_on
from webapp.imports.known import everyone
from webapp.imports.models import Import, ImportEdit, ImportRow, ImportSource
from webapp.imports.settling import count_anew
from webapp.imports.staging import add_lines
from webapp.sheets.limits import Limits
from webapp.sheets.notes import Note
from webapp.sheets.reader import Row, Sheet, read
from webapp.sheets.unreadable import UnreadableSheet

PORTION = 5_000
"""How many lines are written in one transaction."""
MOST_TRIES = 3
"""How many readings of one file may be cut off, by the end of their process."""


class ReadingEnded(Exception):
    """The import was abandoned meanwhile, or somebody else has read it."""


def begin_again(session: AnySession, import_: Import, layout: Layout) -> None:
    """Note that the cells that are kept are to be taken in another way; the caller commits."""
    sources.take_otherwise(session, import_, layout)
    import_.read_at, import_.upload = None, uploads.new_name()
    import_.lines_read = import_.lines_total = import_.tries = 0


def is_due() -> ColumnElement[bool]:
    """Say which imports are still to be read."""
    return and_(Import.read_at.is_(None), Import.upload != "")


def carry(session: AnySession, import_id: int, folder: Path, limits: Limits) -> None:
    """Read one import and stage its lines; commits as it goes, and notes what cannot be read.

    Does nothing when it is not due, or when somebody else is reading it.

    :param folder: where its file was kept; it is gone afterwards.
    """
    name = session.scalar(select(Import.upload).where(Import.id == import_id, is_due()))
    session.rollback()
    if name is None:
        return
    with uploads.held(folder, name) as path:
        if path is None:
            return
        try:
            _begin_try(session, import_id)
            _Reading(session, import_id, name).run(path, limits)
        except UnreadableSheet as why:
            give_up(session, import_id, why)
        except ReadingEnded:
            session.rollback()
        except Exception:
            _end_try(session, import_id)
            raise
        uploads.remove(folder, name)


def _begin_try(session: AnySession, import_id: int) -> None:
    """Count a reading before it begins: one that ends with its process can count no more."""
    tries = session.scalar(select(Import.tries).where(Import.id == import_id, is_due()))
    if tries is not None and tries >= MOST_TRIES:
        raise UnreadableSheet("reading_cut_off")
    session.execute(update(Import).where(Import.id == import_id).values(tries=Import.tries + 1))
    session.commit()


def _end_try(session: AnySession, import_id: int) -> None:
    """Take a reading off the count: it came to an end, be it a bad one, and the process lives."""
    session.rollback()
    session.execute(update(Import).where(Import.id == import_id).values(tries=Import.tries - 1))
    session.commit()


def give_up(session: AnySession, import_id: int, why: UnreadableSheet) -> None:
    """Note why an import cannot be read, and commit; one that is not due stays as it is."""
    session.rollback()
    session.execute(
        update(Import)
        .where(Import.id == import_id, is_due())
        .values(failure=why.code, failure_limit=why.limit, upload="")
    )
    failed = select(Import.id).where(Import.id == import_id, has_failed())
    for table in (ImportRow, ImportSource):
        session.execute(delete(table).where(table.import_id.in_(failed)))
    session.commit()


def has_failed() -> ColumnElement[bool]:
    """Say which imports could not be read."""
    return and_(Import.read_at.is_(None), Import.failure != "")


class _Reading:
    """One reading of an import; each step is a transaction that finds the import as it left it."""

    def __init__(self, session: AnySession, import_id: int, upload: str) -> None:
        self.session = session
        self.import_id = import_id
        self.upload = upload

    @no_cycles()
    def run(self, path: Path, limits: Limits) -> None:
        import_ = self._import()
        layout = sources.layout_of(self.session, import_)
        is_new = layout is None
        if layout is None:
            chosen = sources.choices(self.session, import_.organisation_id)
            self.session.rollback()
            sheets = read(path, limits)
            layout = find_layout(sheets, chosen)
        else:
            sheets = sources.sheets_of(self.session, import_)
            self.session.rollback()
        rows = data_rows(sheets, layout, limits)
        self._start(len(rows))
        lines = self._checked(rows, layout)
        self._stage(lines)
        self._finish(sheets, layout, notes_on(sheets, layout, lines), is_new=is_new)

    def _import(self) -> Import:
        self.session.rollback()
        import_ = self.session.scalar(
            select(Import)
            .where(Import.id == self.import_id, Import.upload == self.upload, is_due())
            .with_for_update()
        )
        if import_ is None:
            raise ReadingEnded
        return import_

    def _start(self, lines: int) -> None:
        import_ = self._import()
        for table in (ImportRow, ImportEdit):
            self.session.execute(delete(table).where(table.import_id == self.import_id))
        import_.lines_read, import_.lines_total = 0, 2 * lines
        self.session.commit()

    def _note(self, lines_read: int) -> None:
        self._import().lines_read = lines_read
        self.session.commit()

    def _checked(self, rows: list[Row], layout: Layout) -> list[Line]:
        lines = []
        for line in check_lines(rows, layout.fields):
            lines.append(line)
            if len(lines) % PORTION == 0:
                self._note(len(lines))
        return lines

    def _stage(self, lines: list[Line]) -> None:
        import_ = self._import()
        known = everyone(self.session, import_)
        known.take_all(lines)
        for done, portion in _portions(lines):
            import_ = self._import()
            add_lines(self.session, import_, portion, known)
            import_.lines_read = len(lines) + done
            self.session.commit()

    def _finish(
        self, sheets: list[Sheet], layout: Layout, notes: list[Note], *, is_new: bool
    ) -> None:
        import_ = self._import()
        import_.notes = [list(note) for note in notes]
        if is_new:
            sources.keep(self.session, import_, sheets, layout)
        count_anew(self.session, import_)
        import_.read_at, import_.upload = datetime.now(UTC), ""
        self.session.commit()


def _portions(lines: list[Line]) -> Iterator[tuple[int, list[Line]]]:
    for start in range(0, len(lines), PORTION):
        portion = lines[start : start + PORTION]
        yield start + len(portion), portion
