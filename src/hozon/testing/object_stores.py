"""What every object store must do, as tests.

Owns the meaning of `hozon.ports.object_store.ObjectStore`. Refuses to own speed, and what survives
a crash of the machine. Invariant: every test states one promise of the port and nothing else.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hozon.errors import MissingObjectError, StorageError
from hozon.model.digests import CHUNK_BYTES
from hozon.model.places import Place
from hozon.ports.object_store import ObjectStore

Put = Callable[[str, bytes], Place]
"""Stores bytes under a key and gives their place."""

_MANY_KEYS = 1001
"""One more than a store may take in one request."""


class ObjectStoreContract:
    """A suite for one adapter: subclass it and give it a fixture `store`, fresh and empty."""

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
        assert list(store.keys()) == ["objects/empty"]

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
        assert list(store.keys()) == []

    def test_a_deleted_key_is_gone(self, store: ObjectStore, put: Put) -> None:
        """Deleting takes the named keys away and leaves the others."""
        gone, kept = put("objects/1", b"one"), put("objects/2", b"two")
        store.delete([gone.key])
        assert list(store.keys()) == [kept.key]
        with pytest.raises(MissingObjectError):
            b"".join(store.read(gone))

    def test_an_absent_key_counts_as_deleted(self, store: ObjectStore) -> None:
        """Deleting may be repeated after a crash."""
        store.delete(["objects/absent"])
        assert list(store.keys()) == []

    def test_many_keys_are_deleted_at_once(self, store: ObjectStore, put: Put) -> None:
        """More keys than fit one request are deleted, the last one too."""
        names = [f"objects/{number:04}" for number in range(_MANY_KEYS)]
        put(names[0], b"first")
        put(names[-1], b"last")
        store.delete(iter(names))
        assert list(store.keys()) == []

    def test_keys_come_in_order(self, store: ObjectStore, put: Put) -> None:
        """A listing is sorted, whatever the order of writing."""
        for key in ("objects/b/0", "objects/a/1", "objects/a/0", "packs/0"):
            put(key, b"x")
        assert list(store.keys()) == ["objects/a/0", "objects/a/1", "objects/b/0", "packs/0"]

    def test_a_prefix_chooses_keys(self, store: ObjectStore, put: Put) -> None:
        """A prefix is text, not a folder: `objects/a` also begins `objects/ab/0`."""
        for key in ("objects/a/0", "objects/ab/0", "packs/0"):
            put(key, b"x")
        assert list(store.keys("objects/a")) == ["objects/a/0", "objects/ab/0"]
        assert list(store.keys("objects/a/")) == ["objects/a/0"]

    def test_a_new_store_is_empty(self, store: ObjectStore) -> None:
        """Listing works before the first write."""
        assert list(store.keys()) == []

    def test_threads_put_at_once(self, store: ObjectStore, put: Put) -> None:
        """Writers of different keys do not disturb each other."""
        contents = {f"objects/{number}": bytes([number]) * 100 for number in range(16)}
        with ThreadPoolExecutor(8) as pool:
            places = list(pool.map(put, contents.keys(), contents.values()))
        assert {p.key: b"".join(store.read(p)) for p in places} == contents

    def test_it_says_where_it_lies(self, store: ObjectStore) -> None:
        """The URL has a scheme."""
        assert "://" in store.url

    def test_closing_twice_does_nothing(self, store: ObjectStore) -> None:
        """Closing is safe in every `finally`."""
        store.close()
        store.close()
