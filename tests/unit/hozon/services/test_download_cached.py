"""Download with a cache, from stores that lie, of versions that are large or hostile."""

import errno
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hozon.errors import (
    DigestMismatchError,
    EntryNotFoundError,
    HozonError,
    IntegrityError,
    InvalidEntryPathError,
    StorageError,
    VerificationError,
)
from hozon.model.digests import ContentDigest
from hozon.model.manifest import Manifest, ManifestEntry
from hozon.model.places import PackSizes
from hozon.model.versions import Version
from hozon.ports.catalog import NewVersion
from hozon.services import download
from hozon.services.commit import commit_version
from hozon.services.context import Context
from hozon.services.download import DownloadOptions, download_version, published_digest
from hozon.services.verify import check_out, verify_folder
from hozon.storage.cache import FolderObjectCache
from hozon.storage.s3 import S3ObjectStore
from hozon.testing.faulty import Fault, FaultyObjectStore
from hozon.testing.memory import MemoryObjectStore
from worlds import Bucket, Logger

FILES = {"a": b"one", "copy": b"one", "deep/b": b"two-2", "empty": b"", "large": bytes(range(99))}
NO_CACHE = DownloadOptions(skip_cache=True)


@pytest.fixture(params=["memory", "s3"])
def faulty(request: pytest.FixtureRequest) -> FaultyObjectStore:
    """Give a store that does what the test says, around two kinds of others."""
    if request.param == "memory":
        return FaultyObjectStore(MemoryObjectStore())
    bucket: Bucket = request.getfixturevalue("bucket")
    return FaultyObjectStore(S3ObjectStore(bucket.name))


@pytest.fixture
def cache(tmp_path: Path) -> FolderObjectCache:
    """Give an empty cache."""
    return FolderObjectCache(tmp_path / "cache")


@pytest.fixture(params=[4 << 20, 10], ids=["held", "streamed"])
def cached(
    request: pytest.FixtureRequest,
    context: Context,
    faulty: FaultyObjectStore,
    cache: FolderObjectCache,
    monkeypatch: pytest.MonkeyPatch,
) -> Context:
    """Give services that store and a cache; large objects are those above the bound."""
    monkeypatch.setattr("hozon.services.transfers.SMALL_BYTES", request.param)
    return replace(context, store=faulty, cache=cache, cache_bytes=1000)


@pytest.fixture
def version(logger: Logger, cached: Context, faulty: FaultyObjectStore) -> Version:
    """Give a version of which nothing is in the cache."""
    version = commit_version(cached, logger.request(files=FILES)).version
    faulty.reads.clear()
    return version


def contents(folder: Path) -> dict[str, bytes]:
    """Read all files below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


# The cache.


def test_what_was_read_before_is_not_read_again(
    cached: Context, faulty: FaultyObjectStore, version: Version, tmp_path: Path
) -> None:
    """Into another folder, from the cache; `skip_cache` goes to the store, and leaves none."""
    for number in range(2):
        root = tmp_path / f"root{number}"
        assert contents(download_version(cached, version, root)) == FILES
        assert len(faulty.reads) == 1
    download_version(cached, version, tmp_path / "root2", NO_CACHE)
    assert len(faulty.reads) == 2


def test_skipping_the_cache_puts_nothing_into_it(
    cached: Context, cache: FolderObjectCache, version: Version, tmp_path: Path
) -> None:
    """As if there were none."""
    assert contents(download_version(cached, version, tmp_path / "root", NO_CACHE)) == FILES
    assert cache.usage().files == 0


@pytest.mark.parametrize("damage", [b"", b"on", b"oNe", b"one and more"], ids=repr)
def test_a_damaged_file_of_the_cache_is_noticed(
    cached: Context,
    cache: FolderObjectCache,
    faulty: FaultyObjectStore,
    version: Version,
    tmp_path: Path,
    damage: bytes,
) -> None:
    """It is discarded, fetched again, and kept right."""
    download_version(cached, version, tmp_path / "first")
    digest = _digest(cached, version, "a")
    found = cache.find(digest)
    assert found is not None
    found.write_bytes(damage)
    assert contents(download_version(cached, version, tmp_path / "second")) == FILES
    assert len(faulty.reads) == 2
    found = cache.find(digest)
    assert found is not None
    assert found.read_bytes() == b"one"


def _digest(context: Context, version: Version, path: str) -> ContentDigest:
    """Look up the digest of a file."""
    with context.catalog.read() as session:
        content = session.versions.manifest(version.id).entries[path].content
    assert content is not None
    return content


def test_a_cache_that_cannot_be_read_is_left_alone(
    cached: Context,
    cache: FolderObjectCache,
    version: Version,
    tmp_path: Path,
) -> None:
    """The bytes come from the store; whatever stands in the way there is no error."""
    download_version(cached, version, tmp_path / "first")
    found = cache.find(_digest(cached, version, "a"))
    assert found is not None
    found.unlink()
    found.mkdir()
    assert contents(download_version(cached, version, tmp_path / "second")) == FILES


def test_a_cache_that_cannot_be_cleaned_up_fails_no_download(
    cached: Context, version: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All files are there by then."""

    def fail(_: object, *, size_bytes: int) -> None:
        raise StorageError(f"Not down to {size_bytes}", hint="Leave it.")

    monkeypatch.setattr(FolderObjectCache, "clean_up", fail)
    assert contents(download_version(cached, version, tmp_path / "root")) == FILES


