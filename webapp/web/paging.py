"""Lists in pages of fifty: by number, or from an item on, which is as quick at any length."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Row, Select, SQLColumnExpression, func, select, tuple_

from webapp.database import AnySession

Item = TypeVar("Item")
PAGE_SIZE = 50
HIGHEST = 1_000_000
_DIGITS = len(str(HIGHEST)) + 1
_LONGEST = 18


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a longer list; `number` counts from 1, `total` is that of the whole list."""

    items: Sequence[Item]
    number: int
    total: int

    @property
    def last(self) -> int:
        """The number of the last page; an empty list has one, empty."""
        return max(1, -(-self.total // PAGE_SIZE))


def asked(values: Mapping[str, str]) -> int:
    """Give the page that an address asks for (`?page=3`); anything else is the first."""
    text = values.get("page", "")
    return min(max(1, int(text[:_DIGITS])), HIGHEST) if text.isascii() and text.isdigit() else 1


def page_of(session: AnySession, ordered: Select[Item], number: int) -> Page[Item]:
    """Read one page of an ordered list; a page past the end is the last one."""
    total = session.scalar(select(func.count()).select_from(ordered.order_by(None).subquery())) or 0
    number = min(max(1, number), Page((), 1, total).last)
    rows = ordered.offset((number - 1) * PAGE_SIZE).limit(PAGE_SIZE)
    return Page(session.scalars(rows).all(), number, total)


@dataclass(frozen=True)
class Mark:
    """Where a page stands: after the item of this number, before it, or at the list's end."""

    after: int | None = None
    before: int | None = None
    at_end: bool = False

    @property
    def item(self) -> int | None:
        """The number of the item that the page follows, or goes before."""
        return self.after if self.before is None else self.before


@dataclass(frozen=True)
class Order:
    """The columns that order a list, an index's own, and tell each item from every other."""

    columns: Sequence[SQLColumnExpression[Any]]
    descending: bool = False

    def by(self, *, backwards: bool) -> Sequence[SQLColumnExpression[Any]]:
        """Give what to order by to read the list, or to read it from its end."""
        down = self.descending is not backwards
        return [column.desc() if down else column.asc() for column in self.columns]

    def beyond(self, at: Sequence[Any], *, backwards: bool) -> ColumnElement[bool]:
        """Say of a row that it comes after the place where the columns have these values."""
        here, there = tuple_(*self.columns), tuple_(*at)
        return here < there if self.descending is not backwards else here > there


@dataclass(frozen=True)
class Stretch(Generic[Item]):
    """A page that is read from an item on: items `first` to `last` of `total`, counted from 1."""

    items: Sequence[Item]
    first: int
    last: int
    total: int


def asked_mark(values: Mapping[str, str]) -> Mark:
    """Give the place that an address asks for (`?apres=17`, `?avant=17`, `?avant=fin`).

    Anything else is the beginning.
    """
    if values.get("avant") == "fin":
        return Mark(at_end=True)
    before, after = (_number(values.get(name, "")) for name in ("avant", "apres"))
    return Mark(None, before) if before is not None else Mark(after)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST else None


def stretch_of(
    session: AnySession,
    found: Select[Any],
    order: Order,
    mark: Mark,
    at: Sequence[Any] | None,
    count: Callable[[], int],
) -> Stretch[Row[Any]]:
    """Read one page of a list from the place of a mark; no row before it is read.

    :param found: selects the columns of the order, in no order.
    :param at: the values of these columns at the mark; None for the beginning or the end.
    :param count: says how long the list is.
    """
    if at is None and not mark.at_end:
        return _beginning(session, found, order, count)
    total = count()
    if at is None:
        return _end(session, found, order, total)
    backwards = mark.before is not None
    rows = _read(session, found.where(order.beyond(at, backwards=backwards)), order, backwards)
    if backwards and len(rows) < PAGE_SIZE:
        return _beginning(session, found, order, lambda: total)
    if not rows:
        return _end(session, found, order, total)
    earlier = found.where(order.beyond(rows[0], backwards=True))
    counted = earlier.with_only_columns(func.count(), maintain_column_froms=True)
    before = session.scalar(counted) or 0
    return Stretch(rows, before + 1, before + len(rows), total)


def _beginning(
    session: AnySession, found: Select[Any], order: Order, count: Callable[[], int]
) -> Stretch[Row[Any]]:
    rows = _read(session, found, order, backwards=False, most=PAGE_SIZE + 1)
    total = count() if len(rows) > PAGE_SIZE else len(rows)
    rows = rows[:PAGE_SIZE]
    return Stretch(rows, 1 if rows else 0, len(rows), total)


def _end(session: AnySession, found: Select[Any], order: Order, total: int) -> Stretch[Row[Any]]:
    rows = _read(session, found, order, backwards=True, most=total % PAGE_SIZE or PAGE_SIZE)
    return Stretch(rows, total - len(rows) + 1 if rows else 0, total, total)


def _read(
    session: AnySession,
    found: Select[Any],
    order: Order,
    backwards: bool,
    most: int = PAGE_SIZE,
) -> Sequence[Row[Any]]:
    rows = session.execute(found.order_by(*order.by(backwards=backwards)).limit(most)).all()
    return rows[::-1] if backwards else rows
