"""Migrations: from an empty database to the schema that the code knows."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from hozon.bootstrap import prepare_catalog
from hozon.catalog.migrate import HEAD, ensure_schema
from hozon.catalog.schema import metadata
from hozon.catalog.sqlite import open_engine
from hozon.errors import CatalogError


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


def test_the_steps_lead_to_the_schema(engine: Engine) -> None:
    """Alembic finds no difference between the migrated database and the tables of the code."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []


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

    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("alembic.runtime.migration.MigrationContext._ensure_version_table", fail)
        with pytest.raises(KeyboardInterrupt):
            prepare_catalog(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    connection.close()
    prepare_catalog(f"sqlite:///{path}")


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
