"""Projects, as services find, make and list them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hozon.model.names import EntityName
from hozon.model.paths import ProjectPath
from hozon.ports.paging import Listing


@dataclass(frozen=True, slots=True)
class ProjectRecord:
    """A project as the catalog holds it."""

    at: ProjectPath
    """Where it is."""

    created_at: datetime
    """When it was made, or first written to, UTC."""


class ProjectRecords(Protocol):
    """Projects; the first write into one makes it, too."""

    def find(self, at: ProjectPath) -> ProjectRecord | None:
        """Find a project."""
        ...

    def ensure(self, at: ProjectPath, *, now: datetime) -> ProjectRecord:
        """Find a project, or make it."""
        ...

    def listing(self, entity: EntityName) -> Listing[ProjectRecord]:
        """List the projects of an entity, oldest first."""
        ...
