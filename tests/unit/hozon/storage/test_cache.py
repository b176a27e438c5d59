"""The object cache: bounded, shared, and never trusted more than it deserves."""

import errno
import hashlib
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hozon.errors import StorageError
from hozon.model.digests import ContentDigest
from hozon.ports.object_cache import CacheCleanup, CacheUsage
from hozon.storage.cache import LEFT_AFTER_SECONDS, FolderObjectCache


def digest_of(content: bytes) -> ContentDigest:
    """Identify bytes."""
    return ContentDigest(hashlib.sha256(content).hexdigest())


def used_at(path: Path | None, seconds: int) -> None:
    """Say when a kept file was used."""
    assert path is not None
    os.utime(path, (seconds, seconds))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give the folder of the cache, which does not exist yet."""
    return tmp_path / "cache" / "objects"


@pytest.fixture
def cache(root: Path) -> FolderObjectCache:
    """Give an empty cache."""
    return FolderObjectCache(root)


def keep(cache: FolderObjectCache, content: bytes, *, at: int | None = None) -> ContentDigest:
    """Keep bytes."""
    digest = digest_of(content)
    cache.add(digest, content)
    if at is not None:
        used_at(cache.find(digest), at)
    return digest


def test_what_was_kept_is_found(cache: FolderObjectCache, tmp_path: Path) -> None:
    """Small and large, by digest; what was not is None."""
    found = cache.find(keep(cache, b"hello"))
    assert found is not None
    assert found.read_bytes() == b"hello"
    (tmp_path / "large").write_bytes(b"large" * 999)
    cache.add_file(digest_of(b"large" * 999), tmp_path / "large")
    found = cache.find(digest_of(b"large" * 999))
    assert found is not None
    assert found.read_bytes() == b"large" * 999
    assert cache.find(digest_of(b"absent")) is None
    assert cache.usage() == CacheUsage(2, 5 + 5 * 999)


def test_an_empty_cache_is_no_error(cache: FolderObjectCache, root: Path) -> None:
    """Nothing is made by asking."""
    assert cache.usage() == CacheUsage(0, 0)
    assert cache.clean_up(size_bytes=0) == CacheCleanup(CacheUsage(0, 0), CacheUsage(0, 0))
    cache.discard(digest_of(b"absent"))
    assert not root.exists()


def test_what_is_discarded_is_gone(cache: FolderObjectCache) -> None:
    """And may be kept again."""
    digest = keep(cache, b"hello")
    cache.discard(digest)
    assert cache.find(digest) is None
    assert cache.find(keep(cache, b"hello")) is not None


@pytest.mark.parametrize(
    ("bound", "left"),
    [(99, "abc"), (15, "abc"), (14, "bc"), (10, "bc"), (9, "c"), (5, "c"), (4, ""), (0, "")],
)
def test_what_was_not_used_for_longest_goes_first(
    cache: FolderObjectCache, bound: int, left: str
) -> None:
    """Until the rest fits; what went and what is left is told."""
    digests = {name: keep(cache, name.encode() * 5, at=t) for t, name in enumerate("abc", 1000)}
    done = cache.clean_up(size_bytes=bound)
    assert [name for name, digest in digests.items() if cache.find(digest)] == list(left)
    gone = 3 - len(left)
    assert done == CacheCleanup(CacheUsage(gone, 5 * gone), CacheUsage(len(left), 5 * len(left)))
    assert cache.usage() == done.kept


def test_finding_is_using(cache: FolderObjectCache) -> None:
    """What is found now outlives what was kept later."""
    first, second = keep(cache, b"first", at=1000), keep(cache, b"other", at=2000)
    cache.find(first)
    cache.clean_up(size_bytes=5)
    assert cache.find(first) is not None
    assert cache.find(second) is None


def test_a_bound_of_nothing_keeps_nothing(cache: FolderObjectCache) -> None:
    """Not even what is empty."""
    keep(cache, b"")
    assert cache.clean_up(size_bytes=0).removed == CacheUsage(1, 0)
    assert cache.usage() == CacheUsage(0, 0)


def test_what_a_crash_left_goes_a_day_later(cache: FolderObjectCache, root: Path) -> None:
    """A younger one may be under way in another process."""
    keep(cache, b"kept")
    for name, age in (("incoming-old", LEFT_AFTER_SECONDS + 60), ("incoming-new", 60)):
        (root / name).write_bytes(b"half")
        then = time.time() - age
        os.utime(root / name, (then, then))
    cache.clean_up(size_bytes=99)
    assert sorted(path.name for path in root.glob("incoming-*")) == ["incoming-new"]
    assert cache.usage().files == 1


def test_what_is_somebody_elses_stays(cache: FolderObjectCache, root: Path) -> None:
    """A folder that was named by mistake loses nothing."""
    keep(cache, b"kept")
    others = [root / "notes.txt", root / "packs" / "a", root / "ab" / "notes.txt", root / "cd"]
    for path in others:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")
    (root / "ab" / ("0" * 62)).mkdir()
    assert cache.usage() == CacheUsage(1, 4)
    assert cache.clean_up(size_bytes=0).removed == CacheUsage(1, 4)
    assert [path.read_text() for path in others] == ["mine"] * 4


@pytest.mark.parametrize("how", ["no space", "a file"])
def test_failing_to_keep_is_no_error(
    cache: FolderObjectCache, root: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Whoever wanted the bytes has them; nothing half-written is left."""
    if how == "a file":
        root.parent.mkdir()
        root.write_text("x")
    else:
        keep(cache, b"before")

        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(Path, "replace", full)
    digest = keep(cache, b"hello")
    assert cache.find(digest) is None
    assert list(root.parent.rglob("incoming-*")) == []


