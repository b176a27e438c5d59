"""Migrations: from an empty database to the schema that the code knows."""

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
from sqlalchemy import Connection, String, inspect, select, text

from hozon.bootstrap import open_catalog, prepare_catalog
from hozon.catalog.audit import SqlAudit
from hozon.catalog.database import Database
from hozon.catalog.migrate import HEAD, ensure_schema
from hozon.catalog.postgres import open_postgres
from hozon.catalog.schema import entry_sources, keys, metadata
from hozon.catalog.sqlite import open_sqlite
from hozon.errors import CatalogError
from hozon.model.access import Standing
from hozon.model.audit import Act, AuditQuery, AuditRecord, Subject
from hozon.model.digests import ContentDigest
from hozon.model.lineage import Edge, EdgeKind
from hozon.model.links import CollectionKind
from hozon.model.manifest import ManifestEntry
from hozon.model.names import MAIN_STORE, EntityName
from hozon.model.notes import Notes
from hozon.model.paths import SweepPath
from hozon.model.places import Place
from hozon.model.runs import RunKey
from hozon.model.sweeps import SweepState
from hozon.model.ttl import ArtifactTTL
from hozon.model.versions import VersionId
from hozon.testing.clocks import ManualClock
from hozon.testing.records import AT, NOW

OPEN = {"sqlite": open_sqlite, "postgresql": open_postgres}


@pytest.fixture(params=list(OPEN))
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of a database without anything in it, on each kind of server in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    return request.getfixturevalue("empty_postgres_url")


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """Open a database, and close it."""
    database = OPEN[url.partition("://")[0]](url)
    yield database
    database.close()


