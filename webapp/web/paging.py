"""Lists in pages of fifty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Select, func, select

from webapp.database import AnySession

Item = TypeVar("Item")
PAGE_SIZE = 50
HIGHEST = 1_000_000
_DIGITS = len(str(HIGHEST)) + 1


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
