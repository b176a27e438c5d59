"""Scratch folders: each goes with its process, and never before."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from hozon.services.scratch import LEFT_AFTER, make_scratch_folder, remove_scratch_folder

STAGE_AND_DIE = """
import os, sys
from pathlib import Path
from hozon.model.places import PackSizes
from hozon.services.known_files import ForgetfulIndex, KnownFiles
from hozon.services.staging import StagingArea
from hozon.testing.clocks import ManualClock
known = KnownFiles(ForgetfulIndex(), stored=lambda _: (), clock=ManualClock())
area = StagingArea(Path(sys.argv[1]), sizes=PackSizes(), known=known)
area.stage_chunks([b"x"], path="a")
print(area.folder, flush=True)
if sys.argv[2] == "die":
    os._exit(0)
sys.stdin.read()
"""

FORK = """
import os, sys
from pathlib import Path
from hozon.model.places import PackSizes
from hozon.services.known_files import ForgetfulIndex, KnownFiles
from hozon.services.staging import StagingArea
from hozon.testing.clocks import ManualClock
known = KnownFiles(ForgetfulIndex(), stored=lambda _: (), clock=ManualClock())
area = StagingArea(Path(sys.argv[1]), sizes=PackSizes(), known=known)
copy = area.stage_chunks([b"x"], path="a").at.file.path
child = os.fork()
if child == 0:
    area.clear()
    del area
    sys.exit()
os.waitpid(child, 0)
print(copy.read_text())
"""


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    """Give an empty folder."""
    folder = tmp_path / "staging"
    folder.mkdir()
    return folder


def stage(parent: Path, then: str) -> subprocess.Popen[str]:
    """Let another process stage a file, and die or live on."""
    return subprocess.Popen(  # noqa: S603  Our own interpreter, no shell.
        [sys.executable, "-c", STAGE_AND_DIE, str(parent), then],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )


def folder_of(process: subprocess.Popen[str]) -> Path:
    """Read which folder a process has made."""
    assert process.stdout is not None
    return Path(process.stdout.readline().strip())


def test_a_folder_is_named_after_its_process(parent: Path) -> None:
    """So that others can tell whether it is still needed."""
    folder = make_scratch_folder(parent / "new")
    assert folder.parent == parent / "new"
    assert folder.name.split("-")[0] == "draft"
    assert folder.name.split("-")[2] == str(os.getpid())


def test_what_a_killed_process_left_is_removed(parent: Path) -> None:
    """By the next process that needs a folder there."""
    killed = stage(parent, "die")
    left = folder_of(killed)
    killed.communicate()
    assert left.is_dir()
    mine = make_scratch_folder(parent)
    assert list(parent.iterdir()) == [mine]


def test_the_folder_of_a_living_process_stays(parent: Path) -> None:
    """It may still log what it staged."""
    living = stage(parent, "live on")
    folder = folder_of(living)
    mine = make_scratch_folder(parent)
    assert sorted(parent.iterdir()) == sorted([folder, mine])
    living.communicate()
    assert not folder.exists()


@pytest.mark.parametrize("name", ["draft-another.host-1-abc", "draft-abc", "mine"])
def test_folders_that_are_not_of_this_host_stay(parent: Path, name: str) -> None:
    """Nobody here knows whether their process lives."""
    (parent / name).mkdir()
    mine = make_scratch_folder(parent)
    assert sorted(parent.iterdir()) == sorted([parent / name, mine])


@pytest.mark.parametrize(("age", "stays"), [(-60, True), (60, False)], ids=["young", "old"])
def test_where_processes_cannot_be_asked_for_age_decides(
    parent: Path, monkeypatch: pytest.MonkeyPatch, age: float, *, stays: bool
) -> None:
    """On Windows there is no harmless way to ask."""
    monkeypatch.setattr("hozon.services.scratch.CAN_ASK", False)
    other = make_scratch_folder(parent / "elsewhere")
    folder = parent / "staging" / other.name
    folder.mkdir(parents=True)
    when = folder.stat().st_mtime - LEFT_AFTER.total_seconds() - age
    os.utime(folder, (when, when))
    make_scratch_folder(parent / "staging")
    assert folder.exists() is stays


def test_only_its_process_removes_a_folder(parent: Path) -> None:
    """Another one that was handed it, as by a fork, leaves it alone."""
    folder = make_scratch_folder(parent)
    remove_scratch_folder(folder, owner=os.getpid() + 1)
    assert folder.exists()
    remove_scratch_folder(folder, owner=os.getpid())
    assert not folder.exists()


def test_a_forked_child_leaves_the_copies_of_its_parent(parent: Path) -> None:
    """Neither clearing nor ending in the child takes away what the parent will log."""
    done = subprocess.run(  # noqa: S603  Our own interpreter, no shell.
        [sys.executable, "-c", FORK, str(parent)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.stdout, done.stderr) == ("x\n", "")


def test_a_parent_that_another_process_removes_is_made_again(
    parent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be empty just then; but not for ever."""
    mkdtemp, left = tempfile.mkdtemp, [2]

    def racing(*, dir: Path, prefix: str) -> str:  # noqa: A002  As tempfile calls it.
        left[0] -= 1
        if left[0] >= 0:
            dir.rmdir()
        return mkdtemp(dir=dir, prefix=prefix)

    monkeypatch.setattr(tempfile, "mkdtemp", racing)
    assert make_scratch_folder(parent).parent == parent
    shutil.rmtree(parent)
    left[0] = 1_000
    with pytest.raises(FileNotFoundError, match="staging"):
        make_scratch_folder(parent)
