"""Staging: take private copies of local files, so that what is logged is what was added.

Owns the copies until they are stored: small files share packs, just as they will in the store, so
that storing them is one step. Invariant: a staged file's digest is that of the copy, even when the
original changes while it is read.
"""

import hashlib
import os
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from io import RawIOBase
from itertools import chain, islice
from pathlib import Path

from hozon.errors import SourceFileError, StorageError
from hozon.model.digests import CHUNK_BYTES, ContentDigest
from hozon.model.manifest import ManifestEntry
from hozon.model.paths import UNFINISHED, check_entry_path
from hozon.model.places import PACKED_FILES, PackSizes
from hozon.services.contents import LocalFile, LocalRange, StagedFile
from hozon.services.hashing import SyncingSink, write_hashed
from hozon.services.known_files import FileState, KnownFiles
from hozon.services.parallel import for_each
from hozon.services.scratch import make_scratch_folder, remove_scratch_folder

READ_THREADS = 4
"""How many files are read at a time where reading means waiting."""

_SLOW_SECONDS = 0.001
"""From how long a file takes on, in seconds, it pays to read several at a time: below, threads only
take turns at the interpreter."""

_FIRST_BATCH = 64
"""How many files are read before it is known how long one takes."""

_HELD_BYTES = 1 << 20
"""How much of a pack is held in memory before it is written, in bytes."""

_BATCH = 2048
"""How many files of a folder are read before they are handed on."""

Progress = Callable[[int], None]
"""Is told how many more bytes are done."""


class Policy(StrEnum):
    """What may happen to a file after it was added."""

    MUTABLE = "mutable"
    """It may change: its bytes are copied when it is added."""

    IMMUTABLE = "immutable"
    """It stays as it is until it is logged: it is not copied, and it is an error if it changed."""


