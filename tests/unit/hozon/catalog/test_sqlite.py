"""SQLite: how connections are opened."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from hozon.bootstrap import open_catalog
from hozon.catalog.database import Database
from hozon.catalog.sqlite import open_sqlite
from hozon.errors import CatalogError
from hozon.testing.clocks import ManualClock
from hozon.testing.records import NOW, collection_path, make_collection


@pytest.fixture
def database(home: Path) -> Iterator[Database]:
    """Give a migrated database."""
    database = open_sqlite(f"sqlite:///{home / 'catalog.db'}")
    yield database
    database.close()


def test_the_write_ahead_log_is_on(database: Database) -> None:
    """Readers and a writer do not wait for each other."""
    with database.reading() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"


def test_foreign_keys_are_enforced(database: Database) -> None:
    """SQLite leaves them off unless it is told otherwise."""
    query = text("INSERT INTO aliases (collection_id, alias, version_id) VALUES (1, 'a', 1)")
    with database.reading() as connection, pytest.raises(IntegrityError, match="FOREIGN KEY"):
        connection.execute(query)


def test_a_reader_sees_one_state_while_another_writes(database: Database) -> None:
    """What is committed after its first query is not seen in the same transaction."""
    count = text("SELECT count(*) FROM projects")
    insert = text("INSERT INTO projects (entity, name, created_at) VALUES ('a', 'b', '')")
    with database.reading() as reader:
        assert reader.execute(count).scalar() == 0
        with database.writing() as writer:
            writer.execute(insert)
        assert reader.execute(count).scalar() == 0
    with database.reading() as reader:
        assert reader.execute(count).scalar() == 1


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_catalog_needs_a_file(url: str) -> None:
    """Memory would be another catalog for each connection."""
    with pytest.raises(CatalogError, match="names no file") as caught:
        open_catalog(url, clock=ManualClock())
    assert "sqlite:///" in caught.value.hint


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(CatalogError, match=r"file/catalog\.db' cannot be made") as caught:
        open_catalog(f"sqlite:///{tmp_path}/file/catalog.db", clock=ManualClock())
    assert "HOZON_CATALOG_URL" in caught.value.hint


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    """The message names the catalog and says why."""
    (tmp_path / "catalog.db").write_text("not a database, but long enough to be looked at" * 40)
    with pytest.raises(CatalogError, match=r"catalog\.db failed: file is not a database"):
        open_catalog(f"sqlite:///{tmp_path}/catalog.db", clock=ManualClock())


def test_a_url_without_a_file_is_named() -> None:
    """A host is no file: the message shows the URL, the hint the form."""
    with pytest.raises(CatalogError, match="names no file") as caught:
        open_catalog("sqlite://host:port/x", clock=ManualClock())
    assert "sqlite:///" in caught.value.hint


def test_a_path_is_taken_as_it_stands(tmp_path: Path) -> None:
    """Characters that mean something in other URLs are part of the path."""
    path = tmp_path / "a?b=c%20d" / "catalog.db"
    open_catalog(f"sqlite:///{path}", clock=ManualClock()).close()
    assert path.is_file()


def test_a_writer_waits_as_long_as_it_was_told_to(home: Path) -> None:
    """Not longer, and not shorter; the hint says what was in the way. Readers do not wait."""
    url = f"sqlite:///{home / 'catalog.db'}"
    holder = open_catalog(url, clock=ManualClock())
    hasty = open_catalog(url, clock=ManualClock(), timeout=timedelta(seconds=0.4))
    with holder.write() as session:
        make_collection(session)
        begun = time.monotonic()
        with pytest.raises(CatalogError, match="database is locked") as caught, hasty.write():
            pass
        waited = time.monotonic() - begun
        with hasty.read() as reader:
            assert reader.collections.find(collection_path("mnist")) is None
    assert 0.3 < waited < 10
    assert "another writer was in the way" in caught.value.hint
    with hasty.write() as session:
        session.projects.ensure(collection_path("mnist").at, now=NOW)
    holder.close()
    hasty.close()
