"""The manifest: every path of an artifact with the digest and size of its content.

Owns what an artifact contains, by value. Refuses to own where the bytes lie; that is
`hozon.model.places`. Invariant: frozen; paths are unique and have passed `check_entry_path`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from hozon.model.digests import ContentDigest, ManifestDigest, digest_of_manifest


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One file of an artifact."""

    path: str
    """Where it lies inside the artifact: a relative POSIX path."""

    digest: ContentDigest
    """SHA-256 of its bytes, hexadecimal."""

    size: int
    """Its length in bytes, 0 or more."""


@dataclass(frozen=True)
class Manifest:
    """All files of one artifact."""

    entries: Mapping[str, ManifestEntry]
    """Path → entry, in path order; read-only."""

    @classmethod
    def of(cls, entries: Iterable[ManifestEntry]) -> "Manifest":
        """Freeze entries with unique paths, in path order."""
        ordered = {entry.path: entry for entry in sorted(entries, key=lambda entry: entry.path)}
        return cls(MappingProxyType(ordered))

    @cached_property
    def digest(self) -> ManifestDigest:
        """The identity of the whole content."""
        return digest_of_manifest((e.path, e.digest, e.size) for e in self.entries.values())

    @property
    def size(self) -> int:
        """The sum of all sizes, in bytes."""
        return sum(entry.size for entry in self.entries.values())

    @property
    def sizes_by_digest(self) -> dict[ContentDigest, int]:
        """Each distinct content with its length in bytes: what a store must hold."""
        return {entry.digest: entry.size for entry in self.entries.values()}
