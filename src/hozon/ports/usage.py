"""How many bytes versions hold, and what versions look like to whoever plans to delete them.

Owns the shape of the capability. Refuses to own which versions go; that is `hozon.model.plans`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from hozon.model.names import TypeName
from hozon.model.paths import CollectionPath, ProjectPath
from hozon.model.plans import VersionLook
from hozon.model.usage import CollectionUsage, NamePatterns, VersionUsage
from hozon.model.versions import VersionId
from hozon.ports.paging import Listing


class UsageRecords(Protocol):
    """What versions hold, and who else holds it.

    Bytes are those of distinct objects in the store. What holds them is every version that is
    committed, or deleted and not purged, and every upload that is under way. Links hold nothing:
    their sources do.
    """

    def by_collection(
        self, at: ProjectPath, *, names: NamePatterns, type_name: TypeName | None
    ) -> Listing[CollectionUsage]:
        """List what the collections of a project hold, oldest first.

        Portfolios are left out, and collections whose versions are all purged.
        """
        ...

    def by_version(self, path: CollectionPath) -> Listing[VersionUsage]:
        """List what the versions of a collection hold, deleted ones included, newest first."""
        ...

    def freed_bytes(self, versions: Iterable[VersionId]) -> int:
        """Sum up what only these versions hold, in flat memory, for any number of them.

        A version stays after its delete while entries of others refer to it that are none of
        these: it frees nothing.
        """
        ...

    def looks(self, path: CollectionPath) -> Iterator[VersionLook]:
        """Look at the committed versions of a collection, newest first, in flat memory."""
        ...

    def looks_at(self, path: CollectionPath, indexes: Sequence[int]) -> Mapping[int, VersionLook]:
        """Look at versions by number, whatever their state; those that never were are left out."""
        ...
