"""Listings that open a session for each page.

Owns nothing but that: between two pages no transaction stays open, so that a reader who takes an
hour blocks nobody.
"""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from hozon.ports.catalog import Catalog, CatalogSession
from hozon.ports.paging import Keyed, Listing, PageKey

T = TypeVar("T")


class CatalogListing(Generic[T]):
    """A list of the catalog, read a page at a time.

    Args:
        catalog: Where to read.
        query: Chooses the list within a session.
    """

    def __init__(self, catalog: Catalog, query: Callable[[CatalogSession], Listing[T]]) -> None:
        """Remember what to ask; nothing is read yet."""
        self._catalog = catalog
        self._query = query

    def count(self) -> int:
        """Count what is listed now."""
        with self._catalog.read() as session:
            return self._query(session).count()

    def page(self, *, after: PageKey | None, limit: int) -> Sequence[Keyed[T]]:
        """Read what follows a key."""
        with self._catalog.read() as session:
            return self._query(session).page(after=after, limit=limit)
