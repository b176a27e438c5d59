"""The files that everybody logs.

Owns their making, their warming, the one change to them, and what they are known by afterwards.
Refuses to know who logs them.

Invariants: the same sizes give the same bytes; no two files of a tree are equal, and no bytes can
be compressed (but for those of the many small entries, which are numbers); after a change has been
taken back, content and times are what they were.
"""

import hashlib
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.children.stopwatch import digest_of

_SEED = 20
_CHUNK_BYTES = 1 << 20
_SMALL_FOLDERS = 50
_ENTRIES_PER_FOLDER = 1000
_MIXED = (
    ("4KiB", 4 << 10, 4_000, 40),
    ("256KiB", 256 << 10, 200, 20),
    ("1MiB", 1 << 20, 60, 10),
    ("3MiB", 3 << 20, 20, 10),
)
"""The name, the length, how many files and in how many folders, of each size."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured."""

    files: int = 5_000
    """How many small files."""
    file_bytes: int = 4_096
    """How long each of them is."""
    large_bytes: int = 1 << 30
    """How long the large file is."""
    entries: int = 1_000_000
    """How many entries the large manifest has."""


@dataclass(frozen=True, slots=True)
class Source:
    """A folder or a file that is logged, and what it is known by."""

    path: Path
    """Where it lies."""
    files: int
    """How many files it is."""
    size_bytes: int
    """How long they are together."""
    digest: str
    """What `digest_of` gives for it."""
    stored_bytes: int
    """How much a store of it must hold at least."""
    part: str | None = None
    """The first folder below it."""


@dataclass(frozen=True, slots=True)
class Change:
    """One file of a source that was rewritten."""

    name: str
    """Its path below the source."""
    digest: str
    """What `digest_of` gives for the source now."""
    size_bytes: int
    """How long the file is, as before."""


def make_small(folder: Path, sizes: Sizes) -> Source:
    """Make the small files, in up to 50 folders.

    Args:
        folder: Where; it does not exist yet.
        sizes: How many, and how long each is.

    Returns:
        The source.
    """
    chance = _chance("small")
    contents = (chance.randbytes(sizes.file_bytes) for _ in range(sizes.files))
    return _make_tree(folder, contents, count=sizes.files, folders=_SMALL_FOLDERS)


def make_entries(folder: Path, sizes: Sizes) -> Source:
    """Make very many files that hold no more than their number, a thousand in each folder.

    Args:
        folder: Where; it does not exist yet.
        sizes: How many.

    Returns:
        The source. Such files may be compressed, so nothing is claimed of the store.
    """
    contents = (b"%d" % number for number in range(sizes.entries))
    folders = -(-sizes.entries // _ENTRIES_PER_FOLDER)
    made = _make_tree(folder, contents, count=sizes.entries, folders=folders)
    return Source(made.path, made.files, made.size_bytes, made.digest, 0, made.part)


def make_mixed(folder: Path, *, divide: int = 1) -> Source:
    """Make files of four sizes, each size in folders of its own.

    Args:
        folder: Where; it does not exist yet.
        divide: By how much there are fewer files than in `_MIXED`, 1 or more; at least 2 of each.

    Returns:
        The source.
    """
    chance, files, size = _chance("mixed"), 0, 0
    for name, file_bytes, count, folders in _MIXED:
        fewer = max(2, count // divide)
        contents = (chance.randbytes(file_bytes) for _ in range(fewer))
        made = _make_tree(folder / name, contents, count=fewer, folders=folders)
        files, size = files + made.files, size + made.size_bytes
    return Source(folder, files, size, digest_of_files(folder), size)


def make_large(folder: Path, sizes: Sizes) -> Source:
    """Make the large file.

    Args:
        folder: Where; it does not exist yet.
        sizes: How long it is.

    Returns:
        The source.
    """
    folder.mkdir(parents=True)
    path, chance, sha = folder / "large.bin", _chance("large"), hashlib.sha256()
    with path.open("wb") as file:
        for start in range(0, sizes.large_bytes, _CHUNK_BYTES):
            chunk = chance.randbytes(min(_CHUNK_BYTES, sizes.large_bytes - start))
            sha.update(chunk)
            file.write(chunk)
    digest = digest_of([(path.name, sha.hexdigest())])
    return Source(path, 1, sizes.large_bytes, digest, sizes.large_bytes)


def _chance(name: str) -> random.Random:
    return random.Random(f"{name} {_SEED}")  # noqa: S311  No secret: everybody gets the same bytes.


def _make_tree(folder: Path, contents: Iterator[bytes], *, count: int, folders: int) -> Source:
    folders = min(folders, count)
    digests: list[tuple[str, str]] = []
    size = 0
    for number in range(folders):
        below = f"{number:04}"
        (folder / below).mkdir(parents=True)
        for file in range(count // folders + (number < count % folders)):
            name, content = f"{below}/{file:04}.bin", next(contents)
            (folder / name).write_bytes(content)
            digests.append((name, hashlib.sha256(content).hexdigest()))
            size += len(content)
    return Source(folder, count, size, digest_of(digests), size, f"{0:04}")


@contextmanager
def changed(source: Source, *, number: int) -> Iterator[Change]:
    """Rewrite one file of a folder with other bytes, and take that back at the end.

    Args:
        source: The folder.
        number: Which change this is, 0 or more; others give other bytes.

    Yields:
        The change.
    """
    path = sorted(path for path in source.path.rglob("*") if path.is_file())[source.files // 2]
    before, times = path.read_bytes(), path.stat()
    # A file may be a single byte: then the one beside it is another for certain.
    content = bytes((byte + number % 255 + 1) % 256 for byte in before)
    path.write_bytes(content)
    try:
        name = path.relative_to(source.path).as_posix()
        yield Change(name, digest_of_files(source.path), len(content))
    finally:
        path.write_bytes(before)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def warm(source: Source) -> None:
    """Read all of a source, so that whoever comes next finds it in memory.

    Args:
        source: The source.
    """
    for path in _files(source.path):
        with path.open("rb") as file:
            while file.read(_CHUNK_BYTES):
                pass


def digest_of_files(path: Path, *, above: Path | None = None) -> str:
    """Identify what lies there.

    Args:
        path: A folder or a file.
        above: The folder to which names are relative; by default `path`, or that of the file.

    Returns:
        What `digest_of` gives for it.
    """
    above = above or (path if path.is_dir() else path.parent)
    digests: list[tuple[str, str]] = []
    for one in _files(path):
        with one.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        digests.append((one.relative_to(above).as_posix(), digest))
    return digest_of(digests)


def _files(path: Path) -> list[Path]:
    return [one for one in path.rglob("*") if one.is_file()] if path.is_dir() else [path]
