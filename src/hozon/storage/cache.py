"""The object cache in a folder, shared by all processes of a user.

Owns one file per digest, and which go first. Refuses to own when to clean up. Invariants: a file
under its final name is complete, and was last used when the file system says that it was last
changed; what a crash leaves behind is removed by a clean-up a day later.
"""

import os
import re
import shutil
import tempfile
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO, Final

from hozon.errors import StorageError
from hozon.model.digests import CHUNK_BYTES, ContentDigest
from hozon.ports.object_cache import CacheCleanup, CacheUsage

_INCOMING = "incoming-"

# What else lies in the folder is somebody else's, and is neither counted nor removed.
_FOLDER = re.compile(r"[0-9a-f]{2}")
_FILE = re.compile(r"[0-9a-f]{62}")

LEFT_AFTER_SECONDS: Final = 24 * 60 * 60
"""The age from which an unfinished file counts as left by a crash, in seconds: one day."""


@dataclass(frozen=True, slots=True)
class _Kept:
    path: str
    size: int
    used_ns: int


class FolderObjectCache:
    """Keeps bytes as files below a folder.

    Args:
        root: The folder; made by the first write.

    Concurrency:
        See `hozon.ports.object_cache.ObjectCache`. A file appears under its name by one rename,
        and a reader that has it open keeps it when it is removed.
    """

    def __init__(self, root: Path) -> None:
        """Remember the folder; nothing is touched yet."""
        self._root = root

    def find(self, digest: ContentDigest) -> Path | None:
        """Find the file with these bytes, and count it as used now."""
        path = self._path(digest)
        try:
            os.utime(path)
        except OSError:
            return None
        return path

    def add(self, digest: ContentDigest, content: bytes) -> None:
        """Keep the bytes of a small file."""
        self._write(digest, lambda file: file.write(content))

    def add_file(self, digest: ContentDigest, source: Path) -> None:
        """Keep a copy of a large file."""
        with suppress(OSError), source.open("rb") as original:
            self._write(digest, lambda file: shutil.copyfileobj(original, file, CHUNK_BYTES))

    def discard(self, digest: ContentDigest) -> None:
        """Forget bytes that turned out to be damaged."""
        with suppress(OSError):
            self._path(digest).unlink(missing_ok=True)

    def usage(self) -> CacheUsage:
        """Count what is there."""
        kept = list(self._kept())
        return CacheUsage(len(kept), sum(file.size for file in kept))

    def clean_up(self, *, size_bytes: int) -> CacheCleanup:
        """Remove what was not used for longest until the rest fits."""
        newest_first = sorted(self._kept(), key=lambda file: file.used_ns, reverse=True)
        totals = list(accumulate(file.size for file in newest_first))
        fitting = bisect_right(totals, size_bytes) if size_bytes else 0
        with _translated(self._root):
            for file in newest_first[fitting:]:
                Path(file.path).unlink(missing_ok=True)
            self._remove_left()
        left = totals[fitting - 1] if fitting else 0
        return CacheCleanup(
            removed=CacheUsage(len(totals) - fitting, (totals[-1] if totals else 0) - left),
            kept=CacheUsage(fitting, left),
        )

    def _path(self, digest: ContentDigest) -> Path:
        return self._root / digest[:2] / digest[2:]

    def _write(self, digest: ContentDigest, write: Callable[[BinaryIO], object]) -> None:
        """Write a file beside its name, and give it the name when it is complete."""
        path = self._path(digest)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._root, prefix=_INCOMING)
            try:
                with os.fdopen(handle, "wb") as file:
                    write(file)
                Path(name).replace(path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise

    def _kept(self) -> Iterator[_Kept]:
        """Find everything that is complete."""
        with _translated(self._root):
            folders = [entry.path for entry in _listed(self._root) if _FOLDER.fullmatch(entry.name)]
            for folder in folders:
                for entry in filter(_is_ours, _listed(folder)):
                    with suppress(FileNotFoundError):  # Another process cleans up, too.
                        found = entry.stat(follow_symlinks=False)
                        yield _Kept(entry.path, found.st_size, found.st_mtime_ns)

    def _remove_left(self) -> None:
        """Remove what a crash left unfinished."""
        for entry in _listed(self._root):
            if entry.name.startswith(_INCOMING):
                with suppress(FileNotFoundError):
                    if time.time() - entry.stat().st_mtime > LEFT_AFTER_SECONDS:
                        Path(entry.path).unlink(missing_ok=True)


def _is_ours(entry: os.DirEntry[str]) -> bool:
    """Tell whether a file is one that was kept here."""
    return bool(_FILE.fullmatch(entry.name)) and entry.is_file(follow_symlinks=False)


def _listed(folder: str | Path) -> list[os.DirEntry[str]]:
    """List a folder; one that is missing is empty."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []


@contextmanager
def _translated(root: Path) -> Iterator[None]:
    """Turn errors of the operating system into ours."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"The cache in {root} cannot be cleaned up ({error.strerror or error})",
            hint="Check that the folder is yours to read and to write.",
        ) from error
