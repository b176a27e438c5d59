"""The store that fails and lies on purpose does so as it is told."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hozon.errors import MissingObjectError, StorageError
from hozon.model.places import Place
from hozon.testing.faulty import Fault, FaultyObjectStore
from hozon.testing.memory import MemoryObjectStore

Put = Callable[[str, bytes], Place]


@pytest.fixture
def store() -> FaultyObjectStore:
    """Give a store without a fault yet."""
    return FaultyObjectStore(MemoryObjectStore())


@pytest.fixture
def put(store: FaultyObjectStore, tmp_path: Path) -> Put:
    """Give a function that stores bytes."""

    def put(key: str, content: bytes) -> Place:
        (tmp_path / "source").write_bytes(content)
        store.put(key, tmp_path / "source")
        return Place(key, 0, len(content))

    return put


def read(store: FaultyObjectStore, place: Place) -> bytes:
    """Read a place."""
    return b"".join(store.read(place))


SPOILT = {Fault.TRUNCATE: b"hell", Fault.FLIP: b"hemlo", Fault.SWAP: b"other"}


@pytest.mark.parametrize("fault", SPOILT)
def test_what_is_read_is_spoilt(store: FaultyObjectStore, put: Put, fault: Fault) -> None:
    """What is kept is not; and for the chosen keys only."""
    place, other = put("objects/a", b"hello"), put("objects/b", b"other one")
    store.on_read, store.chosen = fault, lambda key: key == "objects/a"
    assert read(store, place) == SPOILT[fault]
    assert read(store, other) == b"other one"
    store.on_read = None
    assert read(store, place) == b"hello"


@pytest.mark.parametrize("fault", SPOILT)
def test_what_is_kept_is_spoilt(store: FaultyObjectStore, put: Put, fault: Fault) -> None:
    """For good."""
    put("objects/b", b"other one")
    store.on_put = fault
    put("objects/a", b"hello")
    store.on_put = None
    assert read(store, Place("objects/a", 0, len(SPOILT[fault]))) == SPOILT[fault]


def test_what_is_alone_is_swapped_for_something_else(store: FaultyObjectStore, put: Put) -> None:
    """As many bytes of it."""
    place = put("objects/a", b"hello")
    store.on_read = Fault.SWAP
    assert len(read(store, place)) == 5
    assert read(store, place) != b"hello"


def test_what_is_dropped_is_not_there(store: FaultyObjectStore, put: Put) -> None:
    """A put says nothing of it; a read does."""
    store.on_put = Fault.DROP
    place = put("objects/a", b"hello")
    assert list(store.keys()) == []
    store.on_put = None
    put("objects/a", b"hello")
    store.on_read = Fault.DROP
    with pytest.raises(MissingObjectError, match="objects/a"):
        read(store, place)


def test_what_times_out_may_have_arrived(store: FaultyObjectStore, put: Put) -> None:
    """A put has; of a read, half."""
    store.on_put = Fault.TIME_OUT
    with pytest.raises(StorageError, match="no answer about objects/a"):
        put("objects/a", b"hello!")
    assert [found.key for found in store.keys("")] == ["objects/a"]
    store.on_read = Fault.TIME_OUT
    chunks = store.read(Place("objects/a", 0, 6))
    assert next(chunks) == b"hel"
    with pytest.raises(StorageError, match="timed out"):
        next(chunks)


NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fault", "reported", "left"),
    [
        (Fault.DROP, [], ["objects/a"]),
        (Fault.TIME_OUT, ["objects/a"], []),
        (Fault.FLIP, ["objects/a"], ["objects/a"]),
    ],
)
@pytest.mark.parametrize("erase", [False, True], ids=["discarded", "erased"])
def test_what_is_removed_is_not(
    store: FaultyObjectStore,
    put: Put,
    fault: Fault,
    reported: list[str],
    left: list[str],
    *,
    erase: bool,
) -> None:
    """Or is, though the store denies it; and for the chosen keys only."""
    names = [put(key, b"hello").key for key in ("objects/a", "objects/b")]
    store.on_discard, store.chosen = fault, lambda key: key == "objects/a"
    failures = store.erase(names) if erase else store.discard(names, now=NOW)
    assert list(failures) == reported
    assert [found.key for found in store.keys("")] == left
    assert store.discards == names


@pytest.mark.parametrize(("fault", "found"), [(Fault.TIME_OUT, 2), (Fault.FLIP, 1)])
def test_what_is_recovered_has_no_answer(
    store: FaultyObjectStore, put: Put, fault: Fault, found: int
) -> None:
    """It may be there nevertheless."""
    put("objects/a", b"hello")
    store.on_recover = fault
    with pytest.raises(StorageError, match="no answer about objects/a"):
        store.recover("objects/a", "objects/b")
    assert len(list(store.keys())) == found


def test_what_is_recovered_may_be_a_lie(store: FaultyObjectStore) -> None:
    """The store says that it is there, and it is not."""
    store.on_recover = Fault.DROP
    assert store.recover("objects/a", "objects/b")
    assert list(store.keys()) == []


def test_calls_are_noted(store: FaultyObjectStore, put: Put) -> None:
    """In their order, the spoilt ones too."""
    place = put("objects/a", b"hello")
    store.on_put = Fault.DROP
    put("objects/b", b"x")
    read(store, place)
    assert store.puts == ["objects/a", "objects/b"]
    assert store.reads == [place]
    assert (store.url, store.is_local) == ("memory://", False)
