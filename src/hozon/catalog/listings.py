"""Listings: queries that are read a page at a time, by key.

Owns paging in SQL. Refuses to own which rows there are; each kind of record brings its query.
Invariant: a page is found by comparing keys, never by skipping rows, so deleting what was listed
skips nothing.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from hozon.ports.paging import Keyed, PageKey

T = TypeVar("T")

AnyRow = Row[*tuple[Any, ...]]
"""A row of any width, read by the names of its columns."""

Decode = Callable[[Sequence[AnyRow]], Sequence[T]]
"""Turns the rows of a page into values, in the same order."""


class SqlListing(Generic[T]):
    """A query with a key column, read in pages.

    Args:
        connection: Where to run it.
        query: Selects the rows, unordered.
        key: The column that orders and continues; unique among the rows.
        decode: Turns the rows of a page into values.
        newest_first: Whether the largest key comes first.
    """

    def __init__(
        self,
        connection: Connection,
        query: Select[Any],
        *,
        key: ColumnElement[int] | ColumnElement[str],
        decode: Decode[T],
        newest_first: bool = False,
    ) -> None:
        """Remember the query; nothing is read yet."""
        self._connection = connection
        self._query = query.add_columns(key.label("page_key"))
        self._key = key
        self._decode = decode
        self._newest_first = newest_first

    def count(self) -> int:
        """Count the rows."""
        counted = select(func.count()).select_from(self._query.subquery())
        return self._connection.execute(counted).scalar_one()

    def page(self, *, after: PageKey | None, limit: int) -> Sequence[Keyed[T]]:
        """Read what follows a key."""
        query = self._query.order_by(self._key.desc() if self._newest_first else self._key)
        if after is not None:
            query = query.where(self._key < after if self._newest_first else self._key > after)
        rows = self._connection.execute(query.limit(limit)).all()
        values = self._decode(rows)
        return [Keyed(row.page_key, value) for row, value in zip(rows, values, strict=True)]
