"""References with a scheme that Hozon knows nothing about.

Owns that they are kept as they are. Refuses to own any look at what is behind them.
"""

from collections.abc import Iterator
from pathlib import Path

from hozon.errors import InvalidReferenceError
from hozon.model.manifest import ManifestEntry
from hozon.ports.references import FoundObject


class UnknownReferences:
    """Records URIs without looking at what they refer to.

    Concurrency:
        See `hozon.ports.references.ReferenceHandler`; there is nothing to share.
    """

    def find(self, uri: str, *, checksum: bool, max_objects: int | None) -> Iterator[FoundObject]:
        """Give one object without a name and without a size, whatever there is."""
        del checksum, max_objects  # There is one object, and its URI is all that is known.
        yield FoundObject(name="", ref=uri, digest=uri, size=None, single=True)

    def read(self, entry: ManifestEntry) -> Iterator[bytes]:
        """Refuse: nobody here knows how."""
        raise InvalidReferenceError(
            f"Hozon cannot read {entry.ref!r}: it does not know the scheme",
            hint=f"Read it with a program that does; it is {entry.path!r} in the artifact.",
        )

    def matches(self, entry: ManifestEntry, file: Path) -> bool:
        """Tell that nobody can tell."""
        del entry, file
        return False

    def target(self, entry: ManifestEntry) -> str:
        """Give the URI as it was recorded."""
        return entry.ref or ""

    def close(self) -> None:
        """Do nothing: nothing was opened."""
