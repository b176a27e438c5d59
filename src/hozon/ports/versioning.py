"""Versioning: whether a store keeps what is removed.

Owns the shape of the question. Refuses to own the bytes: a store of which nothing but this can be
asked is one, too. Object stores answer it as well.
"""

from typing import Protocol

from hozon.model.deployments import BucketVersioning


class VersionedStore(Protocol):
    """Says whether it keeps what is removed."""

    @property
    def url(self) -> str:
        """Where the store lies."""
        ...

    def versioning(self) -> BucketVersioning:
        """Ask whether what is removed is kept, and given up one day.

        Returns:
            What was found; where the store refused or failed, that it cannot be told, and why.
        """
        ...

    def close(self) -> None:
        """Release connections; calling it again does nothing."""
        ...
