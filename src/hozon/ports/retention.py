"""What versions live by: TTLs, retention policies, and which versions are due.

Owns the shape of the capability. Refuses to own which TTL applies and what a policy keeps; those
are `hozon.model.expiry` and `hozon.model.retention`.
"""

from collections.abc import Collection as Group
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from hozon.model.expiry import Holders, TeamTtl, TtlSettings
from hozon.model.links import CollectionKind
from hozon.model.names import EntityName
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath
from hozon.model.retention import RetentionPolicy, VersionFacts
from hozon.model.ttl import ArtifactTTL, Ttl
from hozon.model.versions import VersionId

if TYPE_CHECKING:
    from hozon.ports.catalog import CollectionKey


@dataclass(frozen=True, slots=True)
class CollectionPolicy:
    """What the versions of a collection live by."""

    ttl: Ttl = ArtifactTTL.INHERIT
    """The TTL of versions that have none of their own."""

    retention: RetentionPolicy | None = None
    """What is kept whatever its age; None where nothing goes."""


@dataclass(frozen=True, slots=True)
class TimedVersion:
    """A committed version to which a TTL applies."""

    id: VersionId
    """Its key in the catalog."""

    collection: "CollectionKey"
    """The key of its collection."""

    path: ArtifactPath
    """The full path, by version."""

    created_at: datetime
    """When it was created, UTC."""

    settings: TtlSettings
    """The TTLs on it and above it."""

    suspended: bool
    """Whether a link or a protected alias suspends the TTL."""


@dataclass(frozen=True, slots=True)
class GovernedCollection:
    """A collection with a retention policy."""

    key: "CollectionKey"
    """Its key in the catalog."""

    path: CollectionPath
    """Where it is."""

    retention: RetentionPolicy
    """Its policy."""


class RetentionRecords(Protocol):
    """TTLs and retention policies, and what is due by them.

    A link has no TTL: only versions that are none are ever found by theirs.
    """

    def project_ttl(self, at: ProjectPath) -> Ttl:
        """Read the TTL of a project; INHERIT where none is set, or nothing was ever written."""
        ...

    def set_project_ttl(self, at: ProjectPath, ttl: Ttl, *, now: datetime) -> None:
        """Set the TTL of a project, which is made if need be."""
        ...

    def team_ttl(self, entity: EntityName) -> TeamTtl:
        """Read what is set for all projects of an entity."""
        ...

    def set_team_ttl(self, entity: EntityName, settings: TeamTtl) -> None:
        """Set what holds for all projects of an entity."""
        ...

    def collection_policy(self, key: "CollectionKey") -> CollectionPolicy:
        """Read what the versions of a collection live by.

        Raises:
            InvalidRetentionError: What is stored is of a newer release.
        """
        ...

    def set_collection_policy(self, key: "CollectionKey", policy: CollectionPolicy) -> None:
        """Set what the versions of a collection live by."""
        ...

    def settings(self, version_id: VersionId) -> TtlSettings:
        """Read the TTLs on a version and above it, whatever its state."""
        ...

    def holders(self, held: Iterable[VersionId]) -> Mapping[VersionId, Holders]:
        """Find what keeps versions from expiring; those that nothing keeps are left out.

        Committed links, and protected aliases on the versions or on links to them.
        """
        ...

    def count_timed(self, at: ProjectPath) -> int:
        """Count the committed versions of a project to which a TTL applies."""
        ...

    def timed(self, at: ProjectPath, *, limit: int | None = None) -> Iterator[TimedVersion]:
        """Read the committed versions of a project to which a TTL applies, in flat memory.

        Args:
            at: The project.
            limit: How many to read at most; None for all.

        Yields:
            The versions, as long as the session is open: first those whose time comes first, last
            those that are suspended, and older ones before others that are alike.
        """
        ...

    def spans(self) -> Sequence[timedelta]:
        """List the distinct spans that apply to any committed version, the shortest first."""
        ...

    def expired(
        self,
        cutoffs: Mapping[timedelta, datetime],
        *,
        after: VersionId | None = None,
        among: Group[VersionId] | None = None,
        limit: int,
    ) -> Sequence[TimedVersion]:
        """Find committed versions whose TTL has run out and is not suspended.

        Args:
            cutoffs: For each span the latest creation whose time has come.
            after: The version to continue after; None for the first.
            among: Where to look; None for everywhere.
            limit: The most versions to give, 1 or more.

        Returns:
            The versions in the order of their keys; fewer than `limit` only at the end.
        """
        ...

    def governed(
        self, kind: CollectionKind, *, after: "CollectionKey | None", limit: int
    ) -> Sequence[GovernedCollection]:
        """List collections that have a retention policy, in the order of their keys.

        Args:
            kind: Whether to list sequences or portfolios.
            after: The collection to continue after; None for the first.
            limit: The most collections to give, 1 or more.
        """
        ...

    def facts(self, key: "CollectionKey", *, metric: str | None) -> Sequence[VersionFacts]:
        """Read what a policy needs to know of all committed versions of a collection.

        Args:
            key: The collection.
            metric: The key of the summaries to read; None where none is compared. Of a link the
                run counts that logged its source.

        Returns:
            The facts, oldest version first.
        """
        ...
