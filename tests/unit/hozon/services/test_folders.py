"""Target folders: nothing outside, nothing half-written, nothing left behind."""

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import pytest

from hozon.errors import InvalidEntryPathError, SourceFileError
from hozon.model.paths import UNFINISHED
from hozon.services.folders import TargetFolder, local_folder
from hozon.services.processes import realm

HOSTILE = ["../x", "/etc/x", "a/../../x", "C:\\x", "C:x", "a//x", "", "..", "a\\..\\..\\x", "x\0"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a folder that does not exist yet."""
    (tmp_path / "alone").mkdir()
    return tmp_path / "alone" / "root"


def everything(folder: Path) -> list[str]:
    """List all that lies below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def write_large(content: bytes) -> Callable[[BinaryIO], None]:
    """Give a writer."""

    def write(file: BinaryIO) -> None:
        file.write(content)

    return write


def test_files_appear_under_their_names(root: Path) -> None:
    """Small and large, in folders that are made; nothing of ours is left."""
    with TargetFolder(root) as folder:
        folder.prepare(["a", "deep/er/b"])
        folder.write("a", b"small")
        folder.write_checked("deep/er/b", write_large(b"large"))
        assert folder.target("a").read_bytes() == b"small"
    assert everything(root) == ["a", "deep", "deep/er", "deep/er/b"]
    assert (root / "deep/er/b").read_bytes() == b"large"


@pytest.mark.parametrize("path", HOSTILE)
def test_a_path_that_leads_outside_is_refused(root: Path, path: str) -> None:
    """Before anything is made for it."""
    with (
        TargetFolder(root) as folder,
        pytest.raises(InvalidEntryPathError),
    ):
        folder.prepare(["fine/x", path])
    assert everything(root.parent) in (["root", "root/fine"], ["root"])


@pytest.mark.parametrize("depth", ["link", "in/link", "in/link/deeper"])
@pytest.mark.parametrize("there", [True, False], ids=["there", "dangling"])
def test_a_link_that_leads_outside_is_refused(root: Path, depth: str, *, there: bool) -> None:
    """At any depth; what it leads to is not even made."""
    outside = root.parent / "outside"
    if there:
        outside.mkdir()
    (root / "in").mkdir(parents=True)
    for name in ("link", "in/link"):
        (root / name).symlink_to(outside)
    with (
        TargetFolder(root) as folder,
        pytest.raises(InvalidEntryPathError, match="would be written outside"),
    ):
        folder.prepare([f"{depth}/x"])
    assert not there or everything(outside) == []
    assert there or not outside.exists()


@pytest.mark.parametrize("target", ["../outside", "../absent", "/"])
def test_a_link_in_place_of_our_own_folder_is_refused(root: Path, target: str) -> None:
    """What is not checked yet lies outside neither."""
    root.mkdir()
    (root.parent / "outside").mkdir()
    (root / UNFINISHED).symlink_to(target)
    with pytest.raises(InvalidEntryPathError, match=UNFINISHED), TargetFolder(root):
        pass
    assert everything(root.parent / "outside") == []
    assert not (root.parent / "absent").exists()


def test_a_link_in_place_of_what_a_killed_process_left_is_not_followed(root: Path) -> None:
    """Cleaning up removes nothing elsewhere."""
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "mine").write_text("mine")
    (root / UNFINISHED).mkdir(parents=True)
    left = f"draft-{realm()}-999999999-x"
    (root / UNFINISHED / left).symlink_to(outside)
    with TargetFolder(root) as folder:
        folder.prepare(["a"])
        folder.write("a", b"x")
    assert (outside / "mine").read_text() == "mine"


def test_a_link_within_the_folder_is_followed(root: Path) -> None:
    """It leads nowhere else."""
    (root / "real").mkdir(parents=True)
    (root / "link").symlink_to("real")
    with TargetFolder(root) as folder:
        folder.prepare(["link/a"])
        folder.write("link/a", b"x")
    assert (root / "real" / "a").read_bytes() == b"x"


def test_a_writer_that_raises_leaves_nothing(root: Path) -> None:
    """Neither under the name nor elsewhere; what was there before stays."""
    root.mkdir()
    (root / "a").write_bytes(b"before")

    def write(file: BinaryIO) -> None:
        file.write(b"half")
        raise KeyboardInterrupt

    with TargetFolder(root) as folder:
        folder.prepare(["a"])
        with pytest.raises(KeyboardInterrupt):
            folder.write_checked("a", write)
    assert everything(root) == ["a"]
    assert (root / "a").read_bytes() == b"before"


