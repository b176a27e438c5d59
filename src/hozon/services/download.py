"""Download: bring the files of a version into a local folder.

Owns what is fetched and what is there already. Invariants: a file appears under its final name only
after its digest was checked; what lies there already and is right is not fetched again; other files
stay; memory does not grow with the number of files.
"""

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from hozon.errors import (
    EntryNotFoundError,
    InvalidReferenceError,
    MissingObjectError,
    MissingReferenceError,
    StorageError,
)
from hozon.model.digests import (
    CHUNK_BYTES,
    ContentDigest,
    digest_of_file,
    md5_of_chunks,
    published_manifest_digest,
)
from hozon.model.manifest import ManifestEntry
from hozon.model.versions import Version
from hozon.ports.object_cache import ObjectCache
from hozon.services.context import Context
from hozon.services.folders import TargetFolder, writing
from hozon.services.hashing import write_hashed
from hozon.services.parallel import for_each
from hozon.services.references import matches_reference, read_reference
from hozon.services.resolve import find_entry, read_entries
from hozon.services.transfers import (
    DOWNLOAD_THREADS,
    Receiver,
    check_digest,
    fetch,
    find_anywhere,
    find_places,
)
from hozon.services.uploads import Progress

BATCH: Final = 16_384
"""How many entries are worked on at a time."""

_SLACK = 0.1
"""By which part of its bound the cache may grow beyond it before it is cleaned up."""


@dataclass(frozen=True, slots=True)
class DownloadOptions:
    """What to bring, and how."""

    prefix: str = ""
    """Text that the paths begin with; empty for all."""

    only: str | None = None
    """The one path to bring; None for all that begin with the prefix."""

    allow_missing: bool = False
    """Whether to pass over references behind which nothing is left, or that nobody can read."""

    skip_cache: bool = False
    """Whether to leave the cache alone, and read everything from the store."""

    replacing: bool = False
    """Whether a folder that has the name of a file goes with everything in it, and a file that has
    the name of a folder: when everything is there, and not before."""


def download_version(
    context: Context,
    version: Version,
    root: Path,
    options: DownloadOptions | None = None,
    *,
    progress: Progress = lambda _: None,
) -> Path:
    """Bring files of a version into a folder.

    Args:
        context: The capabilities.
        version: A version whose bytes are still kept.
        root: The folder; made if need be. Other files in it stay.
        options: What to bring, and how; by default everything.
        progress: Is told how many more bytes are done, from several threads.

    Returns:
        The folder.

    Raises:
        InvalidEntryPathError: A path, or a link in the folder, would lead outside it.
        EntryConflictError: Two paths differ only in case, and the folder takes them for one;
            download to a file system that tells them apart.
        SourceFileError: The folder cannot be written.
        EntryNotFoundError: The version has not the one path to bring.
        MissingObjectError: The store lost bytes of this version.
        DigestMismatchError: The store gave other bytes than were logged.
        StorageError: The store refused or failed; call again to go on where it stopped.
        MissingReferenceError: Nothing is left behind a reference.
        ReferenceChangedError: What is behind a reference is not what was recorded.
        InvalidReferenceError: A reference has a scheme that nobody can read.
        ReferenceBackendError: What keeps the bytes of a reference refused, failed or did not
            answer; call again to go on where it stopped.
    """
    chosen = options or DownloadOptions()
    context = context.for_version(version)
    cache = None
    if context.cache is not None and not (context.store.is_local or chosen.skip_cache):
        cache = _BoundedCache(context.cache, size_bytes=context.cache_bytes)
    with TargetFolder(root, replacing=chosen.replacing) as folder:
        for entries in _chosen(context, version, chosen):
            folder.prepare(entry.path for entry in entries)
            bringing = _Download(context, folder, cache, progress)
            bringing.bring(entries, allow_missing=chosen.allow_missing)
        if chosen.replacing:
            folder.replace()
    if cache is not None:
        cache.clean_up()
    return root


def _chosen(
    context: Context, version: Version, options: DownloadOptions
) -> Iterator[list[ManifestEntry]]:
    """Read the entries that are to be brought, some at a time."""
    if options.only is None:
        yield from read_entries(context, version.id, prefix=options.prefix, batch=BATCH)
    elif entry := find_entry(context, version, options.only):
        yield [entry]
    else:
        raise EntryNotFoundError(
            f"{version.name} has no file {options.only!r}",
            hint="List what it has with artifact.files().",
        )


