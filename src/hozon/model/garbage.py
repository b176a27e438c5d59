"""Garbage: what may be given up, and when.

Owns the spans of time and the bounds by which a collector decides, and its lease. Refuses to own
what reaches what; that is a question to the catalog. Invariant: whoever lost the lease writes
nothing any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from hozon.errors import CollectorBusyError, CollectorLeaseError, InputError
from hozon.model.digests import ContentDigest
from hozon.model.places import Place

RESTORE_WINDOW: Final = timedelta(days=7)
"""How long a deleted version may be restored, unless the settings say otherwise."""

TRASH_WINDOW: Final = timedelta(days=30)
"""How long what was purged may be recovered, unless the settings say otherwise."""

GRACE: Final = timedelta(hours=24)
"""How long after it was stored what nothing reaches is left alone, unless settings differ."""

COLLECTOR_LEASE: Final = timedelta(minutes=10)
"""How long a collector that says nothing keeps others from collecting."""

CLOCK_SKEW: Final = timedelta(minutes=5)
"""By how much the clocks of those who share a catalog may differ."""

MAX_UNUSED: Final = 0.25
"""Which share of a key may be dead before it is rewritten, unless the caller says otherwise."""


@dataclass(frozen=True, slots=True)
class Windows:
    """How long a collector waits before it gives something up."""

    restore: timedelta = RESTORE_WINDOW
    """How long a deleted version may be restored."""

    trash: timedelta = TRASH_WINDOW
    """How long what was purged may be recovered."""

    grace: timedelta = GRACE
    """How long after it was stored what nothing reaches is left alone: a failed upload is often
    tried again."""

    def __post_init__(self) -> None:
        """Refuse negative spans."""
        for name, span in (("restore", self.restore), ("trash", self.trash), ("grace", self.grace)):
            if span < timedelta():
                raise InputError(
                    f"The {name} window is negative: {span}", hint="Give a span of zero or more."
                )

    def cutoffs(self, now: datetime) -> "Cutoffs":
        """Say what is old enough.

        Args:
            now: The catalog's time, UTC.
        """
        return Cutoffs(
            now=now,
            deleted_until=now - self.restore,
            unreached_until=now - self.grace,
            lease_until=now - CLOCK_SKEW,
            removed_until=now - self.trash,
        )


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """Moments, UTC; what happened at one of them or before is old enough."""

    now: datetime
    """The catalog's time."""

    deleted_until: datetime
    """When a version was deleted that may be purged."""

    unreached_until: datetime
    """When an object was stored, or a stray key first seen, that may be given up."""

    lease_until: datetime
    """When the lease of an upload ran out that may be abandoned."""

    removed_until: datetime
    """When bytes were removed that need not be recoverable any more."""


@dataclass(frozen=True, slots=True)
class CollectorLease:
    """Who collects garbage now."""

    holder: str
    """Who, for people: a user, a host and a process."""

    token: str
    """Which collector, for programs; every one has its own."""

    began_at: datetime
    """When it began, UTC."""

    expires_at: datetime
    """When it counts as gone, if it says nothing until then, UTC."""

    def extended(self, now: datetime) -> "CollectorLease":
        """Give it with a new end.

        Args:
            now: The catalog's time, UTC.
        """
        return replace(self, expires_at=now + COLLECTOR_LEASE)


def check_free(lease: CollectorLease | None, *, now: datetime) -> None:
    """Let a collector begin only when no other is at work.

    Args:
        lease: The lease as it is now; None when nobody collects.
        now: The catalog's time, UTC.

    Raises:
        CollectorBusyError: Another collector is at work; wait for it.
    """
    if lease is not None and now < lease.expires_at + CLOCK_SKEW:
        until = lease.expires_at + CLOCK_SKEW
        raise CollectorBusyError(
            f"{lease.holder} has been collecting garbage since {lease.began_at:%Y-%m-%d %H:%M:%S}"
            " UTC",
            hint=f"Wait until it is done. If it died, another may begin at"
            f" {until:%Y-%m-%d %H:%M:%S} UTC.",
        )