@contextmanager
def migrated_to(revision: str, url: str) -> Iterator[Connection]:
    """Make a database as an older release left it, and let the block write into it."""
    with opened(url) as database, database.writing() as connection:
        config = Config()
        config.set_main_option("script_location", "hozon.catalog:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        yield connection


def assert_newest(connection: Connection) -> None:
    """Hold the tables to those of the code, and the revision to the newest."""
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    assert compare_metadata(context, metadata) == []
    assert context.get_current_revision() == HEAD
    assert misordered(connection) == []


def misordered(connection: Connection) -> list[str]:
    """List the columns of text that PostgreSQL would order by the rules of a language."""
    inspector = inspect(connection)
    return [
        f"{table}.{column['name']}"
        for table in metadata.tables
        for column in inspector.get_columns(table)
        if connection.dialect.name == "postgresql"
        and isinstance(column["type"], String)
        and column["type"].collation != "C"
    ]


def test_a_new_database_has_the_schema(url: str) -> None:
    """Alembic finds no difference between it and the tables of the code, and knows its revision."""
    prepare_catalog(url)
    with opened(url) as database, database.reading() as connection:
        assert_newest(connection)


def test_the_steps_lead_to_the_schema(url: str) -> None:
    """All of them, one after the other, from nothing: an old database becomes a new one."""
    with migrated_to(HEAD, url) as connection:
        assert_newest(connection)


def test_a_new_database_needs_no_steps(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made as it should be, without Alembic."""
    monkeypatch.setattr("hozon.catalog.migrate._upgrade", lambda _: pytest.fail("migrated"))
    prepare_catalog(url)


def test_the_head_is_that_of_alembic() -> None:
    """A new step changes `HEAD`, too."""
    config = Config()
    config.set_main_option("script_location", "hozon.catalog:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_a_migrated_database_is_left_alone(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time there is nothing to do, and Alembic is not even asked."""
    prepare_catalog(url)
    monkeypatch.setattr("hozon.catalog.migrate._upgrade", lambda _: pytest.fail("migrated again"))
    with opened(url) as database:
        ensure_schema(database)


def test_a_newer_database_is_refused(url: str) -> None:
    """The message names the revision, the hint says what to upgrade."""
    prepare_catalog(url)
    with opened(url) as database, database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CatalogError, match="has the revision '9999'") as caught:
        prepare_catalog(url)
    assert "Upgrade hozon" in caught.value.hint


def test_a_failing_step_leaves_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Migrating is one transaction: the next try begins where this one began."""
    with migrated_to("0001", url):
        pass

    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    def tables() -> list[tuple[str, str]]:
        with opened(url) as database, database.reading() as connection:
            inspector = inspect(connection)
            return [
                (table, column["name"])
                for table in sorted(inspector.get_table_names())
                for column in inspector.get_columns(table)
            ]

    before = tables()
    with monkeypatch.context() as patched:
        # The last thing that a step does.
        patched.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", fail)
        with pytest.raises(KeyboardInterrupt):
            prepare_catalog(url)
    assert tables() == before
    prepare_catalog(url)
    assert tables() != before


CREATE = """
import sys
from hozon.bootstrap import prepare_catalog
sys.stdin.readline()
prepare_catalog(sys.argv[1])
"""


def test_two_processes_may_create_a_catalog_at_once(url: str) -> None:
    """The second waits for the first and finds nothing to do."""
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


OLD_VERSION = """
INSERT INTO projects (id, entity, name, created_at) VALUES (1, 'ada', 'digits', '2026-01-01');
INSERT INTO collections (id, project_id, name, type, next_index, created_at)
VALUES (1, 1, 'mnist', 'dataset', 1, '2026-01-01');
INSERT INTO versions
(id, collection_id, "index", state, digest, size_bytes, file_count, description, metadata,
 created_by, created_at, updated_at)
VALUES
(1, 1, 0, 'COMMITTED', 'd', 7, 1, 'kept', '{}', 'ada', '2026-01-01', '2026-01-01')
"""
"""What an older release wrote of a version, in columns that the first schema had."""


def write(connection: Connection, statements: str) -> None:
    """Run statements one by one."""
    for statement in statements.split(";"):
        connection.exec_driver_sql(statement)


def test_entries_of_the_first_schema_survive(url: str) -> None:
    """A manifest that the first release wrote reads as it did, without references."""
    with migrated_to("0001", url) as connection:
        write(connection, OLD_VERSION)
        write(connection, "INSERT INTO entries VALUES (1, 'a', 'd', 7)")
    catalog = open_catalog(url, clock=ManualClock())
    with catalog.read() as session:
        found = list(session.versions.entries(VersionId(1)))
    catalog.close()
    assert found == [ManifestEntry("a", "d", 7)]


def test_versions_of_the_second_schema_survive(url: str) -> None:
    """They are no links, and have no tags, no TTL and no step; their collection is a sequence."""
    with migrated_to("0002", url) as connection:
        write(connection, OLD_VERSION)
    catalog = open_catalog(url, clock=ManualClock())
    with catalog.read() as session:
        version = session.versions.get(VersionId(1))
        collection = session.collections.find(version.collection)
    catalog.close()
    assert version.notes == Notes("kept", {}, (), ArtifactTTL.INHERIT)
    assert (version.history_step, version.source) == (None, None)
    assert collection is not None
    assert collection.kind is CollectionKind.SEQUENCE
    assert (collection.description, collection.tags) == (None, ())


def test_what_a_collector_needs_is_found_in_the_third_schema(url: str) -> None:
    """The keys of objects with what they hold, and the versions whose entries others refer to."""
    with migrated_to("0003", url) as connection:
        write(connection, OLD_VERSION)
        write(
            connection,
            "INSERT INTO entries VALUES (1, 'a', 'd', 7, 'hozon-artifact://1/dir/1', '{}');"
            "INSERT INTO entries VALUES (1, 'b', 'd', 7, 'hozon-artifact://1/2', '{}');"
            "INSERT INTO entries VALUES (1, 'c', 'd', 7, 's3://bucket/1', '{}');"
            "INSERT INTO objects VALUES ('d', 'packs/1', 0, 7, '2026-01-02');"
            "INSERT INTO objects VALUES ('e', 'packs/1', 7, 5, '2026-01-01')",
        )
    prepare_catalog(url)
    with opened(url) as database, database.reading() as connection:
        assert list(connection.execute(select(entry_sources))) == [(1, 1)]
        (key,) = connection.execute(select(keys))
    assert (key.key, key.size_bytes, key.created_at.day) == ("packs/1", 12, 1)


def test_everything_of_the_fourth_schema_is_in_the_main_store(url: str) -> None:
    """There was no other: places, keys, strays and what was given up."""
    with migrated_to("0004", url) as connection:
        write(connection, OLD_VERSION)
        write(
            connection,
            "INSERT INTO objects VALUES ('d', 'packs/1', 0, 7, '2026-01-02');"
            "INSERT INTO keys VALUES ('packs/1', 7, '2026-01-02', NULL, NULL);"
            "INSERT INTO stray_keys VALUES ('packs/2', '2026-01-02');"
            "INSERT INTO condemned_objects VALUES (1, 'e', 'packs/3', 0, 7, '2026-01-02')",
        )
    catalog = open_catalog(url, clock=ManualClock())
    with catalog.read() as session:
        assert session.versions.get(VersionId(1)).store == MAIN_STORE
        assert session.objects.stores() == [MAIN_STORE]
        assert session.objects.places([ContentDigest("d")]) == {"d": Place("packs/1", 0, 7)}
        assert [use.key for use in session.garbage.live_keys(after="", limit=9)] == ["packs/1"]
        assert [each.place.key for each in session.garbage.lost_places([ContentDigest("e")])] == [
            "packs/3"
        ]
    catalog.close()


def test_sweeps_of_the_fifth_schema_go_on(url: str) -> None:
    """They are running, and the points that were handed out are not handed out again."""
    config = '{"method": "grid", "metric": {"name": "a"}, "parameters": {"n": {"values": [1, 2]}}}'
    with migrated_to("0005", url) as connection:
        write(connection, OLD_VERSION)
        connection.execute(
            text(
                "INSERT INTO sweeps (id, project_id, sweep_id, config, next_point, created_at)"
                " VALUES (1, 1, 's1', :config, 1, '2026-01-01')"
            ),
            {"config": config},
        )
    catalog = open_catalog(url, clock=ManualClock())
    with catalog.write() as session:
        sweep = session.sweeps.find(SweepPath.parse("ada/digits/s1", default=AT))
        assert sweep is not None
        assert (sweep.state, sweep.seed) == (SweepState.RUNNING, 0)
        assert session.sweeps.take_point(sweep.key) == 1
        assert session.points.taken(sweep.key) == []
    catalog.close()


def test_projects_of_the_seventh_schema_are_private(url: str) -> None:
    """Nobody is a member yet, and nothing is on record: whoever opens the catalog goes on."""
    with migrated_to("0007", url) as connection:
        write(connection, OLD_VERSION)
    catalog = open_catalog(url, clock=ManualClock())
    with catalog.read() as session:
        standing = session.access.standing(AT, EntityName("grace"))
        assert standing == Standing(AT.entity)
        assert session.audit.listing(AuditQuery(AT.entity)).count() == 0
    catalog.close()


@pytest.mark.parametrize("made", ["at once", "by steps"])
@pytest.mark.parametrize("statement", ["UPDATE audit SET who = 'eve'", "DELETE FROM audit"])
def test_no_statement_changes_the_audit_log(url: str, made: str, statement: str) -> None:
    """The database refuses, whichever way it came to its schema."""
    if made == "at once":
        prepare_catalog(url)
    else:
        with migrated_to(HEAD, url):
            pass
    record = AuditRecord(NOW, "ada", Act.DELETE, Subject(AT.entity))
    with opened(url) as database:
        with database.writing() as connection:
            SqlAudit(connection).add([record])
        with (
            pytest.raises(CatalogError, match="rows of audit are only ever added"),
            database.writing() as connection,
        ):
            connection.execute(text(statement))
        with database.reading() as connection:
            (kept,) = SqlAudit(connection).listing(AuditQuery(AT.entity)).page(after=None, limit=9)
        assert kept.value == record


def test_lineage_of_the_seventh_schema_survives(url: str) -> None:
    """What a run used it used as nothing in particular, and no edge is known to be left out."""
    with migrated_to("0007", url) as connection:
        write(connection, OLD_VERSION)
        write(
            connection,
            "INSERT INTO runs (id, project_id, run_id, state, config, summary, created_by,"
            " created_at) VALUES (4, 1, 'r1', 'finished', '{}', '{}', 'ada', '2026-01-01');"
            "INSERT INTO run_inputs VALUES (1, 4, 1, '2026-01-01')",
        )
    run, version = RunKey(4), VersionId(1)
    catalog = open_catalog(url, clock=ManualClock())
    with catalog.write() as session:
        assert session.lineage.between({run}, {version}) == [Edge(run, version, EdgeKind.USED)]
        assert session.lineage.left_out_between({run}, {version}) == []
    catalog.close()
