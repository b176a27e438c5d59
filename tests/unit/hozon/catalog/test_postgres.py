"""PostgreSQL: how connections are opened, transactions begun, and what is tried again."""

import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from hozon.bootstrap import open_catalog
from hozon.catalog.database import Database
from hozon.catalog.postgres import CONNECT_ATTEMPTS, PostgresClock, open_postgres
from hozon.errors import CatalogError, MissingExtraError
from hozon.model.manifest import Manifest, ManifestEntry
from hozon.model.versions import VersionId
from hozon.ports.catalog import CatalogSession
from hozon.testing.postgres import PostgresServer
from hozon.testing.records import NOW, collection_path, make_collection, new_version

NOWHERE = "postgresql://ada:sesame@127.0.0.1:1/hozon?password=sesame&sslpassword=sesame"
COUNT = text("SELECT count(*) FROM projects")
INSERT = text("INSERT INTO projects (entity, name, created_at) VALUES ('a', 'b', '2026-01-01')")


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    """Give a migrated database."""
    database = open_postgres(postgres_url)
    yield database
    database.close()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let nothing pause, and give the list of the pauses that would have been made."""
    made: list[float] = []
    monkeypatch.setattr("time.sleep", made.append)
    return made


def process_of(connection: Connection) -> int:
    """Tell which process of the server serves a connection."""
    return connection.execute(text("SELECT pg_backend_pid()")).scalar_one()


def log_entry(session: CatalogSession, entry: ManifestEntry) -> VersionId:
    """Commit a version of one entry, whatever is in it."""
    version = session.versions.open(make_collection(session).key, new_version("a"))
    session.versions.commit(version, index=0, manifest=Manifest.of([entry]), now=NOW)
    return version


# Transactions.


def test_a_reader_sees_one_state_while_another_writes(database: Database) -> None:
    """What is committed after it began is not seen in the same transaction."""
    with database.reading() as reader:
        with database.writing() as writer:
            writer.execute(INSERT)
        assert reader.execute(COUNT).scalar() == 0
    with database.reading() as reader:
        assert reader.execute(COUNT).scalar() == 1


def test_a_writer_sees_what_was_committed_while_it_waited(database: Database) -> None:
    """Its first look is behind the lock, not in front of it."""
    waits = threading.Event()

    def write() -> object:
        waits.set()
        with database.writing() as second:
            return second.execute(COUNT).scalar()

    with ThreadPoolExecutor(1) as pool:
        with database.writing() as first:
            seen = pool.submit(write)
            waits.wait()
            first.execute(INSERT)
        assert seen.result() == 1


def test_a_reader_cannot_write(database: Database) -> None:
    """Whoever forgets to exclude others is told so by the server."""
    with pytest.raises(CatalogError, match="read-only transaction"), database.reading() as reader:
        reader.execute(INSERT)


def test_settings_of_the_server_do_not_matter(postgres: PostgresServer, postgres_url: str) -> None:
    """Neither its isolation nor its zone nor its style of dates nor its patience."""
    name = postgres_url.partition("?")[0].rpartition("/")[2]
    for setting in (
        "default_transaction_isolation = 'serializable'",
        "default_transaction_read_only = on",
        "timezone = 'Asia/Tokyo'",
        "datestyle = 'German'",
        "lock_timeout = '1ms'",
    ):
        postgres.execute(f"ALTER DATABASE {name} SET {setting}")
    catalog = open_catalog(postgres_url)
    with catalog.write() as session:
        made = make_collection(session)
        isolation = session.connection.execute(text("SHOW transaction_isolation")).scalar()
        patience = session.connection.execute(text("SHOW lock_timeout")).scalar()
    with catalog.read() as session:
        assert session.collections.find(made.path) == made
    assert (isolation, patience) == ("read committed", "10s")
    assert catalog.now().tzinfo is UTC
    catalog.close()


def test_entries_are_not_held_in_memory(postgres_url: str) -> None:
    """While a manifest is read, most of it is still on the server."""
    catalog = open_catalog(postgres_url)
    manifest = Manifest.of(ManifestEntry(f"{n:05}", "ab" * 32, 1) for n in range(3000))
    with catalog.write() as session:
        version = session.versions.open(make_collection(session).key, new_version("a"))
        session.versions.commit(version, index=0, manifest=manifest, now=NOW)
        entries = session.versions.entries(version)
        next(entries)
        held = session.connection.execute(text("SELECT count(*) FROM pg_cursors")).scalar()
        assert held == 1
        assert sum(1 for _ in entries) == 2999
    catalog.close()


# The clock.


def test_the_time_is_that_of_the_server(database: Database) -> None:
    """It lies between two looks at the server's clock, and in UTC."""
    clock = text("SELECT clock_timestamp()")
    with database.reading() as connection:
        before = connection.execute(clock).scalar_one()
        now = PostgresClock(database).now()
        after = connection.execute(clock).scalar_one()
    assert before < now < after
    assert now.tzinfo is UTC