class StagingArea:
    """A folder of private copies that goes when its owner goes.

    Args:
        parent: The folder to make it in.
        sizes: Which files share packs.
        known: Remembers which files were read before.

    Concurrency:
        Several threads may stage at once.
    """

    def __init__(self, parent: Path, *, sizes: PackSizes, known: KnownFiles) -> None:
        """Remember where; the folder is made by the first copy."""
        self._parent = parent
        self._sizes = sizes
        self._known = known
        self._folder: Path | None = None
        self._owner = os.getpid()
        self._pack: _Pack | None = None
        self._lock = threading.Lock()

    def stage_file(
        self, source: Path, *, path: str, policy: Policy, skip_cache: bool = False
    ) -> StagedFile:
        """Take a file in and identify it.

        Args:
            source: A readable file.
            path: Its path inside the artifact.
            policy: Whether it may change afterwards, and is copied now.
            skip_cache: Whether to read it even if it seems unchanged since it was last read.

        Raises:
            InvalidEntryPathError: The path could leave the folder of a download.
            SourceFileError: The file is missing, a folder, or unreadable.
            StorageError: The staging folder cannot be written.
        """
        check_entry_path(path)
        before = _state_of(os.fspath(source))
        digest = None if skip_cache else self._known.digests([before]).get(before.path)
        if digest:
            return _left_in_place(path, digest, before)
        staged = self._read_in(before, path=path, policy=policy)
        self._flush()
        self._known.save()
        return staged

    def stage_chunks(self, chunks: Iterable[bytes], *, path: str) -> StagedFile:
        """Write chunks of bytes to a copy and identify it.

        Args:
            chunks: The content.
            path: Its path inside the artifact.

        Raises:
            InvalidEntryPathError: The path could leave the folder of a download.
            StorageError: The staging folder cannot be written.
        """
        check_entry_path(path)
        staged = self._copy_in(chunks, path=path)
        self._flush()
        return staged

    def _copy_in(self, chunks: Iterable[bytes], *, path: str) -> StagedFile:
        """Write chunks to a copy; those of a small file may be held back until `_flush`."""
        source = iter(chunks)
        head = b"".join(_up_to(source, self._sizes.packed_file_bytes))
        if len(head) <= self._sizes.packed_file_bytes:
            entry = ManifestEntry(path, hashlib.sha256(head).hexdigest(), len(head))
            return StagedFile(entry, self._append(head))
        with self.new_copy() as (file, copy), SyncingSink(file) as sink:
            digest, size = write_hashed(chain([head], source), sink)
        return StagedFile(
            ManifestEntry(path, digest, size), LocalRange(LocalFile(copy, private=True), 0, size)
        )

    def stage_folder(
        self,
        source: Path,
        *,
        prefix: str = "",
        policy: Policy = Policy.MUTABLE,
        skip_cache: bool = False,
        progress: Progress = lambda _: None,
    ) -> Iterator[StagedFile]:
        """Take all files below a folder in; links are followed, empty folders left out.

        Args:
            source: A readable folder.
            prefix: Where its contents go inside the artifact; empty for the top.
            policy: Whether the files may change afterwards, and are copied now.
            skip_cache: Whether to read files even if they seem unchanged.
            progress: Is told how many more bytes are done.

        Yields:
            All files, in path order.

        Raises:
            InvalidEntryPathError: A path could leave the folder of a download.
            SourceFileError: It is missing, a file, or something below it is unreadable, or a
                link leads back to a folder above it.
            StorageError: The staging folder cannot be written.
        """
        _check_folder(source)
        folder = os.fspath(source)
        above = f"{prefix.rstrip('/')}/" if prefix else ""
        if above:
            check_entry_path(above.rstrip("/"))
        names = iter(sorted(walk_files(source)))
        size, threads = _FIRST_BATCH, 1
        while batch := [(check_entry_path(above + name), name) for name in islice(names, size)]:
            began = time.perf_counter()
            states = [_state_of(f"{folder}/{name}") for _, name in batch]
            digests = {} if skip_cache else self._known.digests(states)
            paths = [path for path, _ in batch]
            work = _Work(paths, states, digests, policy, progress)
            yield from self._stage_all(work, threads=threads)
            is_slow = time.perf_counter() - began > _SLOW_SECONDS * len(batch)
            size, threads = _BATCH, READ_THREADS if is_slow else 1

    @contextmanager
    def new_copy(self) -> Iterator[tuple[RawIOBase, Path]]:
        """Open a new file of the area for writing; it is removed if the block raises.

        Raises:
            StorageError: The staging folder cannot be written.
        """
        with staging_in(self._parent):
            handle, name = tempfile.mkstemp(dir=self.folder)
            try:
                with os.fdopen(handle, "wb", buffering=0) as file:
                    yield file, Path(name)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise

    def seal(self) -> None:
        """Add nothing more to the files that there are: they are about to be stored.

        Raises:
            StorageError: The staging folder cannot be written.
        """
        with self._lock:  # Once: what another thread adds in between would be dropped unwritten.
            self._write_held()
            self._pack = None

    @property
    def folder(self) -> Path:
        """The folder, made when it is first asked for.

        Raises:
            OSError: It cannot be made.
        """
        with self._lock:
            return self._made_folder()

    def clear(self) -> None:
        """Remove all copies; calling it again does nothing."""
        with self._lock:
            self._pack = None
            if self._folder is not None:
                self._cleanup()
                self._folder = None

    def _made_folder(self) -> Path:
        if self._folder is None or self._owner != os.getpid():  # A forked child has its own.
            self._owner = os.getpid()
            self._folder = make_scratch_folder(self._parent)
            self._cleanup = weakref.finalize(
                self, remove_scratch_folder, self._folder, owner=os.getpid()
            )
        return self._folder

    def _read_in(self, state: FileState, *, path: str, policy: Policy) -> StagedFile:
        """Read a file, and remember what was read if it was the same before and after."""
        began_at = self._known.now()
        try:
            with open(state.path, "rb", buffering=0) as file:  # noqa: PTH123  No object is made.
                if policy is Policy.IMMUTABLE:
                    digest, size = write_hashed(_chunks(state, file), _Nowhere())
                    staged = _left_in_place(path, digest, state, size=size)
                else:
                    staged = self._copy_in(_chunks(state, file), path=path)
                after = os.fstat(file.fileno())
        except OSError as error:
            raise _unreadable(state.path, error) from error
        digest = ContentDigest(staged.entry.digest)
        self._known.remember(state, after, digest, began_at=began_at)
        return staged

    def _stage_all(self, work: "_Work", *, threads: int) -> list[StagedFile]:
        """Take files in, several at a time; the result is in the order given."""
        staged: dict[str, StagedFile] = {}

        def stage(item: tuple[str, FileState]) -> None:
            path, state = item
            digest = work.digests.get(state.path)
            if digest:
                staged[path] = _left_in_place(path, digest, state)
            else:
                staged[path] = self._read_in(state, path=path, policy=work.policy)
            work.progress(staged[path].size)

        for_each(stage, zip(work.paths, work.states, strict=True), threads=threads)
        self._flush()
        self._known.save()
        return [staged[path] for path in work.paths]

    def _append(self, content: bytes) -> LocalRange:
        """Put the bytes of a small file behind those of others."""
        with self._lock:
            if self._pack is None or not self._pack.has_room(len(content), self._sizes):
                self._write_held()
                with staging_in(self._parent):
                    self._pack = _Pack(self._made_folder())
            if self._pack.is_heavy:
                self._write_held()
            return self._pack.append(content)

    def _flush(self) -> None:
        """Hold nothing back: whoever forks now has it all on the disk."""
        with self._lock:
            self._write_held()

    def _write_held(self) -> None:
        """Bring what is held back into its file; the lock is held."""
        with staging_in(self._parent):
            if self._pack is not None:
                self._pack.flush()


@dataclass(frozen=True, slots=True)
class _Work:
    """Files of a folder that are taken in together."""

    paths: Sequence[str]
    states: Sequence[FileState]
    digests: Mapping[str, ContentDigest]
    policy: Policy
    progress: Progress


