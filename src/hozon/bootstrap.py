"""The one place that names concrete adapters.

Owns the choice of adapters by URL, and when their libraries are imported: not before they are
used. Refuses to own settings and rules.
"""

import threading
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from hozon.errors import InvalidSettingError, MissingExtraError
from hozon.model.access import Principal
from hozon.model.names import EntityName
from hozon.model.references import check_uri, shown
from hozon.ports.clock import Clock
from hozon.services.context import Context
from hozon.settings import Settings

if TYPE_CHECKING:
    from hozon.catalog.database import Database
    from hozon.catalog.transfer import Transfer
    from hozon.ports.catalog import Catalog
    from hozon.ports.file_index import FileIndex
    from hozon.ports.object_cache import ObjectCache
    from hozon.ports.object_store import ObjectStore
    from hozon.ports.optimizers import Optimizer
    from hozon.ports.references import ReferenceHandler, References
    from hozon.ports.versioning import VersionedStore
    from hozon.services.gate import GateReport


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Give the present in UTC."""
        return datetime.now(UTC)  # noqa: TID251  The one place where time comes from.


def open_context(
    settings: Settings, *, clock: Clock | None = None, timeout: timedelta | None = None
) -> Context:
    """Open the catalog and the object store that the settings name.

    Args:
        settings: Where data lives, and on whose behalf to act.
        clock: Tells the catalog's time; by default the clock of `open_catalog`.
        timeout: How long to wait for the catalog and for each answer of an object store; None for
            as long as each adapter does by itself.

    Returns:
        What every service needs; close it when it is no longer used.

    Raises:
        InvalidSettingError: A URL has an unknown scheme or lacks a part.
        MissingExtraError: The library of an adapter is not installed.
        CatalogError: The catalog cannot be opened.
        StorageError: The client of the object store cannot be set up.
    """
    store = open_store(settings.storage_url, timeout=timeout)
    try:
        catalog = open_catalog(settings.catalog_url, clock=clock, timeout=timeout)
    except BaseException:
        store.close()
        raise
    are_local = store.is_local and not settings.connectors
    return Context(
        catalog,
        store,
        references=open_references(settings),
        principal=Principal(settings.user, operator=True),
        staging=settings.staging,
        sizes=settings.sizes,
        cache=None if are_local or not settings.cache_bytes else open_cache(settings),
        cache_bytes=settings.cache_bytes,
        windows=settings.windows,
        connectors=_LazyConnectors(settings.connectors, timeout=timeout),
    )


class _LazyConnectors:
    """Opens the store of a team when it is used for the first time.

    Concurrency:
        A store is opened once, whichever thread comes first.
    """

    def __init__(self, urls: Mapping[EntityName, str], *, timeout: timedelta | None) -> None:
        self._urls = urls
        self._timeout = timeout
        self._stores: dict[EntityName, ObjectStore] = {}
        self._lock = threading.Lock()

    @property
    def teams(self) -> Collection[EntityName]:
        """The teams that the settings name."""
        return self._urls.keys()

    def open(self, team: EntityName) -> "ObjectStore":
        """Give the store of a team."""
        with self._lock:
            if team not in self._stores:
                self._stores[team] = open_store(self._urls[team], timeout=self._timeout)
            return self._stores[team]

    def close(self) -> None:
        """Close the stores that were opened."""
        with self._lock:
            for store in self._stores.values():
                store.close()
            self._stores.clear()


def open_cache(settings: Settings) -> "ObjectCache":
    """Open the cache of what was read from a bucket."""
    from hozon.storage.cache import FolderObjectCache  # noqa: PLC0415  Seldom needed.

    return FolderObjectCache(settings.cache_dir / "objects")


def open_file_index(settings: Settings) -> "FileIndex":
    """Open the index of local files that were read before."""
    from hozon.storage.file_index import SqliteFileIndex  # noqa: PLC0415  Drafts alone need it.

    return SqliteFileIndex(settings.cache_dir / "files.db")


def open_optimizer() -> "Optimizer":
    """Open what proposes points for the method `bayes`.

    Raises:
        MissingExtraError: Optuna is not installed.
    """
    try:
        from hozon.optimizers.tpe import TpeOptimizer  # noqa: PLC0415  An extra, and heavy.
    except ImportError as error:
        raise MissingExtraError(
            "A sweep with method 'bayes' needs Optuna, which is not installed",
            hint="Install it with: pip install 'hozon[bayes]'.",
        ) from error
    return TpeOptimizer()


def open_catalog(
    url: str, *, clock: Clock | None = None, timeout: timedelta | None = None
) -> "Catalog":
    """Open a catalog, and bring it to the newest schema.

    Args:
        url: `sqlite:///path` or `postgresql://user@host:port/database`.
        clock: Tells the catalog's time; by default this machine's clock for SQLite, and the
            server's for PostgreSQL, so that all who write to it agree.
        timeout: How long a call waits for another writer, and on a server for a connection and for
            the answer to a statement; None for about 30 s, and for statements without end.

    Raises:
        InvalidSettingError: The scheme is unknown.
        MissingExtraError: psycopg is not installed.
        CatalogError: The database cannot be reached, opened or migrated.
    """
    from hozon.catalog.sql import SqlCatalog  # noqa: PLC0415  SQLAlchemy is heavy.

    database, own_clock = _open_database(url, timeout=timeout)
    return SqlCatalog(database, clock=clock or own_clock)


def _open_database(url: str, *, timeout: timedelta | None = None) -> "tuple[Database, Clock]":
    """Choose the adapter of a database, and the clock by which it judges."""
    scheme = url.partition("://")[0]
    if scheme == "sqlite":
        from hozon.catalog.sqlite import PATIENCE, open_sqlite  # noqa: PLC0415  SQLAlchemy is heavy.

        return open_sqlite(url, timeout=timeout or PATIENCE), SystemClock()
    if scheme == "postgresql":
        try:
            from hozon.catalog.postgres import PostgresClock, open_postgres  # noqa: PLC0415
        except ImportError as error:
            raise MissingExtraError(
                "The catalog URL postgresql://… needs psycopg and tenacity",
                hint="Run: pip install 'hozon[postgres]'.",
            ) from error
        database = open_postgres(url, timeout=timeout)
        return database, PostgresClock(database, patience=timeout)
    raise InvalidSettingError(
        f"The catalog URL {scheme!r}://… has an unknown scheme",
        hint="Set HOZON_CATALOG_URL to sqlite:///path/to/catalog.db or"
        " postgresql://user@host:port/database.",
    )


def prepare_catalog(url: str) -> None:
    """Make a catalog, or migrate an old one, and close it again.

    Raises:
        InvalidSettingError: The scheme is unknown.
        MissingExtraError: psycopg is not installed.
        CatalogError: The database cannot be reached, opened or migrated.
    """
    open_catalog(url).close()


def open_transfer(source_url: str, target_url: str) -> "Transfer":
    """Open two catalogs, to copy all of the first into the second.

    Args:
        source_url: The catalog that there is.
        target_url: Another one; it is made if need be, and has to be empty.

    Raises:
        InvalidSettingError: A scheme is unknown.
        MissingExtraError: psycopg is not installed.
        CatalogError: A database cannot be reached, opened or migrated, or both are the same.
    """
    from hozon.catalog.transfer import Transfer  # noqa: PLC0415  SQLAlchemy is heavy.

    with ExitStack() as opened:
        source, _ = _open_database(source_url)
        opened.callback(source.close)
        target, _ = _open_database(target_url)
        opened.callback(target.close)
        transfer = Transfer(source, target)
        opened.pop_all()
    return transfer


def open_store(url: str, *, timeout: timedelta | None = None) -> "ObjectStore":
    """Choose the adapter of an object store.

    Args:
        url: `file:///folder`, `s3://bucket/prefix` or `gs://bucket/prefix`.
        timeout: How long to wait for a connection to a bucket, and for each answer; None for as
            long as its library does by itself.

    Raises:
        InvalidSettingError: The scheme is unknown, or a part is missing.
        MissingExtraError: The library of the adapter is not installed.
        StorageError: The client cannot be set up.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path and not parts.netloc:
        from urllib.request import url2pathname  # noqa: PLC0415  It imports an HTTP client.

        from hozon.storage.local import LocalObjectStore  # noqa: PLC0415

        return LocalObjectStore(Path(url2pathname(parts.path)))
    if parts.scheme == "s3" and parts.netloc:
        try:
            from hozon.storage.s3 import S3ObjectStore  # noqa: PLC0415  boto3 is heavy.
        except ImportError as error:
            raise _missing_extra(url, "boto3", "s3") from error
        prefix = unquote(parts.path).strip("/")
        return S3ObjectStore(parts.netloc, prefix=prefix, timeout=timeout)
    if parts.scheme == "gs" and parts.netloc:
        try:
            from hozon.storage.gs import PATIENCE, GsObjectStore  # noqa: PLC0415  Heavy, too.
        except ImportError as error:
            raise _missing_extra(url, "google-cloud-storage", "gcs") from error
        prefix = unquote(parts.path).strip("/")
        return GsObjectStore(parts.netloc, prefix=prefix, patience=timeout or PATIENCE)
    raise InvalidSettingError(
        f"The storage URL {url!r} is not understood",
        hint="Set HOZON_STORAGE_URL to file:///folder, s3://bucket/prefix or gs://bucket/prefix.",
    )


