"""Transfers: every row arrives as it was, or none does."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table, insert, text

from hozon.bootstrap import open_catalog, open_transfer
from hozon.catalog import schema
from hozon.catalog.batches import insert_rows
from hozon.catalog.transfer import Transfer
from hozon.errors import CatalogError
from hozon.model.ttl import ArtifactTTL
from hozon.testing.postgres import PostgresServer
from hozon.testing.records import NOW, log_version, make_collection

LATER = NOW + timedelta(microseconds=1)
ENTRIES = 2500
VERSION = {
    "collection_id": 3,
    "state": "COMMITTED",
    "digest": "d",
    "size_bytes": 2**40,
    "file_count": 1,
    "metadata": {"a": [1, 1.0, True, "\0\ud800"], "$float": "nan"},
    "created_by": "ada",
    "created_at": NOW,
    "updated_at": LATER,
}
PLACE = {"key": "k", "offset_bytes": 2**40, "length_bytes": 2**41}
ROWS: Mapping[Table, Sequence[Mapping[str, object]]] = {
    schema.projects: [
        {"id": 2, "entity": "ada", "name": "digits", "created_at": NOW, "ttl": None},
        {"id": 1, "entity": "ada", "name": "B", "created_at": LATER, "ttl": ArtifactTTL.INHERIT},
    ],
    schema.teams: [{"entity": "ada", "ttl": timedelta(days=1), "members_may_set_ttl": False}],
    schema.members: [
        {"entity": "ada", "name": name, "role": "admin", "added_by": "ada", "added_at": NOW}
        for name in ("a", "B")
    ],
    schema.audit: [
        {
            "id": 12,
            "at": NOW,
            "who": "ada",
            "action": "delete",
            "entity": "ada",
            "project": "digits",
            "collection": "é",
            "version": 3,
            "details": {"aliases": ["latest"]},
        }
    ],
    schema.protected_aliases: [
        {"project_id": 2, "alias": "é", "protected_by": "ada", "protected_at": NOW}
    ],
    schema.sweeps: [
        {
            "id": 5,
            "project_id": 2,
            "sweep_id": "s",
            "config": {},
            "next_point": 1,
            "created_at": NOW,
        }
    ],
    schema.runs: [
        {
            "id": 4,
            "project_id": 2,
            "run_id": "r",
            "state": "RUNNING",
            "config": {"b": 1, "a": 2},
            "summary": {"loss": math.nan, "best": [-math.inf]},
            "sweep_id": 5,
            "created_by": "ada",
            "created_at": NOW,
        }
    ],
    schema.sweep_points: [
        {
            "sweep_id": 5,
            "number": 0,
            "point": {"a": 1},
            "state": "TAKEN",
            "token": "t",
            "expires_at": LATER,
            "attempts": 1,
            "run_id": 4,
        }
    ],
    schema.history: [{"run_id": 4, "step": 2**40, "row": {"n": 10**100}, "logged_at": NOW}],
    schema.collections: [
        {
            "id": 3,
            "project_id": 2,
            "name": "mnist",
            "type": "dataset",
            "next_index": 8,
            "created_at": NOW,
            "retention": {"keep_last": 3},
            "description": "手書き\n",
            "tags": ("a", "é"),
        },
        {
            "id": 9,
            "project_id": 2,
            "name": "b",
            "type": "dataset",
            "next_index": 0,
            "created_at": NOW,
            "kind": "portfolio",
        },
    ],
    schema.former_names: [
        {"project_id": 2, "name": name, "collection_id": 3, "renamed_at": LATER}
        for name in ("a", "B", "é")
    ],
    schema.versions: [
        {**VERSION, "id": 7, "index": 0, "logged_by": 4, "tags": ("a", "b")},
        {**VERSION, "id": 8, "index": 7, "description": "保存\n", "ttl": timedelta(seconds=1)},
        {**VERSION, "id": 11, "state": "PENDING", "upload_id": "u", "lease_expires_at": LATER},
    ],
    schema.links: [{"version_id": 8, "source_id": 7}],
    schema.removed_links: [{"version_id": 8}],
    schema.aliases: [{"collection_id": 3, "alias": "latest", "version_id": 7}],
    schema.removed_aliases: [{"version_id": 8, "alias": "old"}],
    schema.entries: [
        {"version_id": 7, "path": "r", "digest": "e", "ref": "s3://b/k", "extra": {"n": None}},
        *(
            {"version_id": 7, "path": f"{n}/日本", "digest": f"{n:064x}", "size_bytes": n}
            for n in range(ENTRIES)
        ),
    ],
    schema.entry_sources: [{"version_id": 7, "source_id": 8}],
    schema.objects: [{"digest": "d", "created_at": NOW, **PLACE}],
    schema.keys: [
        {"key": key, "size_bytes": 2**42, "created_at": NOW, "removed_at": LATER}
        for key in ("a", "B", "_", "é")
    ],
    schema.condemned_objects: [{"id": 6, "digest": "d", "condemned_at": NOW, **PLACE}],
    schema.stray_keys: [{"key": "k", "seen_at": NOW}],
    schema.collector_lease: [
        {"id": 1, "holder": "h", "token": "t", "began_at": NOW, "expires_at": LATER}
    ],
    schema.collector_passes: [
        {"id": 3, "began_at": NOW, "finished_at": LATER, "report": {"freed": [1, None]}}
    ],
    schema.pins: [{"version_id": 11, "digest": "d"}],
    schema.run_outputs: [{"id": 2, "run_id": 4, "version_id": 7, "at": NOW}],
    schema.run_inputs: [
        {"id": 3, "run_id": 4, "version_id": 8, "at": NOW, "use_as": ("train", "テスト")}
    ],
    schema.left_out_edges: [{"id": 5, "run_id": 4, "version_id": 8, "kind": "logged", "at": NOW}],
}
"""At least a row of every table, with values that databases like to change."""


@pytest.fixture(params=["to PostgreSQL", "to SQLite"])
def urls(
    request: pytest.FixtureRequest, empty_postgres_url: str, tmp_path: Path
) -> tuple[str, str]:
    """Give two databases without anything in them, in both directions in turn."""
    sqlite = f"sqlite:///{tmp_path / 'there.db'}"
    to_postgres = request.param == "to PostgreSQL"
    return (sqlite, empty_postgres_url) if to_postgres else (empty_postgres_url, sqlite)


@pytest.fixture
def transfer(urls: tuple[str, str]) -> Iterator[Transfer]:
    """Give a transfer of a catalog in which every table has a row."""
    with closing(open_transfer(*urls)) as transfer:
        with transfer.source.writing() as connection:
            fill(connection)
        yield transfer


def fill(connection: Connection) -> None:
    """Write the rows, in an order that foreign keys allow."""
    for table in schema.metadata.sorted_tables:
        for row in ROWS[table]:
            connection.execute(insert(table).values(**row))


def rows_of(transfer: Transfer) -> int:
    """Count what is in the target."""
    return Transfer(transfer.target, transfer.source).count()


def test_every_row_is_copied_and_compared(transfer: Transfer) -> None:
    """All tables, each value as it was; progress ends where it should."""
    steps: list[int] = []
    rows = transfer.run(steps.append)
    assert rows == {table.name: len(ROWS[table]) for table in schema.metadata.sorted_tables}
    assert sum(steps) == 2 * transfer.count() == 2 * sum(rows.values())
    with transfer.source.reading() as original, transfer.target.reading() as copy:
        for table in schema.metadata.sorted_tables:
            key = list(table.primary_key)
            found = [repr(c.execute(table.select().order_by(*key)).all()) for c in (original, copy)]
            assert found[0] == found[1]


def test_what_is_absent_stays_absent(transfer: Transfer) -> None:
    """NULL is not turned into a JSON `null`."""
    transfer.run(lambda _: None)
    query = text("SELECT count(*) FROM entries WHERE extra IS NULL AND size_bytes IS NOT NULL")
    with transfer.target.reading() as copy:
        assert copy.execute(query).scalar() == ENTRIES


def test_numbers_go_on_behind_those_that_were_copied(
    transfer: Transfer, urls: tuple[str, str]
) -> None:
    """What is made next in the copy collides with nothing."""
    transfer.run(lambda _: None)
    catalog = open_catalog(urls[1])
    with catalog.write() as session:
        collection = make_collection(session, "next")
        assert collection.key == 10
        assert log_version(session, collection, "a") == 12
    catalog.close()


def test_a_catalog_without_rows_is_copied(urls: tuple[str, str]) -> None:
    """And counts from the beginning."""
    with closing(open_transfer(*urls)) as transfer:
        assert set(transfer.run(lambda _: None).values()) == {0}
    catalog = open_catalog(urls[1])
    with catalog.write() as session:
        assert make_collection(session).key == 1
    catalog.close()


def test_a_target_that_holds_anything_is_refused(transfer: Transfer) -> None:
    """It is named with what it has, and neither catalog is changed."""
    with transfer.target.writing() as connection:
        connection.execute(insert(schema.stray_keys).values(key="k", seen_at=NOW))
    with pytest.raises(CatalogError, match="is not empty: it has stray keys") as caught:
        transfer.run(lambda _: None)
    assert transfer.target.url in caught.value.message
    assert rows_of(transfer) == 1


def test_an_interrupted_transfer_leaves_nothing(transfer: Transfer) -> None:
    """Whether it is interrupted while it copies or while it compares; the next one goes through."""
    steps = 2 * transfer.count()
    for last in (1000, steps - 1000):
        done: list[int] = []

        def interrupt(rows: int, done: list[int] = done, last: int = last) -> None:
            done.append(rows)
            if sum(done) > last:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            transfer.run(interrupt)
        assert rows_of(transfer) == 0
    transfer.run(lambda _: None)
    assert rows_of(transfer) == steps // 2


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE keys SET size_bytes = size_bytes + 1 WHERE key = 'é'",
        "UPDATE runs SET summary = '{}'",
        "UPDATE versions SET tags = NULL",
        "DELETE FROM keys WHERE key = '_'",
        "INSERT INTO keys VALUES ('', 'z', 1, '2026-01-01', NULL, NULL)",
        "DELETE FROM pins",
    ],
)
def test_a_copy_that_differs_is_not_kept(
    transfer: Transfer, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    """The table and the key are named."""
    table = damage.split()[2 if "INTO" in damage or "FROM" in damage else 1]

    def write_and_damage(connection: Connection, statement: object, rows: object) -> int:
        count = insert_rows(connection, statement, rows)  # type: ignore[arg-type]
        if statement.table.name == table:  # type: ignore[attr-defined]
            connection.execute(text(damage))
        return count

    monkeypatch.setattr("hozon.catalog.transfer.insert_rows", write_and_damage)
    with pytest.raises(CatalogError, match=f"The copy of {table} at .* differs"):
        transfer.run(lambda _: None)
    assert rows_of(transfer) == 0


def test_a_value_that_the_target_cannot_hold_is_told(
    empty_postgres_url: str, tmp_path: Path
) -> None:
    """An older release let a NUL into descriptions; the table is named, and nothing is written."""
    with closing(open_transfer(f"sqlite:///{tmp_path}/c.db", empty_postgres_url)) as transfer:
        with transfer.source.writing() as connection:
            fill(connection)
            connection.execute(text("UPDATE versions SET description = 'a' || char(0)"))
        with pytest.raises(CatalogError, match="The table versions has a value that") as caught:
            transfer.run(lambda _: None)
        assert "description" in caught.value.hint
        assert rows_of(transfer) == 0


def test_nobody_writes_into_the_source_meanwhile(
    transfer: Transfer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would be written then would be in neither the copy nor anyone's mind."""
    monkeypatch.setattr("hozon.catalog.postgres.PATIENCE", timedelta())
    tried: list[str] = []

    def write(_: int) -> None:
        if tried:
            return
        other = type(transfer.source)(transfer.source.engine, "other")
        with other.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA busy_timeout = 1")
            else:
                connection.exec_driver_sql("SET lock_timeout = '1ms'")
            connection.commit()
        with pytest.raises(CatalogError, match=r"locked|lock timeout"), other.writing():
            pytest.fail("two writers at once")
        tried.append("refused")

    transfer.run(write)
    assert tried == ["refused"]


def test_a_catalog_is_not_copied_into_itself(postgres: PostgresServer, postgres_url: str) -> None:
    """It would wait for itself."""
    assert postgres.folder.exists()
    with pytest.raises(CatalogError, match="into itself"):
        open_transfer(postgres_url, postgres_url)
