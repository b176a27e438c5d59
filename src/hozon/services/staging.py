"""Staging: take private copies of local files, so that what is logged is what was added.

Owns the copies until they are stored. Invariant: a staged file's digest is that of the copy, even
when the original changes while it is read.
"""

import hashlib
import os
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hozon.errors import SourceFileError, StorageError
from hozon.model.digests import CHUNK_BYTES, ContentDigest
from hozon.model.manifest import ManifestEntry
from hozon.model.paths import check_entry_path
from hozon.services.parallel import for_each
from hozon.services.scratch import make_scratch_folder, remove_scratch_folder

_COPY_THREADS = 4


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A private copy of one file, ready to be stored."""

    entry: ManifestEntry
    """Its path, digest and size."""

    copy: Path
    """Where the copy lies."""

    @property
    def content(self) -> ContentDigest:
        """The digest of the copy."""
        return ContentDigest(self.entry.digest)

    @property
    def size(self) -> int:
        """The length of the copy, in bytes."""
        return self.entry.size or 0


class StagingArea:
    """A folder of private copies that goes when its owner goes.

    Args:
        parent: The folder to make it in.
    """

    def __init__(self, parent: Path) -> None:
        """Remember where; the folder is made by the first copy."""
        self._parent = parent
        self._folder: Path | None = None

    def stage_file(self, source: Path, *, path: str) -> StagedFile:
        """Copy a file in and identify the copy.

        Args:
            source: A readable file.
            path: Its path inside the artifact.

        Raises:
            InvalidEntryPathError: The path could leave the folder of a download.
            SourceFileError: The file is missing, a folder, or unreadable.
        """
        check_entry_path(path)
        with _reading(source):
            if source.is_dir():
                raise SourceFileError(
                    f"{str(source)!r} is a folder, not a file", hint="Use add_dir for a folder."
                )
        return self.stage_chunks(_read(source), path=path)

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
        sha, size = hashlib.sha256(), 0
        with self.new_copy() as (file, copy):
            for chunk in chunks:
                sha.update(chunk)
                size += len(chunk)
                file.write(chunk)
        return StagedFile(ManifestEntry(path, sha.hexdigest(), size), copy)

    @contextmanager
    def new_copy(self) -> Iterator[tuple[BinaryIO, Path]]:
        """Open a new file of the area for writing; it is removed if the block raises.

        Raises:
            StorageError: The staging folder cannot be written.
        """
        with _staging_in(self._parent):
            handle, name = tempfile.mkstemp(dir=self.folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    yield file, Path(name)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise

    def stage_folder(self, source: Path, *, prefix: str = "") -> list[StagedFile]:
        """Copy all files below a folder in, or none; links are followed, empty folders left out.

        Args:
            source: A readable folder.
            prefix: Where its contents go inside the artifact; empty for the top.

        Returns:
            All files, in path order.

        Raises:
            InvalidEntryPathError: A path could leave the folder of a download.
            SourceFileError: It is missing, a file, or something below it is unreadable, or a
                link leads back to a folder above it.
            StorageError: The staging folder cannot be written.
        """
        with _reading(source):
            if not source.is_dir():
                raise SourceFileError(
                    f"{str(source)!r} is {'a file' if source.exists() else 'missing'},"
                    " not a folder",
                    hint="Use add_file for a file." if source.exists() else "Correct the path.",
                )
        above = f"{prefix.rstrip('/')}/" if prefix else ""
        sources = {check_entry_path(above + name): source / name for name in sorted(_walk(source))}
        return self._stage_all(sources)

    @property
    def folder(self) -> Path:
        """The folder, made when it is first asked for, by one thread.

        Raises:
            OSError: It cannot be made.
        """
        if self._folder is None:
            self._folder = make_scratch_folder(self._parent)
            self._cleanup = weakref.finalize(
                self, remove_scratch_folder, self._folder, owner=os.getpid()
            )
        return self._folder

    def clear(self) -> None:
        """Remove all copies; calling it again does nothing."""
        if self._folder is not None:
            self._cleanup()
            self._folder = None

    def _stage_all(self, sources: Mapping[str, Path]) -> list[StagedFile]:
        """Copy files in, several at a time, all or none; the result is in the order given."""
        staged: dict[str, StagedFile] = {}

        def stage(item: tuple[str, Path]) -> None:
            path, source = item
            staged[path] = self.stage_file(source, path=path)

        with _staging_in(self._parent):
            _ = self.folder  # Before the threads begin: each would make one of its own.
        try:
            for_each(stage, sources.items(), threads=_COPY_THREADS)
        except BaseException:
            for file in staged.values():
                file.copy.unlink(missing_ok=True)
            raise
        return [staged[path] for path in sources]


def _walk(root: Path) -> Iterator[str]:
    """Yield the POSIX paths of all files below a folder."""
    pending: list[tuple[Path, frozenset[str]]] = [(root, frozenset())]
    while pending:
        folder, above = pending.pop()
        real = os.path.realpath(folder)
        if real in above:
            raise SourceFileError(
                f"The link {str(folder)!r} leads back to a folder above it",
                hint="Remove the link, or add the parts one by one.",
            )
        with _reading(folder):
            children = [(Path(child.path), child.is_dir()) for child in os.scandir(folder)]
        for path, is_folder in children:
            if is_folder:
                pending.append((path, above | {real}))
            else:
                yield path.relative_to(root).as_posix()


def _read(source: Path) -> Iterator[bytes]:
    """Yield the chunks of a regular file."""
    with _reading(source):
        if source.exists() and not source.is_file():
            raise SourceFileError(
                f"{str(source)!r} is no regular file", hint="Add files and folders only."
            )
        with source.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk


@contextmanager
def _staging_in(parent: Path) -> Iterator[None]:
    """Turn errors of the operating system about our own folder into ours."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"The staging folder {parent} cannot be written ({error.strerror or error})",
            hint="Check that its disk has space, or set HOZON_HOME to another place.",
        ) from error


@contextmanager
def _reading(source: Path) -> Iterator[None]:
    """Turn errors of the operating system into ours; asking what a path is may fail, too."""
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path.
        reason = getattr(error, "strerror", None) or error
        raise SourceFileError(
            f"{str(source)!r} cannot be read ({reason})",
            hint="Check that the path is right and that you may read it.",
        ) from error
