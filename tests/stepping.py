"""Actors that go one step at a time, so that a test decides who is next, and who dies.

Owns when an actor may go on: before each transaction, and before each call to the store. What it
does from there to its next step nobody interrupts. Invariant: one actor at most goes at a time, so
that a run is repeatable.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from hozon.errors import CatalogError, HozonError, StorageError
from hozon.model.names import StoreName
from hozon.model.places import Place
from hozon.ports.catalog import Catalog, CatalogSession
from hozon.ports.object_store import ObjectStore, StoredKey

PATIENCE: Final = 60.0
"""How long one step may take before the test is stuck, in seconds."""


_NO_CATALOG: Final = CatalogError("The catalog does not answer", hint="This fault was ordered.")
_NO_STORE: Final = StorageError("The store does not answer", hint="This fault was ordered.")


class Killed(BaseException):
    """The process of an actor ended at once; nothing in it may tidy up."""


class Actor:
    """A process that works step by step.

    Args:
        name: What to call it when a test fails.
    """

    def __init__(self, name: str) -> None:
        """Wait to be told what to do."""
        self.name: Final = name
        """What to call it."""
        self.result: Any = None
        """What its work returned."""
        self.error: BaseException | None = None
        """What its work raised."""
        self.is_done = False
        """Whether it has ended."""
        self.has_failed = False
        """Whether a call was made to fail."""
        self._killed = False
        self._failing: bool | None = None
        self._go = threading.Semaphore(0)
        self._waiting = threading.Semaphore(0)
        self._thread: threading.Thread | None = None

    def begin(self, work: Callable[[], Any]) -> None:
        """Go up to the first step."""

        def run() -> None:
            try:
                self.result = work()
            except BaseException as error:  # noqa: BLE001  The test looks at it.
                self.error = error
            self.is_done = True
            self._waiting.release()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        self._wait()

    def pause(self) -> None:
        """Wait for the next turn; called by the actor itself."""
        if self._killed:
            raise Killed
        self._waiting.release()
        self._go.acquire()
        if self._killed:
            raise Killed

    def fail(self, *, after: bool) -> None:
        """Let its next call fail, before it does anything, or after it has done everything."""
        self._failing = after

    @contextmanager
    def call(self, error: HozonError) -> Iterator[None]:
        """Wait for the next turn, and let the block happen, or fail."""
        self.pause()
        failing, self._failing = self._failing, None
        self.has_failed |= failing is not None
        if failing is False:
            raise error
        yield
        if failing:
            raise error

    def step(self) -> None:
        """Let it go on to its next pause, or to its end."""
        if not self.is_done:
            self._go.release()
            self._wait()

    def finish(self) -> None:
        """Let it go on to its end."""
        while not self.is_done:
            self.step()

    def kill(self) -> None:
        """End it where it waits; every call that it still tries fails."""
        if not self.is_done:
            self._killed = True
            self._go.release()
            self._wait()

    def _wait(self) -> None:
        if not self._waiting.acquire(timeout=PATIENCE):
            raise AssertionError(f"{self.name} does not come to its next step.")


class SteppingCatalog:
    """A catalog whose transactions are steps of an actor."""

    def __init__(self, catalog: Catalog, actor: Actor) -> None:
        """Stand before a catalog."""
        self._catalog = catalog
        self._actor = actor

    @property
    def url(self) -> str:
        """Where it lies."""
        return self._catalog.url

    def of(self, store: StoreName) -> "SteppingCatalog":
        """Stand before the same catalog for another store."""
        return SteppingCatalog(self._catalog.of(store), self._actor)

    def now(self) -> datetime:
        """Give its time; that is no step."""
        return self._catalog.now()

    def take_stock(self) -> None:
        """Prepare at once; that changes nothing that anybody reads."""
        self._catalog.take_stock()

    @contextmanager
    def read(self) -> Iterator[CatalogSession]:
        """Wait, then read."""
        with self._actor.call(_NO_CATALOG), self._catalog.read() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[CatalogSession]:
        """Wait, then write."""
        with self._actor.call(_NO_CATALOG), self._catalog.write() as session:
            yield session

    def close(self) -> None:
        """Leave it open: others use it, too."""


class SteppingStore:
    """A store each call of which is a step of an actor."""

    def __init__(self, store: ObjectStore, actor: Actor) -> None:
        """Stand before a store."""
        self._store = store
        self._actor = actor

    @property
    def url(self) -> str:
        """Where it lies."""
        return self._store.url

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine: it plays one that is not, so that all is read back."""
        return False

    def put(self, key: str, source: Path, *, may_link: bool = False) -> None:
        """Wait, then store."""
        with self._actor.call(_NO_STORE):
            self._store.put(key, source, may_link=may_link)

    def read(self, place: Place) -> Iterator[bytes]:
        """Wait, then read."""
        with self._actor.call(_NO_STORE):
            chunks = list(self._store.read(place))
        yield from chunks

    def delete(self, keys: Iterable[str]) -> None:
        """Wait, then delete."""
        with self._actor.call(_NO_STORE):
            self._store.delete(keys)

    def keys(self, prefix: str = "", *, after: str | None = None) -> Iterator[StoredKey]:
        """Wait, then list."""
        with self._actor.call(_NO_STORE):
            return iter(list(self._store.keys(prefix, after=after)))

    def discard(self, keys: Iterable[str], *, now: datetime) -> Mapping[str, str]:
        """Wait, then discard."""
        with self._actor.call(_NO_STORE):
            return self._store.discard(keys, now=now)

    def recover(self, key: str, new_key: str) -> bool:
        """Wait, then recover."""
        with self._actor.call(_NO_STORE):
            return self._store.recover(key, new_key)

    def empty_trash(self, before: datetime) -> int:
        """Wait, then empty the trash."""
        with self._actor.call(_NO_STORE):
            return self._store.empty_trash(before)

    def erase(self, keys: Iterable[str]) -> Mapping[str, str]:
        """Wait, then erase."""
        with self._actor.call(_NO_STORE):
            return self._store.erase(keys)

    def close(self) -> None:
        """Leave it open: others use it, too."""