class _BoundedCache:
    """Keeps the cache within its bound, also while a version is brought that is larger."""

    def __init__(self, cache: ObjectCache, *, size_bytes: int) -> None:
        self._cache = cache
        self._size_bytes = size_bytes
        self._added = 0
        self._lock = threading.Lock()

    def find(self, digest: ContentDigest) -> Path | None:
        """Find a file."""
        return self._cache.find(digest)

    def discard(self, digest: ContentDigest) -> None:
        """Forget a file that turned out to be damaged."""
        self._cache.discard(digest)

    def add(self, digest: ContentDigest, content: bytes) -> None:
        """Keep the bytes of a small file."""
        if self._takes(len(content)):
            self._cache.add(digest, content)

    def add_file(self, digest: ContentDigest, source: Path, *, size: int) -> None:
        """Keep a copy of a large file."""
        if self._takes(size):
            self._cache.add_file(digest, source)

    def clean_up(self) -> None:
        """Remove what is too much, if something was added; failing to is no error here."""
        with self._lock:
            if self._added:
                self._added = 0
                with suppress(StorageError):
                    self._cache.clean_up(size_bytes=self._size_bytes)

    def _takes(self, size: int) -> bool:
        """Refuse what is larger than the cache, and make room from time to time."""
        if size > self._size_bytes:
            return False
        if self._added + size > self._size_bytes * _SLACK:
            self.clean_up()
        with self._lock:
            self._added += max(1, size)
        return True


