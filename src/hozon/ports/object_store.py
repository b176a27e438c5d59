"""The object store: immutable bytes under keys.

Owns the shape of the capability. Refuses to own what the bytes mean; digests and places belong to
the catalog.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from hozon.model.places import Place


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
            key: A new key; parts of letters, digits, `_`, `.`, `-`, joined by `/`.
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
        """Remove keys; a key that is already absent counts as removed.

        Danger:
            Bytes removed here are gone from live keys. Only callers that know that no version
            needs them may call this.

        Raises:
            StorageError: The store refused or failed; some keys may be gone.
        """
        ...

    def keys(self, prefix: str = "") -> Iterator[str]:
        """List keys in order.

        Args:
            prefix: What they begin with; empty for all.

        Yields:
            Each key once.

        Raises:
            StorageError: The store refused or failed.
        """
        ...

    def close(self) -> None:
        """Release connections; calling it again does nothing."""
        ...
