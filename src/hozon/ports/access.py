"""Who belongs to which team, and what projects show to others.

Owns the shape of the capability. Refuses to own what follows from it; that is
`hozon.model.access`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from hozon.model.access import Member, Standing, Visibility
from hozon.model.names import EntityName
from hozon.model.paths import ProjectPath
from hozon.model.runs import RunKey
from hozon.model.versions import VersionId


class AccessRecords(Protocol):
    """Members, visibility, and where things are that are known by their key."""

    def standing(self, at: ProjectPath | EntityName, who: EntityName) -> Standing:
        """Read all that decides over access to a project, or to a team itself, at once.

        A project that does not exist is as a new one would be.
        """
        ...

    def set_visibility(self, at: ProjectPath, visibility: Visibility, *, now: datetime) -> None:
        """Set what a project shows to others; it is made if need be."""
        ...

    def members(self, team: EntityName) -> Sequence[Member]:
        """List the members of a team, sorted by name."""
        ...

    def set_member(self, team: EntityName, member: Member) -> None:
        """Record a member, or another role of one."""
        ...

    def remove_member(self, team: EntityName, name: EntityName) -> bool:
        """Forget a member; False when there is none of this name."""
        ...

    def project_of_run(self, key: RunKey) -> ProjectPath | None:
        """Find the project of a run; None when there is no such run."""
        ...

    def projects_of_version(self, key: VersionId) -> Sequence[ProjectPath]:
        """Find the project of a version, and behind it that of its source if it is a link.

        None when there is no such version.
        """
        ...
