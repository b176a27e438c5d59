"""Bootstrap: adapters are chosen by URL, and loaded when they are needed."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from hozon.bootstrap import SystemClock, open_catalog, open_context, open_store
from hozon.errors import InvalidSettingError, MissingExtraError
from hozon.settings import load_settings
from hozon.storage.local import LocalObjectStore


def test_a_file_url_opens_a_folder(tmp_path: Path) -> None:
    """Quoted characters are what they stand for; nothing is touched yet."""
    url = (tmp_path / "with space").as_uri()
    assert open_store(url).url == url
    assert not (tmp_path / "with space").exists()


@pytest.mark.usefixtures("bucket")
def test_an_s3_url_opens_a_bucket() -> None:
    """With a prefix or without; slashes at the ends do not matter."""
    assert open_store("s3://bucket").url == "s3://bucket"
    assert open_store("s3://bucket/a/b/").url == "s3://bucket/a/b"


@pytest.mark.parametrize(
    "url", ["gs://bucket", "s3:///prefix", "file://host/x", "file://", "/folder", "", "s3"]
)
def test_an_unknown_storage_url_is_named(url: str) -> None:
    """The message shows it, the hint shows the forms that are known."""
    with pytest.raises(InvalidSettingError) as caught:
        open_store(url)
    assert repr(url) in caught.value.message
    assert "file:///folder or s3://bucket/prefix" in caught.value.hint


@pytest.mark.parametrize("url", ["mysql://host/db", "catalog.db", "sqlite:catalog.db"])
def test_an_unknown_catalog_url_is_named_without_secrets(url: str) -> None:
    """Only the scheme is shown: the rest may hold a password."""
    with pytest.raises(InvalidSettingError, match="unknown scheme") as caught:
        open_catalog(url, clock=SystemClock())
    assert "HOZON_CATALOG_URL" in caught.value.hint
    assert "host/db" not in str(caught.value)


def test_a_missing_library_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hint is the command that installs it."""
    monkeypatch.delitem(sys.modules, "hozon.storage.s3", raising=False)
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(MissingExtraError, match="s3://bucket' needs boto3") as caught:
        open_store("s3://bucket")
    assert "pip install 'hozon[s3]'" in caught.value.hint


def test_a_context_follows_the_settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catalog, store, principal and staging are those of the settings; the entity is not asked."""
    monkeypatch.setenv("HOZON_USER", "bob")
    settings = load_settings()
    context = open_context(settings)
    assert context.catalog.url == settings.catalog_url
    assert context.store.url == settings.storage_url
    assert (context.principal.name, context.staging) == ("bob", home / "staging")
    context.close()
    context.close()


def test_the_clock_of_the_machine_is_in_utc() -> None:
    """Time is aware."""
    assert SystemClock().now().utcoffset() == timedelta()


def test_a_catalog_that_fails_leaves_no_store_open(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody else could close it."""
    closed: list[str] = []
    monkeypatch.setattr(LocalObjectStore, "close", lambda store: closed.append(store.url))
    monkeypatch.setenv("HOZON_CATALOG_URL", "mysql://host/db")
    with pytest.raises(InvalidSettingError):
        open_context(load_settings())
    assert closed == [(home / "objects").as_uri()]


@pytest.mark.parametrize(
    ("url", "size", "cached"),
    [("file:///o", "10GB", False), ("s3://bucket", "10GB", True), ("s3://bucket", "0", False)],
)
def test_only_what_is_far_away_is_cached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, size: str, *, cached: bool
) -> None:
    """A local store needs no cache, and a bound of nothing allows none."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    settings = load_settings(
        {"HOZON_HOME": str(tmp_path), "HOZON_STORAGE_URL": url, "HOZON_CACHE_SIZE": size}
    )
    context = open_context(settings)
    assert (context.cache is not None) is cached
    assert context.cache_bytes == settings.cache_bytes
    context.close()
