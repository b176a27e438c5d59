"""Members, visibility, and where things are, in SQL.

Invariant: what decides over access to a project is read with one statement.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, exists, insert, literal, select, update

from hozon.catalog.projects import ensure_project
from hozon.catalog.schema import collections, links, members, projects, runs, teams, versions
from hozon.model.access import Member, Role, Standing, Visibility
from hozon.model.names import EntityName, ProjectName
from hozon.model.paths import ProjectPath
from hozon.model.runs import RunKey
from hozon.model.versions import VersionId


class SqlAccess:
    """Members and visibility within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Use the transaction of this connection."""
        self._connection = connection

    def standing(self, at: ProjectPath | EntityName, who: EntityName) -> Standing:
        """Read all that decides over access to a project, or to a team itself, at once."""
        entity = at.entity if isinstance(at, ProjectPath) else at
        project = at.project if isinstance(at, ProjectPath) else None
        query = select(
            select(projects.c.visibility)
            .where(projects.c.entity == entity, projects.c.name == project)
            .scalar_subquery(),
            select(members.c.role)
            .where(members.c.entity == entity, members.c.name == who)
            .scalar_subquery(),
            exists(select(literal(1)).where(members.c.entity == entity)),
            select(teams.c.members_may_set_ttl).where(teams.c.entity == entity).scalar_subquery(),
        )
        visibility, role, is_claimed, may_set_ttl = self._connection.execute(query).one()
        return Standing(
            entity,
            Visibility(visibility or Visibility.PRIVATE),
            Role(role) if role else None,
            is_claimed=bool(is_claimed),
            members_may_set_ttl=may_set_ttl is None or bool(may_set_ttl),
        )

    def set_visibility(self, at: ProjectPath, visibility: Visibility, *, now: datetime) -> None:
        """Set what a project shows to others; it is made if need be."""
        key = ensure_project(self._connection, at, now=now)
        changed = update(projects).where(projects.c.id == key).values(visibility=visibility)
        self._connection.execute(changed)

    def members(self, team: EntityName) -> Sequence[Member]:
        """List the members of a team, sorted by name."""
        query = select(members).where(members.c.entity == team)
        found = [
            Member(EntityName(row.name), Role(row.role), EntityName(row.added_by), row.added_at)
            for row in self._connection.execute(query)
        ]
        # Databases sort texts by rules of their own.
        return sorted(found, key=lambda member: member.name)

    def set_member(self, team: EntityName, member: Member) -> None:
        """Record a member, or another role of one."""
        self.remove_member(team, member.name)
        made = insert(members).values(
            entity=team,
            name=member.name,
            role=member.role,
            added_by=member.added_by,
            added_at=member.added_at,
        )
        self._connection.execute(made)

    def remove_member(self, team: EntityName, name: EntityName) -> bool:
        """Forget a member."""
        gone = delete(members).where(members.c.entity == team, members.c.name == name)
        return self._connection.execute(gone).rowcount > 0

    def project_of_run(self, key: RunKey) -> ProjectPath | None:
        """Find the project of a run."""
        query = (
            select(projects.c.entity, projects.c.name)
            .join_from(runs, projects, projects.c.id == runs.c.project_id)
            .where(runs.c.id == key)
        )
        row = self._connection.execute(query).one_or_none()
        return ProjectPath(EntityName(row.entity), ProjectName(row.name)) if row else None

    def projects_of_version(self, key: VersionId) -> Sequence[ProjectPath]:
        """Find the project of a version, and behind it that of its source if it is a link."""
        source = select(links.c.source_id).where(links.c.version_id == key).scalar_subquery()
        query = (
            select(projects.c.entity, projects.c.name, versions.c.id)
            .join_from(versions, collections, collections.c.id == versions.c.collection_id)
            .join(projects, projects.c.id == collections.c.project_id)
            .where((versions.c.id == key) | (versions.c.id == source))
        )
        rows = sorted(self._connection.execute(query), key=lambda row: row.id != key)
        return [ProjectPath(EntityName(row.entity), ProjectName(row.name)) for row in rows]
