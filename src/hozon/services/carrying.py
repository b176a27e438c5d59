"""Carrying: bring bytes that other stores hold to this machine, so that they can be stored anew.

A team that keeps its bytes in a store of its own shares none with others: what it takes over from
their artifacts is copied. Invariant: what is carried has the digest that was asked for.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import BinaryIO, Final, Self

from hozon.errors import MissingObjectError
from hozon.model.digests import ContentDigest
from hozon.model.places import PACKED_FILES
from hozon.services.contents import LocalFile
from hozon.services.context import Context
from hozon.services.hashing import write_hashed
from hozon.services.staging import staging_in
from hozon.services.transfers import (
    DOWNLOAD_THREADS,
    Receiver,
    check_digest,
    fetch,
    find_anywhere,
)

Part = tuple[ContentDigest, int, int]
"""The digest, offset and length in bytes of what lies in a file."""


def carry(
    context: Context, missing: Sequence[Part], folder: Path
) -> Iterator[tuple[LocalFile, Sequence[Part]]]:
    """Bring objects that other stores hold into files, as many at a time as one key may hold.

    Args:
        context: The capabilities, for the store that lacks them.
        missing: What it lacks.
        folder: Where the files are made; whoever is given one removes it.

    Yields:
        A file, and what lies in it.

    Raises:
        MissingObjectError: No store holds it.
        DigestMismatchError: A store gave other bytes than were logged.
        StorageError: A store refused or failed.
    """
    numbers = count()
    for group in _groups(missing, pack_bytes=context.sizes.pack_bytes):
        with _Carrier(folder, number=next(numbers)) as carrier:
            carrier.bring(context, group)
        yield from carrier.files


def _groups(missing: Sequence[Part], *, pack_bytes: int) -> Iterator[list[ContentDigest]]:
    """Put so many objects together that they fit one key; a larger one stands alone."""
    group: list[ContentDigest] = []
    size = 0
    for digest, _, length in missing:
        if group and (size + length > pack_bytes or len(group) >= PACKED_FILES):
            yield group
            group, size = [], 0
        group.append(digest)
        size += length
    if group:
        yield group


class _Carrier:
    """Takes objects, small ones into one file together, large ones into files of their own.

    Concurrency:
        Objects arrive from several threads.
    """

    def __init__(self, folder: Path, *, number: int) -> None:
        self._folder = folder
        self._number: Final = number
        self._lock = threading.Lock()
        self._opened = ExitStack()
        self._pack: BinaryIO | None = None
        self._parts: list[Part] = []
        self.files: list[tuple[LocalFile, Sequence[Part]]] = []
        """What was made, once the block has ended."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()
        if self._parts:
            pack = LocalFile(self._path("pack"), private=True, packed=True)
            self.files.append((pack, self._parts))

    def bring(self, context: Context, group: Sequence[ContentDigest]) -> None:
        """Read objects from wherever they are."""
        left = set(group)
        receiver = Receiver(self._take_small, self._take_large, _name)
        for part, places in find_anywhere(context, group):
            fetch(part, places, receiver, threads=DOWNLOAD_THREADS)
            left.difference_update(places)
        if left:
            raise MissingObjectError(
                f"No store holds {_name(min(left))} any more, which this artifact takes over",
                hint="Make the draft again from a version that is still there.",
            )

    def _take_small(self, digest: ContentDigest, content: bytes) -> None:
        with self._lock, staging_in(self._folder):
            if self._pack is None:
                self._pack = self._opened.enter_context(self._path("pack").open("wb"))
            self._parts.append((digest, self._pack.tell(), len(content)))
            self._pack.write(content)

    def _take_large(self, digest: ContentDigest, chunks: Iterator[bytes]) -> None:
        path = self._path(digest)
        with staging_in(self._folder), path.open("wb") as file:
            found, length = write_hashed(chunks, file)
        check_digest(found, digest, name=_name(digest))
        with self._lock:
            alone = LocalFile(path, private=True, packed=False)
            self.files.append((alone, [(digest, 0, length)]))

    def _path(self, name: str) -> Path:
        return self._folder / f"carried-{self._number}-{name}"


def _name(digest: ContentDigest) -> str:
    """Call an object by the beginning of its digest: its paths are not known here."""
    return f"{digest[:12]}…"
