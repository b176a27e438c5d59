"""PostgreSQL: how connections are opened and transactions begun.

Owns locking, isolation, and which failures are worth another try. Invariants: a transaction that
means to write holds the lock of the catalog before its first statement, and sees whatever was
committed before it got it; one that reads sees the state of the moment it began; text is UTF-8 and
times are UTC, whatever the server's settings are.
"""

import math
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from psycopg import Connection as DriverConnection
from psycopg import DataError, Error, IsolationLevel, OperationalError
from psycopg.abc import Buffer
from psycopg.types.numeric import NumericLoader
from sqlalchemy import (
    URL,
    Connection,
    Engine,
    create_engine,
    event,
    func,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError
from tenacity import RetryCallState, Retrying, retry_if_exception, wait_exponential, wait_random

from hozon.catalog.database import Database, is_for_writing, what_to_check
from hozon.catalog.types import UtcDateTime
from hozon.errors import CatalogError

WRITER_LOCK: Final = 0x686F7A6F6E
"""The key of the advisory lock that writers take turns by: `hozon` in ASCII."""

LOCK_TIMEOUT: Final = timedelta(seconds=10)
"""How long one try waits for another writer."""

PATIENCE: Final = timedelta(seconds=30)
"""How long the beginning of a transaction is tried again."""

CONNECT_ATTEMPTS: Final = 4
"""How often a server that cannot be reached is tried: a wrong host stays wrong."""

OLDEST_VERSION: Final = 15
"""The oldest major version of PostgreSQL that is known to work."""

_PASSED = {
    "40001",  # A serialisation failure, as on a standby that replays a conflicting change.
    "40P01",  # A deadlock.
    "53300",  # Too many connections.
    "55P03",  # Another writer held the lock for longer than `LOCK_TIMEOUT`.
    "57P01",  # The server is being restarted, and so with the next two.
    "57P02",
    "57P03",
}
"""Failures that may be gone with the next try, by SQLSTATE."""

_TOO_LONG = "57014"
"""The SQLSTATE of a statement that was given up, be it after its timeout."""

_LOST = "08"
"""How the SQLSTATE of every failure of a connection begins."""

_CHANGED = """
SELECT pg_class.relname FROM pg_stat_user_tables JOIN pg_class ON pg_class.oid = relid
WHERE schemaname = current_schema() AND n_mod_since_analyze > greatest(reltuples, 0) / 10
"""
"""The tables of which more than a tenth was written since statistics were taken; never means -1."""

_SECRET = {"password", "sslpassword"}
"""Parameters of a URL that are nobody's business."""


def open_postgres(url: str, *, timeout: timedelta | None = None) -> Database:
    """Open a database of a PostgreSQL server; nothing is connected before it is used.

    Args:
        url: `postgresql://user:password@host:port/database`, each part but the first optional,
            with parameters of libpq after a `?`. Where the password is left out, libpq looks for it
            in `PGPASSWORD` and `~/.pgpass`.
        timeout: How long a call waits for a connection, for another writer, and for the answer to a
            statement, each; None for as long as this module's figures say, and for statements
            without end.

    Returns:
        A database whose transactions follow the invariants of this module.

    Raises:
        CatalogError: The URL is malformed.
    """
    try:
        parsed = make_url(url).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):  # Its text may hold a password: neither shown nor chained.
        raise CatalogError(
            "The catalog URL postgresql://… is malformed",
            hint="Use postgresql://user@host:port/database.",
        ) from None
    connect_seconds = 10 if timeout is None else math.ceil(timeout.total_seconds())
    defaults = {
        "connect_timeout": str(connect_seconds),
        "fallback_application_name": "hozon",
    }
    engine = create_engine(
        parsed,
        connect_args={
            "client_encoding": "UTF8",
            **{name: value for name, value in defaults.items() if name not in parsed.query},
        },
        # A thread may ask for the time within a transaction: nobody waits for a connection.
        max_overflow=-1,
    )
    event.listen(engine, "connect", partial(_set_up, timeout=timeout))
    event.listen(engine, "begin", _begin)
    return Database(
        engine,
        _shown(parsed),
        patiently=_retrying(timeout),
        next_step=_next_step,
        analyze=_analyze,
    )


class PostgresClock:
    """The clock of the server, by which all that write to it agree.

    Args:
        database: Whose clock it is.
        patience: How long a server is tried that does not answer; None for `PATIENCE`.
    """

    def __init__(self, database: Database, *, patience: timedelta | None = None) -> None:
        """Remember the database; nothing is asked yet."""
        self._database = database
        self._patience = patience

    def now(self) -> datetime:
        """Ask the server for the present in UTC.

        Raises:
            CatalogError: The server did not answer.
        """
        with self._database.translated():
            return _retrying(self._patience)(self._ask)

    def _ask(self) -> datetime:
        """Ask once, outside of any transaction."""
        present = select(func.clock_timestamp(type_=UtcDateTime))
        with self._database.engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            return alone.execute(present).scalar_one()


