"""Lists in pages of fifty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
PAGE_SIZE = 50
HIGHEST = 1_000_000


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

    @property
    def first_position(self) -> int:
        """The place in the whole list of the page's first item, from 1."""
        return (self.number - 1) * PAGE_SIZE + 1 if self.items else 0

    @property
    def last_position(self) -> int:
        """The place in the whole list of the page's last item."""
        return self.first_position + len(self.items) - 1 if self.items else 0


def asked(values: Mapping[str, str]) -> int:
    """Give the page that an address asks for (`?page=3`); anything else is the first."""
    text = values.get("page", "")
    return min(max(1, int(text)), HIGHEST) if text.isascii() and text.isdigit() else 1


def offset(number: int) -> int:
    """Give how many items come before this page."""
    return (max(1, number) - 1) * PAGE_SIZE
