"""Batches: how many values a statement takes, and rows in bulk."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, TypeVar, cast

from sqlalchemy import Connection, Table
from sqlalchemy.sql.dml import Insert

from hozon.catalog.copying import copy_rows, merge_rows

T = TypeVar("T")

IN_BATCH: Final = 500
"""Values per `IN (…)`: below the limit of 999 parameters of old SQLite builds."""


_ROWS = 2000
"""How many rows are held at a time while they are written."""

Encode = Callable[[object], object]
"""Turns a value into what a driver takes."""


def batches(values: Iterable[T], *, size: int = IN_BATCH) -> Iterator[Sequence[T]]:
    """Cut values into parts, none of them empty; by default into such as fit `IN (…)`."""
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch


def insert_rows(
    connection: Connection,
    statement: Insert,
    rows: Iterable[Sequence[object]],
    *,
    skip_known: bool = False,
) -> int:
    """Insert many rows with one statement, past what SQLAlchemy does for each of them.

    Args:
        connection: The transaction.
        statement: An insert whose values are `None`: they name the columns, which the rows have in
            the order of the table.
        rows: The values, as they are to users of the catalog. They are asked for between
            statements, so they may be read from the same transaction.
        skip_known: Whether rows whose keys are there already are left out; otherwise they are an
            error.

    Returns:
        How many rows there were, those that were left out included.
    """
    if skip_known:
        statement = statement.prefix_with("OR IGNORE", dialect="sqlite")
    dialect = connection.dialect
    compiled = statement.compile(dialect=dialect)
    columns = [(name, compiled.binds[name].type) for name in compiled.params]
    encoders = [
        (place, encode)
        for place, (_, kind) in enumerate(columns)
        if (encode := kind.dialect_impl(dialect).bind_processor(dialect)) is not None
    ]
    count = 0
    for batch in batches(rows, size=_ROWS):
        encoded = [_encoded(row, encoders) for row in batch] if encoders else batch
        count += len(batch)
        if dialect.name == "postgresql":
            table = cast("Table", statement.table)
            write = merge_rows if skip_known else copy_rows
            write(connection, table, columns, encoded)
        else:
            connection.exec_driver_sql(str(compiled), [tuple(row) for row in encoded])
    return count


def _encoded(row: Sequence[object], encoders: Sequence[tuple[int, Encode]]) -> Sequence[object]:
    """Turn values into what the driver takes."""
    values = list(row)
    for place, encode in encoders:
        values[place] = encode(values[place])
    return values
