"""Migrations: from an empty database to the schema that the code knows."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from hozon.bootstrap import open_catalog, prepare_catalog
from hozon.catalog.migrate import HEAD, ensure_schema
from hozon.catalog.schema import metadata
from hozon.catalog.sqlite import for_writing, open_engine
from hozon.errors import CatalogError
from hozon.model.links import CollectionKind
from hozon.model.manifest import ManifestEntry
from hozon.model.notes import Notes
from hozon.model.ttl import ArtifactTTL
from hozon.model.versions import VersionId
from hozon.testing.clocks import ManualClock


@pytest.fixture
def database(tmp_path: Path, migrated_catalog: Path) -> Path:
    """Give a migrated database."""
    path = tmp_path / "catalog.db"
    shutil.copyfile(migrated_catalog, path)
    return path


@pytest.fixture
def engine(database: Path) -> Iterator[Engine]:
    """Give an engine on it."""
    engine = open_engine(f"sqlite:///{database}")
    yield engine
    engine.dispose()


@contextmanager
def migrated_to(revision: str, path: Path) -> Iterator[Connection]:
    """Make a database as an older release left it, and let the block write into it."""
    engine = open_engine(f"sqlite:///{path}")
    with engine.connect() as connection, for_writing(connection).begin():
        config = Config()
        config.set_main_option("script_location", "hozon.catalog:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        yield connection
    engine.dispose()


def test_a_new_database_has_the_schema(engine: Engine) -> None:
    """Alembic finds no difference between it and the tables of the code, and knows its revision."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == HEAD


def test_the_steps_lead_to_the_schema(tmp_path: Path) -> None:
    """All of them, one after the other, from nothing: an old database becomes a new one."""
    with migrated_to(HEAD, tmp_path / "catalog.db") as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == HEAD


def test_a_new_database_needs_no_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made as it should be, without Alembic."""
    monkeypatch.setattr("hozon.catalog.migrate._upgrade", lambda _: pytest.fail("migrated"))
    prepare_catalog(f"sqlite:///{tmp_path / 'catalog.db'}")


def test_the_head_is_that_of_alembic() -> None:
    """A new step changes `HEAD`, too."""
    config = Config()
    config.set_main_option("script_location", "hozon.catalog:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_a_migrated_database_is_left_alone(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time there is nothing to do, and Alembic is not even asked."""
    monkeypatch.setattr("hozon.catalog.migrate._upgrade", lambda _: pytest.fail("migrated again"))
    ensure_schema(engine)


def test_a_newer_database_is_refused(database: Path) -> None:
    """The message names the revision, the hint says what to upgrade."""
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(CatalogError, match="has the revision '9999'") as caught:
        prepare_catalog(f"sqlite:///{database}")
    assert "Upgrade hozon" in caught.value.hint


def test_a_failing_step_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Migrating is one transaction: the next try begins where this one began."""
    path = tmp_path / "catalog.db"
    with migrated_to("0001", path):
        pass

    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    def tables() -> list[tuple[str]]:
        with sqlite3.connect(path) as connection:
            found = connection.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()
        connection.close()
        return found

    before = tables()
    with monkeypatch.context() as patched:
        # The last thing that a step does.
        patched.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", fail)
        with pytest.raises(KeyboardInterrupt):
            prepare_catalog(f"sqlite:///{path}")
    assert tables() == before
    prepare_catalog(f"sqlite:///{path}")
    assert tables() != before


CREATE = """
import sys
from hozon.bootstrap import prepare_catalog
sys.stdin.readline()
prepare_catalog(sys.argv[1])
"""


def test_two_processes_may_create_a_catalog_at_once(tmp_path: Path) -> None:
    """The second waits for the first and finds nothing to do."""
    url = f"sqlite:///{tmp_path / 'new' / 'catalog.db'}"
    processes = [
        subprocess.Popen(  # noqa: S603  Our own interpreter, no shell.
            [sys.executable, "-c", CREATE, url],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    errors = [process.communicate()[1] for process in processes]
    assert (errors, [process.returncode for process in processes]) == (["", ""], [0, 0])
    prepare_catalog(url)


def test_entries_of_the_first_schema_survive(tmp_path: Path) -> None:
    """A manifest that the first release wrote reads as it did, without references."""
    path = tmp_path / "catalog.db"
    with migrated_to("0001", path) as connection:
        connection.exec_driver_sql("INSERT INTO projects VALUES (1, 'ada', 'digits', '2026-01-01')")
        connection.exec_driver_sql(
            "INSERT INTO collections VALUES (1, 1, 'mnist', 'dataset', 1, '2026-01-01')"
        )
        connection.exec_driver_sql(
            'INSERT INTO versions (id, collection_id, "index", state, digest, size_bytes,'
            " file_count, metadata, created_by, created_at, updated_at) VALUES"
            " (1, 1, 0, 'COMMITTED', 'd', 7, 1, '{}', 'ada', '2026-01-01', '2026-01-01')"
        )
        connection.exec_driver_sql("INSERT INTO entries VALUES (1, 'a', ?, 7)", ("ab" * 32,))
    catalog = open_catalog(f"sqlite:///{path}", clock=ManualClock())
    with catalog.read() as session:
        found = list(session.versions.entries(VersionId(1)))
    catalog.close()
    assert found == [ManifestEntry("a", "ab" * 32, 7)]


def test_versions_of_the_second_schema_survive(tmp_path: Path) -> None:
    """They are no links, and have no tags, no TTL and no step; their collection is a sequence."""
    path = tmp_path / "catalog.db"
    with migrated_to("0002", path) as connection:
        connection.exec_driver_sql("INSERT INTO projects VALUES (1, 'ada', 'digits', '2026-01-01')")
        connection.exec_driver_sql(
            "INSERT INTO collections VALUES (1, 1, 'mnist', 'dataset', 1, '2026-01-01')"
        )
        connection.exec_driver_sql(
            'INSERT INTO versions (id, collection_id, "index", state, digest, size_bytes,'
            " file_count, description, metadata, created_by, created_at, updated_at) VALUES (1, 1,"
            " 0, 'COMMITTED', 'd', 7, 1, 'kept', '{}', 'ada', '2026-01-01', '2026-01-01')"
        )
    catalog = open_catalog(f"sqlite:///{path}", clock=ManualClock())
    with catalog.read() as session:
        version = session.versions.get(VersionId(1))
        collection = session.collections.find(version.collection)
    catalog.close()
    assert version.notes == Notes("kept", {}, (), ArtifactTTL.INHERIT)
    assert (version.history_step, version.source) == (None, None)
    assert collection is not None
    assert collection.kind is CollectionKind.SEQUENCE
