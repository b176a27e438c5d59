"""Staging: private copies of local files."""

import hashlib
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from hozon.errors import InvalidEntryPathError, SourceFileError, StorageError
from hozon.model.paths import UNFINISHED
from hozon.model.places import PackSizes
from hozon.services.contents import StagedFile
from hozon.services.known_files import ForgetfulIndex, KnownFiles
from hozon.services.staging import Policy, StagingArea
from hozon.testing.clocks import ManualClock


def new_area(parent: Path, sizes: PackSizes | None = None) -> StagingArea:
    """Make a staging area that knows no file."""
    known = KnownFiles(ForgetfulIndex(), stored=lambda _: (), clock=ManualClock())
    return StagingArea(parent, sizes=sizes or PackSizes(), known=known)


def read(area: StagingArea, file: StagedFile) -> bytes:
    """Read what was staged."""
    area.seal()
    assert file.at is not None
    content = file.at.file.path.read_bytes()
    return content[file.at.offset : file.at.offset + file.at.length]


@pytest.fixture
def area(tmp_path: Path) -> Iterator[StagingArea]:
    """Give a staging area."""
    area = new_area(tmp_path / "staging")
    yield area
    area.clear()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Give a folder to add."""
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


def test_a_copy_is_identified(area: StagingArea, source: Path) -> None:
    """Digest and size are those of the copy."""
    (source / "a").write_bytes(b"hello")
    staged = area.stage_file(source / "a", path="x/y", policy=Policy.MUTABLE)
    assert read(area, staged) == b"hello"
    assert (staged.entry.path, staged.entry.size) == ("x/y", 5)
    assert staged.entry.digest == hashlib.sha256(b"hello").hexdigest()


def test_later_changes_are_not_seen(area: StagingArea, source: Path) -> None:
    """The copy stays what it was when the file was added."""
    (source / "a").write_bytes(b"before")
    staged = area.stage_file(source / "a", path="a", policy=Policy.MUTABLE)
    (source / "a").write_bytes(b"after!")
    assert read(area, staged) == b"before"


def test_a_folder_is_copied_with_all_below_it(area: StagingArea, source: Path) -> None:
    """Files in path order, at any depth; empty folders leave no trace."""
    for name in ("b", "a/2", "a/1", "a/b/c"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(name)
    (source / "empty").mkdir()
    staged = list(area.stage_folder(source))
    assert [file.entry.path for file in staged] == ["a/1", "a/2", "a/b/c", "b"]
    assert [read(area, file).decode() for file in staged] == ["a/1", "a/2", "a/b/c", "b"]


@pytest.mark.parametrize("prefix", ["data", "data/"])
def test_a_prefix_is_a_folder(area: StagingArea, source: Path, prefix: str) -> None:
    """With or without a slash at its end."""
    (source / "a").write_text("a")
    assert [file.entry.path for file in area.stage_folder(source, prefix=prefix)] == ["data/a"]


def test_links_are_followed(area: StagingArea, source: Path, tmp_path: Path) -> None:
    """What is logged is content; a link has none of its own."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a").write_text("linked")
    (source / "folder").symlink_to(tmp_path / "other")
    (source / "file").symlink_to(tmp_path / "other" / "a")
    staged = list(area.stage_folder(source))
    assert [(file.entry.path, read(area, file)) for file in staged] == [
        ("file", b"linked"),
        ("folder/a", b"linked"),
    ]


def test_what_a_download_has_not_finished_is_left_out(area: StagingArea, source: Path) -> None:
    """Half a file is no content, wherever below the folder it lies."""
    for folder in (source, source / "deep"):
        (folder / UNFINISHED / "draft-x").mkdir(parents=True)
        (folder / UNFINISHED / "draft-x" / "0").write_text("half")
        (folder / "a").write_text("whole")
    assert [file.entry.path for file in area.stage_folder(source)] == ["a", "deep/a"]
    with pytest.raises(InvalidEntryPathError, match="not checked yet"):
        area.stage_file(source / "a", path=f"{UNFINISHED}/a", policy=Policy.MUTABLE)