class _Download:
    """Brings a number of entries into a folder."""

    def __init__(
        self,
        context: Context,
        folder: TargetFolder,
        cache: _BoundedCache | None,
        progress: Progress,
    ) -> None:
        self._context = context
        self._folder = folder
        self._cache = cache
        self._progress = progress
        self._wanted: dict[ContentDigest, list[ManifestEntry]] = {}

    def bring(self, entries: Sequence[ManifestEntry], *, allow_missing: bool) -> None:
        """Bring what is not there, from the cache or from the store."""
        there = set(self._there(entries))
        references: list[ManifestEntry] = []
        for entry in entries:
            if entry.path in there:
                self._progress(entry.size or 0)
            elif entry.content is None:
                references.append(entry)
            else:
                self._wanted.setdefault(entry.content, []).append(entry)
        self._bring_kept()

        def bring(entry: ManifestEntry) -> None:
            try:
                self._bring_reference(entry)
            except (MissingReferenceError, InvalidReferenceError):
                if not allow_missing:
                    raise

        for_each(bring, references, threads=DOWNLOAD_THREADS)

    def _bring_kept(self) -> None:
        """Bring what Hozon keeps, from the cache or from the store."""
        if self._cache is not None:
            for digest in list(self._wanted):
                self._bring_cached(digest)
        places = find_places(self._context, self._wanted, name=self._name)
        threads = 2 if self._context.store.is_local else DOWNLOAD_THREADS
        receiver = Receiver(self._take_small, self._take_large, self._name)
        fetch(self._context, places, receiver, threads=threads)

    def _there(self, entries: Sequence[ManifestEntry]) -> list[str]:
        """Find the files that are there and right."""
        found: list[str] = []
        candidates = [entry for entry in entries if self._folder.may_have(entry.path)]

        def look(entry: ManifestEntry) -> None:
            if is_there(self._context, entry, self._folder.target(entry.path)):
                found.append(entry.path)

        for_each(look, candidates, threads=DOWNLOAD_THREADS)
        return found

    def _name(self, digest: ContentDigest) -> str:
        """Call an object by the first path that has it."""
        return self._wanted[digest][0].path

    def _take_small(self, digest: ContentDigest, content: bytes) -> None:
        """Write a small file under each of its paths."""
        if self._cache is not None:
            self._cache.add(digest, content)
        for entry in self._wanted[digest]:
            self._folder.write(entry.path, content)
            self._progress(len(content))

    def _take_large(self, digest: ContentDigest, chunks: Iterator[bytes]) -> None:
        """Write a large file, and copy it to its other paths."""
        first, *others = self._wanted[digest]
        self._write_large(first, digest, chunks)
        target = self._folder.target(first.path)
        if self._cache is not None:
            self._cache.add_file(digest, target, size=first.size or 0)
        for entry in others:
            with writing(target), target.open("rb") as file:
                self._write_large(entry, digest, _chunks(file))

    def _write_large(
        self, entry: ManifestEntry, digest: ContentDigest, chunks: Iterator[bytes]
    ) -> None:
        def write(file: BinaryIO) -> None:
            found, _ = write_hashed(self._counted(chunks), file)
            check_digest(found, digest, name=entry.path)

        self._folder.write_checked(entry.path, write)

    def _bring_reference(self, entry: ManifestEntry) -> None:
        """Bring what lies outside, if it is still what was recorded."""

        def write(file: BinaryIO) -> None:
            file.writelines(self._counted(read_reference(self._context, entry)))

        self._folder.write_checked(entry.path, write)

    def _counted(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Tell of each chunk that it is done."""
        for chunk in chunks:
            yield chunk
            self._progress(len(chunk))

    def _bring_cached(self, digest: ContentDigest) -> None:
        """Take a file from the cache, if it is there and right."""
        cached = self._cache.find(digest) if self._cache else None
        entries = self._wanted[digest]
        if cached is None or self._cache is None:
            return
        try:
            with cached.open("rb") as file:
                if digest_of_file(file) != digest:
                    self._cache.discard(digest)
                    return
                for entry in entries:
                    file.seek(0)
                    self._write_large(entry, digest, _chunks(file))
        except OSError:
            return  # Another process cleaned up, or it cannot be read.
        del self._wanted[digest]


def is_there(context: Context, entry: ManifestEntry, target: Path) -> bool:
    """Tell whether a file lies there with the right bytes already.

    Args:
        context: The capabilities.
        entry: What should be there.
        target: Where it should be.

    Returns:
        Whether it is; False for a reference where nobody can tell.

    Raises:
        SourceFileError: It may not be looked at.
    """
    with writing(target):
        if target.is_symlink() or not target.is_file() or target.stat().st_size != entry.size:
            return False
        if entry.content is None:
            return matches_reference(context, entry, target)
        with target.open("rb") as file:
            return digest_of_file(file) == entry.digest


def published_digest(context: Context, version: Version) -> str:
    """Read all bytes of a version and compute the digest that W&B would publish for them.

    Args:
        context: The capabilities.
        version: A version whose bytes are still kept.

    Returns:
        32 hexadecimal digits; see `hozon.model.digests.published_manifest_digest`.

    Raises:
        MissingObjectError: The store lost bytes of this version.
        DigestMismatchError: The store gave other bytes than were logged.
        StorageError: The store refused or failed.
    """
    found: dict[str, str] = {}
    context = context.for_version(version)
    for entries in read_entries(context, version.id, batch=BATCH):
        digests = published_contents(context, entries)
        found.update((e.path, digests.get(e.digest, e.digest)) for e in entries)
    return published_manifest_digest(found.items())


def published_contents(context: Context, entries: Iterable[ManifestEntry]) -> Mapping[str, str]:
    """Read what the store keeps for entries, and compute the digests that W&B would publish.

    Args:
        context: The capabilities.
        entries: Some entries, whose bytes are stored; those of references are left out.

    Returns:
        Our digest → the published one, the Base64 MD5.

    Raises:
        MissingObjectError: The store lost some of it.
        DigestMismatchError: The store gave other bytes than were logged.
        StorageError: The store refused or failed.
    """
    found: dict[str, str] = {}

    def take(digest: ContentDigest, chunks: Iterator[bytes]) -> None:
        sha = hashlib.sha256()
        md5 = md5_of_chunks(_seen(chunks, sha.update))
        check_digest(sha.hexdigest(), digest, name=names[digest])
        found[digest] = md5

    names = {entry.content: entry.path for entry in entries if entry.content}
    receiver = Receiver(
        small=lambda digest, content: take(digest, iter([content])),
        large=take,
        name=names.__getitem__,
    )
    for part, places in find_anywhere(context, names):
        fetch(part, places, receiver, threads=DOWNLOAD_THREADS)
    lost = next((path for digest, path in names.items() if digest not in found), None)
    if lost is not None:
        raise MissingObjectError(
            f"No store holds the bytes of {lost!r} any more",
            hint="Restore the catalog from a backup: a version still needs them.",
        )
    return found


def _seen(chunks: Iterable[bytes], see: Callable[[bytes], object]) -> Iterator[bytes]:
    """Show each chunk before it is handed on."""
    for chunk in chunks:
        see(chunk)
        yield chunk


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    """Read a file in chunks."""
    while chunk := file.read(CHUNK_BYTES):
        yield chunk
