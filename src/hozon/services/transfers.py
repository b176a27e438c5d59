"""Transfers: read many objects with few requests.

Owns how ranges are read together and taken apart again, and that every object is checked before
anybody uses it. Refuses to own where the bytes go. Invariant: what is handed on has the digest that
was asked for.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from typing import Final

from hozon.errors import DigestMismatchError, MissingObjectError, StorageError
from hozon.model.digests import ContentDigest
from hozon.model.places import MEBIBYTE, Place, runs_of
from hozon.services.context import Context
from hozon.services.parallel import for_each

DOWNLOAD_THREADS: Final = 8
"""How many requests are under way at a time."""

SMALL_BYTES: Final = 4 * MEBIBYTE
"""Up to which length an object is held in memory until it is checked, in bytes."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Takes objects."""

    small: Callable[[ContentDigest, bytes], None]
    """Takes the bytes of a small object, which have been checked."""

    large: Callable[[ContentDigest, Iterator[bytes]], None]
    """Takes the chunks of a large object, and has to check them with `check_digest`."""

    name: Callable[[ContentDigest], str]
    """Gives what to call an object in messages."""


def fetch(
    context: Context, places: Mapping[ContentDigest, Place], receiver: Receiver, *, threads: int
) -> None:
    """Read objects, neighbours with one request, several requests at a time.

    Args:
        context: The capabilities.
        places: Where they lie.
        receiver: Takes each of them once, in no order, from several threads.
        threads: How many requests at a time, 1 or more.

    Raises:
        MissingObjectError: The store lost an object.
        DigestMismatchError: The store gave other bytes than were logged.
        StorageError: The store refused or failed.
    """
    by_place = {place: digest for digest, place in places.items()}

    def read(run: list[Place]) -> None:
        _read_run(context, run, by_place, receiver)

    runs = runs_of(by_place, sizes=context.sizes)
    for_each(read, runs, threads=threads)


def check_digest(found: str, digest: ContentDigest, *, name: str) -> None:
    """Hold what the store gave to what was logged.

    Args:
        found: SHA-256 of what it gave.
        digest: SHA-256 of what was logged.
        name: What to call it in the message.

    Raises:
        DigestMismatchError: They differ.
    """
    if found != digest:
        raise DigestMismatchError(
            f"The store gave {found[:12]}… for {name!r} instead of {digest[:12]}…",
            hint="Try again; if it stays so, the object in the store is damaged.",
        )


def find_places(
    context: Context, digests: Collection[ContentDigest], *, name: Callable[[ContentDigest], str]
) -> Mapping[ContentDigest, Place]:
    """Look up where bytes lie.

    Args:
        context: The capabilities.
        digests: What to look up.
        name: Gives what to call an object in messages.

    Raises:
        MissingObjectError: The catalog does not know.
    """
    with context.catalog.read() as session:
        places = session.objects.places(digests)
    for digest in digests:
        if digest not in places:
            raise MissingObjectError(
                f"The catalog has no place for {name(digest)!r} ({digest[:12]}…)",
                hint="Restore the catalog from a backup: a version still needs this object.",
            )
    return places


def find_anywhere(
    context: Context, digests: Iterable[ContentDigest]
) -> Iterator[tuple[Context, Mapping[ContentDigest, Place]]]:
    """Look up where bytes lie, in this store first and in others for what it has not.

    Args:
        context: The capabilities.
        digests: What to look up; what no store holds is left out.

    Yields:
        The context of a store, and the places of what is to be read from it.

    Raises:
        InvalidSettingError: The URL of a store is not understood.
        StorageError: The client of a store cannot be set up.
    """
    left = set(digests)
    others = (part for part in context.named_stores() if part.store_name != context.store_name)
    for part in chain((context,), others):
        with part.catalog.read() as session:
            places = session.objects.places(left)
        if places:
            yield part, places
        left.difference_update(places)
        if not left:
            return


def _read_run(
    context: Context,
    run: list[Place],
    by_place: Mapping[Place, ContentDigest],
    receiver: Receiver,
) -> None:
    """Read one range and hand on what lies in it; follow what was moved meanwhile."""
    handed_on: set[ContentDigest] = set()
    try:
        _hand_on(context, run, by_place, receiver, handed_on)
    except MissingObjectError:
        left = [by_place[place] for place in run if by_place[place] not in handed_on]
        moved = find_places(context, left, name=receiver.name)
        if all(moved[digest] in by_place for digest in left):
            raise  # Nothing was moved: it is lost.
        fetch(context, moved, receiver, threads=1)


def _hand_on(
    context: Context,
    run: list[Place],
    by_place: Mapping[Place, ContentDigest],
    receiver: Receiver,
    handed_on: set[ContentDigest],
) -> None:
    """Take one range apart."""
    whole = Place(run[0].key, run[0].offset, max(place.end for place in run) - run[0].offset)
    with closing(_Stream(context.store.read(whole), at=whole.offset)) as stream:
        for place in run:
            digest = by_place[place]
            if place.length > SMALL_BYTES:
                receiver.large(digest, stream.chunks(place))
            else:
                content = b"".join(stream.chunks(place))
                found = hashlib.sha256(content).hexdigest()
                check_digest(found, digest, name=receiver.name(digest))
                receiver.small(digest, content)
            handed_on.add(digest)


class _Stream:
    """Chunks that come one after the other, cut where objects begin and end."""

    def __init__(self, chunks: Iterator[bytes], *, at: int) -> None:
        self._chunks = chunks
        self._rest = b""
        self._used = 0
        self._at = at

    def chunks(self, place: Place) -> Iterator[bytes]:
        """Give the chunks of a place that begins where the last one ended, or behind."""
        self._skip(place.offset - self._at)
        left = place.length
        while left:
            taken = self._take(left)
            left -= len(taken)
            yield taken

    def close(self) -> None:
        """Let go of the source."""
        close = getattr(self._chunks, "close", None)
        if close is not None:
            close()

    def _skip(self, count: int) -> None:
        while count > 0:
            count -= len(self._take(count))

    def _take(self, most: int) -> bytes:
        """Take what is there, up to so many bytes and at least one."""
        while self._used == len(self._rest):
            chunk = next(self._chunks, None)
            if chunk is None:  # Against its promise.
                raise StorageError(
                    "The store gave fewer bytes than it was asked for",
                    hint="Try again; if it stays so, the object in the store is damaged.",
                )
            self._rest, self._used = chunk, 0
        taken = self._rest[self._used : self._used + most]  # A whole chunk is not copied.
        self._used += len(taken)
        self._at += len(taken)
        return taken
