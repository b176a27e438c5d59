"""Transfers: all rows of one catalog into another, on whichever database each of them lies.

Owns the order of tables, the comparison afterwards, and the numbers that the target gives next.
Refuses to own bytes: the object store is the same before and after. Invariants: the target has all
rows or none; nobody writes into the source meanwhile, and nothing in it is changed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import TypeVar

from sqlalchemy import Connection, Table, func, insert, literal_column, select

from hozon.catalog.batches import insert_rows
from hozon.catalog.database import Database, streamed
from hozon.catalog.listings import AnyRow
from hozon.catalog.migrate import ensure_schema
from hozon.catalog.schema import metadata
from hozon.errors import CatalogError

T = TypeVar("T")

Advance = Callable[[int], None]
"""Is told of each number of rows that were copied, or compared."""

_TOLD_ROWS = 500


@dataclass(frozen=True, slots=True)
class Transfer:
    """All rows of one catalog on their way into another; both are brought to the newest schema.

    Raises:
        CatalogError: One of them cannot be reached, opened or migrated; or both are the same.

    Concurrency:
        Writers of either catalog wait until the transfer is over, or give up.
    """

    source: Database
    """Where the rows are."""

    target: Database
    """Where they go."""

    def __post_init__(self) -> None:
        """Make the tables of the target, before the source is locked."""
        if self.source.url == self.target.url:
            raise CatalogError(
                f"The catalog {self.source.url} would be copied into itself",
                hint="Name another database.",
            )
        ensure_schema(self.source)
        ensure_schema(self.target)

    def count(self) -> int:
        """Count the rows of the source, 0 or more."""
        with self.source.reading() as connection:
            return sum(_counts(connection).values())

    def run(self, advance: Advance) -> Mapping[str, int]:
        """Copy every row, and hold the copy to the original before it is there for anyone.

        Args:
            advance: Is told of progress; each row counts twice, once copied and once compared.

        Returns:
            How many rows each table has.

        Raises:
            CatalogError: The target holds something already, or a row came out of it otherwise
                than it went in. Nothing was written.
        """
        with self.source.writing() as original, self.target.writing() as copy:
            _check_empty(copy, self.target.url)
            for table in metadata.sorted_tables:
                rows = _told(_rows(original, table), advance)
                self._write(copy, table, rows)
            for table in metadata.sorted_tables:
                _compare(_rows(original, table), _rows(copy, table), table, advance)
                _go_on_counting(copy, table)
            return _counts(copy)

    def _write(self, copy: Connection, table: Table, rows: Iterator[AnyRow]) -> None:
        """Write rows of a table, and name it if one of them cannot be."""
        refused = self.target.engine.dialect.loaded_dbapi.DataError
        try:
            insert_rows(copy, insert(table).values(dict.fromkeys(table.columns.keys())), rows)
        except refused as error:
            raise CatalogError(
                f"The table {table.name} has a value that {self.target.url} cannot hold ({error})",
                hint="Nothing was written. Change it where it is, such as the description of an"
                " artifact, and try again.",
            ) from error

    def close(self) -> None:
        """Release connections; calling it again does nothing."""
        self.source.close()
        self.target.close()


def _check_empty(connection: Connection, url: str) -> None:
    """Refuse a catalog that holds anything: rows of two catalogs have the same numbers."""
    for table in metadata.sorted_tables:
        if connection.execute(select(literal_column("1")).select_from(table).limit(1)).first():
            raise CatalogError(
                f"The catalog {url} is not empty: it has {table.name.replace('_', ' ')}",
                hint="Give a database without anything in it.",
            )


def _rows(connection: Connection, table: Table) -> Iterator[AnyRow]:
    """Read a table in the order of its key, which is the same on every database."""
    return streamed(connection, select(table).order_by(*table.primary_key.columns))


def _compare(
    originals: Iterator[AnyRow],
    copies: Iterator[AnyRow],
    table: Table,
    advance: Advance,
) -> None:
    """Hold every row to its original."""
    for original, copy in _told(zip_longest(originals, copies), advance):
        # As they are written: NaN is not equal to itself, and 1 is equal to True.
        if repr(original) != repr(copy):
            found = dict(zip(table.columns.keys(), copy or original, strict=True))
            at = ", ".join(f"{key.name} {found[key.name]!r}" for key in table.primary_key)
            raise CatalogError(
                f"The copy of {table.name} at {at} differs from the original",
                hint="Nothing was written. Report this with the versions of both databases.",
            )


def _go_on_counting(connection: Connection, table: Table) -> None:
    """Let the next row that is made get a number behind those that were copied."""
    column = table.autoincrement_column
    if column is None or connection.dialect.name != "postgresql":
        return  # SQLite looks for the largest number by itself.
    sequence = func.pg_get_serial_sequence(table.name, column.name)
    last = select(func.max(column)).scalar_subquery()
    connection.execute(select(func.setval(sequence, last)).where(last.is_not(None)))


def _counts(connection: Connection) -> dict[str, int]:
    """Count the rows of each table."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in metadata.sorted_tables
    }


def _told(rows: Iterator[T], advance: Advance) -> Iterator[T]:
    """Pass rows on, and tell of them some at a time."""
    untold = 0
    for row in rows:
        yield row
        untold += 1
        if untold == _TOLD_ROWS:
            advance(untold)
            untold = 0
    advance(untold)
