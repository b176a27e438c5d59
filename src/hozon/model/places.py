"""Places: where the bytes of one digest lie in an object store.

Owns the shape of a place, of the keys of uploads, and when small files share a key. Refuses to own
reading and writing. Invariant: a key belongs to one upload only, so that deleting a key never
deletes bytes that someone uploaded since.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

MEBIBYTE: Final = 1 << 20
"""1 MiB, in bytes."""

MOST_PACK_BYTES: Final = 2 << 30
"""How large a pack may be at most, in bytes: 2 GiB."""

PACKED_FILES: Final = 4096
"""How many files share a pack at most, so that what is known of one pack fits into memory."""


UPLOADED: Final = ("objects/", "packs/")
"""What the keys of uploads begin with, in order."""

_PARTS = 3
"""Of how many parts a key consists: what it holds, its upload, and a number."""


@dataclass(frozen=True, slots=True)
class Place:
    """A range of bytes under one key of the store."""

    key: str
    """The key, relative to the store's root."""

    offset: int
    """Where the bytes start, 0 or more."""

    length: int
    """How many bytes they are, 0 or more."""

    @property
    def end(self) -> int:
        """Where the bytes end: the offset of what follows."""
        return self.offset + self.length


@dataclass(frozen=True, slots=True)
class PackSizes:
    """When small files share a key, and when their ranges are read together."""

    pack_bytes: int = 64 * MEBIBYTE
    """How large a pack may grow, in bytes; 1 to `MOST_PACK_BYTES`."""

    packed_file_bytes: int = 4 * MEBIBYTE
    """Up to which size a file goes into a pack, in bytes; 0 leaves only empty files to packs."""

    gap_bytes: int = MEBIBYTE
    """How many bytes that nobody asked for may be read to save a request; 0 or more."""

    run_bytes: int = 8 * MEBIBYTE
    """How much is asked for with one request at most, unless one file is larger; 1 or more."""


def object_key(upload_id: str, number: int) -> str:
    """Name the key of a large file of an upload.

    Args:
        upload_id: Unique to the upload.
        number: 0 or more, unique within the upload.

    Returns:
        A key that no other upload can ever produce.
    """
    return f"objects/{upload_id}/{number}"


def pack_key(upload_id: str, number: int) -> str:
    """Name the key of a pack of an upload.

    Args:
        upload_id: Unique to the upload.
        number: 0 or more, unique within the upload.

    Returns:
        A key that no other upload can ever produce.
    """
    return f"packs/{upload_id}/{number}"


def upload_of(key: str) -> str | None:
    """Tell which upload a key belongs to.

    Args:
        key: A key of the store.

    Returns:
        The id of the upload; None for a key that no upload produces.
    """
    parts = key.split("/")
    known = len(parts) == _PARTS and key.startswith(UPLOADED)
    return parts[1] if known else None


def runs_of(places: Iterable[Place], *, sizes: PackSizes) -> Iterator[list[Place]]:
    """Put places together that one request should read.

    Args:
        places: Places, in any order, possibly the same one several times.
        sizes: How far apart neighbours may lie, and how much one request reads.

    Yields:
        Places under one key in the order of their offsets, each once.
    """
    run: list[Place] = []
    for place in sorted(set(places), key=lambda place: (place.key, place.offset, place.length)):
        if run and not _belongs(place, run, sizes):
            yield run
            run = []
        run.append(place)
    if run:
        yield run


def _belongs(place: Place, run: list[Place], sizes: PackSizes) -> bool:
    """Tell whether a place is near enough to a run, and the run not too long for it."""
    first, last = run[0], run[-1]
    near = place.key == last.key and place.offset - last.end <= sizes.gap_bytes
    return near and place.end - first.offset <= sizes.run_bytes
