"""A database: how its transactions begin and end, whichever it is.

Owns beginning, committing and rolling back, and turns what database libraries raise into
`CatalogError`. Refuses to own what is particular to one database; that is in `hozon.catalog.sqlite`
and `hozon.catalog.postgres`. Invariant: only the beginning of a transaction is ever tried again,
because nothing was done yet.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Engine, RootTransaction, Row, Select
from sqlalchemy.exc import SQLAlchemyError

from hozon.errors import CatalogError

STREAMED_ROWS: Final = 1000
"""How many rows of a query are held at a time while it is streamed."""

_FOR_WRITING = "hozon_for_writing"
_STREAMS = "hozon_streams"

Begin = Callable[[], RootTransaction]
"""Begins a transaction on a connection of its own."""


def at_once(begin: Begin) -> RootTransaction:
    """Begin a transaction, and leave it to the database to wait."""
    return begin()


def for_writing(connection: Connection) -> Connection:
    """Make the next transaction of a connection exclude other writers from when it begins."""
    return connection.execution_options(**{_FOR_WRITING: True})


def is_for_writing(connection: Connection) -> bool:
    """Tell whether the transaction of a connection excludes other writers."""
    return bool(connection.get_execution_options().get(_FOR_WRITING, False))


def streamed(connection: Connection, query: Select[Any]) -> Iterator[Row[*tuple[Any, ...]]]:
    """Run a query and fetch its rows some at a time, in flat memory.

    What is not read to its end is closed with the transaction: on a connection that others use by
    then it would get in their way.

    Args:
        connection: A transaction of a `Database`.
        query: What to read.
    """
    found = connection.execute(query.execution_options(yield_per=STREAMED_ROWS))
    connection.get_execution_options()[_STREAMS].callback(found.close)
    with found:
        yield from found


def what_to_check(_error: BaseException) -> str:
    """Name the next step after a failure of which nothing particular is known."""
    return "Check that the database is reachable, writable and has space, then try again."


def planned_without(_engine: Engine) -> None:
    """Do nothing: the database plans well without statistics."""


@dataclass(frozen=True, slots=True)
class Database:
    """A database that is open.

    Concurrency:
        Transactions may be begun from several threads at once; each has a connection of its own.
    """

    engine: Engine
    """Where connections come from; its transactions follow `for_writing`."""

    url: str
    """Where the database lies, for people, without passwords."""

    patiently: Callable[[Begin], RootTransaction] = at_once
    """Begins a transaction, again if need be."""

    next_step: Callable[[BaseException], str] = what_to_check
    """Names what to do after a failure, in a whole sentence."""

    analyze: Callable[[Engine], None] = planned_without
    """Brings the statistics up to date by which the database plans its queries, if need be."""

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that sees one consistent state."""
        with self._transaction(writing=False) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that excludes other writers, and sees all that they committed."""
        with self._transaction(writing=True) as connection:
            yield connection

    def take_stock(self) -> None:
        """Bring the statistics up to date by which queries are planned; nobody waits for it."""
        with self.translated():
            self.analyze(self.engine)

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn what a database library raises into one of our errors."""
        driver = self.engine.dialect.loaded_dbapi.Error
        try:
            yield
        except (SQLAlchemyError, driver) as error:
            said = str(getattr(error, "orig", None) or error).splitlines() or [type(error).__name__]
            raise CatalogError(
                f"The catalog {self.url} failed: {said[0]}", hint=self.next_step(error)
            ) from error

    def close(self) -> None:
        """Release connections; calling it again does nothing."""
        self.engine.dispose()

    @contextmanager
    def _transaction(self, *, writing: bool) -> Iterator[Connection]:
        """Commit when the block ends, or roll back if it raises."""
        with self.translated():
            transaction = self.patiently(lambda: _begin(self.engine, writing=writing))
            with transaction.connection as connection, transaction, ExitStack() as streams:
                yield connection.execution_options(**{_STREAMS: streams})


def _begin(engine: Engine, *, writing: bool) -> RootTransaction:
    """Take a connection and begin, or give it back."""
    connection = engine.connect()
    try:
        return (for_writing(connection) if writing else connection).begin()
    except BaseException:
        connection.close()
        raise