def test_only_new_folders_are_known_to_be_empty(root: Path) -> None:
    """Whether something may lie there already is known without looking."""
    (root / "old").mkdir(parents=True)
    with TargetFolder(root) as folder:
        folder.prepare(["old/a", "new/a", "b"])
        assert [folder.may_have(path) for path in ("old/a", "new/a", "b")] == [True, False, True]


@pytest.mark.parametrize("size", [5, 1 << 21], ids=["small", "large"])
def test_a_full_disk_is_named(root: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """With the path; nothing appears."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with TargetFolder(root) as folder:
        folder.prepare(["a"])
        monkeypatch.setattr(os, "replace", full)
        with pytest.raises(SourceFileError, match=r"'a' cannot be written \(No space"):
            folder.write_checked("a", write_large(bytes(size)))
        with pytest.raises(SourceFileError, match=r"'a' cannot be written \(No space"):
            folder.write("a", bytes(size))
    assert everything(root) == []


def test_a_folder_on_another_disk_is_written_to(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is copied beside its name first, and appears whole."""
    real, calls = os.replace, list[int]()

    def across(source: str, target: str) -> None:
        calls.append(1)
        if UNFINISHED in Path(source).parts:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        real(source, target)

    monkeypatch.setattr(os, "replace", across)
    with TargetFolder(root) as folder:
        folder.prepare(["d/a"])
        folder.write("d/a", b"hello")
    assert everything(root) == ["d", "d/a"]
    assert (root / "d" / "a").read_bytes() == b"hello"
    assert len(calls) == 2


def test_a_name_that_is_a_folder_is_an_error_of_ours(root: Path) -> None:
    """And so is a folder's name that is a file."""
    (root / "a").mkdir(parents=True)
    (root / "b").write_text("x")
    with TargetFolder(root) as folder:
        folder.prepare(["a"])
        with pytest.raises(SourceFileError, match="'a' cannot be written"):
            folder.write("a", b"x")
        with pytest.raises(SourceFileError, match="b' cannot be written"):
            folder.prepare(["b/c"])


def test_what_another_process_is_writing_stays(root: Path) -> None:
    """Whoever ends first leaves the room of the other alone."""
    with TargetFolder(root) as one:
        one.prepare(["a"])
        with TargetFolder(root) as two:
            two.prepare(["a"])
            two.write("a", b"two")
        one.write("a", b"one")
    assert everything(root) == ["a"]


@pytest.fixture
def restless() -> Iterator[None]:
    """Let threads take turns as often as can be."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("restless")
def test_many_come_and_go_at_once(root: Path) -> None:
    """The room that one removes because it is empty is made again by the next."""
    start = threading.Barrier(8, timeout=20)

    def work(number: int) -> None:
        start.wait()
        for turn in range(200):
            with TargetFolder(root) as folder:
                folder.prepare(["a"])
                folder.write("a", b"%d %d" % (number, turn))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert everything(root) == ["a"]


def test_what_a_killed_process_left_goes_every_time(root: Path) -> None:
    """Not only the first time that this process writes there."""
    left = root / UNFINISHED / f"draft-{realm()}-999999999-x"
    for _ in range(2):
        left.mkdir(parents=True)
        (left / "0").write_bytes(b"half")
        with TargetFolder(root) as folder:
            folder.prepare(["a"])
        assert everything(root) == []


SHORT = """
import resource, sys
from pathlib import Path
from hozon.errors import HozonError
from hozon.services.folders import TargetFolder
from hozon.services.hashing import write_hashed
content = bytes(1 << 20)
resource.setrlimit(resource.RLIMIT_FSIZE, (7 * len(content) // 2, resource.RLIM_INFINITY))
with TargetFolder(Path(sys.argv[1])) as folder:
    folder.prepare(["a"])
    try:
        folder.write_checked("a", lambda file: write_hashed([content] * 4, file))
    except HozonError as error:
        print(error.message)
"""


def test_a_write_that_the_system_cuts_short_is_no_whole_file(root: Path) -> None:
    """A disk that becomes full within the last chunk takes a part of it, and says how much."""
    done = subprocess.run(  # noqa: S603  Our own interpreter, no shell.
        [sys.executable, "-c", SHORT, str(root)],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout == "'a' cannot be written (File too large)\n"
    assert everything(root) == []


@pytest.mark.parametrize(
    ("path", "reason"),
    [("\ud800", "not valid Unicode"), ("a\0b", "NUL"), (None, "it is a NoneType")],
)
def test_what_is_no_path_is_refused(path: object, reason: str) -> None:
    """Before anything is touched, and in words that can be printed."""
    with pytest.raises(SourceFileError, match=reason) as caught:
        local_folder(path)  # type: ignore[arg-type]  # The point of the test.
    str(caught.value).encode()