def check_held(lease: CollectorLease | None, *, token: str) -> CollectorLease:
    """Let a collector go on only as long as the lease is its own.

    Args:
        lease: The lease as it is now; None when nobody collects.
        token: Whose it should be.

    Returns:
        The lease.

    Raises:
        CollectorLeaseError: It was lost: the collector was silent for too long.
    """
    if lease is None or lease.token != token:
        holder = f"{lease.holder} took it over" if lease else "it ran out"
        raise CollectorLeaseError(
            f"This collector lost its lease: {holder}",
            hint="What it did is whole. Run the collection again to finish it.",
        )
    return lease


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object and where it lies."""

    digest: ContentDigest
    """The identity of its bytes."""

    place: Place
    """Where they are."""


@dataclass(frozen=True, slots=True)
class KeyUse:
    """A key of the store, and how much of it is needed."""

    key: str
    """The key."""

    size: int
    """How many bytes are under it."""

    live_bytes: int
    """How many of them have a place."""

    end: int
    """Where the last of them ends, in bytes from the beginning."""

    created_at: datetime
    """When something got a place there first, UTC."""

    @property
    def dead_bytes(self) -> int:
        """How many bytes nothing needs."""
        return max(0, self.size - self.live_bytes)


def wants_rewriting(use: KeyUse, *, max_unused: float) -> bool:
    """Tell whether too much of a key is dead.

    Args:
        use: The key.
        max_unused: The share that may be dead, from 0, which leaves no dead byte, to 1.
    """
    return use.dead_bytes > max_unused * use.size


def check_max_unused(value: float) -> float:
    """Accept a bound for the dead share of a key.

    Args:
        value: A share, from 0 to 1.

    Returns:
        The value.

    Raises:
        InputError: It lies outside, or is no number.
    """
    if not 0 <= value <= 1:
        raise InputError(
            f"The share of dead bytes {value!r} is not between 0 and 1",
            hint="Give 0 to leave no dead byte, or a share such as 0.25.",
        )
    return value


@dataclass(frozen=True, slots=True)
class CollectReport:
    """What a pass of garbage collection did, or would do."""

    dry_run: bool = False
    """Whether nothing was changed."""

    versions_expired: int = 0
    """Versions that were deleted because their TTL ran out, or a retention policy let them go."""

    uploads_abandoned: int = 0
    """Uploads that were given up because their lease ran out."""

    versions_purged: int = 0
    """Deleted versions whose bytes were given up."""

    versions_restorable: int = 0
    """Deleted versions that may still be restored."""

    objects_condemned: int = 0
    """Objects that nothing reached."""

    condemned_bytes: int = 0
    """Their size, in bytes."""

    keys_removed: int = 0
    """Keys that were removed from the store."""

    freed_bytes: int = 0
    """Their size, in bytes; a trash or a versioned bucket keeps them for a while."""

    strays_waiting: int = 0
    """Keys of the store in which nothing has a place, seen too short a time ago."""

    strays_removed: int = 0
    """Such keys that were removed; they are counted among `keys_removed`, too."""

    keys_rewritten: int = 0
    """Keys whose live objects were copied to new ones."""

    copied_bytes: int = 0
    """How much was copied for that."""

    dead_bytes: int = 0
    """How many bytes in live keys nothing needs; they stay until their key is rewritten."""

    trash_bytes: int = 0
    """How much of the trash of the store was emptied, in bytes."""

    failures: Mapping[str, str] = field(default_factory=dict[str, str])
    """Keys that could not be removed or rewritten, and why; the next pass tries again."""

    missing: Sequence[str] = ()
    """Keys that versions need and that the store has not, or not whole: it is damaged, and nothing
    was given up."""

    @property
    def is_damaged(self) -> bool:
        """Whether the store lost something that is needed."""
        return bool(self.missing)
