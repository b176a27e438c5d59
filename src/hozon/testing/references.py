"""What every handler of references must do, as tests.

Owns the meaning of `hozon.ports.references.ReferenceHandler`. Refuses to own speed, and what a
scheme alone can do. Invariant: every test states one promise of the port and nothing else.
"""

from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest

from hozon.errors import (
    InvalidReferenceError,
    MissingReferenceError,
    ReferenceChangedError,
    TooManyObjectsError,
)
from hozon.model.digests import CHUNK_BYTES
from hozon.model.manifest import ManifestEntry
from hozon.ports.references import FoundObject, ReferenceHandler

_MANY = 7


class Outside(Protocol):
    """What lies outside, for a test to change."""

    @property
    def root(self) -> str:
        """The URI of the bucket, folder or site; it does not end at a slash."""
        ...

    def put(self, key: str, content: bytes) -> None:
        """Let there be an object below the root, or another content of it."""
        ...

    def remove(self, key: str) -> None:
        """Let there be no such object."""
        ...


def recorded(found: FoundObject) -> ManifestEntry:
    """Record an object as it was found."""
    return ManifestEntry(found.name, found.digest, found.size, found.ref, found.extra)


class ReferenceHandlerContract:
    """A suite for one adapter: subclass it and give it fixtures `handler` and `outside`.

    What is outside is empty when a test begins.
    """

    @pytest.fixture
    def handler(self) -> ReferenceHandler:
        """Give a handler; every subclass brings its own."""
        raise NotImplementedError(f"{type(self).__name__} needs a fixture 'handler'.")

    @pytest.fixture
    def outside(self) -> Outside:
        """Give what the handler looks at; every subclass brings its own."""
        raise NotImplementedError(f"{type(self).__name__} needs a fixture 'outside'.")

    def one(
        self, handler: ReferenceHandler, outside: Outside, content: bytes, *, checksum: bool = True
    ) -> ManifestEntry:
        """Put an object and record it."""
        outside.put("d/data.bin", content)
        uri = f"{outside.root}/d/data.bin"
        (found,) = handler.find(uri, checksum=checksum, max_objects=None)
        return recorded(found)

    def test_a_single_object_is_found(self, handler: ReferenceHandler, outside: Outside) -> None:
        """By its URI, with its base name and its size."""
        outside.put("d/data.bin", b"hello")
        uri = f"{outside.root}/d/data.bin"
        (found,) = handler.find(uri, checksum=True, max_objects=None)
        assert (found.name, found.ref, found.size, found.single) == ("data.bin", uri, 5, True)

    def test_other_content_has_another_digest(
        self, handler: ReferenceHandler, outside: Outside
    ) -> None:
        """Of the same length, too; the same content keeps its digest."""
        digests = [self.one(handler, outside, content).digest for content in (b"one", b"two")]
        assert len(set(digests)) == 2  # noqa: PLR2004  Two contents.
        outside.put("d/data.bin", b"two")
        again = [
            next(handler.find(f"{outside.root}/d/data.bin", checksum=True, max_objects=1)).digest
            for _ in range(2)
        ]
        assert again[0] == again[1]

    def test_without_checksum_the_uri_is_the_digest(
        self, handler: ReferenceHandler, outside: Outside
    ) -> None:
        """And what is there can still be read."""
        entry = self.one(handler, outside, b"hello", checksum=False)
        assert entry.digest == entry.ref == f"{outside.root}/d/data.bin"
        assert b"".join(handler.read(entry)) == b"hello"

    def test_what_was_recorded_is_read(self, handler: ReferenceHandler, outside: Outside) -> None:
        """In chunks of at most 1 MiB."""
        content = b"0123456789abcdef" * (CHUNK_BYTES * 5 // 32)
        chunks = list(handler.read(self.one(handler, outside, content)))
        assert b"".join(chunks) == content
        assert max(map(len, chunks)) <= CHUNK_BYTES

    def test_an_empty_object_is_an_object(
        self, handler: ReferenceHandler, outside: Outside
    ) -> None:
        """It is recorded, and read as nothing."""
        entry = self.one(handler, outside, b"")
        assert entry.size == 0
        assert b"".join(handler.read(entry)) == b""

    @pytest.mark.parametrize("content", [b"HELLO", b"hello and more", b""], ids=repr)
    def test_other_bytes_are_never_passed_off_as_recorded(
        self, handler: ReferenceHandler, outside: Outside, content: bytes
    ) -> None:
        """Where old versions are kept the old bytes are read, elsewhere it is an error."""
        entry = self.one(handler, outside, b"hello")
        outside.put("d/data.bin", content)
        try:
            read = b"".join(handler.read(entry))
        except ReferenceChangedError as error:
            assert outside.root in error.message  # noqa: PT017  Both ends are right.
        else:
            assert read == b"hello"

    def test_what_is_gone_is_an_error(self, handler: ReferenceHandler, outside: Outside) -> None:
        """Or its old bytes are read, where old versions are kept."""
        entry = self.one(handler, outside, b"hello")
        outside.remove("d/data.bin")
        try:
            read = b"".join(handler.read(entry))
        except MissingReferenceError as error:
            assert outside.root in error.message  # noqa: PT017  Both ends are right.
        else:
            assert read == b"hello"

    def test_nothing_is_an_error(self, handler: ReferenceHandler, outside: Outside) -> None:
        """A typing error in a URI is found when the reference is added."""
        outside.put("d/data.bin", b"hello")
        with pytest.raises(InvalidReferenceError, match=outside.root):
            list(handler.find(f"{outside.root}/d/datum.bin", checksum=True, max_objects=None))

    def test_reading_may_end_early(self, handler: ReferenceHandler, outside: Outside) -> None:
        """What was opened is closed when nobody asks on; the next read begins at the start."""
        entry = self.one(handler, outside, b"first" + bytes(3 * CHUNK_BYTES))
        for _ in range(2):
            assert next(handler.read(entry)).startswith(b"first")

    def test_only_the_same_bytes_match(
        self, handler: ReferenceHandler, outside: Outside, tmp_path: Path
    ) -> None:
        """A file of other content never matches, of the same length or another."""
        entry = self.one(handler, outside, b"hello")
        for content in (b"HELLO", b"", b"hello and more"):
            (tmp_path / "copy").write_bytes(content)
            assert not handler.matches(entry, tmp_path / "copy")

    def test_without_a_digest_of_the_content_nothing_is_told_wrongly(
        self, handler: ReferenceHandler, outside: Outside, tmp_path: Path
    ) -> None:
        """Where the digest is the URI, only what else was recorded counts."""
        entry = self.one(handler, outside, b"hello", checksum=False)
        (tmp_path / "copy").write_bytes(b"HELLO")
        assert not handler.matches(entry, tmp_path / "copy")
        assert not handler.matches(replace(entry, extra={}), tmp_path / "copy")

    def test_the_target_opens_what_was_recorded(
        self, handler: ReferenceHandler, outside: Outside
    ) -> None:
        """It can be added again, and is the same object."""
        entry = self.one(handler, outside, b"hello")
        (found,) = handler.find(handler.target(entry), checksum=True, max_objects=None)
        assert recorded(found) == entry

    def test_closing_twice_does_nothing(self, handler: ReferenceHandler) -> None:
        """Closing is safe in every `finally`."""
        handler.close()
        handler.close()


class FolderReferenceContract(ReferenceHandlerContract):
    """What handlers promise on top whose URIs may stand for several objects."""

    def names(
        self, handler: ReferenceHandler, uri: str, *, max_objects: int | None = None
    ) -> list[str]:
        """List what is found."""
        found = list(handler.find(uri, checksum=True, max_objects=max_objects))
        assert not any(item.single for item in found)
        return [item.name for item in found]

    @pytest.mark.parametrize("slash", ["", "/"], ids=["without slash", "with slash"])
    def test_all_objects_below_are_found(
        self, handler: ReferenceHandler, outside: Outside, slash: str
    ) -> None:
        """In the order of their names, which begin below what was named; empty ones, too."""
        for key, content in {"d/b/2": b"2", "d/a": b"", "d/b/1": b"1"}.items():
            outside.put(key, content)
        assert self.names(handler, f"{outside.root}/d{slash}") == ["a", "b/1", "b/2"]

    def test_each_object_refers_to_itself(
        self, handler: ReferenceHandler, outside: Outside
    ) -> None:
        """And each is read by itself."""
        for key in ("d/a", "d/b/1"):
            outside.put(key, key.encode())
        found = list(handler.find(f"{outside.root}/d", checksum=True, max_objects=None))
        assert [item.ref for item in found] == [f"{outside.root}/d/a", f"{outside.root}/d/b/1"]
        assert [b"".join(handler.read(recorded(item))) for item in found] == [b"d/a", b"d/b/1"]

    def test_a_name_is_not_the_beginning_of_another(
        self, handler: ReferenceHandler, outside: Outside
    ) -> None:
        """`data` never stands for `database/…`."""
        outside.put("database/1", b"other")
        with pytest.raises(InvalidReferenceError, match=outside.root):
            self.names(handler, f"{outside.root}/data")
        outside.put("data/1", b"one")
        assert self.names(handler, f"{outside.root}/data") == ["1"]

    def test_a_single_object_below_keeps_its_folder(
        self, handler: ReferenceHandler, outside: Outside
    ) -> None:
        """One object below a prefix is not the prefix itself."""
        outside.put("d/only", b"hello")
        (found,) = handler.find(f"{outside.root}/d", checksum=True, max_objects=None)
        assert (found.name, found.single) == ("only", False)

    def test_as_many_as_allowed_are_found(
        self, handler: ReferenceHandler, outside: Outside
    ) -> None:
        """The bound itself is allowed."""
        for number in range(_MANY):
            outside.put(f"d/{number}", b"x")
        assert len(self.names(handler, f"{outside.root}/d", max_objects=_MANY)) == _MANY

    def test_one_more_is_refused(self, handler: ReferenceHandler, outside: Outside) -> None:
        """Never cut silently; the hint says how to raise the bound."""
        for number in range(_MANY):
            outside.put(f"d/{number}", b"x")
        with pytest.raises(TooManyObjectsError, match=f"more than {_MANY - 1}") as caught:
            self.names(handler, f"{outside.root}/d", max_objects=_MANY - 1)
        assert "max_objects=" in caught.value.hint
