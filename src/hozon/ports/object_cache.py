"""The object cache: bytes on this machine that were read from a store before, by digest.

Owns the shape of the capability. Refuses to own trust: whoever takes bytes out checks them.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hozon.model.digests import ContentDigest


@dataclass(frozen=True, slots=True)
class CacheUsage:
    """How much is in a cache."""

    files: int
    """How many contents."""

    size_bytes: int
    """The sum of their lengths, in bytes."""


@dataclass(frozen=True, slots=True)
class CacheCleanup:
    """What a clean-up came to."""

    removed: CacheUsage
    """What is gone."""

    kept: CacheUsage
    """What is left."""


class ObjectCache(Protocol):
    """Keeps bytes by digest, and may lose them at any time.

    Concurrency:
        Every method may be called from several threads and processes at once.
    """

    def find(self, digest: ContentDigest) -> Path | None:
        """Find the file with these bytes, and count it as used now.

        The file may be damaged, and may go at any moment: whoever reads it checks what was read.
        """
        ...

    def add(self, digest: ContentDigest, content: bytes) -> None:
        """Keep the bytes of a small file; failing to is no error."""
        ...

    def add_file(self, digest: ContentDigest, source: Path) -> None:
        """Keep a copy of a large file; failing to is no error."""
        ...

    def discard(self, digest: ContentDigest) -> None:
        """Forget bytes that turned out to be damaged."""
        ...

    def usage(self) -> CacheUsage:
        """Count what is there."""
        ...

    def clean_up(self, *, size_bytes: int) -> CacheCleanup:
        """Remove what was not used for longest until the rest fits.

        Args:
            size_bytes: How much may stay, in bytes, 0 or more.

        Raises:
            StorageError: The folder cannot be read.
        """
        ...
