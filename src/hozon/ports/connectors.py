"""Connectors: the object stores of teams that keep their bytes in a bucket of their own.

Refuses to own when a store of its own is used; that is `hozon.services.context`.
"""

from collections.abc import Collection
from typing import Protocol

from hozon.model.names import EntityName
from hozon.ports.object_store import ObjectStore


class Connectors(Protocol):
    """The stores of teams.

    Concurrency:
        Several threads may ask at once.
    """

    @property
    def teams(self) -> Collection[EntityName]:
        """The teams that have a store of their own."""
        ...

    def open(self, team: EntityName) -> ObjectStore:
        """Give the store of one of the teams, always the same; `close` closes it.

        Raises:
            InvalidSettingError: Its URL is not understood.
            MissingExtraError: The library of its adapter is not installed.
            StorageError: The client cannot be set up.
        """
        ...

    def close(self) -> None:
        """Close the stores that were opened; calling it again does nothing."""
        ...