def test_a_copy_of_what_is_gone_is_no_error(cache: FolderObjectCache, tmp_path: Path) -> None:
    """The file may have been moved since it was downloaded."""
    cache.add_file(digest_of(b"x"), tmp_path / "absent")
    assert cache.usage().files == 0


def test_a_folder_that_cannot_be_read_is_named(
    cache: FolderObjectCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clean-up, which somebody asked for; chmod would not stop a test that runs as root."""
    keep(cache, b"hello")

    def locked(path: object) -> object:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", locked)
    with pytest.raises(StorageError, match=r"objects cannot be cleaned up \(Permission"):
        cache.clean_up(size_bytes=0)


def test_a_file_that_is_open_may_be_removed(cache: FolderObjectCache) -> None:
    """Whoever has found it reads it to the end."""
    path = cache.find(keep(cache, b"hello"))
    assert path is not None
    with path.open("rb") as file:
        cache.clean_up(size_bytes=0)
        assert file.read() == b"hello"


def test_threads_keep_and_clean_up_at_once(cache: FolderObjectCache) -> None:
    """Nothing fails, and what is found is whole."""

    def work(number: int) -> None:
        content = b"%d" % (number % 7) * 1000
        digest = keep(cache, content)
        if number % 3 == 0:
            cache.clean_up(size_bytes=2000)
        path = cache.find(digest)
        if path is not None:
            try:
                assert path.read_bytes() == content
            except FileNotFoundError:
                return  # It was removed since.

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(200)))
    assert cache.clean_up(size_bytes=2000).kept.size_bytes <= 2000


OTHER = """
import sys
from pathlib import Path
from hozon.storage.cache import FolderObjectCache
cache = FolderObjectCache(Path(sys.argv[1]))
print(cache.usage().files, flush=True)
for _ in range(50):
    cache.clean_up(size_bytes=0)
print(cache.usage().files)
"""


def test_two_processes_share_it(cache: FolderObjectCache, root: Path) -> None:
    """One finds what the other kept, and both go on while it is cleaned up."""
    keep(cache, b"hello")
    with subprocess.Popen(  # noqa: S603  Our own interpreter, no shell.
        [sys.executable, "-c", OTHER, str(root)], stdout=subprocess.PIPE, encoding="utf-8"
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "1\n"
        for number in range(200):
            keep(cache, b"%d" % number)
            cache.usage()
    assert other.returncode == 0
