"""Transfers: few requests, every object checked, what was moved is followed."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from hozon.errors import DigestMismatchError, MissingObjectError, StorageError
from hozon.model.digests import ContentDigest
from hozon.model.places import PackSizes, Place
from hozon.services.context import Context
from hozon.services.transfers import Receiver, fetch, find_places
from hozon.testing.faulty import Fault, FaultyObjectStore
from hozon.testing.memory import MemoryObjectStore

CONTENTS = {"a": b"one", "b": b"", "c": b"three", "d": b"4444"}
LIES = [Fault.TRUNCATE, Fault.FLIP, Fault.SWAP, Fault.DROP, Fault.TIME_OUT]


def digest_of(content: bytes) -> ContentDigest:
    """Identify bytes."""
    return ContentDigest(hashlib.sha256(content).hexdigest())


@pytest.fixture
def faulty(store: MemoryObjectStore) -> FaultyObjectStore:
    """Give a store that does what the test says."""
    return FaultyObjectStore(store)


@pytest.fixture
def lying(context: Context, faulty: FaultyObjectStore) -> Context:
    """Give services that store."""
    return replace(context, store=faulty)


@pytest.fixture
def packed(
    context: Context, store: MemoryObjectStore, tmp_path: Path
) -> Mapping[ContentDigest, Place]:
    """Put contents into one pack, and record where they lie."""
    return put(context, store, tmp_path, "packs/x/0")


def put(
    context: Context, store: MemoryObjectStore, folder: Path, key: str
) -> dict[ContentDigest, Place]:
    """Put contents into a pack, and record those that have no place."""
    (folder / "pack").write_bytes(b"".join(CONTENTS.values()))
    store.put(key, folder / "pack")
    places, at = dict[ContentDigest, Place](), 0
    for content in CONTENTS.values():
        places[digest_of(content)] = Place(key, at, len(content))
        at += len(content)
    with context.catalog.write() as session:
        session.objects.add(places, now=context.catalog.now())
    return places


class Received:
    """Keeps what arrives, and how."""

    def __init__(self) -> None:
        """Begin empty."""
        self.small: dict[ContentDigest, bytes] = {}
        self.large: dict[ContentDigest, bytes] = {}
        self.names = {digest_of(content): name for name, content in CONTENTS.items()}

    @property
    def receiver(self) -> Receiver:
        """What `fetch` hands things to."""
        return Receiver(self.small.__setitem__, self._take, self.names.__getitem__)

    def _take(self, digest: ContentDigest, chunks: Iterator[bytes]) -> None:
        self.large[digest] = b"".join(chunks)


def by_name(found: Mapping[ContentDigest, bytes]) -> dict[str, bytes]:
    """Name what arrived."""
    names = {digest_of(content): name for name, content in CONTENTS.items()}
    return {names[digest]: content for digest, content in found.items()}


def test_neighbours_come_with_one_request(
    lying: Context, faulty: FaultyObjectStore, packed: Mapping[ContentDigest, Place]
) -> None:
    """All of them, each whole."""
    received = Received()
    fetch(lying, packed, received.receiver, threads=2)
    assert by_name(received.small) == CONTENTS
    assert faulty.reads == [Place("packs/x/0", 0, 12)]


def test_what_lies_far_apart_comes_with_two(
    lying: Context, faulty: FaultyObjectStore, packed: Mapping[ContentDigest, Place]
) -> None:
    """What nobody asked for is not read for more than the sizes allow."""
    some = {d: packed[d] for d in map(digest_of, (b"one", b"4444"))}
    for gap, requests in ((5, 1), (4, 2)):
        faulty.reads.clear()
        context = replace(lying, sizes=PackSizes(gap_bytes=gap))
        received = Received()
        fetch(context, some, received.receiver, threads=1)
        assert by_name(received.small) == {"a": b"one", "d": b"4444"}
        assert len(faulty.reads) == requests


def test_large_objects_are_streamed(
    lying: Context, packed: Mapping[ContentDigest, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the bound they are handed on in chunks, unchecked, for the taker to check."""
    monkeypatch.setattr("hozon.services.transfers.SMALL_BYTES", 3)
    received = Received()
    fetch(lying, packed, received.receiver, threads=1)
    assert by_name(received.small) == {"a": b"one", "b": b""}
    assert by_name(received.large) == {"c": b"three", "d": b"4444"}


@pytest.mark.parametrize("fault", LIES)
def test_nothing_wrong_is_handed_on(
    lying: Context, faulty: FaultyObjectStore, packed: Mapping[ContentDigest, Place], fault: Fault
) -> None:
    """What a store gives instead is an error, after what may be right; the next try succeeds."""
    faulty.on_read = fault
    received = Received()
    with pytest.raises((DigestMismatchError, MissingObjectError, StorageError)):
        fetch(lying, packed, received.receiver, threads=2)
    assert by_name(received.small).items() <= CONTENTS.items()
    faulty.on_read = None
    fetch(lying, packed, received.receiver, threads=2)
    assert by_name(received.small) == CONTENTS


def test_what_is_wrong_is_named(
    lying: Context, faulty: FaultyObjectStore, packed: Mapping[ContentDigest, Place]
) -> None:
    """By its path, with both digests."""
    digest = digest_of(b"three")
    faulty.on_read = Fault.FLIP
    with pytest.raises(DigestMismatchError, match=f"for 'c' instead of {digest[:12]}"):
        fetch(lying, {digest: packed[digest]}, Received().receiver, threads=1)


@pytest.mark.parametrize("threads", [1, 4])
def test_what_was_moved_is_followed(
    context: Context,
    store: MemoryObjectStore,
    packed: Mapping[ContentDigest, Place],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    threads: int,
) -> None:
    """A pack that is rewritten between looking up and reading costs one more look."""
    store.delete(["packs/x/0"])
    moved = {d: replace(place, key="packs/y/0") for d, place in packed.items()}
    (tmp_path / "pack").write_bytes(b"".join(CONTENTS.values()))
    store.put("packs/y/0", tmp_path / "pack")
    monkeypatch.setattr(
        "hozon.services.transfers.find_places",
        lambda _, digests, **__: {digest: moved[digest] for digest in digests},
    )
    received = Received()
    fetch(context, packed, received.receiver, threads=threads)
    assert by_name(received.small) == CONTENTS


def test_what_is_lost_is_named(
    context: Context, store: MemoryObjectStore, packed: Mapping[ContentDigest, Place]
) -> None:
    """Nothing was moved: looking again is of no use, and is not tried for ever."""
    store.delete(["packs/x/0"])
    with pytest.raises(MissingObjectError, match="packs/x/0"):
        fetch(context, packed, Received().receiver, threads=2)


def test_what_the_catalog_does_not_know_is_named(context: Context) -> None:
    """By its path."""
    digest = digest_of(b"absent")
    with pytest.raises(MissingObjectError, match=f"no place for 'x' .{digest[:12]}") as caught:
        find_places(context, [digest], name=lambda _: "x")
    assert "backup" in caught.value.hint


def test_nothing_is_asked_for_nothing(lying: Context, faulty: FaultyObjectStore) -> None:
    """No places, no requests."""
    fetch(lying, {}, Received().receiver, threads=4)
    assert faulty.reads == []
