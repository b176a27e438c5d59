"""The catalog on SQL: transactions, and the records within one.

Owns what a session is. Refuses to own how transactions begin and end, which is in
`hozon.catalog.database`, and queries: each kind of record has a module of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, distinct, func, select

from hozon.catalog.access import SqlAccess
from hozon.catalog.audit import SqlAudit
from hozon.catalog.collections import SqlCollections
from hozon.catalog.database import Database
from hozon.catalog.deleted import SqlDeleted
from hozon.catalog.garbage import SqlGarbage
from hozon.catalog.lineage import SqlLineage
from hozon.catalog.links import SqlLinks
from hozon.catalog.migrate import ensure_schema
from hozon.catalog.objects import SqlObjects
from hozon.catalog.projects import SqlProjects
from hozon.catalog.protection import SqlProtection
from hozon.catalog.retention import SqlRetention
from hozon.catalog.runs import SqlRuns
from hozon.catalog.schema import links, objects, projects, runs, versions
from hozon.catalog.sweep_points import SqlPoints
from hozon.catalog.sweeps import SqlSweeps
from hozon.catalog.usage import SqlUsage
from hozon.catalog.versions import SqlVersions
from hozon.model.names import MAIN_STORE, StoreName
from hozon.model.versions import VersionState
from hozon.ports.catalog import CatalogCounts
from hozon.ports.clock import Clock


@dataclass(frozen=True, slots=True)
class SqlSession:
    """All records within one transaction."""

    connection: Connection
    """The transaction."""

    store: StoreName
    """The store whose places and garbage are meant."""

    @property
    def projects(self) -> SqlProjects:
        """Projects."""
        return SqlProjects(self.connection)

    @property
    def collections(self) -> SqlCollections:
        """Collections and aliases."""
        return SqlCollections(self.connection)

    @property
    def versions(self) -> SqlVersions:
        """Versions and manifests."""
        return SqlVersions(self.connection)

    @property
    def links(self) -> SqlLinks:
        """Links of portfolios."""
        return SqlLinks(self.connection)

    @property
    def objects(self) -> SqlObjects:
        """Places and pins."""
        return SqlObjects(self.connection, self.store)

    @property
    def runs(self) -> SqlRuns:
        """Runs and history."""
        return SqlRuns(self.connection)

    @property
    def sweeps(self) -> SqlSweeps:
        """Sweeps."""
        return SqlSweeps(self.connection)

    @property
    def points(self) -> SqlPoints:
        """Points of sweeps."""
        return SqlPoints(self.connection)

    @property
    def lineage(self) -> SqlLineage:
        """Edges."""
        return SqlLineage(self.connection)

    @property
    def garbage(self) -> SqlGarbage:
        """What nothing needs any more."""
        return SqlGarbage(self.connection, self.store)

    @property
    def deleted(self) -> SqlDeleted:
        """What deletes took away."""
        return SqlDeleted(self.connection)

    @property
    def protection(self) -> SqlProtection:
        """Protected aliases."""
        return SqlProtection(self.connection)

    @property
    def usage(self) -> SqlUsage:
        """What versions hold, and what else holds it."""
        return SqlUsage(self.connection)

    @property
    def retention(self) -> SqlRetention:
        """TTLs, retention policies, and what is due by them."""
        return SqlRetention(self.connection)

    @property
    def access(self) -> SqlAccess:
        """Members and visibility."""
        return SqlAccess(self.connection)

    @property
    def audit(self) -> SqlAudit:
        """The audit log."""
        return SqlAudit(self.connection)

    def counts(self) -> CatalogCounts:
        """Count what is there, in one query."""
        committed = versions.c.state == VersionState.COMMITTED
        deleted = versions.c.state == VersionState.DELETED
        logged = versions.c.id.not_in(select(links.c.version_id))
        figures = (
            select(func.count(projects.c.id)),
            select(func.count(runs.c.id)).where(runs.c.deleted_at.is_(None)),
            select(func.count(distinct(versions.c.collection_id))).where(committed),
            select(func.count(versions.c.id)).where(committed, logged),
            select(func.count(versions.c.id)).where(deleted, logged),
            select(func.coalesce(func.sum(objects.c.length_bytes), 0)),
        )
        query = select(*(figure.scalar_subquery() for figure in figures))
        return CatalogCounts(*self.connection.execute(query).one())


class SqlCatalog:
    """A catalog in a SQL database, brought to the newest schema when it is opened.

    Args:
        database: Where it lies; the catalog closes it, also when it cannot be opened.
        clock: Tells the catalog's time.

    Raises:
        CatalogError: The database cannot be reached, opened or migrated.

    Concurrency:
        See `hozon.ports.catalog.Catalog`. Writers wait for each other for about 30 s at
        most, or for as long as the database was told to.
    """

    def __init__(self, database: Database, *, clock: Clock) -> None:
        """Migrate the database if need be."""
        self._database = database
        self._clock = clock
        self._store = MAIN_STORE
        try:
            ensure_schema(database)
        except BaseException:
            database.close()
            raise

    @property
    def url(self) -> str:
        """Where the catalog lies."""
        return self._database.url

    def of(self, store: StoreName) -> "SqlCatalog":
        """Give the same catalog with the places and the garbage of another store."""
        other = copy(self)
        other._store = store  # noqa: SLF001  It is one of us.
        return other

    def now(self) -> datetime:
        """Give the catalog's time."""
        return self._clock.now()

    def take_stock(self) -> None:
        """Prepare for going through everything."""
        self._database.take_stock()

    @contextmanager
    def read(self) -> Iterator[SqlSession]:
        """Open a session that sees one consistent state."""
        with self._database.reading() as connection:
            yield SqlSession(connection, self._store)

    @contextmanager
    def write(self) -> Iterator[SqlSession]:
        """Open a session that commits when its block ends."""
        with self._database.writing() as connection:
            yield SqlSession(connection, self._store)

    def close(self) -> None:
        """Release connections."""
        self._database.close()
