"""Protected aliases, by project."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from hozon.model.access import Principal
from hozon.model.names import Alias
from hozon.model.paths import ProjectPath
from hozon.model.protection import ProtectedAlias


class ProtectionRecords(Protocol):
    """The aliases that are protected in all collections of a project.

    Refuses to own what a protection forbids; that is `hozon.model.protection`.
    """

    def of(self, at: ProjectPath) -> Sequence[ProtectedAlias]:
        """List the protected aliases of a project, sorted."""
        ...

    def add(self, at: ProjectPath, alias: Alias, *, by: Principal, now: datetime) -> None:
        """Protect an alias; one that is protected already stays as it was."""
        ...

    def remove(self, at: ProjectPath, alias: Alias) -> bool:
        """Lift a protection; False when there is none."""
        ...
