"""Known files: what saves reading, and when it may be trusted."""

import builtins
import hashlib
import os
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hozon.errors import SourceFileError
from hozon.model.digests import ContentDigest
from hozon.model.places import PackSizes
from hozon.ports.file_index import SeenFile
from hozon.services.known_files import (
    GRANULARITY,
    FileState,
    ForgetfulIndex,
    KnownFiles,
)
from hozon.services.staging import Policy, StagingArea
from hozon.storage.file_index import SqliteFileIndex
from hozon.testing.clocks import ManualClock

HELLO = ContentDigest(hashlib.sha256(b"hello").hexdigest())
LATER = timedelta(days=1)


class CountingIndex:
    """An index in a dictionary, which counts what it is asked."""

    def __init__(self) -> None:
        """Know nothing."""
        self.files: dict[str, SeenFile] = {}

    def seen(self, paths: Iterable[str]) -> dict[str, SeenFile]:
        """Give what is known."""
        return {path: self.files[path] for path in paths if path in self.files}

    def remember(self, files: Iterable[SeenFile]) -> None:
        """Remember by path."""
        self.files |= {file.path: file for file in files}

    def clear(self) -> None:
        """Forget everything."""
        self.files.clear()

    def close(self) -> None:
        """Do nothing."""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Give a file to add."""
    path = tmp_path / "source"
    path.write_bytes(b"hello")
    return path


@pytest.fixture
def clock() -> ManualClock:
    """Give a clock on which the files of the test are old: they were written now."""
    return ManualClock(datetime.now(UTC) + LATER)  # noqa: TID251  The file system's own time.


@pytest.fixture
def index() -> CountingIndex:
    """Give an index."""
    return CountingIndex()


@pytest.fixture
def lost() -> set[str]:
    """Give the set of digests that the store does not hold."""
    return set()


@pytest.fixture
def known(index: CountingIndex, clock: ManualClock, lost: set[str]) -> KnownFiles:
    """Give what is known, over a store that holds everything but what was lost."""

    def stored(digests: Collection[ContentDigest]) -> Collection[ContentDigest]:
        return set(digests) - lost

    return KnownFiles(index, stored=stored, clock=clock)


def read_and_remember(known: KnownFiles, path: Path, *, before: FileState | None = None) -> None:
    """Do as staging does."""
    state = before or FileState.of(str(path))
    digest = ContentDigest(hashlib.sha256(path.read_bytes()).hexdigest())
    known.remember(state, path.stat(), digest, began_at=known.now())
    known.save()


def look(known: KnownFiles, path: Path) -> dict[Path, ContentDigest]:
    """Ask for one file as it is now."""
    found = known.digests([FileState.of(str(path))])
    return {Path(name): digest for name, digest in found.items()}


def test_an_unchanged_file_is_known(known: KnownFiles, source: Path) -> None:
    """By its path as it was given, relative or not."""
    assert look(known, source) == {}
    read_and_remember(known, source)
    assert look(known, source) == {source: HELLO}
    relative = Path(os.path.relpath(source))
    assert look(known, relative) == {relative: HELLO}


def test_nothing_is_stored_before_it_is_saved(
    known: KnownFiles, index: CountingIndex, source: Path
) -> None:
    """One write for many files; saving again writes nothing."""
    known.remember(FileState.of(str(source)), source.stat(), HELLO, began_at=known.now())
    assert index.files == {}
    known.save()
    assert len(index.files) == 1
    index.clear()
    known.save()
    assert index.files == {}


def test_a_change_that_keeps_size_and_time_is_noticed(known: KnownFiles, source: Path) -> None:
    """Programs can set the time of the content back, but not that of the attributes."""
    read_and_remember(known, source)
    before = source.stat()
    source.write_bytes(b"HELLO")
    os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = source.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert look(known, source) == {}


def test_a_replaced_file_is_noticed(known: KnownFiles, source: Path, tmp_path: Path) -> None:
    """Another file under the same name has another number."""
    read_and_remember(known, source)
    (tmp_path / "other").write_bytes(b"HELLO")
    (tmp_path / "other").replace(source)
    assert look(known, source) == {}


@pytest.mark.parametrize(("age", "trusted"), [(-1, False), (1, True)])
def test_a_file_is_trusted_once_it_is_older_than_the_clock_can_tell(
    index: CountingIndex,
    source: Path,
    age: int,
    trusted: bool,  # noqa: FBT001  What is expected.
) -> None:
    """Within the granularity, two writes look like one."""
    changed = datetime.fromtimestamp(source.stat().st_ctime_ns / 1e9, UTC)
    clock = ManualClock(changed + GRANULARITY + timedelta(milliseconds=age))
    known = KnownFiles(index, stored=lambda digests: digests, clock=clock)
    read_and_remember(known, source)
    assert bool(index.files) is trusted


def test_what_counts_is_when_reading_began(index: CountingIndex, source: Path) -> None:
    """A write in the tick in which a long reading began is not hidden by how long it takes."""
    clock = ManualClock(datetime.fromtimestamp(source.stat().st_ctime_ns / 1e9, UTC))
    known = KnownFiles(index, stored=lambda digests: digests, clock=clock)
    state, began_at = FileState.of(str(source)), known.now()
    clock.advance(timedelta(hours=1))
    known.remember(state, source.stat(), HELLO, began_at=began_at)
    known.save()
    assert index.files == {}


def test_a_file_that_changes_while_it_is_read_is_not_remembered(
    known: KnownFiles, index: CountingIndex, source: Path
) -> None:
    """Whatever changed of it."""
    before = FileState.of(str(source))
    source.write_bytes(b"changed")
    read_and_remember(known, source, before=before)
    before = FileState.of(str(source))
    source.chmod(0o600)
    read_and_remember(known, source, before=before)
    assert index.files == {}


def test_a_file_whose_bytes_the_store_lost_is_read_again(
    known: KnownFiles, source: Path, lost: set[str]
) -> None:
    """What is known of it is of no use."""
    read_and_remember(known, source)
    lost.add(HELLO)
    assert look(known, source) == {}


def test_the_store_is_asked_only_about_what_is_known(index: CountingIndex, source: Path) -> None:
    """A new folder costs no query."""

    def fail(_: Collection[ContentDigest]) -> Collection[ContentDigest]:
        raise AssertionError("The store was asked.")

    known = KnownFiles(index, stored=fail, clock=ManualClock())
    assert look(known, source) == {}


def test_a_forgetful_index_knows_nothing(source: Path, clock: ManualClock) -> None:
    """Every file is read."""
    index = ForgetfulIndex()
    known = KnownFiles(index, stored=lambda digests: digests, clock=clock)
    read_and_remember(known, source)
    assert look(known, source) == {}
    index.clear()
    index.close()


# As staging uses it.


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the list of files that were opened for reading."""
    found: list[str] = []
    really = builtins.open

    def note(path: str, mode: str = "r", **options: object) -> object:
        if mode == "rb":
            found.append(Path(path).name)
        return really(path, mode, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(builtins, "open", note)
    return found


@pytest.mark.parametrize("policy", Policy)
def test_an_unchanged_file_is_not_read_again(
    tmp_path: Path, known: KnownFiles, source: Path, opened: list[str], policy: Policy
) -> None:
    """Not even by another draft; it is left where it lies."""
    for reads in (1, 1):
        area = StagingArea(tmp_path / "staging", sizes=PackSizes(), known=known)
        staged = area.stage_file(source, path="a", policy=policy)
        assert staged.entry.digest == HELLO
        assert opened.count("source") == reads
    assert staged.at is not None
    assert staged.at.file.path == source
    area.stage_file(source, path="a", policy=policy, skip_cache=True)
    assert opened.count("source") == 2
    area.clear()


def test_of_a_folder_only_what_changed_is_read_again(
    tmp_path: Path, clock: ManualClock, opened: list[str]
) -> None:
    """With the real index; the entries are the same as if all had been read."""
    folder = tmp_path / "folder"
    folder.mkdir()
    for number in range(20):
        (folder / str(number)).write_bytes(b"%d" % number)
    index = SqliteFileIndex(tmp_path / "files.db")
    known = KnownFiles(index, stored=lambda digests: digests, clock=clock)
    area = StagingArea(tmp_path / "staging", sizes=PackSizes(), known=known)
    first = [file.entry for file in area.stage_folder(folder)]
    assert len(opened) >= 20
    (folder / "7").write_bytes(b"x")
    opened.clear()
    second = [file.entry for file in area.stage_folder(folder)]
    assert [name for name in opened if name.isdigit()] == ["7"]
    assert [new.path for old, new in zip(first, second, strict=True) if new != old] == ["7"]
    opened.clear()
    assert [file.entry for file in area.stage_folder(folder, skip_cache=True)] == second
    assert len([name for name in opened if name.isdigit()]) == 20
    area.clear()


def test_a_file_of_a_path_that_is_no_unicode_is_read_every_time(
    tmp_path: Path, clock: ManualClock
) -> None:
    """It is not mixed up with one whose name looks alike."""
    index = SqliteFileIndex(tmp_path / "files.db")
    known = KnownFiles(index, stored=lambda digests: digests, clock=clock)
    area = StagingArea(tmp_path / "staging", sizes=PackSizes(), known=known)
    odd, alike = Path(os.fsdecode(bytes(tmp_path) + b"/a\xff")), tmp_path / "a?"
    odd.write_bytes(b"odd")
    alike.write_bytes(b"alike")
    for _ in range(2):
        for path in (odd, alike):
            staged = area.stage_file(path, path="a", policy=Policy.MUTABLE)
            assert staged.entry.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert look(known, odd) == {}
    assert list(look(known, alike)) == [alike]
    area.clear()


def test_a_file_that_went_is_named(tmp_path: Path, known: KnownFiles, source: Path) -> None:
    """Knowing it is no reason to take it in."""
    read_and_remember(known, source)
    source.unlink()
    area = StagingArea(tmp_path / "staging", sizes=PackSizes(), known=known)
    with pytest.raises(SourceFileError, match="source' cannot be read"):
        area.stage_file(source, path="a", policy=Policy.MUTABLE)
