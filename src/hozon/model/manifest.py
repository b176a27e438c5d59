"""The manifest: every path of an artifact with the digest and size of its content.

Owns what an artifact contains, by value, in little memory: an artifact may have a million entries.
Refuses to own where the bytes lie; that is `hozon.model.places`. Invariant: frozen; paths are
unique and have passed `check_entry_path`.
"""

from abc import ABC, abstractmethod
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Final

from hozon.model.digests import ContentDigest, Identified, ManifestDigest, digest_of_manifest
from hozon.model.metadata import JsonObject

NO_EXTRA: Final[JsonObject] = MappingProxyType({})
"""What an entry carries that has nothing more to say."""

_DIGEST_BYTES = 32
_NOT_COMPACT = -1


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One file of an artifact, or a reference to something outside it."""

    path: str
    """Where it lies inside the artifact: a relative POSIX path."""

    digest: str
    """SHA-256 of its bytes, hexadecimal; of a reference what identifies it, such as an ETag."""

    size: int | None
    """Its length in bytes, 0 or more; None where nobody knows, as with some references."""

    ref: str | None = None
    """The URI of what it refers to; None for a file whose bytes Hozon keeps."""

    extra: JsonObject = field(default_factory=lambda: NO_EXTRA, hash=False)
    """What a reference needs to be found again, such as `etag` and `versionID`."""

    @property
    def content(self) -> ContentDigest | None:
        """The digest of bytes that Hozon keeps; None where somebody else keeps them."""
        kept = self.ref is None or self.ref.startswith(ARTIFACT_SCHEME)
        return ContentDigest(self.digest) if kept else None


ARTIFACT_SCHEME: Final = "hozon-artifact://"
"""How the URI of an entry of another artifact begins; its bytes are ours."""


def source_key(ref: str) -> str | None:
    """Tell which version the URI of an entry of another artifact leads to; None for other URIs."""
    if not ref.startswith(ARTIFACT_SCHEME):
        return None
    return ref.removeprefix(ARTIFACT_SCHEME).partition("/")[0]


class Entries(Mapping[str, ManifestEntry], ABC):
    """Entries by path, in path order, however they are kept."""

    __slots__ = ()

    @abstractmethod
    def identified(self) -> Iterator[Identified]:
        """Give what identifies each entry, in path order, without making the entries."""

    @property
    @abstractmethod
    def size(self) -> int:
        """The sum of the sizes that are known, in bytes."""


class _Columns(Entries):
    """Entries in columns: 32 bytes for a digest, 8 for a size, no object until one is asked for.

    What does not fit the columns, as references, is kept as it is.
    """

    __slots__ = ("_digests", "_others", "_paths", "_sizes")

    def __init__(self, entries: Iterable[ManifestEntry]) -> None:
        """Take entries with unique paths, in path order."""
        self._paths: list[str] = []
        self._digests = bytearray()
        self._sizes = array("q")
        self._others: dict[str, ManifestEntry] = {}
        for entry in entries:
            self._append(entry)

    def _append(self, entry: ManifestEntry) -> None:
        self._paths.append(entry.path)
        if entry.ref is None and entry.size is not None:
            self._digests += bytes.fromhex(entry.digest)
            self._sizes.append(entry.size)
        else:
            self._digests += bytes(_DIGEST_BYTES)
            self._sizes.append(_NOT_COMPACT)
            self._others[entry.path] = entry

    def __getitem__(self, path: str) -> ManifestEntry:
        try:
            place = bisect_left(self._paths, path)
        except TypeError:  # No text is no path.
            raise KeyError(path) from None
        if place == len(self._paths) or self._paths[place] != path:
            raise KeyError(path)
        return self._at(place)

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def __repr__(self) -> str:
        return f"<{len(self)} entries>"

    def _at(self, place: int) -> ManifestEntry:
        path, size = self._paths[place], self._sizes[place]
        if size == _NOT_COMPACT:
            return self._others[path]
        start = place * _DIGEST_BYTES
        return ManifestEntry(path, self._digests[start : start + _DIGEST_BYTES].hex(), size)

    def identified(self) -> Iterator[Identified]:
        """Give what identifies each entry, in path order, without making the entries."""
        start = 0
        for path, size in zip(self._paths, self._sizes, strict=True):
            end = start + _DIGEST_BYTES
            if size == _NOT_COMPACT:
                entry = self._others[path]
                yield path, entry.digest, entry.size, entry.ref, entry.extra
            else:
                yield path, self._digests[start:end].hex(), size, None, NO_EXTRA
            start = end

    @property
    def size(self) -> int:
        """The sum of the sizes that are known, in bytes."""
        others = sum(entry.size or 0 for entry in self._others.values())
        return sum(self._sizes) + len(self._others) + others  # Each of the others counts as -1.


@dataclass(frozen=True)
class Manifest:
    """All entries of one artifact."""

    entries: Entries
    """Path → entry, in path order; read-only."""

    @classmethod
    def of(cls, entries: Iterable[ManifestEntry]) -> "Manifest":
        """Freeze entries with unique paths, in path order."""
        return cls(_Columns(sorted(entries, key=lambda entry: entry.path)))

    @classmethod
    def in_order(cls, entries: Iterable[ManifestEntry]) -> "Manifest":
        """Freeze entries that come in path order already, one at a time, in flat memory."""
        return cls(_Columns(entries))

    def __iter__(self) -> Iterator[ManifestEntry]:
        """Give the entries in path order, each made when it is asked for."""
        return iter(self.entries.values())

    def __len__(self) -> int:
        """Count the entries."""
        return len(self.entries)

    @cached_property
    def digest(self) -> ManifestDigest:
        """The identity of the whole content."""
        return digest_of_manifest(self.entries.identified())

    @property
    def size(self) -> int:
        """The sum of all sizes that are known, in bytes."""
        return self.entries.size

    def contents(self) -> Iterator[tuple[ContentDigest, int]]:
        """Give the digest and length of what a store must hold, once for each entry of ours."""
        for path, digest, size, ref, _ in self.identified():
            if ref is None or self.entries[path].content is not None:
                yield ContentDigest(digest), size or 0

    def identified(self) -> Iterator[Identified]:
        """Give what identifies each entry, in path order: the cheapest way through all of them."""
        return self.entries.identified()

    def sources(self) -> list[int]:
        """List the keys of the versions to whose entries it refers, each once, in order."""
        refs = (ref for _, _, _, ref, _ in self.identified() if ref is not None)
        return sorted({int(key) for ref in refs if (key := source_key(ref)) is not None})

    @property
    def sizes_by_digest(self) -> dict[ContentDigest, int]:
        """Each distinct content with its length in bytes: what a store must hold."""
        return dict(self.contents())
