"""Versions: the states that a version passes through, and what is known of one.

Owns the life cycle. Refuses to own who may start a transition. Invariant: PENDING → COMMITTED →
DELETED → PURGED, never back past a purge, and a version's index is never given to another.
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from hozon.errors import AliasedVersionError, VersionStateError
from hozon.model.deletion import Deletion
from hozon.model.digests import ManifestDigest, digest_of_commit
from hozon.model.metadata import JsonObject
from hozon.model.names import (
    LATEST,
    MAIN_STORE,
    Alias,
    RunId,
    StoreName,
    TypeName,
    format_version,
)
from hozon.model.notes import Notes
from hozon.model.paths import ArtifactPath, CollectionPath, RunPath
from hozon.model.tags import Tag
from hozon.model.ttl import Ttl

VersionId = NewType("VersionId", int)
"""A version's key in the catalog."""


class VersionState(StrEnum):
    """Where a version stands in its life."""

    PENDING = "PENDING"
    """Being uploaded: nobody sees it, and its lease keeps its bytes."""

    COMMITTED = "COMMITTED"
    """Complete, listed and frozen."""

    DELETED = "DELETED"
    """Soft-deleted: out of every listing, its bytes still there."""

    PURGED = "PURGED"
    """Its bytes are given up; a tombstone keeps the number."""


_NEXT = {
    VersionState.PENDING: {VersionState.COMMITTED},
    VersionState.COMMITTED: {VersionState.DELETED},
    VersionState.DELETED: {VersionState.COMMITTED, VersionState.PURGED},
    VersionState.PURGED: set[VersionState](),
}

_REFUSED = {
    VersionState.PENDING: "become PENDING again",
    VersionState.COMMITTED: "be restored",
    VersionState.DELETED: "be deleted",
    VersionState.PURGED: "be purged",
}
"""What a version in another state cannot do, by the state that it should take."""

_NEXT_STEPS = {
    VersionState.PENDING: "Wait until it is logged; if that fails, it goes by itself.",
    VersionState.COMMITTED: "It has not been deleted, and can be used as it is.",
    VersionState.DELETED: "Its bytes are still kept: bring it back with restore().",
    VersionState.PURGED: "Its bytes have been given up; log the content again.",
}
"""What a caller may do instead, by the state that the version is in."""


class LogOutcome(StrEnum):
    """What logging an artifact came to."""

    CREATED = "created"
    """The content was new: a version was made for it."""

    UNCHANGED = "unchanged"
    """The content is that of `latest`: no version was made."""

    REUSED = "reused"
    """The content is that of an older version: `latest` and the aliases moved to it."""


@dataclass(frozen=True, slots=True)
class Version:
    """A committed version as the catalog holds it.

    A link shows the content of its source, and everything that is remembered of that content:
    description, metadata, tags, TTL, and how it was logged.
    """

    id: VersionId
    """Its key in the catalog."""

    content_id: VersionId
    """The key of the version that holds its content: its own, or that of the source of a link."""

    collection: CollectionPath
    """The collection that it belongs to."""

    index: int
    """Its number within the collection, 0 or more."""

    type: TypeName
    """The type of its collection."""

    state: VersionState
    """Where it stands in its life."""

    digest: ManifestDigest
    """The identity of its content."""

    size: int
    """The sum of the sizes of its files, in bytes."""

    file_count: int
    """How many files it has, 0 or more."""

    aliases: tuple[Alias, ...]
    """The aliases that point at it, sorted."""

    description: str | None
    """A note for people, or None."""

    metadata: JsonObject
    """What the logger wanted to remember of it."""

    tags: tuple[Tag, ...]
    """Its labels, sorted."""

    ttl: Ttl
    """How long it should live, as its owner asked for it."""

    logged_by: RunId | None
    """The run that first logged it, of the project that `origin` names; None for none."""

    history_step: int | None
    """The last step of that run's history when it was logged, 0 or more; None for none."""

    source: ArtifactPath | None
    """The version that it is a link to; None for a version that is no link."""

    created_at: datetime
    """When its upload began, or when the link was made, UTC."""

    updated_at: datetime
    """When its aliases, description, metadata, tags, TTL or state last changed, UTC."""

    deletion: Deletion | None = None
    """When, by whom and why it was soft-deleted; None unless it is deleted or purged."""

    store: StoreName = MAIN_STORE
    """Where its bytes lie: the store of a team, or the main one."""

    @property
    def name(self) -> str:
        """The collection's name and the version, such as `mnist:v0`."""
        return f"{self.collection.name}:{format_version(self.index)}"

    @property
    def path(self) -> ArtifactPath:
        """The full path, by version."""
        return ArtifactPath.at_index(self.collection, self.index)

    @property
    def notes(self) -> Notes:
        """What may change of it beside its aliases."""
        return Notes(self.description, self.metadata, self.tags, self.ttl)

    @property
    def is_link(self) -> bool:
        """Whether it stands for a version of another collection."""
        return self.source is not None

    @property
    def origin(self) -> ArtifactPath:
        """The full path of the version that holds its content: its own, or the source's."""
        return self.source or self.path

    @property
    def producer(self) -> RunPath | None:
        """The full path of the run that first logged it; None for none."""
        return RunPath(self.origin.collection.at, self.logged_by) if self.logged_by else None

    @property
    def opaque_id(self) -> str:
        """A name for programs: never that of another version of this catalog, never changed."""
        return base64.urlsafe_b64encode(f"version:{self.id}".encode()).decode("ascii")

    @property
    def commit_hash(self) -> str:
        """The identity of the commit: this content, logged as this version; see the digests."""
        return digest_of_commit(str(self.origin), self.digest)


def check_editable(version: Version) -> None:
    """Let only committed versions change.

    Args:
        version: The version as it is now.

    Raises:
        VersionStateError: It is in another state, for instance deleted.
    """
    if version.state is not VersionState.COMMITTED:
        raise VersionStateError(
            f"{version.path} is {version.state} and cannot be changed",
            hint="Change a version that has not been deleted.",
        )


def check_transition(name: str, *, before: VersionState, after: VersionState) -> None:
    """Let a version go from one state to another only along the life cycle.

    Args:
        name: What to call it in the message.
        before: The state that it is in.
        after: The state that it should take.

    Raises:
        VersionStateError: The life cycle has no such step.
    """
    if after not in _NEXT[before]:
        raise VersionStateError(
            f"{name} is {before} and cannot {_REFUSED[after]}", hint=_NEXT_STEPS[before]
        )


def check_deletable(version: Version, *, delete_aliases: bool) -> None:
    """Let a version be soft-deleted only when nothing names it, or the names may go with it.

    Args:
        version: The version as it is now.
        delete_aliases: Whether its aliases may go with it.

    Raises:
        VersionStateError: It is not committed, for instance deleted already.
        AliasedVersionError: It has aliases and `delete_aliases` is False; the message lists them.
    """
    # What is still being uploaded has no number yet.
    pending = version.state is VersionState.PENDING
    name = f"A new version of {version.collection}" if pending else str(version.path)
    check_transition(name, before=version.state, after=VersionState.DELETED)
    if version.aliases and not delete_aliases:
        raise AliasedVersionError(
            f"{version.path} has the aliases {', '.join(version.aliases)}",
            hint="Pass delete_aliases=True to delete it together with them.",
        )


def outcome_of_equal_content(found: Version) -> LogOutcome:
    """Say what logging came to when a committed version has the same content already.

    Args:
        found: That version, with the aliases that it had before.
    """
    return LogOutcome.UNCHANGED if LATEST in found.aliases else LogOutcome.REUSED
