"""The catalog: all metadata, read and written in transactions.

Owns the shape of the capability, one Protocol for each kind of record. Refuses to own decisions:
services load, let the model decide, and write back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import NewType, Protocol

from hozon.model.access import Principal
from hozon.model.aliases import Pointers
from hozon.model.collections import CollectionFacts
from hozon.model.deletion import DeleteReason
from hozon.model.digests import ContentDigest, ManifestDigest
from hozon.model.lineage import Edge, Edges
from hozon.model.links import CollectionKind
from hozon.model.manifest import Manifest, ManifestEntry
from hozon.model.metadata import JsonObject
from hozon.model.names import MAIN_STORE, StoreName, TypeName
from hozon.model.notes import Notes
from hozon.model.paths import CollectionPath, ProjectPath
from hozon.model.places import Place
from hozon.model.runs import Run, RunKey
from hozon.model.tags import Tag
from hozon.model.ttl import ArtifactTTL, Ttl
from hozon.model.versions import Version, VersionId, VersionState
from hozon.ports.access import AccessRecords
from hozon.ports.audit import AuditRecords
from hozon.ports.deleted import DeletedRecords
from hozon.ports.garbage import GarbageRecords
from hozon.ports.paging import Listing
from hozon.ports.projects import ProjectRecords
from hozon.ports.protection import ProtectionRecords
from hozon.ports.retention import RetentionRecords
from hozon.ports.runs import RunRecords
from hozon.ports.sweeps import PointRecords, SweepRecords
from hozon.ports.usage import UsageRecords

CollectionKey = NewType("CollectionKey", int)
"""A collection's key in the catalog."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection as the catalog holds it."""

    key: CollectionKey
    """Its key in the catalog."""

    path: CollectionPath
    """Where it is."""

    type: TypeName
    """What it holds."""

    kind: CollectionKind
    """Whether its versions were logged to it or are links, for good."""

    created_at: datetime
    """When its first upload began, or its first link was made, UTC."""

    description: str | None = None
    """A note for people, or None."""

    tags: tuple[Tag, ...] = ()
    """Its labels, sorted."""

    @property
    def facts(self) -> CollectionFacts:
        """What may change of it."""
        return CollectionFacts(self.path.name, self.type, self.description, self.tags)


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What is known of a version before its bytes are uploaded."""

    digest: ManifestDigest
    """The identity of its content."""

    size: int
    """The sum of the sizes of its files, in bytes."""

    file_count: int
    """How many files it has."""

    description: str | None
    """A note for people, or None."""

    metadata: JsonObject
    """What the logger wants to remember of it."""

    logged_by: RunKey | None
    """The run that logs it, or None."""

    created_by: Principal
    """Who logs it."""

    created_at: datetime
    """When its upload began, UTC."""

    lease_expires_at: datetime
    """Until when its pins hold without a word from the writer, UTC."""

    upload_id: str
    """What the keys of its uploads contain, never used before; at most 32 characters."""

    tags: Sequence[Tag] = ()
    """Its labels."""

    ttl: Ttl = ArtifactTTL.INHERIT
    """How long it should live."""

    history_step: int | None = None
    """The last step of the history of the run that logs it; None for none."""

    store: StoreName = MAIN_STORE
    """Where its bytes lie, for good."""


@dataclass(frozen=True, slots=True)
class CatalogCounts:
    """How much is in a catalog."""

    projects: int
    """Projects that anything was written to."""

    runs: int
    """Runs that have not been deleted."""

    collections: int
    """Collections with a committed version, portfolios included."""

    versions: int
    """Committed versions; links are none."""

    deleted_versions: int
    """Soft-deleted versions, whose bytes are still there; links are none."""

    object_bytes: int
    """The sum of all distinct objects, in bytes."""


class CollectionRecords(Protocol):
    """Collections and the aliases within them."""

    def find(self, path: CollectionPath) -> Collection | None:
        """Find a collection, empty ones included."""
        ...

    def get(self, key: CollectionKey) -> Collection:
        """Read a collection that is known to exist."""
        ...

    def renamed(self, path: CollectionPath) -> Collection | None:
        """Find the collection that had this path before it was renamed."""
        ...

    def change(self, key: CollectionKey, facts: CollectionFacts, *, now: datetime) -> None:
        """Replace what may change of a collection; a name that it gives up is remembered.

        The name is one that no other collection of the project has or had.
        """
        ...

    def ensure(
        self,
        path: CollectionPath,
        *,
        type_name: TypeName,
        now: datetime,
        kind: CollectionKind = CollectionKind.SEQUENCE,
    ) -> Collection:
        """Find a collection, or make it; an existing one keeps its type and its kind."""
        ...

    def take_index(self, key: CollectionKey) -> int:
        """Give the next version number, never given before."""
        ...

    def pointers(self, key: CollectionKey) -> Pointers:
        """Read all aliases of a collection."""
        ...

    def set_pointers(self, key: CollectionKey, pointers: Pointers, *, now: datetime) -> None:
        """Replace all aliases of a collection; date the versions that gained or lost one.

        What stays is not written again: a collection may have thousands of aliases.
        """
        ...

    def listing(self, at: ProjectPath, *, type_name: TypeName | None) -> Listing[Collection]:
        """List collections that have a committed version, oldest first."""
        ...

    def types(self, at: ProjectPath) -> Listing[TypeName]:
        """List the types of those collections, each once, in the order of names."""
        ...


class VersionRecords(Protocol):
    """Versions and their manifests."""

    def get(self, version_id: VersionId) -> Version:
        """Read a version that is known to exist and to have an index."""
        ...

    def get_all(self, version_ids: Iterable[VersionId]) -> Sequence[Version]:
        """Read versions that are known to exist and to have an index, in the order given."""
        ...

    def newest(self, key: CollectionKey) -> VersionId | None:
        """Find the committed version with the highest number; None when there is none."""
        ...

    def find_by_index(self, key: CollectionKey, index: int) -> Version | None:
        """Find a version by its number, whatever its state."""
        ...

    def find_by_digest(self, key: CollectionKey, digest: ManifestDigest) -> Version | None:
        """Find the newest committed version with this content."""
        ...

    def open(self, key: CollectionKey, new: NewVersion) -> VersionId:
        """Make a PENDING version, which nobody sees."""
        ...

    def commit(
        self, version_id: VersionId, *, index: int, manifest: Manifest, now: datetime
    ) -> None:
        """Give a PENDING version its number and content, make it COMMITTED, and date it.

        The versions to whose entries it refers are recorded.

        Digest, size and number of files are those of the manifest, also where it was opened with
        others: content that is added to what is latest is known only now.
        """
        ...

    def renew(self, version_id: VersionId, *, upload_id: str, lease_expires_at: datetime) -> bool:
        """Extend the lease of the PENDING version of an upload; False if it is gone or committed.

        The upload id tells it from a later one that was given the same key.
        """
        ...

    def abandon(self, version_id: VersionId, *, upload_id: str) -> bool:
        """Forget the PENDING version of an upload with its pins; False if it is not PENDING.

        A collection that was made for it and never held a version goes, too: its type was never
        decided.
        """
        ...

    def manifest(self, version_id: VersionId) -> Manifest:
        """Read all entries of a version, or of the source of a link."""
        ...

    def entries(
        self,
        version_id: VersionId,
        *,
        prefix: str = "",
        after: str | None = None,
        limit: int | None = None,
    ) -> Iterator[ManifestEntry]:
        """Read the entries whose paths begin with a prefix, in path order, in flat memory.

        Args:
            version_id: The version; of a link the entries of its source are read.
            prefix: Text that the paths begin with, no folder; empty for all.
            after: The path to continue after; None for the first.
            limit: The most entries to give, 1 or more; None for all.

        Yields:
            The entries, as long as the session is open.
        """
        ...

    def change_state(
        self,
        version_id: VersionId,
        state: VersionState,
        *,
        by: Principal,
        now: datetime,
        reason: DeleteReason = DeleteReason.DELETE,
    ) -> None:
        """Record a transition, who made it and when; of a delete also why.

        A version that is committed again is as if it had never been deleted; one that is purged
        keeps what is known of its delete.
        """
        ...

    def delete_committed(self, key: CollectionKey, *, by: Principal, now: datetime) -> int:
        """Make all committed versions of a collection DELETED at once, and count them.

        The reason is that of a collection.
        """
        ...

    def remember_aliases(self, pointers: Pointers) -> None:
        """Keep the aliases that a delete takes away, so that restoring can give them back."""
        ...

    def describe(self, version_id: VersionId, notes: Notes, *, now: datetime) -> None:
        """Replace what is remembered of a version that is no link; date it and the links to it."""
        ...

    def listing(self, key: CollectionKey) -> Listing[Version]:
        """List the committed versions of a collection, newest first."""
        ...


class LinkRecords(Protocol):
    """Links: versions of portfolios, committed from the start, that lead to other versions.

    A deleted link is not found here; it stays a version of its portfolio, in the state DELETED.
    """

    def add(
        self, key: CollectionKey, source: Version, *, index: int, by: Principal, now: datetime
    ) -> VersionId:
        """Make a link with this number; its source is no link."""
        ...

    def find(self, key: CollectionKey, source: VersionId) -> VersionId | None:
        """Find the committed link of a portfolio to a version; None when there is none."""
        ...

    def to_version(self, source: VersionId) -> Sequence[Version]:
        """List the committed links to a version, oldest first."""
        ...

    def to_versions(self, sources: Iterable[VersionId]) -> Sequence[Version]:
        """List the committed links to any of some versions, oldest first."""
        ...

    def to_collection(self, key: CollectionKey) -> Sequence[Version]:
        """List the committed links to the versions of a collection, oldest first."""
        ...

    def take_along(self, links: Iterable[VersionId], *, by: Principal, now: datetime) -> None:
        """Make links DELETED together with their source, and remember that for restoring it.

        The reason is that of a source.
        """
        ...


class ObjectRecords(Protocol):
    """Which bytes are where, and who holds them while committing.

    Places are those of the store that the catalog was asked for; see `Catalog.of`.
    """

    def pin(self, version_id: VersionId, digests: Iterable[ContentDigest]) -> None:
        """Hold digests for a PENDING version, so that no collector removes them.

        A digest may come several times, and may be held already.
        """
        ...

    def unpin(self, version_id: VersionId) -> None:
        """Let go of everything that a version held while it was PENDING."""
        ...

    def places(self, digests: Iterable[ContentDigest]) -> Mapping[ContentDigest, Place]:
        """Find the places of digests; absent ones are left out."""
        ...

    def add(self, places: Mapping[ContentDigest, Place], *, now: datetime) -> int:
        """Record places, and count the new ones; a digest that has one already keeps it.

        The keys are new; a key under which nothing gets a place is not recorded.
        """
        ...

    def stores(self) -> Sequence[StoreName]:
        """List all stores in which something has a place, or had one, in the order of names."""
        ...


class LineageRecords(Edges, Protocol):
    """Edges between runs and versions.

    Refuses to own which may be drawn; that is `hozon.model.lineage`.
    """

    def add_output(self, run: RunKey, version: VersionId, *, now: datetime) -> None:
        """Record that a run logged a version; once is enough."""
        ...

    def add_input(
        self, run: RunKey, version: VersionId, *, now: datetime, use_as: str | None = None
    ) -> None:
        """Record that a run used a version; once is enough for each thing that it was used as.

        Args:
            run: The run.
            version: The version.
            now: When, UTC.
            use_as: What the run uses it as, beside what it has used it as before; None for nothing
                in particular.
        """
        ...

    def leave_out(self, edge: Edge, *, now: datetime) -> None:
        """Record that an edge is not drawn because it would close a cycle; once is enough."""
        ...

    def between(
        self, runs: AbstractSet[RunKey], versions: AbstractSet[VersionId]
    ) -> Sequence[Edge]:
        """Find the edges with one end among the runs and the other among the versions.

        Returns:
            What the runs logged, then what they used, each in the order of drawing.
        """
        ...

    def left_out_between(
        self, runs: AbstractSet[RunKey], versions: AbstractSet[VersionId]
    ) -> Sequence[Edge]:
        """Find the edges between them that were left out, in that order."""
        ...

    def outputs(self, run: RunKey) -> Listing[Version]:
        """List the committed versions that a run logged, in the order of logging."""
        ...

    def inputs(self, run: RunKey) -> Listing[Version]:
        """List the committed versions that a run used, in the order of using."""
        ...

    def users(self, version: VersionId) -> Sequence[Run]:
        """List the runs that used a version, deleted ones included, in the order of using."""
        ...


class CatalogSession(Protocol):
    """All records, within one transaction."""

    @property
    def projects(self) -> ProjectRecords:
        """Projects."""
        ...

    @property
    def collections(self) -> CollectionRecords:
        """Collections and aliases."""
        ...

    @property
    def versions(self) -> VersionRecords:
        """Versions and manifests."""
        ...

    @property
    def links(self) -> LinkRecords:
        """Links of portfolios."""
        ...

    @property
    def objects(self) -> ObjectRecords:
        """Places and pins."""
        ...

    @property
    def runs(self) -> RunRecords:
        """Runs and history."""
        ...

    @property
    def sweeps(self) -> SweepRecords:
        """Sweeps."""
        ...

    @property
    def points(self) -> PointRecords:
        """Points of sweeps."""
        ...

    @property
    def lineage(self) -> LineageRecords:
        """Edges."""
        ...

    @property
    def garbage(self) -> GarbageRecords:
        """What nothing needs any more, and who collects it."""
        ...

    @property
    def deleted(self) -> DeletedRecords:
        """What deletes took away."""
        ...

    @property
    def protection(self) -> ProtectionRecords:
        """Protected aliases."""
        ...

    @property
    def usage(self) -> UsageRecords:
        """What versions hold, and what else holds it."""
        ...

    @property
    def retention(self) -> RetentionRecords:
        """TTLs, retention policies, and what is due by them."""
        ...

    @property
    def access(self) -> AccessRecords:
        """Members of teams, and what projects show to others."""
        ...

    @property
    def audit(self) -> AuditRecords:
        """Who did what."""
        ...

    def counts(self) -> CatalogCounts:
        """Count what is there."""
        ...


class Catalog(Protocol):
    """Metadata in transactions.

    Concurrency:
        Sessions may be opened from several threads and processes at once; a session belongs to
        the thread that opened it. A writing session excludes other writing sessions and sees all
        that they committed.
    """

    @property
    def url(self) -> str:
        """Where the catalog lies, for people, without passwords."""
        ...

    def of(self, store: StoreName) -> "Catalog":
        """Give the same catalog with the places and the garbage of another store.

        A new catalog is that of `MAIN_STORE`. Both share everything; closing one closes both.
        """
        ...

    def now(self) -> datetime:
        """Give the catalog's time, by which all ages are judged, UTC."""
        ...

    def take_stock(self) -> None:
        """Prepare for reading a large part of everything, as a collector does; nobody waits for it.

        Raises:
            CatalogError: The database refused, failed or could not be reached.
        """
        ...

    def read(self) -> AbstractContextManager[CatalogSession]:
        """Open a session that sees one consistent state.

        Raises:
            CatalogError: The database refused, failed or could not be reached.
        """
        ...

    def write(self) -> AbstractContextManager[CatalogSession]:
        """Open a session that commits when its block ends, and writes nothing if it raises.

        Raises:
            CatalogError: The database refused, failed or could not be reached.
        """
        ...

    def close(self) -> None:
        """Release connections; calling it again does nothing."""
        ...
