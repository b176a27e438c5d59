"""Hashing while copying: bytes are read once, and identified on the way.

Owns how the two go on side by side. Invariant: the digest is that of the bytes that were written.
"""

import hashlib
import os
import queue
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import RawIOBase
from itertools import chain, islice
from typing import Final, Protocol, Self

from hozon.model.digests import ContentDigest

ALONE_CHUNKS: Final = 4
"""How many chunks are hashed by the writing thread; only more than these are worth a second."""

_AHEAD_CHUNKS = 8


SYNC_BYTES: Final = 32 << 20
"""How much is written before the disk is asked to catch up, in bytes: 32 MiB."""


class Sink(Protocol):
    """What bytes can be written to."""

    def write(self, chunk: bytes, /) -> object:
        """Write all bytes of a chunk."""
        ...


def write_hashed(chunks: Iterable[bytes], sink: Sink) -> tuple[ContentDigest, int]:
    """Write chunks and identify them; large content is hashed by a second thread meanwhile.

    Args:
        chunks: The content.
        sink: Where it goes.

    Returns:
        The SHA-256 of what was written, and its length in bytes.

    Raises:
        BaseException: Whatever reading or writing raised; the second thread has ended.
    """
    source = iter(chunks)
    sha, size = hashlib.sha256(), 0
    for chunk in islice(source, ALONE_CHUNKS):
        sha.update(chunk)
        sink.write(chunk)
        size += len(chunk)
    for first in source:
        size += _side_by_side(chain([first], source), sink, sha)
    return ContentDigest(sha.hexdigest()), size


def _side_by_side(chunks: Iterator[bytes], sink: Sink, sha: "hashlib._Hash") -> int:
    """Write in this thread and hash in another; give the number of bytes."""
    ahead: queue.Queue[bytes | None] = queue.Queue(_AHEAD_CHUNKS)

    def hash_all() -> None:
        while (chunk := ahead.get()) is not None:
            sha.update(chunk)

    helper = threading.Thread(target=hash_all)
    try:
        helper.start()
    except RuntimeError:  # None can be started any more: this thread does both.
        return _alone(chunks, sink, sha)
    size = 0
    try:
        for chunk in chunks:
            ahead.put(chunk)
            sink.write(chunk)
            size += len(chunk)
    finally:
        ahead.put(None)
        helper.join()
    return size


def _alone(chunks: Iterable[bytes], sink: Sink, sha: "hashlib._Hash") -> int:
    """Write and hash by turns; give the number of bytes."""
    size = 0
    for chunk in chunks:
        sha.update(chunk)
        sink.write(chunk)
        size += len(chunk)
    return size


class SyncingSink:
    """A file that goes to the disk while it is written, so that no long wait is left at the end.

    Hashing takes longer than writing: the disk is busy meanwhile, not afterwards. Use it as a
    context manager.

    Args:
        file: The file, opened for writing without a buffer.
    """

    def __init__(self, file: RawIOBase) -> None:
        """Belong to a file."""
        self._file = file
        self._written = 0
        self._due: queue.Queue[int | None] = queue.Queue(1)
        self._helper: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Begin; nothing is started before much is written."""
        return self

    def __exit__(self, *error: object) -> None:
        """Wait until the disk has what it was asked for; the file is not complete on it yet."""
        if self._helper is not None:
            self._due.put(None)
            self._helper.join()

    def write(self, chunk: bytes, /) -> None:
        """Write all bytes of a chunk."""
        left = memoryview(chunk)
        while left:
            left = left[self._file.write(left) or 0 :]
        self._written += len(chunk)
        if self._written >= SYNC_BYTES:
            self._written = 0
            self._ask()

    def _ask(self) -> None:
        """Ask the disk to catch up, unless it is at it already."""
        with suppress(queue.Full, RuntimeError):  # RuntimeError: no thread can be started any more.
            if self._helper is None:
                helper = threading.Thread(target=self._sync)
                helper.start()
                self._helper = helper
            self._due.put_nowait(self._file.fileno())

    def _sync(self) -> None:
        while (descriptor := self._due.get()) is not None:
            with suppress(OSError):  # Whoever stores the file asks once more, and hears of it.
                os.fsync(descriptor)
