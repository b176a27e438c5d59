"""An object store that fails or lies on purpose, around any other.

Owns the kinds of faults that real stores, disks and networks have shown. Refuses to own bytes;
those are the other store's. Invariant: without a fault it does what the other store does, and
notes it.
"""

import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from hozon.errors import MissingObjectError, StorageError
from hozon.model.deployments import BucketVersioning
from hozon.model.places import Place
from hozon.ports.object_store import ObjectStore, StoredKey


class Fault(StrEnum):
    """What goes wrong, in a put as in a read; with keys that are discarded, see `on_discard`."""

    TRUNCATE = "truncate"
    """The last byte is left out, and nobody says so."""

    FLIP = "flip"
    """A bit in the middle is turned around."""

    SWAP = "swap"
    """The bytes are those of another object, as many of them."""

    DROP = "drop"
    """A put is acknowledged and forgotten; a read finds nothing."""

    TIME_OUT = "time out"
    """A put arrives but its answer does not; a read ends half-way with an error."""


class FaultyObjectStore:
    """Passes everything on to another store, but for what it is told to spoil.

    Args:
        store: Keeps the bytes.

    Concurrency:
        As the other store; faults are set while nothing is under way.
    """

    def __init__(self, store: ObjectStore) -> None:
        """Begin without a fault."""
        self.store: Final = store
        """Keeps the bytes."""
        self.on_put: Fault | None = None
        """What goes wrong with puts from now on; None for nothing."""
        self.on_read: Fault | None = None
        """What goes wrong with reads from now on; None for nothing."""
        self.on_discard: Fault | None = None
        """What goes wrong when keys are discarded or erased from now on; None for nothing. After
        `DROP` they are still there, though the store says that they are not; after `TIME_OUT`
        they are gone, though it names them as failed; after any other they are still there, and
        it says so."""
        self.on_recover: Fault | None = None
        """What goes wrong when keys are recovered from now on; None for nothing. After `DROP`
        there is nothing, though the store says that there is; after `TIME_OUT` there is, though
        an error comes; after any other there is nothing, and an error comes."""
        self.versions: BucketVersioning | None = None
        """What it says of its versioning; None for what the other store says."""
        self.chosen: Callable[[str], bool] = lambda _: True
        """Tells which keys the faults are for; by default all."""
        self.puts: Final[list[str]] = []
        """The keys that were put, in the order of calls."""
        self.reads: Final[list[Place]] = []
        """The places that were read, in the order of calls."""
        self.discards: Final[list[str]] = []
        """The keys that were to be discarded or erased, in the order of calls."""
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where the other store lies."""
        return self.store.url

    @property
    def is_local(self) -> bool:
        """Whether the other store keeps bytes on this machine."""
        return self.store.is_local

    def put(self, key: str, source: Path, *, may_link: bool = False) -> None:
        """Store a file, or what the fault makes of it."""
        with self._lock:
            self.puts.append(key)
        fault = self.on_put if self.chosen(key) else None
        if fault in {None, Fault.TIME_OUT}:
            self.store.put(key, source, may_link=may_link)
        elif fault is not Fault.DROP:
            with tempfile.TemporaryDirectory() as folder:
                spoilt = Path(folder, "spoilt")
                spoilt.write_bytes(self._spoil(source.read_bytes(), fault, key=key))
                self.store.put(key, spoilt)
        if fault is Fault.TIME_OUT:
            raise StorageError(
                f"{self.url} gave no answer about {key}", hint="Try again: this fault was ordered."
            )

    def read(self, place: Place) -> Iterator[bytes]:
        """Read a range, or what the fault makes of it."""
        with self._lock:
            self.reads.append(place)
        fault = self.on_read if self.chosen(place.key) else None
        if fault is None:
            yield from self.store.read(place)
            return
        if fault is Fault.DROP:
            raise MissingObjectError(
                f"{self.url} has nothing under {place.key}", hint="Try again: this was ordered."
            )
        content = b"".join(self.store.read(place))
        if fault is Fault.TIME_OUT:
            yield content[: len(content) // 2]
            raise StorageError(
                f"Reading {place.key} from {self.url} timed out", hint="Try again: it was ordered."
            )
        yield self._spoil(content, fault, key=place.key)

    def delete(self, keys: Iterable[str]) -> None:
        """Remove keys."""
        self.store.delete(keys)

    def keys(self, prefix: str = "", *, after: str | None = None) -> Iterator[StoredKey]:
        """List keys."""
        return self.store.keys(prefix, after=after)

    def discard(self, keys: Iterable[str], *, now: datetime) -> Mapping[str, str]:
        """Discard keys, or do what the fault makes of it."""
        return self._remove(keys, lambda chosen: self.store.discard(chosen, now=now))

    def recover(self, key: str, new_key: str) -> bool:
        """Recover a key, or do what the fault makes of it."""
        fault = self.on_recover if self.chosen(key) else None
        if fault is Fault.DROP:
            return True
        found = fault in {None, Fault.TIME_OUT} and self.store.recover(key, new_key)
        if fault is not None:
            raise StorageError(
                f"{self.url} gave no answer about {key}", hint="Try again: this fault was ordered."
            )
        return found

    def empty_trash(self, before: datetime) -> int:
        """Empty the trash."""
        return self.store.empty_trash(before)

    def erase(self, keys: Iterable[str]) -> Mapping[str, str]:
        """Erase keys, or do what the fault makes of it."""
        return self._remove(keys, self.store.erase)

    def versioning(self) -> BucketVersioning:
        """Give what was set, or what the other store says."""
        return self.versions or self.store.versioning()

    def close(self) -> None:
        """Close the other store."""
        self.store.close()

    def _remove(
        self, keys: Iterable[str], remove: Callable[[Iterable[str]], Mapping[str, str]]
    ) -> Mapping[str, str]:
        """Remove those keys that the fault lets go, and report what it reports."""
        named = list(keys)
        with self._lock:
            self.discards.extend(named)
        spoilt = [key for key in named if self.on_discard and self.chosen(key)]
        stay = set(spoilt if self.on_discard is not Fault.TIME_OUT else ())
        failures = dict(remove([key for key in named if key not in stay]))
        if self.on_discard is not Fault.DROP:
            failures |= dict.fromkeys(spoilt, "this fault was ordered")
        return failures

    def _spoil(self, content: bytes, fault: Fault | None, *, key: str) -> bytes:
        """Give what a fault makes of bytes."""
        if fault is Fault.TRUNCATE:
            return content[:-1]
        if fault is Fault.FLIP:
            middle = len(content) // 2
            flipped = bytes(byte ^ 1 for byte in content[middle : middle + 1])
            return content[:middle] + flipped + content[middle + 1 :]
        return self._other(key, length=len(content))

    def _other(self, key: str, *, length: int) -> bytes:
        """Give bytes of another object, or such as no test has."""
        others = [other.key for other in self.keys() if other.key != key]
        found = b""
        for other in others:
            try:
                found = b"".join(self.store.read(Place(other, 0, length)))
                break
            except StorageError:
                continue  # It is shorter.
        return found or b"\xa5" * length
