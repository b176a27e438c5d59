"""Verify and checkout: what is wrong, missing and surplus, and what is never removed."""

import os
import shutil
from pathlib import Path

import pytest

from hozon.errors import (
    InputError,
    InvalidEntryPathError,
    MissingObjectError,
    SourceFileError,
    VerificationError,
)
from hozon.model.paths import UNFINISHED
from hozon.model.versions import Version
from hozon.services.commit import commit_version
from hozon.services.context import Context
from hozon.services.download import download_version
from hozon.services.verify import (
    Differences,
    check_out,
    compare_folder,
    surplus_files,
    verify_folder,
)
from hozon.testing.memory import MemoryObjectStore
from worlds import Logger

FILES = {"a": b"one", "deep/er/b": b"two", "deep/c": b"", "z": b"zzz"}


@pytest.fixture
def version(logger: Logger) -> Version:
    """Give a version."""
    return commit_version(logger.context, logger.request(files=FILES)).version


@pytest.fixture
def root(context: Context, version: Version, tmp_path: Path) -> Path:
    """Give a folder that is equal to the version."""
    return download_version(context, version, tmp_path / "root")


def everything(folder: Path) -> list[str]:
    """List all that lies below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


EQUAL = ["a", "deep", "deep/c", "deep/er", "deep/er/b", "z"]


def test_an_equal_folder_has_no_differences(context: Context, version: Version, root: Path) -> None:
    """Empty folders are none."""
    (root / "empty").mkdir()
    assert not compare_folder(context, version, root)
    verify_folder(context, version, root)


def test_differences_are_of_three_kinds(context: Context, version: Version, root: Path) -> None:
    """Each with its paths, sorted."""
    (root / "a").write_bytes(b"ONE")
    (root / "z").write_bytes(b"longer")
    (root / "deep" / "er" / "b").unlink()
    for name in ("y", "deep/x"):
        (root / name).write_bytes(b"mine")
    found = compare_folder(context, version, root)
    assert found == Differences(("a", "z"), ("deep/er/b",), ("deep/x", "y"))
    assert str(found) == "wrong a, z; missing deep/er/b; surplus deep/x, y"
    with pytest.raises(VerificationError, match=r"root is not mnist:v0: wrong a, z; missing"):
        verify_folder(context, version, root)


def test_a_message_names_some_and_counts_the_rest() -> None:
    """It has to fit a screen."""
    found = Differences(tuple(str(n) for n in range(9)), (), ())
    assert str(found) == "wrong 0, 1, 2, 3, 4 and 4 more"


def test_names_that_are_no_text_can_be_printed(
    context: Context, version: Version, root: Path
) -> None:
    """A message shows their bytes."""
    (root / "m\udcff").write_bytes(b"mine")
    with pytest.raises(VerificationError, match=r"surplus m\\udcff") as caught:
        verify_folder(context, version, root)
    str(caught.value).encode()


def test_a_link_is_no_file(context: Context, version: Version, root: Path) -> None:
    """Even if what it leads to has the right bytes; nor is a linked folder one."""
    (root / "a").rename(root.parent / "a")
    (root / "a").symlink_to(root.parent / "a")
    (root / "deep").rename(root.parent / "deep")
    (root / "deep").symlink_to(root.parent / "deep")
    assert compare_folder(context, version, root) == Differences(
        ("a",), ("deep/c", "deep/er/b"), ("deep",)
    )


def test_a_folder_that_is_missing_is_named(
    context: Context, version: Version, tmp_path: Path
) -> None:
    """Nobody can say anything of it, and nobody wanted to write into it."""
    with pytest.raises(SourceFileError, match=r"absent' cannot be read \(No such file"):
        verify_folder(context, version, tmp_path / "absent")


def test_a_checkout_makes_a_folder_equal(context: Context, version: Version, root: Path) -> None:
    """Wrong files are replaced, missing ones brought, others removed with their folders."""
    (root / "a").write_bytes(b"ONE")
    (root / "z").unlink()
    for name in ("mine", "old/er/x", "deep/er/y"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"mine")
    (root / "empty" / "deeper").mkdir(parents=True)
    (root / "link").symlink_to(root.parent)
    (root / "dangling").symlink_to("absent")
    assert surplus_files(context, version, root) == [
        *("dangling", "deep/er/y", "link", "mine", "old/er/x")
    ]
    assert check_out(context, version, root) == root
    assert everything(root) == EQUAL
    verify_folder(context, version, root)


def test_a_checkout_makes_the_folder(context: Context, version: Version, tmp_path: Path) -> None:
    """If need be; before that, nothing would be removed from it."""
    root = tmp_path / "new" / "root"
    assert surplus_files(context, version, root) == []
    assert not root.exists()
    check_out(context, version, root)
    assert everything(root) == EQUAL


def test_a_linked_root_is_the_callers(context: Context, version: Version, root: Path) -> None:
    """What is removed is in the folder to which it leads; the link stays."""
    (root / "mine").write_bytes(b"mine")
    link = root.parent / "link"
    link.symlink_to(root)
    check_out(context, version, link)
    assert everything(root) == EQUAL
    assert link.is_symlink()


def test_what_a_linked_folder_holds_is_not_removed(
    context: Context, version: Version, root: Path
) -> None:
    """The link goes, and what it led to stays."""
    outside = root.parent / "outside"
    (outside / "deep").mkdir(parents=True)
    (outside / "mine").write_bytes(b"mine")
    (root / "link").symlink_to(outside)
    check_out(context, version, root)
    assert everything(root) == EQUAL
    assert everything(outside) == ["deep", "mine"]


def test_a_link_where_a_folder_belongs_is_refused(
    context: Context, version: Version, root: Path
) -> None:
    """The folder would not be of its own; nothing is removed."""
    (root / "mine").write_bytes(b"mine")
    (root / "deep").rename(root.parent / "deep")
    (root / "deep").symlink_to(root.parent / "deep")
    with pytest.raises(InvalidEntryPathError, match=r"'deep' in .* is a link"):
        check_out(context, version, root)
    assert (root / "mine").exists()


def test_nothing_is_removed_before_everything_is_there(
    context: Context, version: Version, root: Path, store: MemoryObjectStore
) -> None:
    """A store that has lost a file costs none of what is here."""
    (root / "mine").write_bytes(b"mine")
    (root / "z").unlink()
    store.delete([found.key for found in store.keys("")])
    with pytest.raises(MissingObjectError):
        check_out(context, version, root)
    assert everything(root) == [path for path in (*EQUAL, "mine") if path != "z"]


def put_in_the_way(root: Path) -> dict[str, bytes]:
    """Let a folder have the name of a file, small and large, and a file that of a folder."""
    for name in ("a", "large"):
        (root / name).unlink(missing_ok=True)
        (root / name / "old").mkdir(parents=True)
        (root / name / "old" / "mine").write_bytes(b"mine")
    for path in (root / "deep" / "er" / "b", root / "deep" / "c"):
        path.unlink()
    (root / "deep" / "er").rmdir()
    (root / "deep").rmdir()
    (root / "deep").write_bytes(b"mine, too")
    return {path: (root / path).read_bytes() for path in ("a/old/mine", "large/old/mine", "deep")}


@pytest.fixture
def with_large(logger: Logger) -> Version:
    """Give a version with a large file, twice, beside the small ones."""
    large = b"large" * (1 << 20)
    files = {**FILES, "large": large, "deep/copy": large}
    return commit_version(logger.context, logger.request(files=files)).version


def test_folders_and_files_give_way_to_each_other(
    context: Context, with_large: Version, root: Path
) -> None:
    """With what is in the folders: it is surplus, and a dry run says so."""
    put_in_the_way(root)
    assert surplus_files(context, with_large, root) == ["a/old/mine", "deep", "large/old/mine"]
    check_out(context, with_large, root)
    verify_folder(context, with_large, root)
    assert everything(root) == sorted([*EQUAL, "deep/copy", "large"])


def test_a_file_gives_way_to_folders_within_folders(
    context: Context, version: Version, root: Path
) -> None:
    """At the depth where it lies."""
    (root / "deep" / "er" / "b").unlink()
    (root / "deep" / "er").rmdir()
    (root / "deep" / "er").write_bytes(b"mine")
    check_out(context, version, root)
    assert everything(root) == EQUAL
    verify_folder(context, version, root)


def test_a_link_gives_way_alone(context: Context, version: Version, root: Path) -> None:
    """What it leads to stays, be it where a file belongs or in a folder that goes."""
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "mine").write_bytes(b"mine")
    (root / "a").unlink()
    (root / "a").mkdir()
    (root / "a" / "link").symlink_to(outside)
    (root / "z").unlink()
    (root / "z").symlink_to(outside)
    check_out(context, version, root)
    assert everything(root) == EQUAL
    assert everything(outside) == ["mine"]


def test_nothing_gives_way_before_everything_is_there(
    context: Context, with_large: Version, root: Path, store: MemoryObjectStore
) -> None:
    """A store that has lost a file costs none of what is here."""
    mine = put_in_the_way(root)
    store.delete([key.key for key in list(store.keys()) if key.key.startswith("objects/")])
    with pytest.raises(MissingObjectError):
        check_out(context, with_large, root)
    assert {path: (root / path).read_bytes() for path in mine} == mine
    assert not (root / UNFINISHED).exists()


def test_what_cannot_give_way_is_named(
    context: Context, version: Version, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the next checkout goes on."""
    mine = put_in_the_way(root)

    real = shutil.rmtree

    def refuse(path: Path, *, ignore_errors: bool = False) -> None:
        if not ignore_errors:
            raise PermissionError(13, "Permission denied", str(path))
        real(path, ignore_errors=True)

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", refuse)
        with pytest.raises(SourceFileError, match=r"a' cannot be written \(Permission denied"):
            check_out(context, version, root)
    assert (root / "a/old/mine").read_bytes() == mine["a/old/mine"]
    check_out(context, version, root)
    assert everything(root) == EQUAL


