"""The object store: immutable bytes under keys.

Owns the shape of the capability. Refuses to own what the bytes mean; digests and places belong to
the catalog.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from hozon.model.deployments import BucketVersioning
from hozon.model.places import Place


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key under which there is something."""

    key: str
    """The key."""

    size: int
    """How many bytes lie under it."""


class ObjectStore(Protocol):
    """Keeps bytes under keys that are written once.

    Concurrency:
        Every method may be called from several threads and processes at once. Callers never
        write one key twice.
    """

    @property
    def url(self) -> str:
        """Where the store lies, for people."""
        ...

    @property
    def is_local(self) -> bool:
        """Whether it keeps bytes on this machine.

        Then there is no point in caching what is read from it, and a file that it keeps by a link
        need not be read back: it is the very file that was given.
        """
        ...

    def put(self, key: str, source: Path, *, may_link: bool = False) -> None:
        """Store a file under a key, whole or not at all.

        Args:
            key: A new key; parts of letters, digits, `_`, `.`, `-`, joined by `/`. The first part
                is neither `incoming` nor `trash`.
            source: A local file that nobody changes meanwhile.
            may_link: Whether nobody will ever change the file, so that a store on the same disk
                may keep it by a link instead of a copy. Its name may be removed.

        Raises:
            StorageError: The store refused or failed; nothing is visible under the key.
        """
        ...

    def read(self, place: Place) -> Iterator[bytes]:
        """Read a range in chunks, in flat memory.

        Args:
            place: The key, and the range in bytes; an empty range need not touch the store.

        Yields:
            Chunks of at most 1 MiB that add up to `place.length`.

        Raises:
            MissingObjectError: There is nothing under the key.
            StorageError: The store refused or failed, or gave fewer bytes than asked for.
        """
        ...

    def delete(self, keys: Iterable[str]) -> None:
        """Remove keys for good; a key that is already absent counts as removed.

        Danger:
            Nothing brings these bytes back. It is for what nothing ever needed, such as an upload
            that failed; everything else is discarded.

        Raises:
            StorageError: The store refused or failed; some keys may be gone.
        """
        ...

    def keys(self, prefix: str = "", *, after: str | None = None) -> Iterator[StoredKey]:
        """List keys in the order of their code points, in flat memory.

        What is written or removed meanwhile may be listed or not. What is unfinished or discarded
        is no key.

        Args:
            prefix: What they begin with; empty for all.
            after: A key, there or not; only those behind it are listed. None for all.

        Yields:
            Each key once, with the size of what lies under it.

        Raises:
            StorageError: The store refused or failed.
        """
        ...

    def discard(self, keys: Iterable[str], *, now: datetime) -> Mapping[str, str]:
        """Take keys away so that `recover` may bring their bytes back.

        A folder moves them to its trash. A versioned bucket keeps them as old versions; one that
        is not versioned keeps nothing. A failure does not stop the rest.

        Danger:
            Readers find nothing under these keys any more. Only callers that know that no version
            needs them may call this.

        Args:
            keys: The keys; one that is already absent counts as removed.
            now: When this happens; the trash is dated.

        Returns:
            The keys that could not be removed, each with the reason; some may be gone
            nevertheless, if the answer of the store was lost. Doing it again does no harm.

        Raises:
            StorageError: The whole bucket or folder has vanished.
        """
        ...

    def recover(self, key: str, new_key: str) -> bool:
        """Bring the bytes of a key under a new one, also after the key was discarded.

        A key is written once, so its bytes are those of the newest that was kept. A key that is
        there is copied.

        Args:
            key: The key that the bytes had.
            new_key: The key that they get; as for `put`.

        Returns:
            Whether anything was kept under the old key. Otherwise there is nothing under the new.

        Raises:
            StorageError: The store refused or failed; nothing is visible under the new key.
        """
        ...

    def empty_trash(self, before: datetime) -> int:
        """Give up for good what was discarded on days that ended before a moment.

        What a crash left unfinished goes, too, where the store keeps such: files that nobody has
        written to for at least a day before that moment. What is being stored stays.

        Danger:
            `recover` no longer finds it.

        Args:
            before: The moment; days are those of UTC.

        Returns:
            How many bytes became free, those of unfinished files included; 0 where rules of the
            bucket expire old versions.

        Raises:
            StorageError: The store refused or failed; some may be gone.
        """
        ...

    def erase(self, keys: Iterable[str]) -> Mapping[str, str]:
        """Remove keys with everything that was kept of them, as privacy may demand.

        Their copies in the trash go, too, and in a bucket all old versions. A failure does not
        stop the rest. What was recovered under another key stays there.

        Danger:
            Nothing brings these bytes back.

        Args:
            keys: The keys; one of which nothing is left counts as removed.

        Returns:
            The keys of which something may be left, each with the reason.

        Raises:
            StorageError: The whole bucket or folder has vanished.
        """
        ...

    def versioning(self) -> BucketVersioning:
        """Say whether what is discarded is kept, and given up one day.

        Returns:
            What was found; where the store refused or failed, that it cannot be told, and why.
        """
        ...

    def close(self) -> None:
        """Release connections; calling it again does nothing."""
        ...
