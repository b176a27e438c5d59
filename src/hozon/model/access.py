"""Access: on whose behalf a service acts.

Owns the principal. Rules about what a principal may do arrive with roles and visibility; until
then every principal acts as an admin, and services record who acted.
"""

from dataclasses import dataclass

from hozon.model.names import EntityName


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks for something to be done."""

    name: EntityName
    """The user, as settings or a server know them."""
