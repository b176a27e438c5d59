"""What deletes took away, and how it comes back.

Owns the shape of the capability. Refuses to own what may be restored; that is
`hozon.model.restoring`.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from hozon.model.access import Principal
from hozon.model.deletion import DeleteReason
from hozon.model.names import CollectionName, TypeName
from hozon.model.paths import ProjectPath
from hozon.model.restoring import Remembered
from hozon.model.versions import Version, VersionId
from hozon.ports.paging import Listing

if TYPE_CHECKING:
    from hozon.ports.catalog import CollectionKey


class DeletedRecords(Protocol):
    """Soft-deleted versions, and the aliases and links that went with them."""

    def add(
        self, versions: Iterable[VersionId], *, by: Principal, now: datetime, reason: DeleteReason
    ) -> None:
        """Make committed versions DELETED."""
        ...

    def restore(self, versions: Iterable[VersionId], *, now: datetime) -> None:
        """Make DELETED versions COMMITTED, as if they had never been deleted; date them."""
        ...

    def listing(
        self, at: ProjectPath, *, type_name: TypeName | None, name: CollectionName | None
    ) -> Listing[Version]:
        """List the versions of a project that can be restored, by the newest delete.

        A link is listed when it was removed by itself and its source is there: one that was taken
        along comes back with its source.
        """
        ...

    def of_collection(self, key: "CollectionKey") -> Sequence[VersionId]:
        """List the DELETED versions that went when the collection was last deleted as a whole.

        The newest version comes first; none when it never was, or when all of them were purged.
        """
        ...

    def collection_deleted_at(self, key: "CollectionKey") -> datetime | None:
        """Tell when a collection was last deleted as a whole, UTC; None when nothing shows it."""
        ...

    def aliases(self, versions: Iterable[VersionId]) -> Sequence[Remembered]:
        """Read the aliases that a delete took from these versions, by the newest version."""
        ...

    def forget_aliases(self, versions: Iterable[VersionId]) -> None:
        """Forget the aliases that a delete took from these versions."""
        ...

    def latest_fell(self, key: "CollectionKey") -> bool:
        """Tell whether a delete took `latest` from a version of the collection, now DELETED."""
        ...

    def links_to(self, sources: Iterable[VersionId]) -> Sequence[Version]:
        """List the DELETED links that the delete of these sources took along, oldest first."""
        ...

    def forget_links(self, sources: Iterable[VersionId]) -> None:
        """Forget that links were taken along with these sources; the links stay as they are."""
        ...

    def fitting_links(self, links: Iterable[VersionId]) -> AbstractSet[VersionId]:
        """Find those of some DELETED links that may come back.

        Their source is COMMITTED and of the type of their portfolio, which has no committed link
        to it.
        """
        ...

    def numbers(self, versions: Iterable[VersionId]) -> Mapping[VersionId, int]:
        """Read the numbers of versions."""
        ...
