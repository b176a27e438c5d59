"""What a collector of garbage asks the catalog, and tells it.

Owns the shape of the capability. Refuses to own the order of steps, which is what makes it safe;
see `hozon.services.garbage`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hozon.model.digests import ContentDigest
from hozon.model.garbage import CollectorLease, Cutoffs, KeyUse, StoredObject
from hozon.model.metadata import JsonObject
from hozon.model.places import Place
from hozon.model.versions import Version, VersionId


@dataclass(frozen=True, slots=True)
class UnreachedObjects:
    """What nothing reaches within a range of digests."""

    objects: Sequence[StoredObject]
    """The objects, in the order of their digests."""

    last: ContentDigest | None
    """Where the range ended, to go on after; None when it was the last one."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a pass would find."""

    uploads_due: int
    """Uploads whose lease ran out."""

    versions_due: int
    """Deleted versions that may not be restored any more."""

    versions_restorable: int
    """Deleted versions that may still be restored, or whose entries others refer to."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why an object is kept, or that it is not."""

    place: Place | None
    """Where it lies; None when it is not stored."""

    versions: Sequence[Version]
    """Versions that reach it and are not purged, oldest first; the first hundred of them."""

    version_count: int
    """How many there are."""

    uploads: int
    """How many uploads and drafts hold it."""

    stored_at: datetime | None
    """When it was stored, UTC; None when it is not."""

    given_up_at: datetime | None
    """When it was last given up, UTC; None when it never was."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What happened to a version after it was committed."""

    deleted_at: datetime | None
    """When it was deleted, UTC; None when it is not."""

    deleted_by: str | None
    """Who deleted it; None when it is not deleted."""

    purged_at: datetime | None
    """When its bytes were given up, UTC; None when they were not."""

    purged_by: str | None
    """What gave them up, such as `garbage collection`; None when nothing did."""

    referred_by: Sequence[Version]
    """Versions with entries that refer to it and that are not purged; the first hundred of them."""


class GarbageRecords(Protocol):
    """What is garbage, and what happened to it."""

    def lease(self) -> CollectorLease | None:
        """Read who collects now; None for nobody."""
        ...

    def set_lease(self, lease: CollectorLease | None) -> None:
        """Replace the lease."""
        ...

    def expired_uploads(self, cutoffs: Cutoffs, *, limit: int) -> Mapping[VersionId, str]:
        """List PENDING versions whose lease ran out, oldest first, with their upload ids."""
        ...

    def purgeable(self, cutoffs: Cutoffs, *, limit: int) -> Sequence[VersionId]:
        """List deleted versions that may not be restored any more, oldest first.

        Those that entries of versions refer to which are not purged are left out.
        """
        ...

    def outlook(self, cutoffs: Cutoffs) -> Outlook:
        """Count what is due, and what is not yet."""
        ...

    def purge(self, versions: Iterable[VersionId], *, by: str, now: datetime) -> None:
        """Make deleted versions PURGED, and forget the aliases and links to give back."""
        ...

    def unreached(
        self, cutoffs: Cutoffs, *, after: ContentDigest | None, limit: int
    ) -> UnreachedObjects:
        """Find what nothing reaches among the next so many objects, in the order of digests.

        What would be purged or abandoned by these cutoffs reaches nothing.
        """
        ...

    def condemn(self, digests: Sequence[ContentDigest], cutoffs: Cutoffs) -> Sequence[StoredObject]:
        """Take the places of those of these objects that nothing reaches now.

        A key in which no place is left is condemned with them. Nothing finds the objects any more:
        who needs them stores them anew, under another key.

        Returns:
            What was condemned.
        """
        ...

    def condemned_keys(self, *, after: str, limit: int) -> Mapping[str, int]:
        """List condemned keys that are not removed yet, with their sizes, in order."""
        ...

    def note_removed(self, keys: Iterable[str], *, now: datetime) -> None:
        """Record that condemned keys were removed from the store."""
        ...

    def live_keys(self, *, after: str, limit: int) -> Sequence[KeyUse]:
        """List keys in which something has a place, in order."""
        ...

    def use_of(self, key: str) -> KeyUse | None:
        """Tell how much of a key is needed; None when nothing has a place there."""
        ...

    def needed_bytes(self, key: str) -> int | None:
        """Tell where the last object under a key ends that is needed; None when none is.

        Needed is what a version reaches that is not purged, and what an upload holds.
        """
        ...

    def objects_in(self, key: str) -> Sequence[StoredObject]:
        """List what has a place under a key, in the order of offsets."""
        ...

    def move(
        self, places: Mapping[ContentDigest, Place], *, away_from: Sequence[str], now: datetime
    ) -> int:
        """Give objects that still lie under some keys their new places, and condemn the keys.

        Returns:
            How many moved; the others went or moved meanwhile.
        """
        ...

    def unknown_keys(self, keys: Sequence[str]) -> Sequence[str]:
        """Pick the keys of which the catalog knows nothing, and that no PENDING version writes."""
        ...

    def see_strays(self, keys: Mapping[str, int], cutoffs: Cutoffs) -> Sequence[str]:
        """Remember keys of which the catalog knows nothing, with their sizes.

        Those that were seen long enough ago are condemned.

        Returns:
            The keys that were condemned.
        """
        ...

    def dead_bytes(self) -> int:
        """Sum up the bytes of live keys in which nothing has a place."""
        ...

    def is_forgettable(self, cutoffs: Cutoffs) -> bool:
        """Tell whether there is something for `forget`."""
        ...

    def forget(self, cutoffs: Cutoffs, *, limit: int) -> None:
        """Forget some of what is of no use any more.

        That is: strays that are condemned by now or gone by themselves, the entries of one purged
        version that cannot be recovered any more, and so many removed keys, with what lay there.
        """
        ...

    def lost_places(self, digests: Iterable[ContentDigest]) -> Sequence[StoredObject]:
        """Find the places that objects had until they were given up, the latest first."""
        ...

    def recover(
        self,
        version: VersionId,
        places: Mapping[ContentDigest, Place],
        *,
        sizes: Mapping[str, int],
        now: datetime,
    ) -> None:
        """Make a PURGED version COMMITTED again, with its bytes under new keys of these sizes."""
        ...

    def erase_objects(self, digests: Iterable[ContentDigest], keys: Iterable[str]) -> None:
        """Forget where objects once lay, and keys that were erased."""
        ...

    def erase_version(self, version: VersionId) -> None:
        """Forget what a PURGED version held and what was noted of it; its number stays taken."""
        ...

    def reasons(self, digest: ContentDigest) -> Reasons:
        """Say what reaches an object."""
        ...

    def fate(self, version: VersionId) -> Fate:
        """Say what happened to a version."""
        ...

    def digests_beginning(self, text: str) -> Sequence[ContentDigest]:
        """Find digests, stored now or once, that begin with a text; at most ten."""
        ...

    def last_pass(self) -> datetime | None:
        """Tell when the last pass began; None before the first."""
        ...

    def uncollected_since(self) -> datetime | None:
        """Tell when the last pass began, or the first project was made; None before that."""
        ...

    def record_pass(self, *, began_at: datetime, now: datetime, report: JsonObject) -> None:
        """Record what a pass did."""
        ...