def test_the_time_goes_on_within_a_transaction(postgres_url: str) -> None:
    """It is the present, not the moment at which the transaction began; any thread may ask."""
    catalog = open_catalog(postgres_url)

    def ask(_: int) -> bool:
        with catalog.read():
            return catalog.now() < catalog.now()

    with ThreadPoolExecutor(20) as pool:
        assert all(pool.map(ask, range(40)))
    catalog.close()


# Failures.


@pytest.mark.parametrize("kind", ["reading", "writing"])
def test_a_connection_that_was_lost_meanwhile_is_made_again(
    database: Database, postgres: PostgresServer, pauses: list[float], kind: str
) -> None:
    """A server may have been restarted between two transactions: nobody notices."""
    transaction = getattr(database, kind)
    with transaction() as connection:
        process = process_of(connection)
    postgres.execute(f"SELECT pg_terminate_backend({process}, 10000)")
    with transaction() as connection:
        assert process_of(connection) != process
    assert len(pauses) == 1


def test_a_connection_that_is_lost_in_the_middle_writes_nothing(
    database: Database, postgres: PostgresServer, pauses: list[float]
) -> None:
    """The block is not run again: it is told, and what it had written is gone."""
    runs: list[Connection] = []

    def write(connection: Connection) -> None:
        runs.append(connection)
        connection.execute(INSERT)
        postgres.execute(f"SELECT pg_terminate_backend({process_of(connection)}, 10000)")
        connection.execute(COUNT)

    with pytest.raises(CatalogError, match="failed: ") as caught, database.writing() as connection:
        write(connection)
    assert "try again" in caught.value.hint
    with database.reading() as connection:
        assert connection.execute(COUNT).scalar() == 0
    assert (len(runs), pauses) == (1, [])


@pytest.mark.parametrize(
    "failure",
    [
        errors.SerializationFailure,
        errors.DeadlockDetected,
        errors.LockNotAvailable,
        errors.TooManyConnections,
        errors.AdminShutdown,
    ],
    ids=lambda kind: kind.__name__,
)
def test_what_may_pass_is_tried_again(
    database: Database, pauses: list[float], failure: type[psycopg.Error]
) -> None:
    """With a pause that grows: nothing was done yet, so nothing can be done twice."""
    failures = [DBAPIError("BEGIN", (), failure("no")) for _ in range(3)]
    with database.engine.connect() as connection:

        def begin() -> object:
            if failures:
                raise failures.pop()
            return connection.begin()

        database.patiently(begin)
    assert failures == []
    assert len(pauses) == 3
    assert pauses[0] < pauses[2]


def test_what_stays_wrong_is_not_tried_again(postgres: PostgresServer, pauses: list[float]) -> None:
    """A database that does not exist is named at once."""
    with pytest.raises(CatalogError, match='database "absent" does not exist'):
        open_catalog(postgres.url("absent"))
    assert len(pauses) < CONNECT_ATTEMPTS


