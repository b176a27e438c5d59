"""SQLite: how connections are opened and transactions begun.

Owns pragmas and locking. Invariants: write-ahead log, foreign keys enforced, a commit on the disk
before it is acknowledged, and a transaction that means to write holds the write lock from its
first statement, so that it never fails half-way because another writer came first.
"""

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.exc import DBAPIError

from hozon.catalog.database import Database, is_for_writing, what_to_check
from hozon.errors import CatalogError

PATIENCE: Final = timedelta(seconds=30)
"""How long a writer waits for another before it gives up, unless it is told otherwise."""

_SCHEME = "sqlite:///"


def open_sqlite(url: str, *, timeout: timedelta = PATIENCE) -> Database:
    """Open a SQLite database; its folder is made if need be, its file by the first connection.

    Args:
        url: `sqlite:///` and an absolute or relative path to a file, taken as it stands: a path
            may hold `?` and `%`.
        timeout: How long a writer waits for another before it gives up.

    Returns:
        A database whose connections follow the invariants of this module.

    Raises:
        CatalogError: The URL names no file, or its folder cannot be made.
    """
    database = url.removeprefix(_SCHEME)
    if not url.startswith(_SCHEME) or database in {"", ":memory:"}:
        raise CatalogError(
            f"The catalog URL {url!r} names no file",
            hint="Use sqlite:/// followed by the path of a file.",
        )
    try:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CatalogError(
            f"The folder of the catalog {database!r} cannot be made ({error.strerror})",
            hint="Give HOZON_CATALOG_URL or HOZON_HOME a place that you may write to.",
        ) from error
    engine = create_engine(
        URL.create("sqlite", database=database), connect_args={"timeout": timeout.total_seconds()}
    )
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return Database(engine, url, next_step=_next_step)


def _next_step(error: BaseException) -> str:
    """Name what to do after a failure."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
        return "Nothing was written: try again, as another writer was in the way for too long."
    return what_to_check(error)


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    """Take transactions into our own hands, and set what every connection needs."""
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Begin a transaction, with the write lock if it means to write."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_for_writing(connection) else "BEGIN")
