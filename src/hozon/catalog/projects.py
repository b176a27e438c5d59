"""Projects in SQL: found by name, made by the first write."""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from hozon.catalog.schema import projects
from hozon.model.paths import ProjectPath


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
