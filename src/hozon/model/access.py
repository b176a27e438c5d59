"""Access: on whose behalf a service acts.

Owns the principal. Rules about what a principal may do arrive with roles and visibility; until
then every principal acts as an admin, and services record who acted.
"""

from dataclasses import dataclass

from hozon.model.names import EntityName
from hozon.model.paths import ProjectPath


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks for something to be done."""

    name: EntityName
    """The user, as settings or a server know them."""


def check_admin(principal: Principal, at: ProjectPath) -> None:
    """Let only admins of a project change what protects it; every principal is one as yet.

    Args:
        principal: Who asks.
        at: The project.
    """