def open_versioned(url: str) -> "VersionedStore":
    """Choose who can say of a store whether it keeps what is removed.

    Args:
        url: That of an object store, or `az://account/container`.

    Raises:
        InvalidSettingError: The scheme is unknown, or a part is missing.
        MissingExtraError: The library of an adapter is not installed.
        StorageError: The client cannot be set up.
    """
    parts = urlsplit(url)
    path = unquote(parts.path).strip("/")
    if parts.scheme == "az" and parts.netloc and path and "/" not in path:
        try:
            from hozon.storage.azure_container import AzureContainer  # noqa: PLC0415  It is heavy.
        except ImportError as error:
            raise _missing_extra(url, "azure-storage-blob and azure-identity", "azure") from error
        return AzureContainer(parts.netloc, path)
    if parts.scheme == "az":
        raise InvalidSettingError(
            f"The storage URL {url!r} lacks a part or has too many",
            hint="Give az://account/container.",
        )
    return open_store(url)


def report_gate(
    settings: Settings, store: "VersionedStore", *, with_connectors: bool = True
) -> "GateReport":
    """Find out whether garbage may be collected.

    Args:
        settings: What kind of deployment this is, and what connectors it has.
        store: The object store.
        with_connectors: Whether the connectors are asked, too.

    Raises:
        InvalidSettingError: The URL of a connector is not understood.
        MissingExtraError: The library of a connector is not installed.
        StorageError: The client of a connector cannot be set up.
    """
    from hozon.services.gate import check_gate  # noqa: PLC0415  Only collection needs it.

    urls = settings.connectors if with_connectors else {}
    with ExitStack() as opened:
        connectors = {team: open_versioned(url) for team, url in urls.items()}
        for connector in connectors.values():
            opened.callback(connector.close)
        return check_gate(
            store,
            deployment=settings.deployment,
            switched_on=settings.collection_enabled,
            connectors=connectors,
        )


