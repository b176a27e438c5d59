"""Protected aliases in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from hozon.catalog.projects import ensure_project, find_project
from hozon.catalog.schema import projects, protected_aliases
from hozon.model.access import Principal
from hozon.model.names import Alias, EntityName
from hozon.model.paths import ProjectPath
from hozon.model.protection import ProtectedAlias


class SqlProtection:
    """Protected aliases within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Use the transaction of this connection."""
        self._connection = connection

    def of(self, at: ProjectPath) -> Sequence[ProtectedAlias]:
        """List the protected aliases of a project, sorted."""
        query = (
            select(
                protected_aliases.c.alias,
                protected_aliases.c.protected_by,
                protected_aliases.c.protected_at,
            )
            .join(projects, projects.c.id == protected_aliases.c.project_id)
            .where(projects.c.entity == at.entity, projects.c.name == at.project)
        )
        found = (
            ProtectedAlias(Alias(alias), EntityName(by), protected_at)
            for alias, by, protected_at in self._connection.execute(query)
        )
        # Databases sort texts by rules of their own.
        return sorted(found, key=lambda protected: protected.alias)

    def add(self, at: ProjectPath, alias: Alias, *, by: Principal, now: datetime) -> None:
        """Protect an alias, once."""
        project = ensure_project(self._connection, at, now=now)
        known = select(protected_aliases.c.alias).where(
            protected_aliases.c.project_id == project, protected_aliases.c.alias == alias
        )
        if self._connection.execute(known).first() is None:
            made = insert(protected_aliases).values(
                project_id=project, alias=alias, protected_by=by.name, protected_at=now
            )
            self._connection.execute(made)

    def remove(self, at: ProjectPath, alias: Alias) -> bool:
        """Lift a protection."""
        project = find_project(self._connection, at)
        lifted = delete(protected_aliases).where(
            protected_aliases.c.project_id == project, protected_aliases.c.alias == alias
        )
        return self._connection.execute(lifted).rowcount > 0
