"""Bootstrap: adapters are chosen by URL, and loaded when they are needed."""

import socket
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from hozon.bootstrap import (
    SystemClock,
    open_catalog,
    open_context,
    open_references,
    open_store,
    open_transfer,
    open_versioned,
)
from hozon.catalog.database import Database
from hozon.errors import (
    CatalogError,
    InvalidReferenceError,
    InvalidSettingError,
    MissingExtraError,
    ReferenceBackendError,
)
from hozon.references.file import FileReferences
from hozon.settings import load_settings
from hozon.storage.local import LocalObjectStore
from worlds import ServeGcs


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


def test_a_gs_url_opens_a_bucket(serve_gcs: ServeGcs) -> None:
    """As one of S3 does."""
    serve_gcs(versioned=False)
    for url, wanted in (("gs://bucket", "gs://bucket"), ("gs://bucket/a/b/", "gs://bucket/a/b")):
        store = open_store(url)
        assert store.url == wanted
        store.close()


@pytest.mark.parametrize(
    "url",
    [
        "az://account/container",
        "s3:///prefix",
        "gs://",
        "gs:bucket",
        "file://host/x",
        "file://",
        "/folder",
        "",
        "s3",
    ],
)
def test_an_unknown_storage_url_is_named(url: str) -> None:
    """The message shows it, the hint shows the forms that are known."""
    with pytest.raises(InvalidSettingError) as caught:
        open_store(url)
    assert repr(url) in caught.value.message
    assert "file:///folder, s3://bucket/prefix or gs://bucket/prefix" in caught.value.hint


@pytest.mark.parametrize("url", ["mysql://host/db", "catalog.db", "sqlite:catalog.db"])
def test_an_unknown_catalog_url_is_named_without_secrets(url: str) -> None:
    """Only the scheme is shown: the rest may hold a password."""
    with pytest.raises(InvalidSettingError, match="unknown scheme") as caught:
        open_catalog(url, clock=SystemClock())
    assert "HOZON_CATALOG_URL" in caught.value.hint
    assert "postgresql://" in caught.value.hint
    assert "host/db" not in str(caught.value)


def test_a_transfer_that_cannot_be_opened_leaves_nothing_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the catalog that there is nor the one that is refused."""
    closed: list[str] = []
    monkeypatch.setattr(Database, "close", lambda database: closed.append(database.url))
    urls = [f"sqlite:///{tmp_path}/{name}.db" for name in "ab"]
    (tmp_path / "b.db").write_text("not a database, but long enough to be looked at" * 40)
    with pytest.raises(CatalogError, match="not a database"):
        open_transfer(*urls)
    assert closed == urls[::-1]
    with pytest.raises(InvalidSettingError):
        open_transfer(urls[0], "mysql://host/db")
    assert closed == [*urls[::-1], urls[0]]


def test_a_missing_library_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hint is the command that installs it."""
    monkeypatch.delitem(sys.modules, "hozon.storage.s3", raising=False)
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(MissingExtraError, match="s3://bucket' needs boto3") as caught:
        open_store("s3://bucket")
    assert "pip install 'hozon[s3]'" in caught.value.hint


@pytest.mark.parametrize(
    ("url", "module", "library", "extra"),
    [
        ("s3://bucket", "boto3", "boto3", "s3"),
        ("gs://bucket", "google.cloud.storage", "google-cloud-storage", "gcs"),
        ("az://account/container", "azure.storage.blob", "azure-storage-blob", "azure"),
        ("az://account/container", "azure.identity", "azure-storage-blob and azure-id", "azure"),
    ],
)
def test_a_missing_library_of_a_check_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, url: str, module: str, library: str, extra: str
) -> None:
    """The hint is the command that installs it."""
    for adapter in ("s3", "gs", "azure_container"):
        monkeypatch.delitem(sys.modules, f"hozon.storage.{adapter}", raising=False)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=f"{url}' needs {library}") as caught:
        open_versioned(url)
    assert f"pip install 'hozon[{extra}]'" in caught.value.hint


@pytest.mark.parametrize("url", ["az://account", "az://a/b/c", "az:///c"])
def test_a_bucket_without_a_name_is_refused(url: str) -> None:
    """The hint shows what belongs to it."""
    with pytest.raises(InvalidSettingError, match=url) as caught:
        open_versioned(url)
    assert "az://account/container" in caught.value.hint


def test_every_kind_of_store_can_be_asked(
    serve_gcs: ServeGcs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those on which there is no object store, too."""
    serve_gcs(versioned=True)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for url in ("file:///data", "s3://b/x", "gs://b/x", "az://account/container"):
        store = open_versioned(url)
        assert store.url == url
        store.close()


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


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("http://example.com/x", "HttpReferences"),
        ("HTTPS://example.com/x", "HttpReferences"),
        ("s3://bucket/x", "S3References"),
        ("gs://bucket/x", "GsReferences"),
        ("file:///x", "FileReferences"),
        ("doi:10.5281/zenodo.1", "UnknownReferences"),
    ],
)
def test_each_scheme_has_its_handler(uri: str, name: str, serve_gcs: Callable[..., object]) -> None:
    """It is made once, and closed with all others."""
    serve_gcs(versioned=False)
    references = open_references(load_settings())
    assert type(references.handler(uri)).__name__ == name
    assert references.handler(uri) is references.handler(uri)
    references.close()
    references.close()


@pytest.mark.parametrize(
    ("uri", "module", "library", "extra"),
    [
        ("https://example.com/x?token=sesame", "requests", "requests", "http"),
        ("s3://bucket/x", "boto3", "boto3", "s3"),
        ("gs://bucket/x", "google.cloud.storage", "google-cloud-storage", "gcs"),
    ],
)
def test_a_missing_library_of_a_scheme_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, uri: str, module: str, library: str, extra: str
) -> None:
    """The hint is the command that installs it."""
    for adapter in ("http", "s3", "gs"):
        monkeypatch.delitem(sys.modules, f"hozon.references.{adapter}", raising=False)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=f"needs {library}") as caught:
        open_references(load_settings()).handler(uri)
    assert f"pip install 'hozon[{extra}]'" in caught.value.hint
    assert "sesame" not in str(caught.value)


def test_what_is_no_uri_has_no_handler() -> None:
    """Whatever it was meant to be."""
    with pytest.raises(InvalidReferenceError, match="has no scheme"):
        open_references(load_settings()).handler("data.csv")


def test_servers_get_the_time_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """As `HOZON_HTTP_TIMEOUT` says."""
    monkeypatch.setenv("HOZON_HTTP_TIMEOUT", "0.05")
    references = open_references(load_settings())
    with socket.create_server(("127.0.0.1", 0)) as silent:
        uri = f"http://127.0.0.1:{silent.getsockname()[1]}/x"
        with pytest.raises(ReferenceBackendError, match=r"within 0\.05 s"):
            list(references.handler(uri).find(uri, checksum=True, max_objects=None))
    references.close()


def test_a_context_closes_what_lies_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its other connections."""
    closed: list[str] = []
    monkeypatch.setattr(FileReferences, "close", lambda _: closed.append("file"))
    context = open_context(load_settings())
    context.references.handler("file:///x")
    context.close()
    assert closed == ["file"]


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