def test_the_cache_stays_within_its_bound(
    cached: Context,
    logger: Logger,
    cache: FolderObjectCache,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also while a version comes that is larger; what is larger alone is not kept at all."""
    files = {f"{number:02}": b"%02d" % number * 25 for number in range(40)}
    files["huge"] = bytes(501)
    version = commit_version(cached, logger.request(files=files)).version
    most: list[int] = []
    for name in ("add", "add_file"):
        add = getattr(FolderObjectCache, name)

        def watch(self: FolderObjectCache, *given: object, add: Callable[..., None] = add) -> None:
            add(self, *given)
            most.append(self.usage().size_bytes)

        monkeypatch.setattr(FolderObjectCache, name, watch)
    bounded = replace(cached, cache_bytes=500)
    assert contents(download_version(bounded, version, tmp_path / "root")) == files
    assert cache.usage().size_bytes <= 500
    assert max(most) <= 500 + 50 + 8 * 50  # Some are under way in other threads.
    assert cache.find(_digest(cached, version, "huge")) is None


def test_a_download_that_brings_nothing_does_not_look_through_the_cache(
    cached: Context, version: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may hold a million files."""
    download_version(cached, version, tmp_path / "root")

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("The cache was looked through.")

    monkeypatch.setattr(FolderObjectCache, "clean_up", fail)
    download_version(cached, version, tmp_path / "root")
    download_version(cached, version, tmp_path / "other")


def test_a_clean_up_by_another_process_fails_no_download(
    cached: Context,
    version: Version,
    cache: FolderObjectCache,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was found may be gone when it is opened."""
    download_version(cached, version, tmp_path / "first")
    find = FolderObjectCache.find

    def racing(self: FolderObjectCache, digest: ContentDigest) -> Path | None:
        found = find(self, digest)
        self.clean_up(size_bytes=0)
        return found

    monkeypatch.setattr(FolderObjectCache, "find", racing)
    assert contents(download_version(cached, version, tmp_path / "second")) == FILES
    assert cache.usage().files > 0


# Stores that lie.


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("options", [DownloadOptions(), NO_CACHE], ids=["cache", "no cache"])
def test_a_store_that_lies_never_makes_a_wrong_file(
    cached: Context,
    faulty: FaultyObjectStore,
    version: Version,
    cache: FolderObjectCache,
    tmp_path: Path,
    fault: Fault,
    options: DownloadOptions,
) -> None:
    """What lies there by then is right, the cache is too, and the next try succeeds."""
    faulty.on_read = fault
    root = tmp_path / "root"
    with pytest.raises((IntegrityError, StorageError)):
        download_version(cached, version, root, options)
    assert contents(root).items() <= FILES.items()
    faulty.on_read = None
    assert contents(download_version(cached, version, root, options)) == FILES
    assert contents(download_version(cached, version, tmp_path / "again")) == FILES
    assert cache.usage().files > 0


@pytest.mark.parametrize("fault", Fault)
def test_a_store_that_lies_never_gives_a_published_digest(
    cached: Context, faulty: FaultyObjectStore, version: Version, fault: Fault
) -> None:
    """What is read for it is checked, too, large or small."""
    right = published_digest(cached, version)
    faulty.on_read = fault
    with pytest.raises((IntegrityError, StorageError)):
        published_digest(cached, version)
    faulty.on_read = None
    assert published_digest(cached, version) == right


@pytest.mark.parametrize("fault", Fault)
def test_a_checkout_that_fails_removes_nothing(
    cached: Context, faulty: FaultyObjectStore, version: Version, tmp_path: Path, fault: Fault
) -> None:
    """Everything that was there is still there, and as it was."""
    root = tmp_path / "root"
    mine = {"mine": b"mine", "a": b"edited", "old/x": b"x"}
    for path, content in mine.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    faulty.on_read, faulty.chosen = fault, lambda _: True
    with pytest.raises((IntegrityError, StorageError)):
        check_out(cached, version, root)
    found = contents(root)
    assert {path: found[path] for path in ("mine", "old/x")} == {"mine": b"mine", "old/x": b"x"}
    assert found["a"] in {b"edited", b"one"}
    faulty.on_read = None
    check_out(cached, version, root)
    assert contents(root) == FILES


# Choosing.


def test_one_path_can_be_brought(cached: Context, version: Version, tmp_path: Path) -> None:
    """And no other; one that is not there is named."""
    download_version(cached, version, tmp_path, DownloadOptions(only="deep/b"))
    assert contents(tmp_path / "deep") == {"b": b"two-2"}
    assert not (tmp_path / "a").exists()
    for path in ("deep", "absent", "", "\udcff"):
        with pytest.raises(EntryNotFoundError, match="has no file"):
            download_version(cached, version, tmp_path, DownloadOptions(only=path))


@pytest.mark.parametrize(
    ("prefix", "paths"), [("", set(FILES)), ("de", {"deep/b"}), ("x", set()), ("a", {"a"})]
)
def test_a_prefix_chooses(
    cached: Context, version: Version, tmp_path: Path, prefix: str, paths: set[str]
) -> None:
    """It is text; and no path begins with the last character of Unicode."""
    download_version(cached, version, tmp_path / "root", DownloadOptions(prefix=prefix))
    assert set(contents(tmp_path / "root")) == paths
    for last in ("\U0010ffff", "deep\ud7ff"):
        download_version(cached, version, tmp_path / "none", DownloadOptions(prefix=last))
    assert contents(tmp_path / "none") == {}


# Memory.


@pytest.mark.parametrize("batch", [1, 2, 3, 100])
def test_a_download_works_batch_by_batch(
    cached: Context, version: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    """No more entries are held at a time, and the next are read when these are done."""
    monkeypatch.setattr(download, "BATCH", batch)
    events: list[int] = []
    bring = download._Download.bring  # noqa: SLF001  Where a batch is worked off.

    def watch(
        self: download._Download, entries: list[ManifestEntry], *, allow_missing: bool
    ) -> None:
        events.append(len(entries))
        bring(self, entries, allow_missing=allow_missing)
        for entry in entries:
            assert (tmp_path / "root" / entry.path).exists()

    monkeypatch.setattr(download._Download, "bring", watch)  # noqa: SLF001  As above.
    assert contents(download_version(cached, version, tmp_path / "root")) == FILES
    assert max(events) <= batch
    assert sum(events) == len(FILES)


# Manifests that nobody could have logged.


def hostile(logger: Logger, context: Context, path: str) -> Version:
    """Write a version with such a path into the catalog, past all checks."""
    good = commit_version(context, logger.request(files={"a": b"one"})).version
    with context.catalog.write() as session:
        collection = session.collections.find(good.collection)
        assert collection is not None
        (entry,) = session.versions.manifest(good.id)
        manifest = Manifest.of([entry, replace(entry, path=path)])
        version_id = session.versions.open(
            collection.key,
            NewVersion(
                digest=manifest.digest,
                size=6,
                file_count=2,
                description=None,
                metadata={},
                logged_by=None,
                created_by=context.principal,
                created_at=context.catalog.now(),
                lease_expires_at=context.catalog.now(),
                upload_id=uuid.uuid4().hex,
            ),
        )
        session.versions.commit(version_id, index=9, manifest=manifest, now=context.catalog.now())
        return session.versions.get(version_id)


Bring = Callable[[Context, Version, Path], object]
WAYS: dict[str, Bring] = {
    "download": download_version,
    "checkout": check_out,
    "entry": lambda context, version, root: download_version(
        context,
        version,
        root,
        DownloadOptions(only=next(e.path for e in _entries(context, version) if e.path != "a")),
    ),
}


def _entries(context: Context, version: Version) -> list[ManifestEntry]:
    with context.catalog.read() as session:
        return list(session.versions.entries(version.id))


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """Give a folder deep below another, and make sure that nothing appears beside it."""
    cage = tmp_path / "cage"
    root = cage / "in" / "root"
    root.mkdir(parents=True)
    outside = tmp_path / "outside"
    outside.mkdir()
    yield root
    assert [path.relative_to(cage).as_posix() for path in cage.rglob("*")][:2] == ["in", "in/root"]
    assert all(path.is_relative_to(root) for path in cage.rglob("*") if path.is_file())
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("path", ["../x", "../../x", "/etc/x", "b/../../x", "C:\\x", "..", "."])
def test_a_path_that_leads_outside_writes_nothing_there(
    logger: Logger, context: Context, root: Path, path: str, way: str
) -> None:
    """Whatever brings it; what is in the folder stays."""
    (root / "mine").write_bytes(b"mine")
    version = hostile(logger, context, path)
    with pytest.raises((InvalidEntryPathError, EntryNotFoundError)):
        WAYS[way](context, version, root)
    assert not Path("/etc/x").exists()
    assert (root / "mine").read_bytes() == b"mine"


@pytest.mark.parametrize("path", ["../x", "/etc/x", "b/../../x"])
def test_a_path_that_leads_outside_is_never_right(
    logger: Logger, context: Context, root: Path, path: str
) -> None:
    """Even if there is such a file with these bytes."""
    version = hostile(logger, context, path)
    (root / "a").write_bytes(b"one")
    outside = root.parent / "x"
    outside.write_bytes(b"one")
    try:
        with pytest.raises(VerificationError, match="missing"):
            verify_folder(context, version, root)
    finally:
        outside.unlink()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("link", ["d", "d/e"])
def test_a_link_that_leads_outside_is_not_written_through(
    logger: Logger, context: Context, root: Path, tmp_path: Path, way: str, link: str
) -> None:
    """Whatever brings a file below it."""
    version = commit_version(context, logger.request(files={"a": b"1", "d/e/f": b"2"})).version
    (root / link).parent.mkdir(exist_ok=True)
    (root / link).symlink_to(tmp_path / "outside")
    with pytest.raises(InvalidEntryPathError, match="link"):
        WAYS[way](context, version, root)
    assert (root / link).is_symlink()


@pytest.mark.parametrize("way", WAYS)
def test_a_link_in_place_of_our_own_folder_is_not_written_through(
    logger: Logger, context: Context, root: Path, tmp_path: Path, way: str
) -> None:
    """Nothing is brought at all."""
    version = commit_version(context, logger.request(files={"a": b"1", "b": b"2"})).version
    (root / ".hozon-unfinished").symlink_to(tmp_path / "outside")
    with pytest.raises(InvalidEntryPathError, match=r"\.hozon-unfinished"):
        WAYS[way](context, version, root)


def test_what_cannot_be_written_is_an_error_of_ours(
    context: Context, logger: Logger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a large file that is streamed, too, and of its copies."""
    monkeypatch.setattr("hozon.services.transfers.SMALL_BYTES", 1)
    version = commit_version(context, logger.request(files=FILES)).version

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(HozonError, match="No space"):
        download_version(context, version, tmp_path / "root")
    assert contents(tmp_path / "root") == {}


def test_large_copies_are_checked_each(
    context: Context, logger: Logger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first file that somebody changes meanwhile spoils none of the others."""
    monkeypatch.setattr("hozon.services.transfers.SMALL_BYTES", 1)
    context = replace(context, sizes=PackSizes())
    version = commit_version(context, logger.request(files={"a": b"same", "b": b"same"})).version
    real = os.replace

    def meddle(source: str, target: str) -> None:
        real(source, target)
        Path(target).write_bytes(b"SAME")

    monkeypatch.setattr(os, "replace", meddle)
    with pytest.raises(DigestMismatchError, match="for 'b'"):
        download_version(context, version, tmp_path / "root")
    assert not (tmp_path / "root" / "b").exists()
