"""Hashing while copying: bytes are read once, and identified on the way.

Owns how the two go on side by side. Invariant: the digest is that of the bytes that were written.
"""

import hashlib
import queue
import threading
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Final, Protocol

from hozon.model.digests import ContentDigest

ALONE_CHUNKS: Final = 4
"""How many chunks are hashed by the writing thread; only more than these are worth a second."""

_AHEAD_CHUNKS = 8


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