def test_a_download_replaces_no_folder(context: Context, version: Version, root: Path) -> None:
    """Only a checkout does: what a download finds stays."""
    mine = put_in_the_way(root)
    with pytest.raises(SourceFileError, match="cannot be written"):
        download_version(context, version, root)
    assert {path: (root / path).read_bytes() for path in mine} == mine


def test_what_another_process_is_bringing_stays(
    context: Context, version: Version, root: Path
) -> None:
    """Its room is ours, and no surplus; the process is alive, and so nobody cleans up after it."""
    theirs = root / UNFINISHED / "draft-another.host-1-x"
    theirs.mkdir(parents=True)
    (theirs / "0").write_bytes(b"half")
    assert surplus_files(context, version, root) == []
    verify_folder(context, version, root)
    check_out(context, version, root)
    assert (theirs / "0").read_bytes() == b"half"


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a home folder with a working folder in it, all by way of a link."""
    real = tmp_path / "disk" / "people" / "ada"
    (real / "work" / "data").mkdir(parents=True)
    (tmp_path / "people").symlink_to(tmp_path / "disk" / "people")
    home = tmp_path / "people" / "ada"
    (home / "precious").write_text("x")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home / "work")
    return home


@pytest.mark.parametrize("expendable", [surplus_files, check_out])
@pytest.mark.parametrize("root", [".", "..", "../..", "{home}", "{home}/..", "/", "{real}/people"])
def test_a_folder_that_holds_more_is_not_emptied(
    context: Context, version: Version, people: Path, root: str, expendable: object
) -> None:
    """Not the working folder, the home folder, one above them, by whatever name."""
    assert callable(expendable)
    real = os.path.realpath(people.parent.parent / "disk")
    with pytest.raises(InputError, match="holds more than an artifact"):
        expendable(context, version, Path(root.format(home=people, real=real)))
    assert (people / "precious").exists()


@pytest.mark.parametrize("root", ["{home}", "{home}/..", "{real}/people/ada", "{real}"])
def test_the_home_folder_is_kept_wherever_the_program_works(
    context: Context, version: Version, people: Path, monkeypatch: pytest.MonkeyPatch, root: str
) -> None:
    """Though the way to it is a link, and the working folder lies elsewhere."""
    elsewhere = people.parent.parent / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    real = os.path.realpath(people.parent.parent / "disk")
    with pytest.raises(InputError, match="holds more than an artifact"):
        check_out(context, version, Path(root.format(home=people, real=real)))
    assert (people / "precious").exists()


@pytest.mark.usefixtures("people")
def test_a_folder_below_the_working_folder_is_fine(context: Context, version: Version) -> None:
    """That is where artifacts go."""
    Path("data/mine").write_text("x")
    check_out(context, version, Path("data"))
    assert everything(Path("data")) == EQUAL


def test_a_user_without_a_home_can_check_out(
    context: Context, version: Version, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container that was given a number for a user."""
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    check_out(context, version, root)
    verify_folder(context, version, root)
