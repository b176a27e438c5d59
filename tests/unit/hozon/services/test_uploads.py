"""Uploads: what shares a key, the proof that it arrived, and what a failure leaves."""

import hashlib
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hozon.errors import (
    DigestMismatchError,
    HozonError,
    IntegrityError,
    MissingObjectError,
    SourceFileError,
    StorageError,
)
from hozon.model.digests import ContentDigest
from hozon.model.manifest import ManifestEntry
from hozon.model.places import PACKED_FILES, PackSizes, Place
from hozon.model.versions import Version
from hozon.services.commit import commit_version
from hozon.services.contents import Contents, LocalFile, LocalRange, StagedFile
from hozon.services.context import Context
from hozon.services.download import download_version
from hozon.services.leases import Upload
from hozon.services.uploads import _digests, upload_missing
from hozon.storage.local import LocalObjectStore
from hozon.storage.s3 import S3ObjectStore
from hozon.testing.faulty import Fault, FaultyObjectStore
from hozon.testing.memory import MemoryObjectStore
from hozon.testing.records import make_collection, new_version
from worlds import Bucket, Logger, Stage

SIZES = PackSizes(pack_bytes=40, packed_file_bytes=10)
FILES = {"a": b"one", "deep/b": b"two-2", "empty": b"", "large": bytes(range(99))}


def small(key: str) -> bool:
    """Choose packs."""
    return key.startswith("packs/")


def large(key: str) -> bool:
    """Choose what has a key of its own."""
    return key.startswith("objects/")


def places(context: Context, contents: Contents) -> dict[str, Place]:
    """Give the places of all entries, by path."""
    with context.catalog.read() as session:
        found = session.objects.places(contents.manifest.sizes_by_digest)
    return {e.path: found[e.content] for e in contents.entries() if e.content in found}


def digest_of(content: bytes) -> ContentDigest:
    """Identify bytes."""
    return ContentDigest(hashlib.sha256(content).hexdigest())


def left_in_place(folder: Path, files: dict[str, bytes]) -> Contents:
    """Describe files that were not copied."""
    contents = Contents()
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
        at = LocalRange(LocalFile(folder / name, private=False), 0, len(content))
        contents.put(StagedFile(ManifestEntry(name, digest_of(content), len(content)), at))
    return contents


def upload(context: Context, contents: Contents) -> list[int]:
    """Upload, and give the progress."""
    done: list[int] = []
    upload_missing(context, contents, pending(context), progress=done.append)
    return done


def pending(context: Context) -> Upload:
    """Open a version for which something is uploaded."""
    upload_id = uuid.uuid4().hex
    with context.catalog.write() as session:
        new = replace(new_version("x"), upload_id=upload_id)
        version = session.versions.open(make_collection(session).key, new)
    return Upload(version, upload_id)


@pytest.fixture(params=["memory", "s3"])
def faulty(request: pytest.FixtureRequest) -> FaultyObjectStore:
    """Give a store that does what the test says, around two kinds of others."""
    if request.param == "memory":
        return FaultyObjectStore(MemoryObjectStore())
    bucket: Bucket = request.getfixturevalue("bucket")
    return FaultyObjectStore(S3ObjectStore(bucket.name))


@pytest.fixture
def small_context(context: Context, faulty: FaultyObjectStore) -> Context:
    """Give services small packs and a store that may lie."""
    return replace(context, store=faulty, sizes=SIZES)


def download(context: Context, version: Version, root: Path) -> dict[str, bytes]:
    """Bring a version and read it."""
    download_version(context, version, root)
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


# What shares a key.


def test_small_files_share_a_key(context: Context, stage: Stage, store: MemoryObjectStore) -> None:
    """The staged pack goes as it is: one object for all of it."""
    contents = stage({"a": b"one", "b": b"two", "c": b""})
    assert sum(upload(context, contents)) == 6
    (key,) = (found.key for found in store.keys(""))
    assert {place.key for place in places(context, contents).values()} == {key}
    assert key.startswith("packs/")


