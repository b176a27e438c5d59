"""Whole installations: SQLite with a folder or a bucket of each kind, PostgreSQL with a folder."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hozon.bootstrap import open_store
from hozon.settings import load_settings

StoredKeys = Callable[[], list[str]]


@pytest.fixture(params=["local", "s3", "gs", "postgresql"])
def installation(
    request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Give each kind of installation in turn."""
    if request.param == "s3":
        bucket = request.getfixturevalue("bucket")
        monkeypatch.setenv("HOZON_STORAGE_URL", f"s3://{bucket.name}/team")
    if request.param == "gs":
        gcs = request.getfixturevalue("serve_gcs")(versioned=True)
        monkeypatch.setenv("HOZON_STORAGE_URL", f"gs://{gcs.bucket}/team")
    if request.param == "postgresql":
        monkeypatch.setenv("HOZON_CATALOG_URL", request.getfixturevalue("postgres_url"))
    return home


@pytest.fixture(params=["sqlite", "postgresql"])
def catalog_url(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give each kind of catalog in turn, by the environment."""
    url = f"sqlite:///{home / 'catalog.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    monkeypatch.setenv("HOZON_CATALOG_URL", url)
    return url


@pytest.fixture
def stored_keys() -> StoredKeys:
    """Give a function that lists what the store of the settings holds."""

    def keys() -> list[str]:
        store = open_store(load_settings().storage_url)
        try:
            return [found.key for found in store.keys("")]
        finally:
            store.close()

    return keys
