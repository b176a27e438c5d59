"""Known files: whether a file was read before and is stored already, so that reading can be saved.

Owns when what is known may be trusted. Invariants: a file counts as unchanged only if the file
system says the same of it as when it was read; and what it says is trusted only if it was older
than the clock's granularity by then, because two writes within one tick look like one.
"""

import os
import stat
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from hozon.model.digests import ContentDigest
from hozon.ports.clock import Clock
from hozon.ports.file_index import FileIndex, Fingerprint, SeenFile

GRANULARITY: Final = timedelta(seconds=2)
"""How far apart two writes may be and yet get the same time: two seconds on FAT."""

Stored = Callable[[Collection[ContentDigest]], Collection[ContentDigest]]
"""Tells which of some digests the store holds."""


class FileState:
    """A file as the file system shows it at one moment.

    Args:
        path: Where it lies.
        found: What the system says of it; links are followed.
    """

    __slots__ = ("found", "path")

    def __init__(self, path: str, found: os.stat_result) -> None:
        """Remember what was found."""
        self.path: Final = path
        """Where it lies."""
        self.found: Final = found
        """What the system says of it."""

    @classmethod
    def of(cls, path: str) -> "FileState":
        """Look at a file; links are followed.

        Raises:
            OSError: It is missing, or may not be looked at.
            ValueError: The path holds a NUL.
        """
        return cls(path, os.stat(path))  # noqa: PTH116  A third of the time that Path.stat takes.

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return self.found.st_size

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return stat.S_ISDIR(self.found.st_mode)

    @property
    def is_regular(self) -> bool:
        """Whether it is a file with bytes, and no pipe or device."""
        return stat.S_ISREG(self.found.st_mode)

    @property
    def fingerprint(self) -> Fingerprint:
        """What changes when somebody writes to it."""
        found = self.found
        return Fingerprint(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


class KnownFiles:
    """What is known of local files, and trusted.

    Args:
        index: Remembers.
        stored: Tells which digests the store holds; is asked only about what the index knows.
        clock: Tells when files were read.

    Concurrency:
        Several threads may ask and remember at once.
    """

    def __init__(self, index: FileIndex, *, stored: Stored, clock: Clock) -> None:
        """Know nothing yet."""
        self._index = index
        self._stored = stored
        self._clock = clock
        self._new: list[tuple[FileState, ContentDigest]] = []
        self._lock = threading.Lock()

    def digests(self, states: Sequence[FileState]) -> dict[str, ContentDigest]:
        """Find the files that are unchanged since they were read, and whose bytes are stored.

        Args:
            states: The files as they are now.

        Returns:
            The digests of those files; the others have to be read.
        """
        by_path = {os.path.abspath(state.path): state for state in states}  # noqa: PTH100  A tenth of the time.
        seen = {
            path: file.digest
            for path, file in self._index.seen(by_path).items()
            if file.fingerprint == by_path[path].fingerprint
        }
        stored = set(self._stored(set(seen.values()))) if seen else set()
        return {by_path[path].path: digest for path, digest in seen.items() if digest in stored}

    def now(self) -> datetime:
        """Give the time, for `remember`."""
        return self._clock.now()

    def remember(
        self, before: FileState, after: os.stat_result, digest: ContentDigest, *, began_at: datetime
    ) -> None:
        """Remember what was read from a file, if it can be trusted later; `save` stores it.

        Args:
            before: The file as it was before it was read.
            after: What the system said of it when it had been read.
            digest: SHA-256 of what was read.
            began_at: When reading began: a write since then would surely show only if the file
                had been left alone for longer than the granularity.
        """
        if _same(before.found, after) and _has_settled(after, began_at):
            with self._lock:
                self._new.append((before, digest))

    def save(self) -> None:
        """Store what was remembered since the last time."""
        with self._lock:
            new, self._new = self._new, []
        if new:
            self._index.remember(
                SeenFile(os.path.abspath(before.path), before.fingerprint, digest)  # noqa: PTH100  As above.
                for before, digest in new
            )


def _same(before: os.stat_result, after: os.stat_result) -> bool:
    """Tell whether nobody wrote to a file meanwhile."""
    return (
        before.st_mtime_ns == after.st_mtime_ns
        and before.st_ctime_ns == after.st_ctime_ns
        and before.st_size == after.st_size
        and before.st_ino == after.st_ino
    )


def _has_settled(found: os.stat_result, at: datetime) -> bool:
    """Tell whether a write from some time on would surely show."""
    settled = at.timestamp() - GRANULARITY.total_seconds()
    return found.st_mtime < settled and found.st_ctime < settled


class ForgetfulIndex:
    """An index that remembers nothing: every file is read."""

    def seen(self, paths: Iterable[str]) -> dict[str, SeenFile]:  # noqa: ARG002  The port's signature.
        """Know nothing."""
        return {}

    def remember(self, files: Iterable[SeenFile]) -> None:
        """Forget at once."""

    def clear(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""
