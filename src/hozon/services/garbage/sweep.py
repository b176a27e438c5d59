"""Sweep: take the places of what nothing reaches, and remove the keys in which nothing lives.

Owns the order: a place goes before its bytes do, so that nobody finds what is about to be removed.
Invariant: what cannot be removed now is tried again by the next pass; nothing else waits for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from hozon.model.garbage import Cutoffs
from hozon.services.context import Context
from hozon.services.garbage.tenure import Tenure

_RANGE: Final = 2000
"""How many objects are looked at in one transaction."""

_KEYS: Final = 1000
"""How many keys are removed at a time."""


@dataclass(slots=True)
class Condemned:
    """What lost its places."""

    count: int = 0
    """How many objects."""

    size: int = 0
    """Their size, in bytes."""


@dataclass(slots=True)
class Removed:
    """What was removed from the store."""

    count: int = 0
    """How many keys."""

    size: int = 0
    """Their size, in bytes."""

    failures: dict[str, str] = field(default_factory=dict[str, str])
    """Keys that stayed, and why."""


def condemn_unreached(
    stores: Sequence[Context], cutoffs: Cutoffs, tenure: Tenure | None
) -> Condemned:
    """Take the places of all objects that nothing reaches.

    Args:
        stores: The capabilities, for each store.
        cutoffs: How old they must be.
        tenure: The collector; None only counts, as if what is due had been purged and abandoned.

    Returns:
        What they are.

    Raises:
        CollectorLeaseError: The lease was lost; what was condemned stays so.
        CatalogError: The catalog failed.
    """
    total = Condemned()
    for part in stores:
        _condemn(part, cutoffs, tenure.of(part) if tenure else None, total)
    return total


def _condemn(context: Context, cutoffs: Cutoffs, tenure: Tenure | None, total: Condemned) -> None:
    """Take the places of what one store holds in vain."""
    after = None
    while True:
        with context.catalog.read() as session:
            found = session.garbage.unreached(cutoffs, after=after, limit=_RANGE)
        objects = found.objects
        if objects and tenure is not None:
            with tenure.write() as session:
                digests = [item.digest for item in objects]
                objects = session.garbage.condemn(digests, cutoffs)
        total.count += len(objects)
        total.size += sum(item.place.length for item in objects)
        if found.last is None:
            return
        after = found.last


def remove_condemned(stores: Sequence[Context], tenure: Tenure) -> Removed:
    """Remove every condemned key from its store.

    Args:
        stores: The capabilities, for each store.
        tenure: The collector.

    Returns:
        What was removed, and what could not be.

    Raises:
        StorageError: The store cannot be reached at all.
        CollectorLeaseError: The lease was lost.
        CatalogError: The catalog failed.
    """
    total = Removed()
    for part in stores:
        _remove(part, tenure.of(part), total)
    return total


def _remove(context: Context, tenure: Tenure, total: Removed) -> None:
    """Remove the condemned keys of one store."""
    after = ""
    while True:
        with context.catalog.read() as session:
            keys = session.garbage.condemned_keys(after=after, limit=_KEYS)
        if not keys:
            return
        after = max(keys)
        tenure.go_on()
        failed = context.store.discard(keys, now=context.catalog.now())
        removed = [key for key in keys if key not in failed]
        with tenure.write() as session:
            session.garbage.note_removed(removed, now=context.catalog.now())
        total.count += len(removed)
        total.size += sum(keys[key] for key in removed)
        total.failures.update((context.name_of(key), reason) for key, reason in failed.items())


def forget_removed(stores: Sequence[Context], cutoffs: Cutoffs, tenure: Tenure) -> int:
    """Forget what cannot be recovered any more, and empty the trash of it.

    Args:
        stores: The capabilities, for each store.
        cutoffs: How old it must be.
        tenure: The collector.

    Returns:
        How many bytes of trash were freed.

    Raises:
        StorageError: The trash cannot be emptied.
        CollectorLeaseError: The lease was lost.
        CatalogError: The catalog failed.
    """
    freed = 0
    for part in stores:
        freed += part.store.empty_trash(cutoffs.removed_until)
        while _is_forgettable(part, cutoffs):
            with tenure.of(part).write() as session:
                session.garbage.forget(cutoffs, limit=_KEYS)
    return freed


def dead_bytes(stores: Sequence[Context]) -> int:
    """Sum up the bytes of live keys in which nothing lives.

    Args:
        stores: The capabilities, for each store.

    Raises:
        CatalogError: The catalog failed.
    """
    total = 0
    for part in stores:
        with part.catalog.read() as session:
            total += session.garbage.dead_bytes()
    return total


def _is_forgettable(context: Context, cutoffs: Cutoffs) -> bool:
    """Look without keeping anybody from writing."""
    with context.catalog.read() as session:
        return session.garbage.is_forgettable(cutoffs)