def test_a_large_file_has_a_key_of_its_own(
    context: Context, tmp_path: Path, store: MemoryObjectStore
) -> None:
    """And the small ones beside it share one."""
    context = replace(context, sizes=SIZES)
    contents = left_in_place(tmp_path / "x", {"a": b"1", "b": b"2", "large": bytes(99)})
    upload(context, contents)
    found = places(context, contents)
    assert found["large"].key.startswith("objects/")
    assert found["a"].key == found["b"].key
    assert len(list(store.keys())) == 2


def test_files_that_were_left_in_place_are_put_together(
    context: Context, tmp_path: Path, store: MemoryObjectStore
) -> None:
    """As many packs as their bound asks for."""
    context = replace(context, sizes=SIZES)
    contents = left_in_place(tmp_path / "x", {str(n): b"%02d" % n * 4 for n in range(12)})
    upload(context, contents)
    assert len(list(store.keys())) == 3
    for path, place in places(context, contents).items():
        assert b"".join(store.read(place)) == b"%02d" % int(path) * 4


def test_a_pack_holds_so_many_files(
    context: Context, tmp_path: Path, store: MemoryObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that what is known of one fits into memory."""
    assert PACKED_FILES > 1000
    monkeypatch.setattr("hozon.services.uploads.PACKED_FILES", 5)
    upload(context, left_in_place(tmp_path / "x", {str(n): b"%d" % n for n in range(12)}))
    assert len(list(store.keys())) == 3


def test_only_what_is_missing_goes(
    context: Context, stage: Stage, store: MemoryObjectStore
) -> None:
    """Of a staged pack that is known in part, the rest goes into a pack of its own."""
    upload(context, stage({"a": b"one"}))
    contents = stage({"a": b"one", "b": b"two", "c": b"two"})
    assert sum(upload(context, contents)) == 9
    first, second = sorted(
        (found.key for found in store.keys("")),
        key=lambda key: b"one" not in b"".join(store.read(Place(key, 0, 3))),
    )
    assert b"".join(store.read(Place(second, 0, 3))) == b"two"
    assert places(context, contents)["a"].key == first


def test_nothing_is_sent_twice(
    small_context: Context, faulty: FaultyObjectStore, stage: Stage
) -> None:
    """Equal content has one place, in one upload and in the next."""
    for _ in range(2):
        upload(small_context, stage({"a": b"same", "b": b"same", "c": b"same"}, apart=True))
        assert len(faulty.puts) == 1


def test_packs_that_were_put_together_leave_nothing_here(context: Context, tmp_path: Path) -> None:
    """Each goes as soon as it is stored, and their folder in the end."""
    seen: list[int] = []

    class LookingStore(MemoryObjectStore):
        def put(self, key: str, source: Path, *, may_link: bool = False) -> None:
            seen.append(len(list(source.parent.iterdir())))
            super().put(key, source, may_link=may_link)

    context = replace(context, store=LookingStore(), sizes=replace(SIZES, pack_bytes=1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hozon.services.uploads.UPLOAD_THREADS", 1)
        upload(context, left_in_place(tmp_path / "x", {str(n): b"%d" % n for n in range(9)}))
    assert len(seen) == 9
    assert max(seen) <= 2
    assert list(context.staging.iterdir()) == []


@pytest.mark.parametrize("apart", [False, True], ids=["packed", "apart"])
def test_a_local_store_keeps_the_very_file(
    context: Context, tmp_path: Path, stage: Stage, *, apart: bool
) -> None:
    """By a link, and then there is nothing to compare."""
    store = FaultyObjectStore(LocalObjectStore(tmp_path / "objects"))
    context = replace(
        context, store=store, sizes=replace(SIZES, packed_file_bytes=0 if apart else 9)
    )
    upload(context, stage({"a": b"hello"}))
    assert store.reads == []
    (key,) = (found.key for found in store.keys(""))
    assert (tmp_path / "objects" / key).read_bytes() == b"hello"


# What a store must not do.


@pytest.mark.parametrize("kind", [small, large], ids=["packed", "large"])
@pytest.mark.parametrize("fault", Fault)
def test_a_store_that_spoils_what_it_is_given_is_found_out(
    logger: Logger,
    small_context: Context,
    faulty: FaultyObjectStore,
    tmp_path: Path,
    fault: Fault,
    kind: object,
) -> None:
    """No version, no place, no key is left of it; and the next try succeeds."""
    assert callable(kind)
    request = logger.request(files=FILES)
    request = replace(request, contents=_mixed(request.contents, tmp_path))
    faulty.on_put, faulty.chosen = fault, kind
    with pytest.raises((IntegrityError, StorageError)):
        commit_version(small_context, request)
    assert [found for found in faulty.keys("") if kind(found.key)] == []
    with small_context.catalog.read() as session:
        assert session.counts().versions == 0
    assert not any(kind(place.key) for place in places(small_context, request.contents).values())
    faulty.on_put = None
    version = commit_version(small_context, request).version
    assert download(small_context, version, tmp_path / "root") == FILES


def _mixed(contents: Contents, folder: Path) -> Contents:
    """Put the large file apart, as staging with small limits does."""
    mixed = Contents()
    for file in contents:
        mixed.put(file)
    content = FILES["large"]
    (folder / "own").write_bytes(content)
    mixed.put(
        StagedFile(
            ManifestEntry("large", digest_of(content), len(content)),
            LocalRange(LocalFile(folder / "own", private=True), 0, len(content)),
        )
    )
    return mixed


@pytest.mark.parametrize("fault", [Fault.TRUNCATE, Fault.FLIP, Fault.SWAP])
def test_a_spoilt_object_is_named(
    small_context: Context, faulty: FaultyObjectStore, stage: Stage, fault: Fault
) -> None:
    """With both digests and its key, and what to do."""
    faulty.on_put = fault
    with pytest.raises(HozonError) as caught:
        upload(small_context, stage({"a": b"hello"}))
    assert "packs/" in caught.value.message
    assert caught.value.hint


def test_a_store_that_cannot_be_read_back_makes_no_place(
    small_context: Context, faulty: FaultyObjectStore, stage: Stage
) -> None:
    """What nobody could compare does not count as stored."""
    contents = stage({"a": b"hello"})
    faulty.on_read = Fault.TIME_OUT
    with pytest.raises(StorageError, match="timed out"):
        upload(small_context, contents)
    assert places(small_context, contents) == {}
    assert list(faulty.keys()) == []


def test_a_key_that_cannot_be_removed_is_left(
    small_context: Context, faulty: FaultyObjectStore, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first error is the one that is told."""

    def refuse(_: object) -> None:
        raise StorageError("It may not be deleted", hint="Leave it.")

    monkeypatch.setattr(faulty, "delete", refuse)
    faulty.on_put = Fault.FLIP
    with pytest.raises(DigestMismatchError):
        upload(small_context, stage({"a": b"hello"}))


# Files that were not copied.


@pytest.mark.parametrize("size", [5, 50], ids=["packed", "large"])
@pytest.mark.parametrize(
    "changed", [b"HELLO" * 10, b"", b"hello" * 11], ids=["equal size", "empty", "longer"]
)
def test_a_file_that_has_changed_is_named(
    small_context: Context, faulty: FaultyObjectStore, tmp_path: Path, size: int, changed: bytes
) -> None:
    """And nothing of it is stored."""
    contents = left_in_place(tmp_path / "x", {"0": b"before", "a": (b"hello" * 10)[:size]})
    new = changed if len(changed) > 50 else changed[:size]
    (tmp_path / "x" / "a").write_bytes(new)
    if size == 50 and len(new) > 50:
        # What was added is still there, and is what is stored: a file that grew is no loss.
        upload(small_context, contents)
        assert b"".join(faulty.read(places(small_context, contents)["a"])) == b"hello" * 10
        return
    with pytest.raises(SourceFileError, match="x/a' has changed since it was added") as caught:
        upload(small_context, contents)
    assert "policy='mutable'" in caught.value.hint
    assert "a" not in places(small_context, contents)


@pytest.mark.parametrize("size", [5, 50], ids=["packed", "large"])
def test_a_file_that_went_is_named(small_context: Context, tmp_path: Path, size: int) -> None:
    """With its path, and nothing of it is stored."""
    contents = left_in_place(tmp_path / "x", {"a": bytes(size)})
    (tmp_path / "x" / "a").unlink()
    with pytest.raises(SourceFileError, match="x/a' cannot be read any more"):
        upload(small_context, contents)
    assert places(small_context, contents) == {}


def test_private_copies_that_went_are_named(small_context: Context, stage: Stage) -> None:
    """Somebody may have emptied the staging folder."""
    contents = stage({"a": b"hello"})
    for _, file in ((f.entry, f.at) for f in contents):
        assert file is not None
        file.file.path.unlink()
    with pytest.raises(SourceFileError, match="cannot be read any more"):
        upload(small_context, contents)


def test_what_should_be_stored_and_is_not_is_named(small_context: Context) -> None:
    """The hint says where to begin again."""
    contents = Contents()
    contents.put(StagedFile(ManifestEntry("a", "ab" * 32, 5), None))
    with pytest.raises(MissingObjectError, match="No store holds abababababab") as caught:
        upload(small_context, contents)
    assert "Make the draft again" in caught.value.hint


def test_references_need_no_bytes(small_context: Context, faulty: FaultyObjectStore) -> None:
    """They are somebody else's."""
    contents = Contents()
    contents.put(StagedFile(ManifestEntry("a", "etag", None, "s3://b/k"), None))
    upload(small_context, contents)
    assert faulty.puts == []


def test_a_full_disk_of_our_own_is_named(small_context: Context, tmp_path: Path) -> None:
    """Packs are put together in the staging folder."""
    contents = left_in_place(tmp_path / "x", {"a": b"hello"})
    (tmp_path / "file").write_text("x")
    context = replace(small_context, staging=tmp_path / "file" / "staging")
    with pytest.raises(StorageError, match="file/staging cannot be written"):
        upload(context, contents)


def test_several_go_at_a_time(context: Context, tmp_path: Path) -> None:
    """Two uploads wait for each other, and neither waits in vain."""
    meeting = threading.Barrier(2, timeout=20)

    class MeetingStore(MemoryObjectStore):
        def put(self, key: str, source: Path, *, may_link: bool = False) -> None:
            meeting.wait()
            super().put(key, source, may_link=may_link)

    store = MeetingStore()
    context = replace(context, store=store, sizes=replace(SIZES, packed_file_bytes=0))
    upload(context, left_in_place(tmp_path / "x", {"a": b"one", "b": b"two"}))
    assert len(list(store.keys())) == 2


def test_parts_of_a_stream_are_identified_wherever_they_are_cut() -> None:
    """Gaps are passed over; a stream that is too short gives other digests, and no error."""
    content = bytes(range(100))
    parts = [(digest_of(content[o : o + n]), o, n) for o, n in ((0, 0), (0, 7), (7, 0), (20, 30))]

    def cut(size: int, end: int) -> Iterator[bytes]:
        return (content[at : min(at + size, end)] for at in range(0, end, size))

    for size in (1, 3, 10, 100):
        assert list(_digests(cut(size, 100), parts)) == [digest for digest, _, _ in parts]
    assert list(_digests(cut(3, 40), parts))[3] != parts[3][0]