def test_a_writer_does_not_wait_for_ever(
    database: Database, monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    """When another one holds the lock for too long, the hint says what was in the way."""
    monkeypatch.setattr("hozon.catalog.postgres.LOCK_TIMEOUT", timedelta(milliseconds=1))
    monkeypatch.setattr("hozon.catalog.postgres.PATIENCE", timedelta(milliseconds=300))
    with (
        database.writing(),
        pytest.raises(CatalogError, match="due to lock timeout") as caught,
        database.writing(),
    ):
        pytest.fail("two writers at once")
    assert "another writer" in caught.value.hint
    assert pauses != []


def test_a_call_waits_as_long_as_it_was_told_to(postgres_url: str) -> None:
    """For another writer, and for the answer to a statement; nothing is tried for longer."""
    holder = open_catalog(postgres_url)
    hasty = open_catalog(postgres_url, timeout=timedelta(seconds=0.4))
    begun = time.monotonic()
    with holder.write():
        with pytest.raises(CatalogError, match="timeout") as caught, hasty.write():
            pass
        with hasty.read() as reader:
            assert reader.collections.find(collection_path("mnist")) is None
    assert 0.3 < time.monotonic() - begun < 10
    assert "Nothing was written" in caught.value.hint
    with pytest.raises(CatalogError, match="statement timeout") as caught, hasty.read() as reader:
        reader.connection.execute(text("SELECT pg_sleep(20)"))
    assert "longer timeout" in caught.value.hint
    assert time.monotonic() - begun < 15
    with hasty.write() as session:
        make_collection(session)
    holder.close()
    hasty.close()


def test_a_statement_has_no_end_of_its_own(postgres_url: str) -> None:
    """Without a timeout the server's stays what its owner made it."""
    catalog = open_catalog(postgres_url)
    with catalog.read() as session:
        assert session.connection.execute(text("SHOW statement_timeout")).scalar() == "0"
    catalog.close()


def test_a_server_that_does_not_answer_is_given_up() -> None:
    """Its clock, too: a connection that nobody accepts ends with the timeout."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as silent:
        port = silent.getsockname()[1]
        begun = time.monotonic()
        with pytest.raises(CatalogError, match="127"):
            open_catalog(f"postgresql://ada@127.0.0.1:{port}/digits", timeout=timedelta(seconds=2))
        assert time.monotonic() - begun < 20


def test_a_value_that_cannot_be_stored_is_told(postgres_url: str) -> None:
    """Text with a NUL, past every check: an error of ours, and nothing is written."""
    catalog = open_catalog(postgres_url)
    with pytest.raises(CatalogError, match="NUL") as caught, catalog.write() as session:
        log_entry(session, ManifestEntry("a", "e\0", 1, "s3://b/k"))
    assert "cannot store this value" in caught.value.hint
    with catalog.read() as session:
        assert session.collections.find(collection_path("mnist")) is None
    catalog.close()


def test_metadata_may_hold_any_text(postgres_url: str) -> None:
    """A NUL and half a character, too: they are written as JSON writes them."""
    catalog = open_catalog(postgres_url)
    strange = {"a\0": ["\ud800", "\0", 10**100, -0.0, 1e308]}
    entry = ManifestEntry("a", "e", 1, "s3://b/k", strange)
    with catalog.write() as session:
        assert list(session.versions.entries(log_entry(session, entry))) == [entry]
    catalog.close()


# What is opened.


def test_no_message_holds_a_password(pauses: list[float]) -> None:
    """Neither the URL of the catalog nor what is said when the server does not answer."""
    assert open_postgres(NOWHERE).url == "postgresql://ada@127.0.0.1:1/hozon"
    with pytest.raises(CatalogError, match="refused") as caught:
        open_catalog(NOWHERE)
    assert "sesame" not in str(caught.value)
    assert "postgresql://ada@127.0.0.1:1/hozon" in caught.value.message
    assert "reachable" in caught.value.hint
    assert len(pauses) == CONNECT_ATTEMPTS - 1


@pytest.mark.parametrize(
    "url", ["postgresql://u:sesame@host:port/db", "postgresql://u:sesame@[::1/db"]
)
def test_a_malformed_url_is_told_without_secrets(url: str) -> None:
    """The hint shows the form."""
    with pytest.raises(CatalogError, match="malformed") as caught:
        open_catalog(url)
    assert "postgresql://user@host:port/database" in caught.value.hint
    assert "sesame" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_an_unknown_parameter_is_named() -> None:
    """The driver knows all that there are."""
    with pytest.raises(CatalogError, match='"colour"'):
        open_catalog("postgresql://127.0.0.1:1/db?colour=blue")


@pytest.mark.parametrize("library", ["psycopg", "tenacity"])
def test_a_missing_library_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    """The hint is the command that installs it."""
    monkeypatch.delitem(sys.modules, "hozon.catalog.postgres")
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingExtraError, match="needs psycopg and tenacity") as caught:
        open_catalog("postgresql://u:sesame@host/db")
    assert "pip install 'hozon[postgres]'" in caught.value.hint
    assert "sesame" not in str(caught.value)


def test_a_database_that_lacks_characters_is_refused(postgres: PostgresServer) -> None:
    """Paths may hold any character."""
    url = postgres.create(
        "TEMPLATE template0 ENCODING 'LATIN1' LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'"
    )
    with pytest.raises(CatalogError, match="has the encoding LATIN1") as caught:
        open_catalog(url)
    assert "UTF8" in caught.value.hint
    postgres.drop(url)


def test_an_old_server_is_refused(monkeypatch: pytest.MonkeyPatch, postgres_url: str) -> None:
    """Its version is named, and the oldest that will do."""
    monkeypatch.setattr("hozon.catalog.postgres.OLDEST_VERSION", 99)
    with pytest.raises(CatalogError, match=r"is PostgreSQL \d\d$|is PostgreSQL \d\d\. ") as caught:
        open_catalog(postgres_url)
    assert "PostgreSQL 99" in caught.value.hint


# Statistics.


STATISTICS = text(
    "SELECT relname, analyze_count FROM pg_stat_user_tables"
    " WHERE relname IN ('projects', 'teams', 'runs')"
)


def statistics_of(database: Database) -> dict[str, int]:
    """Count how often the server was asked to look at some tables."""
    with database.reading() as connection:
        connection.execute(text("SELECT pg_stat_clear_snapshot()"))
        return {row.relname: row.analyze_count for row in connection.execute(STATISTICS)}


def test_statistics_are_taken_of_what_has_changed(database: Database) -> None:
    """Of what has not, there is nothing new to know."""
    fill = (
        "INSERT INTO projects (entity, name, created_at)"
        " SELECT 'a', 'b' || n, '2026-01-01' FROM generate_series(1, 50) AS n"
    )
    before = statistics_of(database)
    with database.writing() as connection:
        connection.execute(text(fill))
        # Otherwise the server counts what was written a moment later.
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
    database.take_stock()
    assert statistics_of(database) == {**before, "projects": before["projects"] + 1}
    with database.writing() as connection:
        connection.execute(INSERT)
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
    database.take_stock()
    assert statistics_of(database) == {**before, "projects": before["projects"] + 1}


def test_nobody_waits_while_statistics_are_taken(database: Database) -> None:
    """Not even who writes: it takes no turn."""
    with database.writing() as connection:
        connection.execute(INSERT)
        database.take_stock()
    with database.reading() as connection:
        assert connection.execute(COUNT).scalar_one() == 1