def _missing_extra(url: str, library: str, extra: str) -> MissingExtraError:
    """Say what has to be installed."""
    return MissingExtraError(
        f"The storage URL {url!r} needs {library}", hint=f"Run: pip install 'hozon[{extra}]'."
    )


def open_references(settings: Settings) -> "References":
    """Give access to what lies outside; no library is loaded and nothing opened before it is used.

    Args:
        settings: How long to wait for servers.
    """
    return _LazyReferences(http_timeout=settings.http_timeout)


class _LazyReferences:
    """Makes the handler of a scheme when the first URI of this scheme comes.

    Concurrency:
        A handler is made once, whichever thread comes first.
    """

    def __init__(self, *, http_timeout: timedelta) -> None:
        self._http_timeout = http_timeout
        self._handlers: dict[str, ReferenceHandler] = {}
        self._lock = threading.Lock()

    def handler(self, uri: str) -> "ReferenceHandler":
        """Give the handler for the scheme of a URI."""
        scheme = check_uri(uri)
        with self._lock:
            if scheme not in self._handlers:
                self._handlers[scheme] = self._open(scheme, uri)
            return self._handlers[scheme]

    def close(self) -> None:
        """Close the handlers that were made."""
        with self._lock:
            for handler in self._handlers.values():
                handler.close()
            self._handlers.clear()

    def _open(self, scheme: str, uri: str) -> "ReferenceHandler":
        """Choose the adapter of a scheme."""
        try:
            match scheme:
                case "http" | "https":
                    from hozon.references.http import HttpReferences  # noqa: PLC0415  requests is heavy.

                    return HttpReferences(timeout=self._http_timeout)
                case "s3":
                    from hozon.references.s3 import S3References  # noqa: PLC0415  boto3 is heavy.

                    return S3References()
                case "gs":
                    from hozon.references.gs import GsReferences  # noqa: PLC0415  It is heavy, too.

                    return GsReferences()
                case "file":
                    from hozon.references.file import FileReferences  # noqa: PLC0415

                    return FileReferences()
        except ImportError as error:
            library, extra = _LIBRARIES[scheme]
            raise MissingExtraError(
                f"The reference {shown(uri)!r} needs {library}",
                hint=f"Run: pip install 'hozon[{extra}]'.",
            ) from error
        from hozon.references.unknown import UnknownReferences  # noqa: PLC0415

        return UnknownReferences()


_LIBRARIES = {
    "gs": ("google-cloud-storage", "gcs"),
    "http": ("requests", "http"),
    "https": ("requests", "http"),
    "s3": ("boto3", "s3"),
}
"""The library that a scheme needs, and the extra that installs it."""
