"""What tests of every kind stand on: an installation of their own, and capabilities to test with.

Owns the fixtures that more than one folder needs. Refuses to own any that only one does.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import boto3
import pytest
from moto import mock_aws
from moto.core.models import MockAWS
from mypy_boto3_s3 import S3Client

import hozon
from fake_gcs import FakeGcs
from hozon.bootstrap import open_catalog, prepare_catalog
from hozon.model.access import Principal
from hozon.model.names import EntityName
from hozon.model.places import PackSizes
from hozon.services.contents import Contents
from hozon.services.context import Context
from hozon.services.known_files import ForgetfulIndex, KnownFiles
from hozon.services.staging import StagingArea
from hozon.testing.clocks import ManualClock
from hozon.testing.memory import MemoryObjectStore, MemoryReferences
from hozon.testing.postgres import PostgresServer, programs, serve_postgres
from servers import EmulatedGcs, emulated_gcs, serve
from worlds import AT, BUCKET, CREDENTIALS, Bucket, Files, Logger, ServeGcs, Stage


@pytest.fixture(scope="session")
def migrated_catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a migrated catalog without content: copying it is faster than migrating again."""
    path = tmp_path_factory.mktemp("catalog") / "migrated.db"
    prepare_catalog(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Give a PostgreSQL server; where none is installed, skip, or fail with `CI=true`."""
    found = programs()
    if found is None:
        reason = "no PostgreSQL: install the package `postgresql`"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    with serve_postgres(found, prepare=prepare_catalog) as server:
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """Give the URL of a migrated catalog without content, on PostgreSQL."""
    url = postgres.create_migrated()
    yield url
    postgres.drop(url)


@pytest.fixture
def empty_postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """Give the URL of a database on PostgreSQL in which there is nothing yet."""
    url = postgres.create()
    yield url
    postgres.drop(url)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated_catalog: Path) -> Iterator[Path]:
    """Give the test an installation of its own, SQLite and a local store, and close it after."""
    home, work = tmp_path / "home", tmp_path / "work"
    for folder in (home, work):
        folder.mkdir()
    shutil.copyfile(migrated_catalog, home / "catalog.db")
    for name in [name for name in os.environ if name.startswith("HOZON_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOZON_HOME", str(home))
    monkeypatch.setenv("HOZON_ENTITY", AT.entity)
    monkeypatch.setenv("HOZON_PROJECT", AT.project)
    # The configuration file of whoever runs the tests is not ours to read.
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(work)
    yield home
    hozon.teardown()


@pytest.fixture(autouse=True)
def _direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what goes to loopback from the proxy of whoever runs the tests."""
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")


@pytest.fixture
def clock() -> ManualClock:
    """Give a clock that moves when it is told to."""
    return ManualClock()


@pytest.fixture
def store() -> MemoryObjectStore:
    """Give a store in memory."""
    return MemoryObjectStore()


@pytest.fixture
def outside() -> MemoryReferences:
    """Give other people's bytes, in memory."""
    return MemoryReferences()


@pytest.fixture
def context(
    tmp_path: Path,
    migrated_catalog: Path,
    clock: ManualClock,
    store: MemoryObjectStore,
    outside: MemoryReferences,
) -> Iterator[Context]:
    """Give services a real catalog on SQLite, and a store and other people's bytes in memory."""
    path = tmp_path / "service-catalog.db"
    shutil.copyfile(migrated_catalog, path)
    context = Context(
        catalog=open_catalog(f"sqlite:///{path}", clock=clock),
        store=store,
        references=outside,
        principal=Principal(EntityName("ada"), operator=True),
        staging=tmp_path / "staging",
        sizes=PackSizes(),
        cache=None,
        cache_bytes=0,
    )
    yield context
    context.close()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Give a function that stages files, by path and content: in one pack, or in one each."""
    known = KnownFiles(ForgetfulIndex(), stored=lambda _: (), clock=ManualClock())
    area = StagingArea(tmp_path / "staging", sizes=PackSizes(), known=known)

    def stage(files: Files, *, apart: bool = False) -> Contents:
        contents = Contents()
        for path, content in files.items():
            contents.put(area.stage_chunks([content], path=path))
            if apart:
                area.seal()
        area.seal()
        return contents

    yield stage
    area.clear()


@pytest.fixture
def logger(context: Context, stage: Stage) -> Logger:
    """Give a short way to log versions through the service."""
    return Logger(context, stage)


@pytest.fixture(scope="module")
def mocked_s3() -> Iterator[tuple[MockAWS, S3Client]]:
    """Mock S3 in this process for a module; tests of other modules see the real network."""
    with (
        pytest.MonkeyPatch.context() as environment,
        # Keeping the session makes starting four times as fast.
        mock_aws(config={"core": {"reset_boto3_session": False}}) as mock,
    ):
        for name, value in CREDENTIALS.items():
            environment.setenv(name, value)
        client = boto3.client("s3", region_name="us-east-1")
        yield mock, client
        client.close()


@pytest.fixture
def bucket(mocked_s3: tuple[MockAWS, S3Client]) -> Bucket:
    """Give an empty bucket, the only one there is."""
    mock, client = mocked_s3
    mock.reset()
    client.create_bucket(Bucket=BUCKET)
    return Bucket(client, BUCKET)


@pytest.fixture
def emulated(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmulatedGcs]:
    """Give a bucket of the emulator of Google Cloud Storage, which clients made afterwards meet."""
    with emulated_gcs() as url:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", url)
        monkeypatch.setenv("DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA", "true")  # As below.
        bucket = EmulatedGcs(url)
        yield bucket
        bucket.close()


@pytest.fixture
def serve_gcs(monkeypatch: pytest.MonkeyPatch) -> Iterator[ServeGcs]:
    """Give a function that serves a bucket of Google Cloud Storage to clients made afterwards."""
    with ExitStack() as servers:

        def start(*, versioned: bool) -> FakeGcs:
            gcs = FakeGcs(versioned=versioned)
            monkeypatch.setenv("STORAGE_EMULATOR_HOST", servers.enter_context(serve(gcs)).url)
            # Or a thread of the client's asks for the region of the bucket when it likes to.
            monkeypatch.setenv("DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA", "true")
            return gcs

        yield start
