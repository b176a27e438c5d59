"""An object store that lives in a dictionary.

Owns bytes for the length of a test. Refuses to own durability. Invariant: it passes
`hozon.testing.object_stores.ObjectStoreContract`, as every adapter does.
"""

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from hozon.errors import MissingObjectError, StorageError
from hozon.model.digests import CHUNK_BYTES
from hozon.model.places import Place


class MemoryObjectStore:
    """Keeps objects in memory.

    Concurrency:
        See `hozon.ports.object_store.ObjectStore`, but for processes: each has its own.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._objects: dict[str, bytes] = {}
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where it lies, for people: nowhere."""
        return "memory://"

    @property
    def is_local(self) -> bool:
        """Whether it keeps bytes on this machine: it plays a store that is far away."""
        return False

    def put(self, key: str, source: Path, *, may_link: bool = False) -> None:  # noqa: ARG002  It has no links.
        """Keep the bytes of a file."""
        try:
            content = source.read_bytes()
        except OSError as error:
            raise StorageError(
                f"Storing {key} in {self.url} failed ({error.strerror or error})",
                hint="Check that the source is a readable file.",
            ) from error
        with self._lock:
            self._objects[key] = content

    def read(self, place: Place) -> Iterator[bytes]:
        """Give a range in chunks of 1 MiB."""
        content = self._objects.get(place.key)
        if content is None:
            raise MissingObjectError(
                f"{self.url} has nothing under {place.key}", hint="Put the object first."
            )
        wanted = content[place.offset : place.offset + place.length]
        if len(wanted) != place.length:
            raise StorageError(
                f"{place.key} in {self.url} ends {place.length - len(wanted)} bytes early",
                hint="Ask for a range within the object.",
            )
        for start in range(0, len(wanted), CHUNK_BYTES):
            yield wanted[start : start + CHUNK_BYTES]

    def delete(self, keys: Iterable[str]) -> None:
        """Forget keys; those that are absent count as forgotten."""
        with self._lock:
            for key in keys:
                self._objects.pop(key, None)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """List keys in order."""
        with self._lock:
            found = sorted(self._objects)
        yield from (key for key in found if key.startswith(prefix))

    def close(self) -> None:
        """Do nothing: the bytes stay, as they would in a bucket."""
