"""Records to test catalogs with: the shortest ways to make a collection, a version, a run.

Owns values that mean nothing by themselves, so that a test names only what it is about. Refuses to
own assertions.
"""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from hozon.model.access import Principal
from hozon.model.digests import ManifestDigest
from hozon.model.manifest import Manifest, ManifestEntry
from hozon.model.names import CollectionName, EntityName, RunId, SweepId, TypeName
from hozon.model.paths import CollectionPath, ProjectPath, RunPath
from hozon.model.runs import Run, RunKey
from hozon.model.sweep_config import parse_sweep_config
from hozon.model.sweeps import Sweep
from hozon.model.versions import VersionId, VersionState
from hozon.ports.catalog import CatalogSession, Collection, NewVersion
from hozon.ports.paging import Listing
from hozon.ports.runs import NewRun

T = TypeVar("T")

NOW: Final = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
"""When everything happens, UTC."""

HOUR: Final = timedelta(hours=1)
"""A while."""

LATER: Final = NOW + HOUR
"""When things change, UTC."""

AT: Final = ProjectPath.of("ada", "digits")
"""The project."""

ELSEWHERE: Final = ProjectPath.of("ada", "letters")
"""Another project."""

ADA: Final = Principal(EntityName("ada"))
"""Who does it."""

DATASET: Final = TypeName("dataset")
"""The type of collections."""

MODEL: Final = TypeName("model")
"""Another type."""

_SWEEP = parse_sweep_config(
    {"method": "grid", "metric": {"name": "loss"}, "parameters": {"rate": {"values": [1, 2]}}}
)


def collection_path(name: str) -> CollectionPath:
    """Name a collection of the project."""
    return CollectionPath(AT, CollectionName(name))


def make_collection(
    session: CatalogSession, name: str = "mnist", kind: TypeName = DATASET
) -> Collection:
    """Make a collection."""
    return session.collections.ensure(collection_path(name), type_name=kind, now=NOW)


def digest_of(name: str) -> ManifestDigest:
    """Give content a digest."""
    return manifest_of(name).digest


def manifest_of(name: str) -> Manifest:
    """Give content a manifest."""
    return Manifest.of([ManifestEntry(name, "ab" * 32, 7)])


def new_version(
    name: str,
    *,
    logged_by: RunKey | None = None,
    history_step: int | None = None,
    upload_id: str | None = None,
) -> NewVersion:
    """Describe a version with this content."""
    return NewVersion(
        digest=digest_of(name),
        size=7,
        file_count=1,
        description=None,
        metadata={},
        logged_by=logged_by,
        created_by=ADA,
        created_at=NOW,
        lease_expires_at=LATER,
        upload_id=upload_id or uuid.uuid4().hex,
        history_step=history_step,
    )


def log_version(
    session: CatalogSession, collection: Collection, name: str, *, index: int | None = None
) -> VersionId:
    """Commit a version, by default with the next number."""
    version_id = session.versions.open(collection.key, new_version(name))
    number = session.collections.take_index(collection.key) if index is None else index
    session.versions.commit(version_id, index=number, manifest=manifest_of(name), now=NOW)
    return version_id


def committed(session: CatalogSession, collection: Collection) -> list[VersionId]:
    """List the committed versions of a collection, newest first."""
    return [version.id for version in read_all(session.versions.listing(collection.key))]


def soft_delete(session: CatalogSession, version_id: VersionId) -> None:
    """Soft-delete a version an hour later."""
    session.versions.change_state(version_id, VersionState.DELETED, by=ADA, now=LATER)


def make_run(session: CatalogSession, run_id: str, sweep: Sweep | None = None) -> Run:
    """Begin a run."""
    key = sweep.key if sweep else None
    new = NewRun(job_type=None, config={}, sweep=key)
    return session.runs.add(RunPath(AT, RunId(run_id)), new, by=ADA, now=NOW)


def make_sweep(session: CatalogSession, sweep_id: str) -> Sweep:
    """Create a sweep."""
    return session.sweeps.add(AT, SweepId(sweep_id), _SWEEP, seed=7, now=NOW)


def read_all(listing: Listing[T]) -> list[T]:
    """Read a listing in one page."""
    return [item.value for item in listing.page(after=None, limit=100)]
