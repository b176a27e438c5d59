"""Projects in SQL: found by name, made by the first write."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

from hozon.catalog.listings import AnyRow, SqlListing
from hozon.catalog.schema import projects
from hozon.model.names import EntityName, ProjectName
from hozon.model.paths import ProjectPath
from hozon.ports.paging import Listing
from hozon.ports.projects import ProjectRecord

_SELECT = select(projects.c.entity, projects.c.name, projects.c.created_at)


class SqlProjects:
    """Projects within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Use the transaction of this connection."""
        self._connection = connection

    def find(self, at: ProjectPath) -> ProjectRecord | None:
        """Find a project."""
        query = _SELECT.where(projects.c.entity == at.entity, projects.c.name == at.project)
        row = self._connection.execute(query).one_or_none()
        return _project(row) if row else None

    def ensure(self, at: ProjectPath, *, now: datetime) -> ProjectRecord:
        """Find a project, or make it."""
        key = ensure_project(self._connection, at, now=now)
        return _project(self._connection.execute(_SELECT.where(projects.c.id == key)).one())

    def listing(self, entity: EntityName) -> Listing[ProjectRecord]:
        """List the projects of an entity, oldest first."""
        query = _SELECT.where(projects.c.entity == entity)
        return SqlListing(self._connection, query, key=projects.c.id, decode=_decode)


def _decode(rows: Sequence[AnyRow]) -> list[ProjectRecord]:
    """Turn rows into projects."""
    return [_project(row) for row in rows]


def _project(row: AnyRow) -> ProjectRecord:
    """Turn a row of `_SELECT` into a project."""
    return ProjectRecord(ProjectPath(EntityName(row.entity), ProjectName(row.name)), row.created_at)


def find_project(connection: Connection, at: ProjectPath) -> int | None:
    """Find the key of a project; None when nothing was ever written to it."""
    query = select(projects.c.id).where(
        projects.c.entity == at.entity, projects.c.name == at.project
    )
    return connection.execute(query).scalar_one_or_none()


def ensure_project(connection: Connection, at: ProjectPath, *, now: datetime) -> int:
    """Find the key of a project, or make it."""
    found = find_project(connection, at)
    if found is not None:
        return found
    made = insert(projects).values(entity=at.entity, name=at.project, created_at=now)
    return int(connection.execute(made.returning(projects.c.id)).scalar_one())