def test_a_link_to_a_folder_above_is_named(area: StagingArea, source: Path) -> None:
    """Walking in circles is refused."""
    (source / "loop").symlink_to(source)
    with pytest.raises(SourceFileError, match="loop' leads back to a folder above"):
        list(area.stage_folder(source))


def test_a_dangling_link_is_named(area: StagingArea, source: Path) -> None:
    """A link to nothing is a file that cannot be read."""
    (source / "dangling").symlink_to(source / "absent")
    with pytest.raises(SourceFileError, match="dangling' cannot be read"):
        list(area.stage_folder(source))


@pytest.mark.parametrize(
    ("name", "said"),
    [("absent", "No such file"), ("folder", "is a folder"), ("pipe", "no regular"), ("\0", "null")],
    ids=["missing", "folder", "pipe", "NUL"],
)
def test_what_is_no_file_is_named(area: StagingArea, source: Path, name: str, said: str) -> None:
    """The message says why it cannot be added."""
    (source / "folder").mkdir()
    os.mkfifo(source / "pipe")
    with pytest.raises(SourceFileError, match=said):
        area.stage_file(source / name, path="a", policy=Policy.MUTABLE)


@pytest.mark.parametrize(("name", "said"), [("absent", "missing"), ("file", "a file")])
def test_what_is_no_folder_is_named(area: StagingArea, source: Path, name: str, said: str) -> None:
    """The message says what it is instead."""
    (source / "file").write_text("x")
    with pytest.raises(SourceFileError, match=f"{name}' is {said}, not a folder"):
        list(area.stage_folder(source / name))


