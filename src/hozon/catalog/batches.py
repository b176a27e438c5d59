"""Batches: how many values a statement takes, and rows in bulk."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, TypeVar

from sqlalchemy import Connection
from sqlalchemy.sql.dml import Insert

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


def insert_rows(connection: Connection, statement: Insert, rows: Iterable[Sequence[object]]) -> int:
    """Insert many rows with one statement, past what SQLAlchemy does for each of them.

    Args:
        connection: The transaction.
        statement: An insert whose values are `None`: they name the columns, which the rows have in
            the order of the table.
        rows: The values, as they are to users of the catalog.

    Returns:
        How many rows there were.
    """
    compiled = statement.compile(dialect=connection.dialect)
    names = list(compiled.params)
    types = [compiled.binds[name].type for name in names]
    encoders = [
        (place, encode)
        for place, kind in enumerate(types)
        if (encode := kind.bind_processor(connection.dialect)) is not None
    ]
    count = 0
    for batch in batches(rows, size=_ROWS):
        encoded = [_encoded(row, encoders) for row in batch] if encoders else batch
        count += len(batch)
        if compiled.positional:
            connection.exec_driver_sql(str(compiled), [tuple(row) for row in encoded])
        else:
            connection.exec_driver_sql(
                str(compiled), [dict(zip(names, row, strict=True)) for row in encoded]
            )
    return count


def _encoded(row: Sequence[object], encoders: Sequence[tuple[int, Encode]]) -> Sequence[object]:
    """Turn values into what the driver takes."""
    values = list(row)
    for place, encode in encoders:
        values[place] = encode(values[place])
    return values
