"""An object store, and other people's bytes, that live in a dictionary.

Owns bytes for the length of a test. Refuses to own durability. Invariant: what is here passes the
suites of its port, `hozon.testing.object_stores` and `hozon.testing.references`, as every adapter
does.
"""

import hashlib
import threading
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from hozon.errors import (
    InvalidReferenceError,
    MissingObjectError,
    MissingReferenceError,
    ReferenceChangedError,
    StorageError,
)
from hozon.model.deployments import BucketVersioning
from hozon.model.digests import CHUNK_BYTES
from hozon.model.manifest import ManifestEntry
from hozon.model.places import Place
from hozon.model.references import at_most, base_name, check_uri
from hozon.ports.object_store import StoredKey
from hozon.ports.references import FoundObject, ReferenceHandler


class MemoryObjectStore:
    """Keeps objects in memory.

    Concurrency:
        See `hozon.ports.object_store.ObjectStore`, but for processes: each has its own.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._objects: dict[str, bytes] = {}
        self._trash: dict[date, dict[str, bytes]] = {}
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

    def keys(self, prefix: str = "", *, after: str | None = None) -> Iterator[StoredKey]:
        """List keys in order."""
        with self._lock:
            found = sorted((key, len(content)) for key, content in self._objects.items())
        for key, size in found:
            if key.startswith(prefix) and (after is None or key > after):
                yield StoredKey(key, size)

    def discard(self, keys: Iterable[str], *, now: datetime) -> Mapping[str, str]:
        """Move keys to the trash."""
        with self._lock:
            day = self._trash.setdefault(now.astimezone(UTC).date(), {})
            for key in keys:
                if key in self._objects:
                    day[key] = self._objects.pop(key)
        return {}

    def recover(self, key: str, new_key: str) -> bool:
        """Take what is there, or what was discarded last."""
        with self._lock:
            days = [self._objects, *(self._trash[day] for day in sorted(self._trash, reverse=True))]
            kept = next((day[key] for day in days if key in day), None)
            if kept is not None:
                self._objects[new_key] = kept
        return kept is not None

    def empty_trash(self, before: datetime) -> int:
        """Forget the days of the trash that ended before."""
        last = before.astimezone(UTC).date()
        with self._lock:
            gone = [self._trash.pop(day) for day in list(self._trash) if day < last]
        return sum(len(content) for day in gone for content in day.values())

    def erase(self, keys: Iterable[str]) -> Mapping[str, str]:
        """Forget keys, in the trash, too."""
        with self._lock:
            for key in keys:
                for day in (self._objects, *self._trash.values()):
                    day.pop(key, None)
        return {}

    def versioning(self) -> BucketVersioning:
        """Say that there is a trash, which counts as versioning."""
        return BucketVersioning(
            enabled=True, expires_old_versions=True, detail="What is removed lies in a trash"
        )

    def close(self) -> None:
        """Do nothing: the bytes stay, as they would in a bucket."""


class MemoryReferences:
    """Keeps what lies outside in memory, whatever its scheme: a handler, and all handlers at once.

    Concurrency:
        See `hozon.ports.references.ReferenceHandler`.
    """

    def __init__(self) -> None:
        """Begin with nothing outside."""
        self._objects: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def put(self, uri: str, content: bytes) -> None:
        """Let there be an object, or another content of it."""
        with self._lock:
            self._objects[uri] = content

    def remove(self, uri: str) -> None:
        """Let there be no such object."""
        with self._lock:
            del self._objects[uri]

    def handler(self, uri: str) -> ReferenceHandler:
        """Give itself, for every URI."""
        check_uri(uri)
        return self

    def find(self, uri: str, *, checksum: bool, max_objects: int | None) -> Iterator[FoundObject]:
        """Look at the object of this URI, or at those below it."""
        above = uri if uri.endswith("/") else f"{uri}/"
        with self._lock:
            single = uri in self._objects
            chosen = [u for u in sorted(self._objects) if u == uri or u.startswith(above)]
        if not chosen:
            raise InvalidReferenceError(f"There is nothing at {uri!r}", hint="Put an object first.")
        for ref in at_most([uri] if single else chosen, max_objects, uri=uri):
            content = self._objects[ref]
            digest = hashlib.sha256(content).hexdigest() if checksum else ref
            name = base_name(ref) if single else ref.removeprefix(above)
            yield FoundObject(name, ref=ref, digest=digest, size=len(content), single=single)

    def read(self, entry: ManifestEntry) -> Iterator[bytes]:
        """Give the content in chunks of 1 MiB, if it is what was recorded."""
        content = self._objects.get(entry.ref or "")
        if content is None:
            raise MissingReferenceError(
                f"There is nothing at {entry.ref!r} any more", hint="Put an object first."
            )
        if not self._is(entry, content):
            raise ReferenceChangedError(
                f"{entry.ref!r} has another content than was recorded", hint="Put it back."
            )
        for start in range(0, len(content), CHUNK_BYTES):
            yield content[start : start + CHUNK_BYTES]

    def matches(self, entry: ManifestEntry, file: Path) -> bool:
        """Compare digests, where one was recorded."""
        return entry.digest != entry.ref and self._is(entry, file.read_bytes())

    def target(self, entry: ManifestEntry) -> str:
        """Give the URI."""
        return entry.ref or ""

    def close(self) -> None:
        """Do nothing: the bytes stay, as they would in a bucket."""

    def _is(self, entry: ManifestEntry, content: bytes) -> bool:
        """Hold a content to what was recorded."""
        digest = hashlib.sha256(content).hexdigest()
        return len(content) == entry.size and entry.digest in {digest, entry.ref}