def test_an_unreadable_folder_is_named(
    area: StagingArea, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Below a readable one, too; chmod alone would not stop a test that runs as root."""
    (source / "locked").mkdir()
    scandir = os.scandir

    def locked(path: Path) -> object:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", locked)
    with pytest.raises(SourceFileError, match=r"locked' cannot be read \(Permission"):
        list(area.stage_folder(source))


AS_SOMEBODY = """
import os, sys
from pathlib import Path
from hozon.errors import SourceFileError
from hozon.model.places import PackSizes
from hozon.services.known_files import ForgetfulIndex, KnownFiles
from hozon.services.staging import Policy, StagingArea
from hozon.testing.clocks import ManualClock
if os.geteuid() == 0:
    os.setuid(65534)
known = KnownFiles(ForgetfulIndex(), stored=lambda _: (), clock=ManualClock())
area = StagingArea(Path(sys.argv[1]) / "staging", sizes=PackSizes(), known=known)
locked = Path(sys.argv[1]) / "locked"
for stage in (
    lambda: area.stage_file(locked / "a", path="a", policy=Policy.MUTABLE),
    lambda: list(area.stage_folder(locked)),
    lambda: list(area.stage_folder(locked / "below")),
):
    try:
        stage()
    except SourceFileError as error:
        print(error.message)
area.clear()
"""


def test_permissions_of_the_system_are_errors_of_ours() -> None:
    """A user without the right to look into a folder reads which folder it is."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        (folder / "locked" / "below").mkdir(parents=True)
        (folder / "locked").chmod(0)
        said = subprocess.run(  # noqa: S603  Our own interpreter, no shell.
            [sys.executable, "-c", AS_SOMEBODY, name],
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout.splitlines()
        (folder / "locked").chmod(0o700)
    assert said == [
        f"'{folder}/locked/{below}' cannot be read (Permission denied)".replace("/'", "'")
        for below in ("a", "", "below")
    ]


@pytest.mark.parametrize("path", ["/abs", "../up", ""])
def test_bad_paths_are_refused_before_anything_is_copied(
    area: StagingArea, source: Path, tmp_path: Path, path: str
) -> None:
    """Not even the staging folder is made."""
    (source / "a").write_text("a")
    with pytest.raises(InvalidEntryPathError):
        area.stage_file(source / "a", path=path, policy=Policy.MUTABLE)
    assert not (tmp_path / "staging").exists()


def test_a_copy_that_fails_is_removed(area: StagingArea) -> None:
    """Half a file is no file."""

    def chunks() -> Iterator[bytes]:
        yield bytes(5 << 20)  # More than a pack takes.
        yield b"half"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        area.stage_chunks(chunks(), path="a")
    assert list(area.folder.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The message names the staging folder, the hint the setting."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="file/staging cannot be written") as caught:
        new_area(tmp_path / "file" / "staging").stage_chunks([b"x"], path="a")
    assert "HOZON_HOME" in caught.value.hint


def test_copies_go_when_they_are_cleared(area: StagingArea, tmp_path: Path) -> None:
    """Clearing twice does nothing more."""
    area.stage_chunks([b"x"], path="a")
    area.clear()
    area.clear()
    assert list((tmp_path / "staging").iterdir()) == []


def test_copies_go_with_their_owner(tmp_path: Path) -> None:
    """A draft that nobody logs leaves nothing behind."""
    area = new_area(tmp_path / "staging")
    area.stage_chunks([b"x"], path="a")
    del area
    assert list((tmp_path / "staging").iterdir()) == []


def test_threads_share_one_folder(
    area: StagingArea, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copies of one area lie together, however many threads made them."""
    made: list[str] = []
    mkdtemp = tempfile.mkdtemp

    def slow(*, dir: Path, prefix: str) -> str:  # noqa: A002  As tempfile calls it.
        made.append(threading.current_thread().name)
        return mkdtemp(dir=dir, prefix=prefix)

    monkeypatch.setattr(tempfile, "mkdtemp", slow)
    for number in range(20):
        (source / str(number)).write_text("x")
    files = [file.at.file.path for file in area.stage_folder(source) if file.at]
    assert {path.parent for path in files} == {area.folder}
    assert list((tmp_path / "staging").iterdir()) == [area.folder]
    assert len(made) == 1


def test_small_files_share_a_pack(area: StagingArea, source: Path) -> None:
    """One local file holds them all, one behind the other."""
    for name in ("a", "b", "c"):
        (source / name).write_text(name * 3)
    places = [file.at for file in area.stage_folder(source) if file.at]
    assert len({at.file.path for at in places}) == 1
    assert sorted((at.offset, at.length) for at in places) == [(0, 3), (3, 3), (6, 3)]


@pytest.mark.parametrize(("size", "packs"), [(4, 3), (6, 2), (64, 1)])
def test_a_full_pack_is_followed_by_another(tmp_path: Path, size: int, packs: int) -> None:
    """No pack is larger than the setting, unless one file is."""
    area = new_area(tmp_path / "staging", PackSizes(pack_bytes=size))
    staged = [area.stage_chunks([bytes([n]) * 3], path=str(n)) for n in range(3)]
    assert len({file.at.file.path for file in staged if file.at}) == packs
    assert [read(area, file) for file in staged] == [bytes([n]) * 3 for n in range(3)]


@pytest.mark.parametrize(("limit", "packed"), [(0, False), (4, False), (5, True)])
def test_a_large_file_has_a_copy_of_its_own(tmp_path: Path, limit: int, packed: bool) -> None:  # noqa: FBT001  What is expected.
    """Larger than the setting, so that it will have a key of its own, too."""
    area = new_area(tmp_path / "staging", PackSizes(packed_file_bytes=limit))
    staged = area.stage_chunks([b"he", b"llo"], path="a")
    assert staged.at is not None
    assert staged.at.file.packed is packed
    assert read(area, staged) == b"hello"
    assert staged.entry.digest == hashlib.sha256(b"hello").hexdigest()


def test_an_immutable_file_is_not_copied(area: StagingArea, source: Path) -> None:
    """It is identified where it lies, and is not ours to link."""
    (source / "a").write_bytes(b"hello")
    staged = area.stage_file(source / "a", path="a", policy=Policy.IMMUTABLE)
    assert staged.at is not None
    assert (staged.at.file.path, staged.at.file.private) == (source / "a", False)
    assert staged.entry.digest == hashlib.sha256(b"hello").hexdigest()


def test_a_folder_is_staged_where_no_thread_can_be_started(
    area: StagingArea, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As while the interpreter ends."""

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    for name in ("b", "a"):
        (source / name).write_text(name)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert [file.entry.path for file in area.stage_folder(source)] == ["a", "b"]


def test_a_pack_that_could_not_be_written_goes_on_where_it_was(
    area: StagingArea, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fills up takes a part of what is written; later there is room."""
    first = area.stage_chunks([b"first"], path="a")
    really = Path.open

    class FullDisk:
        """A file that takes three bytes, and then no more."""

        def __init__(self, path: Path) -> None:
            self.file = really(path, "r+b")

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

        def seek(self, at: int) -> None:
            self.file.seek(at)

        def write(self, content: bytes) -> None:
            self.file.write(content[:3])
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", lambda path, mode: FullDisk(path) if mode else None)
        with pytest.raises(StorageError, match="No space"):
            area.stage_chunks([b"second"], path="b")
    third = area.stage_chunks([b"third"], path="c")
    assert [read(area, first), read(area, third)] == [b"first", b"third"]


def test_a_seal_loses_nothing_that_another_thread_is_adding(
    area: StagingArea, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between taking bytes in and writing them down, somebody may ask for all."""
    flush = area._flush  # noqa: SLF001  Where the other thread comes in.

    def interrupted() -> None:
        monkeypatch.setattr(area, "_flush", flush)
        area.seal()
        flush()

    monkeypatch.setattr(area, "_flush", interrupted)
    assert read(area, area.stage_chunks([b"hello"], path="a")) == b"hello"


def test_a_seal_drops_nothing_that_comes_between_its_steps(area: StagingArea) -> None:
    """Whoever waits for the lock gets it whenever the seal lets go of it, and appends then."""

    class Handing:
        """A lock that another thread gets as soon as it is free, once."""

        def __init__(self) -> None:
            self._lock = threading.Lock()
            self.late: list[StagedFile] = []

        def __enter__(self) -> Self:
            self._lock.acquire()
            return self

        def __exit__(self, *_: object) -> None:
            self._lock.release()
            if not self.late:
                area._lock = self._lock  # noqa: SLF001  As below.
                self.late.append(area._copy_in([b"late"], path="late"))  # noqa: SLF001
                area._lock = self  # noqa: SLF001

    early = area.stage_chunks([b"early"], path="early")
    lock = area._lock = Handing()  # noqa: SLF001  Where the other thread comes in.
    area.seal()
    assert [read(area, file) for file in (early, *lock.late)] == [b"early", b"late"]


@pytest.mark.parametrize("policy", Policy)
@pytest.mark.parametrize("step", [1, 3, 4])
def test_a_file_system_that_gives_a_little_at_a_time_is_read_to_the_end(
    area: StagingArea, source: Path, monkeypatch: pytest.MonkeyPatch, policy: Policy, step: int
) -> None:
    """As some network file systems do; fewer bytes than asked for are not the end."""
    (source / "a").write_bytes(b"hello")
    really = Path.open

    class Slow:
        """A file that gives a few bytes with each read."""

        def __init__(self, path: Path) -> None:
            self.file = really(path, "rb")

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

        def read(self, wanted: int) -> bytes:
            return self.file.read(min(step, wanted))

    with monkeypatch.context() as patch:
        patch.setattr(
            Path,
            "open",
            lambda path, mode="r", **options: (
                Slow(path) if path.parent == source else really(path, mode, **options)
            ),
        )
        staged = area.stage_file(source / "a", path="a", policy=policy)
    assert staged.entry.digest == hashlib.sha256(b"hello").hexdigest()
    assert staged.size == 5


@pytest.mark.parametrize("count", [1, 3, 7])
def test_a_folder_is_taken_in_batch_by_batch(
    area: StagingArea, source: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """Each is handed on before the next is read."""
    monkeypatch.setattr("hozon.services.staging._BATCH", count)
    monkeypatch.setattr("hozon.services.staging._FIRST_BATCH", count)
    done: list[int] = []
    for name in "abcdefg":
        (source / name).write_text(name)
    taken = area.stage_folder(source, progress=done.append)
    assert next(taken).entry.path == "a"
    assert len(done) == count
    assert [file.entry.path for file in taken] == list("bcdefg")
    assert sum(done) == 7
