"""The file index: what was known of local files when they were last read.

Owns the shape of the capability. Refuses to own whether what is known still holds; that is
`hozon.services.known_files`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from hozon.model.digests import ContentDigest


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What the file system says of a file; equal as long as nobody writes to it."""

    size: int
    """Its length in bytes."""

    modified_ns: int
    """When its content last changed, in nanoseconds since 1970."""

    changed_ns: int
    """When its content or its attributes last changed, in nanoseconds since 1970. Programs can
    set the other time back, but not this one."""

    inode: int
    """Its number within the file system; another when the file was replaced."""


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file as it was read."""

    path: str
    """Its absolute path."""

    fingerprint: Fingerprint
    """What the file system said of it."""

    digest: ContentDigest
    """SHA-256 of its bytes."""


class FileIndex(Protocol):
    """Remembers files by path. It may forget at any time: nothing relies on it but speed.

    Concurrency:
        Every method may be called from several threads and processes at once.
    """

    def seen(self, paths: Iterable[str]) -> Mapping[str, SeenFile]:
        """Give what is known of files; unknown ones are left out.

        Args:
            paths: Absolute paths.
        """
        ...

    def remember(self, files: Iterable[SeenFile]) -> None:
        """Remember files as they are now, instead of what was known of their paths."""
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...

    def close(self) -> None:
        """Release what is open; calling it again does nothing."""
        ...
