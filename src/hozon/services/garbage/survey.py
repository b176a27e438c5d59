"""Survey: compare what the store has with what the catalog knows.

Owns finding damage and strays. Refuses to own removing. Invariants: a key is a stray only if
nothing has a place there and no upload is writing it, asked after it was seen in the store; memory
does not grow with the number of keys.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from hozon.model.garbage import Cutoffs, KeyUse
from hozon.model.places import UPLOADED
from hozon.ports.object_store import StoredKey
from hozon.services.context import Context
from hozon.services.garbage.tenure import Tenure

_PAGE: Final = 500
"""How many keys are asked about at a time."""

_NAMED: Final = 20
"""How many missing keys a report names."""


@dataclass(slots=True)
class Survey:
    """What came of comparing."""

    missing: list[str] = field(default_factory=list[str])
    """Keys that versions need and that the store has not, or not whole; the first twenty."""

    strays_waiting: int = 0
    """Strays that were seen too short a time ago."""

    strays_condemned: int = 0
    """Strays that may be removed."""


def survey(stores: Sequence[Context], cutoffs: Cutoffs, tenure: Tenure | None) -> Survey:
    """List every store once, and find what is missing and what is too much.

    Args:
        stores: The capabilities, for each store.
        cutoffs: Which strays are old enough to be condemned.
        tenure: The collector; None only looks, and counts all strays as waiting.

    Returns:
        What was found.

    Raises:
        StorageError: A store cannot be listed.
        CollectorLeaseError: The lease was lost.
    """
    found = Survey()
    for part in stores:
        _survey(part, cutoffs, tenure.of(part) if tenure else None, found)
    return found


def _survey(context: Context, cutoffs: Cutoffs, tenure: Tenure | None, found: Survey) -> None:
    """Compare one store with what the catalog knows of it."""
    pending: dict[str, int] = {}
    suspects: list[str] = []
    for stored, use in _side_by_side(_stored_keys(context), _live_keys(context)):
        if use is None and stored is not None:
            pending[stored.key] = stored.size
            if len(pending) >= _PAGE:
                _look_at_strays(context, pending, cutoffs, tenure, found)
                pending = {}
        elif use is not None and (stored is None or stored.size < use.end):
            suspects.append(use.key)
    _look_at_strays(context, pending, cutoffs, tenure, found)
    for key in suspects:
        if len(found.missing) < _NAMED and _is_missing(context, key):
            found.missing.append(context.name_of(key))


def _stored_keys(context: Context) -> Iterator[StoredKey]:
    """List what uploads stored, in order; a bucket may hold other people's objects, too."""
    return chain.from_iterable(context.store.keys(prefix) for prefix in UPLOADED)


def _live_keys(context: Context) -> Iterator[KeyUse]:
    """Read the keys in which something lives, some at a time."""
    after = ""
    while True:
        with context.catalog.read() as session:
            page = session.garbage.live_keys(after=after, limit=_PAGE)
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].key


def _side_by_side(
    stored: Iterable[StoredKey], used: Iterable[KeyUse]
) -> Iterator[tuple[StoredKey | None, KeyUse | None]]:
    """Pair two sorted streams of keys; None stands for the one that is absent on a side."""
    left, right = iter(stored), iter(used)
    one, other = next(left, None), next(right, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one.key < other.key):
            yield one, None
            one = next(left, None)
        elif one is None or other.key < one.key:
            yield None, other
            other = next(right, None)
        else:
            yield one, other
            one, other = next(left, None), next(right, None)


def _look_at_strays(
    context: Context,
    keys: dict[str, int],
    cutoffs: Cutoffs,
    tenure: Tenure | None,
    found: Survey,
) -> None:
    """Tell which keys are strays, and condemn the old ones."""
    with context.catalog.read() as session:
        strays = session.garbage.unknown_keys(list(keys))
    if not strays:
        return
    condemned = 0
    if tenure is not None:
        with tenure.write() as session:
            sizes = {key: keys[key] for key in strays}
            condemned = len(session.garbage.see_strays(sizes, cutoffs))
    found.strays_condemned += condemned
    found.strays_waiting += len(strays) - condemned


def _is_missing(context: Context, key: str) -> bool:
    """Look again: it may have been stored, or moved, since the store was listed."""
    size = next((item.size for item in context.store.keys(key) if item.key == key), -1)
    with context.catalog.read() as session:
        needed = session.garbage.needed_bytes(key)
    return needed is not None and size < needed
