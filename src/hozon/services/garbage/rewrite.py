"""Rewrite: copy what lives in mostly dead keys to new ones, so that the old ones can go.

Invariants: a place moves only after its bytes were read, checked, copied and read back; a place
that moved or went meanwhile is left as it is; a failure with one group of keys leaves the others.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

from hozon.errors import IntegrityError, StorageError
from hozon.model.digests import ContentDigest
from hozon.model.garbage import KeyUse, StoredObject, wants_rewriting
from hozon.model.places import Place, pack_key
from hozon.services.context import Context
from hozon.services.garbage.tenure import Tenure
from hozon.services.hashing import write_hashed
from hozon.services.transfers import check_digest
from hozon.services.uploads import put_checked, scratch_space

_PAGE: Final = 500
"""How many keys are looked at in one transaction."""


@dataclass(slots=True)
class Rewritten:
    """What was copied to new keys."""

    keys: int = 0
    """How many keys were given up for new ones."""

    size: int = 0
    """How much was copied, in bytes."""

    failures: dict[str, str] = field(default_factory=dict[str, str])
    """Keys that stayed as they are, and why."""


def rewrite_keys(stores: Sequence[Context], tenure: Tenure, *, max_unused: float) -> Rewritten:
    """Rewrite every key of which too much is dead.

    Args:
        stores: The capabilities, for each store.
        tenure: The collector.
        max_unused: Which share of a key may be dead, from 0 to 1.

    Returns:
        What was done, and what could not be.

    Raises:
        CollectorLeaseError: The lease was lost.
        CatalogError: The catalog failed.
    """
    done = Rewritten()
    for part in stores:
        mostly_dead = _mostly_dead(part, max_unused=max_unused)
        found = rewrite(part, tenure.of(part), mostly_dead)
        done.keys += found.keys
        done.size += found.size
        done.failures.update((part.name_of(key), why) for key, why in found.failures.items())
    return done


def rewrite(context: Context, tenure: Tenure, uses: Iterable[KeyUse]) -> Rewritten:
    """Copy what lives in some keys to new ones, and condemn the old ones.

    Args:
        context: The capabilities.
        tenure: The collector.
        uses: The keys.

    Returns:
        What was done, and what could not be.

    Raises:
        CollectorLeaseError: The lease was lost.
        CatalogError: The catalog failed.
    """
    done = Rewritten()
    rewrite_id, numbers = uuid.uuid4().hex, count()
    for group in _groups(context, uses):
        tenure.go_on()
        try:
            done.size += _rewrite(context, tenure, group, pack_key(rewrite_id, next(numbers)))
            done.keys += len(group)
        except (IntegrityError, StorageError) as error:
            done.failures.update(dict.fromkeys((use.key for use in group), error.message))
    return done


def _groups(context: Context, uses: Iterable[KeyUse]) -> Iterator[list[KeyUse]]:
    """Put keys together whose live objects fit one new key."""
    group: list[KeyUse] = []
    for use in uses:
        size = use.live_bytes + sum(other.live_bytes for other in group)
        if group and size > context.sizes.pack_bytes:
            yield group
            group = []
        group.append(use)
    if group:
        yield group


def _mostly_dead(context: Context, *, max_unused: float) -> Iterator[KeyUse]:
    """Find the keys to rewrite; new ones come from rewriting itself, and are full of life."""
    after = ""
    while True:
        with context.catalog.read() as session:
            page = session.garbage.live_keys(after=after, limit=_PAGE)
        yield from (use for use in page if wants_rewriting(use, max_unused=max_unused))
        if len(page) < _PAGE:
            return
        after = page[-1].key


def _rewrite(context: Context, tenure: Tenure, group: Sequence[KeyUse], key: str) -> int:
    """Copy what lives in some keys under one new key, and move the places."""
    with context.catalog.read() as session:
        objects = [item for use in group for item in session.garbage.objects_in(use.key)]
    with scratch_space(context) as folder:
        copy = folder / "rewritten"
        places = _copy(context, objects, copy, key)
        put_checked(context, key, copy, [(d, p.offset, p.length) for d, p in places.items()])
    with tenure.write() as session:
        used = session.garbage.move(
            places, away_from=[use.key for use in group], now=context.catalog.now()
        )
    if not used:  # All of it went or moved meanwhile.
        context.store.delete([key])
    return sum(place.length for place in places.values())


def _copy(
    context: Context, objects: Sequence[StoredObject], path: Path, key: str
) -> dict[ContentDigest, Place]:
    """Write live objects one behind the other, each checked, and say where they lie now."""
    places: dict[ContentDigest, Place] = {}
    at = 0
    with path.open("wb") as file:
        for item in objects:
            found, length = write_hashed(context.store.read(item.place), file)
            check_digest(found, item.digest, name=item.place.key)
            places[item.digest] = Place(key, at, length)
            at += length
    return places
