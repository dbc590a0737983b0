"""A long list, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")

PAGE_SIZE: Final = 50


def nearest_page(asked: int, total: int, size: int = PAGE_SIZE) -> int:
    """Return the page to show, from 1; a page beyond the last is the last."""
    return max(1, min(asked, -(-total // size)))


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Item]):
    """One page of a list.

    Attributes:
        items: what the page shows.
        total: the number of items on all pages.
        page: from 1.
        size: items on a full page.
    """

    items: tuple[Item, ...]
    total: int
    page: int
    size: int = PAGE_SIZE

    @property
    def pages(self) -> int:
        """The number of pages, at least 1."""
        return max(1, -(-self.total // self.size))