class _Pack:
    """A private file that takes the bytes of several files, one behind the other.

    It is open only while it is written to: a program may have a thousand drafts.
    """

    def __init__(self, folder: Path) -> None:
        handle, name = tempfile.mkstemp(dir=folder)
        os.close(handle)
        self._file = LocalFile(Path(name), private=True, packed=True)
        self._owner = os.getpid()
        self._held: list[bytes] = []
        self._held_bytes = self._written = self._size = self._count = 0

    def has_room(self, size: int, sizes: PackSizes) -> bool:
        """Tell whether the bytes of one more file fit; a first one always does."""
        fits = self._size + size <= sizes.pack_bytes or not self._size
        # A forked child adds nothing to what its parent has.
        return fits and self._count < PACKED_FILES and self._owner == os.getpid()

    @property
    def is_heavy(self) -> bool:
        """Whether more is held in memory than should be."""
        return self._held_bytes > _HELD_BYTES

    def append(self, content: bytes) -> LocalRange:
        """Put bytes behind the others."""
        self._held.append(content)
        self._held_bytes += len(content)
        at = LocalRange(self._file, self._size, len(content))
        self._size += len(content)
        self._count += 1
        return at

    def flush(self) -> None:
        """Bring everything into the file."""
        if not self._held:
            return
        with self._file.path.open("r+b") as out:
            out.seek(self._written)  # A flush that failed may have written a part of it.
            out.write(b"".join(self._held))
        self._written = self._size
        self._held.clear()
        self._held_bytes = 0


class _Nowhere:
    """Takes bytes that only have to be identified."""

    def write(self, chunk: bytes, /) -> int:
        return len(chunk)


def walk_files(root: Path) -> Iterator[str]:
    """Find all files below a folder, but for those of unfinished downloads; links are followed.

    Args:
        root: A readable folder.

    Yields:
        Their POSIX paths below the folder, in no order.

    Raises:
        SourceFileError: A folder is unreadable, or a link leads back to a folder above it.
    """
    pending = [(os.fspath(root), "", frozenset[str]())]
    while pending:
        folder, above_name, above = pending.pop()
        real = os.path.realpath(folder)
        if real in above:
            raise SourceFileError(
                f"The link {folder!r} leads back to a folder above it",
                hint="Remove the link, or add the parts one by one.",
            )
        with reading(folder), os.scandir(folder) as children:
            for child in children:
                if child.name == UNFINISHED:
                    continue  # A download is under way there, or was killed: half of a file.
                if child.is_dir():
                    pending.append((child.path, f"{above_name}{child.name}/", above | {real}))
                else:
                    yield f"{above_name}{child.name}"


def _left_in_place(
    path: str, digest: ContentDigest, state: FileState, *, size: int | None = None
) -> StagedFile:
    """Stage a file without copying it: its bytes are checked when they are needed."""
    length = state.size if size is None else size
    entry = ManifestEntry(path, digest, length)
    return StagedFile(entry, LocalRange(LocalFile(Path(state.path), private=False), 0, length))


def _state_of(source: str) -> FileState:
    """Look at a file, and refuse what is none."""
    try:
        state = FileState.of(source)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path.
        raise _unreadable(source, error) from error
    if state.is_folder:
        raise SourceFileError(
            f"{source!r} is a folder, not a file", hint="Use add_dir for a folder."
        )
    if not state.is_regular:
        raise SourceFileError(f"{source!r} is no regular file", hint="Add files and folders only.")
    return state


def _check_folder(source: Path) -> None:
    """Refuse what is no folder."""
    with reading(source):
        if not source.is_dir():
            raise SourceFileError(
                f"{str(source)!r} is {'a file' if source.exists() else 'missing'}, not a folder",
                hint="Use add_file for a file." if source.exists() else "Correct the path.",
            )


def _up_to(chunks: Iterator[bytes], limit: int) -> Iterator[bytes]:
    """Give chunks until more bytes than the limit have come."""
    size = 0
    for chunk in chunks:
        yield chunk
        size += len(chunk)
        if size > limit:
            return


def _chunks(state: FileState, file: RawIOBase) -> Iterator[bytes]:
    """Yield the chunks of a file; a small one is read at once."""
    wanted = min(state.size + 1, CHUNK_BYTES)
    while chunk := file.read(wanted):
        yield chunk
        if len(chunk) == state.size and wanted == state.size + 1:
            return  # That was the end: a file that grows meanwhile ends where it ended.
        wanted = CHUNK_BYTES


@contextmanager
def staging_in(parent: Path) -> Iterator[None]:
    """Turn errors of the operating system about our own folder into ours.

    Args:
        parent: The folder in which everything is staged.

    Raises:
        StorageError: The system refused.
    """
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"The staging folder {parent} cannot be written ({error.strerror or error})",
            hint="Check that its disk has space, or set HOZON_HOME to another place.",
        ) from error


@contextmanager
def reading(source: Path | str) -> Iterator[None]:
    """Turn errors of the operating system into ours; asking what a path is may fail, too.

    Args:
        source: What is read.

    Raises:
        SourceFileError: The system refused.
    """
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path.
        raise _unreadable(source, error) from error


def _unreadable(source: Path | str, error: Exception) -> SourceFileError:
    """Say that a file or folder cannot be read, and why."""
    reason = getattr(error, "strerror", None) or error
    return SourceFileError(
        f"{str(source)!r} cannot be read ({reason})",
        hint="Check that the path is right and that you may read it.",
    )