class _IntegerLoader(NumericLoader):
    """Reads a whole number as an int: sums of integers are `numeric`, and no column of ours is."""

    def load(self, data: Buffer) -> int:  # type: ignore[override]
        """Give an int, or a Decimal where there is a fraction."""
        number = super().load(data)
        whole = int(number)
        return whole if whole == number else number  # type: ignore[return-value]


def _set_up(
    connection: DriverConnection[object], _record: object, *, timeout: timedelta | None
) -> None:
    """Refuse servers that would change what is written, and set what every connection needs."""
    info = connection.info
    if info.server_version < OLDEST_VERSION * 10_000:
        raise CatalogError(
            f"The server of the catalog is PostgreSQL {info.server_version // 10_000}",
            hint=f"Use PostgreSQL {OLDEST_VERSION} or newer.",
        )
    if (encoding := info.parameter_status("server_encoding")) != "UTF8":
        raise CatalogError(
            f"The database {info.dbname!r} has the encoding {encoding}, which lacks characters",
            hint="Create a database with the encoding UTF8 for the catalog.",
        )
    connection.adapters.register_loader("numeric", _IntegerLoader)
    settings = {
        "TimeZone": "UTC",
        "DateStyle": "ISO",
        "lock_timeout": _milliseconds(min(LOCK_TIMEOUT, timeout or LOCK_TIMEOUT)),
    }
    if timeout is not None:
        settings["statement_timeout"] = _milliseconds(timeout)
    for name, value in settings.items():
        connection.execute("SELECT set_config(%s, %s, false)", (name, value))
    connection.commit()


def _milliseconds(span: timedelta) -> str:
    """Write a span as the server takes it; 0 would be no limit."""
    return f"{max(1, span // timedelta(milliseconds=1))}ms"


def _begin(connection: Connection) -> None:
    """Begin a transaction on the server, with the lock of the catalog if it means to write.

    A writer's isolation is READ COMMITTED: its snapshots are newer than the lock, and nobody
    commits while it holds that. A reader's one snapshot is taken here.
    """
    driver = connection.connection.driver_connection
    if driver is None or driver.autocommit:
        return
    writing = is_for_writing(connection)
    driver.isolation_level = (
        IsolationLevel.READ_COMMITTED if writing else IsolationLevel.REPEATABLE_READ
    )
    driver.read_only = not writing
    connection.exec_driver_sql(
        f"SELECT pg_advisory_xact_lock({WRITER_LOCK})" if writing else "SELECT 1"
    )


def _analyze(engine: Engine) -> None:
    """Look at tables of which a good part has changed since the server last did so by itself.

    Without statistics of `versions`, and that is how a database is after it was filled, the server
    would go through all versions for each object.
    """
    preparer = engine.dialect.identifier_preparer
    with engine.connect() as connection:
        alone = connection.execution_options(isolation_level="AUTOCOMMIT")
        for table in alone.execute(text(_CHANGED)).scalars():
            alone.execute(text(f"ANALYZE {preparer.quote(table)}"))


def _retrying(patience: timedelta | None) -> Retrying:
    """Say how long the beginning of a transaction is tried, and with which pauses."""
    return Retrying(
        retry=retry_if_exception(_may_pass),
        wait=wait_exponential(multiplier=0.1, max=2) + wait_random(0, 0.1),
        stop=partial(_is_enough, patience=patience),
        reraise=True,
    )


def _is_enough(state: RetryCallState, *, patience: timedelta | None) -> bool:
    """Give up after a while, and sooner where nobody answers."""
    error = state.outcome.exception() if state.outcome else None
    if _is_unreachable(error) and state.attempt_number >= CONNECT_ATTEMPTS:
        return True
    return (state.seconds_since_start or 0) >= (patience or PATIENCE).total_seconds()


def _may_pass(error: BaseException) -> bool:
    """Tell whether another try may do better."""
    return _is_unreachable(error) or _sqlstate(error) in _PASSED


def _is_unreachable(error: BaseException | None) -> bool:
    """Tell whether there is no connection, or no longer."""
    driver = _driver_error(error)
    state = driver.sqlstate if driver else None
    return isinstance(driver, OperationalError) and (state is None or state.startswith(_LOST))


def _next_step(error: BaseException) -> str:
    """Name what to do after a failure."""
    if _sqlstate(error) in _PASSED:
        return "Nothing was written: try again, as another writer or the server was in the way."
    if _sqlstate(error) == _TOO_LONG:
        return "Nothing was written: try again, or with a longer timeout."
    if isinstance(_driver_error(error), DataError):
        return "Nothing was written: PostgreSQL cannot store this value, give another."
    return what_to_check(error)


def _sqlstate(error: BaseException) -> str | None:
    """Find the server's code of a failure."""
    driver = _driver_error(error)
    return driver.sqlstate if driver else None


def _driver_error(error: BaseException | None) -> Error | None:
    """Find what the driver raised."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return cause if isinstance(cause, Error) else None


def _shown(url: URL) -> str:
    """Write a URL for people, without passwords."""
    shown = url.set(drivername="postgresql").difference_update_query(_SECRET)
    return shown._replace(password=None).render_as_string()
