"""What every object store must do, as tests.

Owns the meaning of `hozon.ports.object_store.ObjectStore`. Refuses to own speed, and what survives
a crash of the machine. Invariant: every test states one promise of the port and nothing else.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar, Final

import pytest

from hozon.errors import MissingObjectError, StorageError
from hozon.model.digests import CHUNK_BYTES
from hozon.model.places import Place
from hozon.ports.object_store import ObjectStore, StoredKey

Put = Callable[[str, bytes], Place]
"""Stores bytes under a key and gives their place."""

_MANY_KEYS: Final = 3000
"""More than a store takes in two requests."""

_NOW: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)


def _names(store: ObjectStore, prefix: str = "", after: str | None = None) -> list[str]:
    """List keys without their sizes."""
    return [found.key for found in store.keys(prefix, after=after)]


class ObjectStoreContract:
    """A suite for one adapter: subclass it and give it a fixture `store`, fresh and empty."""

    keeps_discarded: ClassVar[bool] = True
    """Whether what was discarded can be recovered."""

    has_trash: ClassVar[bool] = True
    """Whether it gives up by itself what was discarded, and not by rules of a bucket."""

    @pytest.fixture
    def store(self) -> ObjectStore:
        """Give a fresh, empty store; every subclass brings its own."""
        raise NotImplementedError(f"{type(self).__name__} needs a fixture 'store'.")

    @pytest.fixture
    def put(self, store: ObjectStore, tmp_path: Path) -> Put:
        """Give a function that stores bytes."""

        def put(key: str, content: bytes) -> Place:
            source = tmp_path / f"source-{key.replace('/', '-')}"
            source.write_bytes(content)
            store.put(key, source)
            return Place(key, 0, len(content))

        return put

    def test_what_was_put_is_read_back(self, store: ObjectStore, put: Put) -> None:
        """A store gives the bytes that it was given."""
        assert b"".join(store.read(put("objects/1", b"hello"))) == b"hello"

    def test_a_range_is_read(self, store: ObjectStore, put: Put) -> None:
        """Offset and length choose bytes within an object."""
        key = put("packs/1", b"onetwothree").key
        assert b"".join(store.read(Place(key, 3, 3))) == b"two"

    def test_chunks_are_small(self, store: ObjectStore, put: Put) -> None:
        """No chunk is larger than 1 MiB, so that memory stays flat."""
        content = b"0123456789abcdef" * (CHUNK_BYTES * 5 // 32)
        chunks = list(store.read(put("objects/large", content)))
        assert b"".join(chunks) == content
        assert max(map(len, chunks)) <= CHUNK_BYTES

    def test_an_empty_object_is_read_as_nothing(self, store: ObjectStore, put: Put) -> None:
        """Empty files are files."""
        assert b"".join(store.read(put("objects/empty", b""))) == b""
        assert _names(store) == ["objects/empty"]

    def test_the_source_is_not_needed_afterwards(
        self, store: ObjectStore, put: Put, tmp_path: Path
    ) -> None:
        """A store has a copy: removing the file removes nothing."""
        place = put("objects/1", b"hello")
        (tmp_path / "source-objects-1").unlink()
        assert b"".join(store.read(place)) == b"hello"

    def test_a_file_that_never_changes_may_be_linked(
        self, store: ObjectStore, tmp_path: Path
    ) -> None:
        """Its bytes are there, and stay when its own name goes."""
        source = tmp_path / "private"
        source.write_bytes(b"hello")
        store.put("packs/1", source, may_link=True)
        source.unlink()
        assert b"".join(store.read(Place("packs/1", 0, 5))) == b"hello"

    def test_a_missing_key_is_named(self, store: ObjectStore) -> None:
        """Reading what is not there says which key is missing."""
        with pytest.raises(MissingObjectError, match="objects/absent"):
            b"".join(store.read(Place("objects/absent", 0, 1)))

    @pytest.mark.parametrize("offset", [0, 5], ids=["begins inside", "begins behind"])
    def test_a_range_beyond_the_end_is_an_error(
        self, store: ObjectStore, put: Put, offset: int
    ) -> None:
        """Fewer bytes than asked for are never passed off as all of them."""
        key = put("objects/short", b"abc").key
        with pytest.raises(StorageError, match="objects/short"):
            b"".join(store.read(Place(key, offset, 10)))

    def test_a_failed_put_leaves_nothing(self, store: ObjectStore, tmp_path: Path) -> None:
        """A key appears whole or not at all."""
        with pytest.raises(StorageError, match="objects/1"):
            store.put("objects/1", tmp_path / "missing")
        assert _names(store) == []

    def test_a_deleted_key_is_gone(self, store: ObjectStore, put: Put) -> None:
        """Deleting takes the named keys away and leaves the others."""
        gone, kept = put("objects/1", b"one"), put("objects/2", b"two")
        store.delete([gone.key])
        assert _names(store) == [kept.key]
        with pytest.raises(MissingObjectError):
            b"".join(store.read(gone))

    def test_an_absent_key_counts_as_deleted(self, store: ObjectStore) -> None:
        """Deleting may be repeated after a crash."""
        store.delete(["objects/absent"])
        assert _names(store) == []

    def test_many_keys_are_deleted_at_once(self, store: ObjectStore, put: Put) -> None:
        """More keys than fit one request are deleted, the last one too."""
        names = [f"objects/{number:04}" for number in range(_MANY_KEYS)]
        put(names[0], b"first")
        put(names[-1], b"last")
        store.delete(iter(names))
        assert _names(store) == []

    def test_keys_come_in_order(self, store: ObjectStore, put: Put) -> None:
        """A listing is sorted, whatever the order of writing."""
        for key in ("objects/b/0", "objects/a/1", "objects/a/0", "packs/0"):
            put(key, b"x")
        assert _names(store) == ["objects/a/0", "objects/a/1", "objects/b/0", "packs/0"]

    def test_a_prefix_chooses_keys(self, store: ObjectStore, put: Put) -> None:
        """A prefix is text, not a folder: `objects/a` also begins `objects/ab/0`."""
        for key in ("objects/a/0", "objects/ab/0", "packs/0"):
            put(key, b"x")
        assert _names(store, "objects/a") == ["objects/a/0", "objects/ab/0"]
        assert _names(store, "objects/a/") == ["objects/a/0"]

    def test_the_order_is_that_of_whole_keys(self, store: ObjectStore, put: Put) -> None:
        """`-` and `.` come before `/`, digits and letters behind it, in folders as in buckets."""
        names = ["o/a-b/0", "o/a.b", "o/a/0", "o/a/b/0", "o/a0", "o/aZ/0", "o/a_", "o/ab", "o/b"]
        for key in reversed(names):
            put(key, b"x")
        assert _names(store) == names == sorted(names)

    def test_a_listing_tells_sizes(self, store: ObjectStore, put: Put) -> None:
        """How much is freed when a key goes is known without another request."""
        put("objects/1", b"hello")
        put("packs/1", b"")
        assert list(store.keys()) == [StoredKey("objects/1", 5), StoredKey("packs/1", 0)]

    @pytest.mark.parametrize("prefix", ["", "o/a", "o/a/", "o/b", "p"])
    @pytest.mark.parametrize("after", ["", "o/a", "o/a/", "o/a/1", "o/a/9", "o/ab/0", "p", "q"])
    def test_a_listing_begins_behind_a_key(
        self, store: ObjectStore, put: Put, prefix: str, after: str
    ) -> None:
        """The key itself, which need not be there, is left out."""
        names = ["o/a-/0", "o/a/0", "o/a/1", "o/a/2", "o/ab/0", "o/b/0", "p/0"]
        for key in names:
            put(key, b"x")
        wanted = [key for key in names if key.startswith(prefix) and key > after]
        assert _names(store, prefix, after) == wanted

    def test_a_discarded_key_is_gone(self, store: ObjectStore, put: Put) -> None:
        """Nobody lists or reads it; others are left, also those whose names begin alike."""
        gone, kept = put("objects/1", b"one"), put("objects/10", b"ten")
        assert store.discard([gone.key], now=_NOW) == {}
        assert _names(store) == [kept.key]
        with pytest.raises(MissingObjectError):
            b"".join(store.read(gone))
        assert b"".join(store.read(kept)) == b"ten"

    def test_an_absent_key_counts_as_discarded(self, store: ObjectStore, put: Put) -> None:
        """Discarding may be repeated after a crash."""
        put("objects/1", b"one")
        put("objects/2", b"two")
        for _ in range(2):
            assert store.discard(["objects/absent/0", "objects/2/0", "objects/1"], now=_NOW) == {}
        assert _names(store) == ["objects/2"]

    def test_nothing_is_discarded_from_a_new_store(self, store: ObjectStore) -> None:
        """A collector that finds nothing asks for nothing."""
        assert store.discard([], now=_NOW) == store.erase([]) == {}
        assert store.empty_trash(_NOW) == 0

    def test_many_keys_are_discarded_at_once(self, store: ObjectStore, put: Put) -> None:
        """More than fit one request, the last one too."""
        names = [f"objects/{number:04}" for number in range(_MANY_KEYS)]
        put(names[0], b"first")
        put(names[1500], b"middle")
        put(names[-1], b"last")
        assert store.discard(iter(names), now=_NOW) == {}
        assert _names(store) == []

    def test_a_discarded_key_is_recovered_where_it_is_kept(
        self, store: ObjectStore, put: Put
    ) -> None:
        """Under another key, whole; where nothing is kept the store says so."""
        gone = put("objects/x/1", b"one")
        store.discard([gone.key], now=_NOW)
        assert store.recover(gone.key, "objects/y/1") is self.keeps_discarded
        assert _names(store) == (["objects/y/1"] if self.keeps_discarded else [])
        for key in _names(store):
            assert b"".join(store.read(Place(key, 0, 3))) == b"one"

    def test_a_recovered_key_is_a_key_like_others(self, store: ObjectStore, put: Put) -> None:
        """It can be discarded, and recovered again, by either name."""
        store.discard([put("objects/1", b"one").key], now=_NOW)
        if store.recover("objects/1", "objects/2"):
            assert store.discard(["objects/2"], now=_NOW + timedelta(days=1)) == {}
            assert store.recover("objects/2", "objects/3")
            assert store.recover("objects/1", "objects/4")
        assert _names(store) == (["objects/3", "objects/4"] if self.keeps_discarded else [])

    def test_a_key_that_is_there_is_copied(self, store: ObjectStore, put: Put) -> None:
        """Whoever recovers need not know whether someone discarded the key meanwhile."""
        place = put("objects/1", b"one")
        assert store.recover("objects/1", "packs/1")
        store.discard([place.key], now=_NOW)
        assert _names(store) == ["packs/1"]
        assert b"".join(store.read(Place("packs/1", 0, 3))) == b"one"

    def test_what_never_was_is_not_recovered(self, store: ObjectStore, put: Put) -> None:
        """Nor is another key whose name begins alike."""
        store.discard([put("objects/10", b"ten").key], now=_NOW)
        put("objects/11", b"eleven")
        assert not store.recover("objects/1", "objects/2")
        assert _names(store) == ["objects/11"]

    def test_the_trash_is_emptied_by_days(self, store: ObjectStore, put: Put) -> None:
        """A day is given up when it has ended before the moment that was named."""
        store.discard([put("objects/1", b"one").key], now=_NOW)
        store.discard([put("objects/2", b"two2").key], now=_NOW + timedelta(days=1))
        assert store.empty_trash(_NOW + timedelta(hours=11, minutes=59)) == 0
        assert store.empty_trash(_NOW + timedelta(hours=12)) == (3 if self.has_trash else 0)
        kept = self.keeps_discarded and not self.has_trash
        assert store.recover("objects/1", "packs/1") is kept
        assert store.recover("objects/2", "packs/2") is self.keeps_discarded

    def test_an_emptied_trash_leaves_what_is_stored(self, store: ObjectStore, put: Put) -> None:
        """However late the moment is that was named; a live key frees nothing."""
        place = put("objects/1", b"one")
        assert store.empty_trash(_NOW + timedelta(days=100_000)) == 0
        assert b"".join(store.read(place)) == b"one"

    def test_an_erased_key_is_not_recovered(self, store: ObjectStore, put: Put) -> None:
        """Whether it was there or discarded; others are left, also those that begin alike."""
        put("objects/1", b"one")
        store.discard([put("objects/2", b"two").key], now=_NOW)
        store.discard([put("objects/20", b"twenty").key], now=_NOW)
        put("objects/10", b"ten")
        assert store.erase(["objects/1", "objects/2", "objects/absent"]) == {}
        assert _names(store) == ["objects/10"]
        assert not store.recover("objects/1", "packs/1")
        assert not store.recover("objects/2", "packs/2")
        assert store.recover("objects/10", "packs/10")
        assert store.recover("objects/20", "packs/20") is self.keeps_discarded

    def test_a_new_store_is_empty(self, store: ObjectStore) -> None:
        """Listing works before the first write."""
        assert _names(store) == []

    def test_threads_put_at_once(self, store: ObjectStore, put: Put) -> None:
        """Writers of different keys do not disturb each other."""
        contents = {f"objects/{number}": bytes([number]) * 100 for number in range(16)}
        with ThreadPoolExecutor(8) as pool:
            places = list(pool.map(put, contents.keys(), contents.values()))
        assert {p.key: b"".join(store.read(p)) for p in places} == contents

    def test_it_says_where_it_lies(self, store: ObjectStore) -> None:
        """The URL has a scheme."""
        assert "://" in store.url

    def test_it_says_whether_it_keeps_what_is_discarded(self, store: ObjectStore) -> None:
        """And that is so."""
        found = store.versioning()
        assert found.enabled is self.keeps_discarded
        assert found.detail

    def test_closing_twice_does_nothing(self, store: ObjectStore) -> None:
        """Closing is safe in every `finally`."""
        store.close()
        store.close()
