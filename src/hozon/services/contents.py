"""Contents: what an artifact will hold, by path, and where the bytes wait until they are stored.

Owns entries and the local ranges behind them, in columns: a draft may have a million files.
Refuses to own the local files themselves; that is `hozon.services.staging`. Invariants: a path has
one entry; an entry whose bytes lie nowhere here is a reference, or its bytes are stored already.
"""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hozon.model.digests import ContentDigest, Identified
from hozon.model.manifest import NO_EXTRA, Entries, Manifest, ManifestEntry

_DIGEST_BYTES = 32
_NOWHERE = -1
_UNSIGNED = "I"  # Four bytes: rows, and offsets within packs, are below 4 GiB.


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file on this machine that holds the bytes of one or more entries."""

    path: Path
    """Where it lies."""

    private: bool
    """Whether it is our own, so that nobody changes it: a store may keep it by a link."""

    packed: bool = False
    """Whether several entries share it."""


@dataclass(frozen=True, slots=True)
class LocalRange:
    """The bytes of one entry within a local file."""

    file: LocalFile
    """The file."""

    offset: int
    """Where they begin, 0 or more."""

    length: int
    """How many they are, 0 or more."""


@dataclass(frozen=True, slots=True)
class StagedFile:
    """An entry, and where its bytes wait."""

    entry: ManifestEntry
    """Its path, digest and size."""

    at: LocalRange | None
    """Where its bytes wait; None when they are stored already, or are somebody else's."""

    @property
    def size(self) -> int:
        """Its length in bytes; 0 where nobody knows."""
        return self.entry.size or 0


class Contents:
    """Entries by path, each with its local range.

    Concurrency:
        One thread at a time changes it; readers see what was there before or after.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._rows: dict[str, int] = {}
        self._digests = bytearray()
        self._sizes = array("q")
        self._offsets = array(_UNSIGNED)
        self._files = array("i")
        self._known_files: list[LocalFile] = []
        self._numbers: dict[int, int] = {}
        self._others: dict[str, ManifestEntry] = {}

    def __len__(self) -> int:
        """Count the entries."""
        return len(self._rows)

    def __contains__(self, path: object) -> bool:
        """Tell whether a path has an entry."""
        return path in self._rows

    def __iter__(self) -> Iterator[StagedFile]:
        """Give all entries in path order."""
        return (self[path] for path in sorted(self._rows))

    def __getitem__(self, path: str) -> StagedFile:
        """Give the entry of a path.

        Raises:
            KeyError: The path has none.
        """
        row = self._rows[path]
        entry = self._entry(path, row)
        number = self._files[row]
        if number == _NOWHERE:
            return StagedFile(entry, None)
        at = LocalRange(self._known_files[number], self._offsets[row], self._sizes[row])
        return StagedFile(entry, at)

    def entry(self, path: str) -> ManifestEntry | None:
        """Give the entry of a path; None where there is none."""
        row = self._rows.get(path)
        return None if row is None else self._entry(path, row)

    def get(self, path: str) -> StagedFile | None:
        """Give the entry of a path; None where there is none."""
        return self[path] if path in self._rows else None

    def put(self, file: StagedFile) -> None:
        """Add an entry, in place of another of its path if there is one."""
        entry, at = file.entry, file.at
        self._others.pop(entry.path, None)
        self._rows[entry.path] = len(self._sizes)
        if entry.ref is None and entry.size is not None:
            self._digests += bytes.fromhex(entry.digest)
        else:
            self._digests += bytes(_DIGEST_BYTES)
            self._others[entry.path] = entry
        self._sizes.append(file.size)
        self._offsets.append(at.offset if at else 0)
        self._files.append(self._number(at.file) if at else _NOWHERE)

    def remove(self, path: str) -> None:
        """Take an entry out.

        Raises:
            KeyError: The path has none.
        """
        del self._rows[path]
        self._others.pop(path, None)

    def paths(self) -> Iterator[str]:
        """Give all paths, in the order of adding."""
        return iter(self._rows)

    def entries(self) -> Iterator[ManifestEntry]:
        """Give all entries in path order, each made when it is asked for."""
        return (self._entry(path, self._rows[path]) for path in sorted(self._rows))

    @property
    def manifest(self) -> Manifest:
        """What has been added so far, by value; later changes do not show."""
        return Manifest.in_order(self.entries())

    @property
    def final_manifest(self) -> Manifest:
        """What is there, when nobody changes it any more: it takes little memory of its own."""
        return Manifest(_InPathOrder(self))

    @property
    def size(self) -> int:
        """The sum of the sizes that are known, in bytes."""
        return sum(self._sizes[row] for row in self._rows.values())

    def by_file(self) -> Iterator[tuple[LocalFile | None, list[tuple[ContentDigest, int, int]]]]:
        """Give the bytes that a store will need, file by file.

        Yields:
            A local file with digest, offset and length of what lies in it, in the order of
            offsets, and what is empty before what begins where it lies; last, with None, what
            lies nowhere here and must be stored already.
        """
        ours = {path: e.content for path, e in self._others.items()}
        found: dict[int, array[int]] = {}  # Rows; a list would hold an object for each.
        stored: list[tuple[ContentDigest, int, int]] = []
        for path, row in self._rows.items():
            if self._files[row] != _NOWHERE:
                found.setdefault(self._files[row], array(_UNSIGNED)).append(row)
            elif path not in ours:
                stored.append((self._digest(row), 0, self._sizes[row]))
            elif content := ours[path]:
                stored.append((content, 0, self._sizes[row]))
        for number, rows in sorted(found.items()):
            ordered = sorted(rows, key=lambda row: (self._offsets[row], self._sizes[row]))
            yield (
                self._known_files[number],
                [(self._digest(row), self._offsets[row], self._sizes[row]) for row in ordered],
            )
        if stored:
            yield None, stored

    def identified(self, paths: Iterable[str]) -> Iterator[Identified]:
        """Give what identifies the entries of some paths, in their order."""
        for path in paths:
            entry = self._others.get(path)
            if entry is not None:
                yield path, entry.digest, entry.size, entry.ref, entry.extra
            else:
                row = self._rows[path]
                yield path, self._digest(row), self._sizes[row], None, NO_EXTRA

    def _entry(self, path: str, row: int) -> ManifestEntry:
        return self._others.get(path) or ManifestEntry(path, self._digest(row), self._sizes[row])

    def _digest(self, row: int) -> ContentDigest:
        start = row * _DIGEST_BYTES
        return ContentDigest(self._digests[start : start + _DIGEST_BYTES].hex())

    def _number(self, file: LocalFile) -> int:
        """Number a local file; the same object has the same number."""
        known = self._numbers.setdefault(id(file), len(self._known_files))
        if known == len(self._known_files):
            self._known_files.append(file)
        return known


class _InPathOrder(Entries):
    """The entries of contents that nobody changes any more."""

    __slots__ = ("_contents", "_paths")

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._paths = sorted(contents.paths())

    def __getitem__(self, path: str) -> ManifestEntry:
        return self._contents[path].entry

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def identified(self) -> Iterator[Identified]:
        """Give what identifies each entry, in path order."""
        return self._contents.identified(self._paths)

    @property
    def size(self) -> int:
        """The sum of the sizes that are known, in bytes."""
        return self._contents.size
