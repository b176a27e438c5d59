"""Rows in bulk on PostgreSQL: COPY, and arrays where rows may be there already.

Owns what neither SQLAlchemy nor SQLite know. Refuses to own batches; those are in
`hozon.catalog.batches`.
"""

from collections.abc import Sequence

from sqlalchemy import ARRAY, Connection, Table
from sqlalchemy.types import TypeEngine

Columns = Sequence[tuple[str, TypeEngine[object]]]
"""Names and types of what a row has, in its order."""


def copy_rows(
    connection: Connection, table: Table, columns: Columns, rows: Sequence[Sequence[object]]
) -> None:
    """Write rows as a stream; whatever the table has already is an error.

    Args:
        connection: The transaction.
        table: Where to.
        columns: What the rows have.
        rows: The values, as the driver takes them.
    """
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101  A transaction has a connection.
    statement = f"COPY {_target(connection, table, columns)} FROM STDIN"
    with driver.cursor() as cursor, cursor.copy(statement.encode()) as stream:
        for row in rows:
            stream.write_row(row)


def merge_rows(
    connection: Connection, table: Table, columns: Columns, rows: Sequence[Sequence[object]]
) -> None:
    """Write the rows whose keys the table does not have, and leave the others out.

    Args:
        connection: The transaction.
        table: Where to.
        columns: What the rows have.
        rows: The values, as the driver takes them, at least one row.
    """
    # An order is no part of a type to cast to.
    kinds = [
        ARRAY(kind).compile(connection.dialect).partition(" COLLATE ")[0] for _, kind in columns
    ]
    arrays = ", ".join(f"CAST(%s AS {kind})" for kind in kinds)
    connection.exec_driver_sql(
        f"INSERT INTO {_target(connection, table, columns)}"  # noqa: S608  Names of the schema.
        f" SELECT * FROM unnest({arrays}) ON CONFLICT DO NOTHING",
        tuple(list(values) for values in zip(*rows, strict=True)),
    )


def _target(connection: Connection, table: Table, columns: Columns) -> str:
    """Write a table and its columns, quoted where need be."""
    quote = connection.dialect.identifier_preparer
    return f"{quote.format_table(table)} ({', '.join(quote.quote(name) for name, _ in columns)})"
