"""`Artifact` before it is logged."""

import hashlib
from pathlib import Path

import pytest

import hozon
from hozon.errors import (
    EntryConflictError,
    InputError,
    InvalidEntryPathError,
    InvalidMetadataError,
    InvalidNameError,
    SourceFileError,
    StorageError,
)


@pytest.fixture
def draft() -> hozon.Artifact:
    """Give an empty draft."""
    return hozon.Artifact("mnist", type="dataset")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with two files."""
    folder = tmp_path / "data"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text("hello")
    (folder / "deep" / "b.txt").write_text("world!")
    return folder


def paths(artifact: hozon.Artifact) -> list[str]:
    """List the paths of an artifact."""
    return list(artifact.manifest.entries)


def test_a_draft_tells_what_it_was_given() -> None:
    """Name, type, description, metadata; nothing is stored."""
    draft = hozon.Artifact("mnist", "dataset", description="d", metadata={"a": 1})
    assert (draft.name, draft.type, draft.state) == ("mnist", "dataset", "PENDING")
    assert (draft.description, draft.metadata) == ("d", {"a": 1})
    assert (draft.size, draft.file_count) == (0, 0)
    assert repr(draft) == "<Artifact mnist (draft)>"


def test_making_a_draft_opens_nothing(home: Path) -> None:
    """The catalog is not even made before something needs it."""
    (home / "catalog.db").unlink()
    hozon.Artifact("mnist", type="dataset")
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("name", ["a/b", "", "A" * 129, "a:v0"])
def test_bad_names_and_types_are_refused(name: str) -> None:
    """The message says which of the two it is."""
    with pytest.raises(InvalidNameError, match="artifact name"):
        hozon.Artifact(name, type="dataset")
    with pytest.raises(InvalidNameError, match="type name"):
        hozon.Artifact("mnist", type=name)


def test_bad_metadata_is_refused(draft: hozon.Artifact) -> None:
    """When it is given, and when it is set."""
    with pytest.raises(InvalidMetadataError):
        hozon.Artifact("mnist", type="dataset", metadata={"a": float("nan")})
    with pytest.raises(InvalidMetadataError):
        draft.metadata = {"a": object()}
    with pytest.raises(InvalidMetadataError, match="description is a int"):
        draft.description = 7  # type: ignore[assignment]  # The point of the test.
    assert draft.metadata == {}


def test_a_file_takes_its_base_name(draft: hozon.Artifact, folder: Path) -> None:
    """Or the name it is given; the entry tells digest and size."""
    entry = draft.add_file(folder / "a.txt")
    assert (entry.path, entry.size) == ("a.txt", 5)
    assert entry.digest == hashlib.sha256(b"hello").hexdigest()
    draft.add_file(str(folder / "a.txt"), name="x/y.txt")
    assert paths(draft) == ["a.txt", "x/y.txt"]


def test_a_folder_lands_at_the_top_or_under_a_name(draft: hozon.Artifact, folder: Path) -> None:
    """Its own name is not part of the paths."""
    draft.add_dir(folder)
    draft.add_dir(str(folder), name="copy")
    assert paths(draft) == ["a.txt", "copy/a.txt", "copy/deep/b.txt", "deep/b.txt"]
    assert draft.size == 22


def test_a_new_file_is_written_straight_in(draft: hozon.Artifact) -> None:
    """Text in UTF-8, or another encoding, or bytes."""
    with draft.new_file("a.txt") as file:
        file.write("保存\n")
    with draft.new_file("b.txt", encoding="utf-16-le") as file:
        file.write("ab")
    with draft.new_file("c.bin", mode="xb") as file:
        file.write(b"\0\1")
    assert {p: e.size for p, e in draft.manifest.entries.items()} == {
        "a.txt": 7,
        "b.txt": 4,
        "c.bin": 2,
    }


def test_two_new_files_may_be_open_at_once(draft: hozon.Artifact) -> None:
    """Each has its own bytes."""
    with draft.new_file("a") as a, draft.new_file("b") as b:
        a.write("in a")
        b.write("in b, too")
    assert {p: e.size for p, e in draft.manifest.entries.items()} == {"a": 4, "b": 9}


def test_a_new_file_whose_block_raises_is_not_added(draft: hozon.Artifact) -> None:
    """Half a file is no file."""
    with pytest.raises(ZeroDivisionError), draft.new_file("a") as file:
        file.write(str(1 // 0))
    assert paths(draft) == []


@pytest.mark.parametrize("mode", ["x", "xb"])
def test_exclusive_modes_refuse_a_taken_name(draft: hozon.Artifact, mode: str) -> None:
    """Before anything is written."""
    with draft.new_file("a") as file:
        file.write("first")
    with pytest.raises(EntryConflictError, match="has other content at 'a' already"):
        draft.new_file("a", mode=mode).__enter__()
    assert draft.size == 5


@pytest.mark.parametrize("mode", ["w", "wb"])
def test_write_modes_replace(draft: hozon.Artifact, mode: str) -> None:
    """The last content counts."""
    for text in ("first", "second"):
        with draft.new_file("a", mode=mode) as file:
            file.write(text.encode() if mode == "wb" else text)
    assert draft.size == 6


@pytest.mark.parametrize("mode", ["r", "a", "x+", "", "rb"])
def test_other_modes_are_refused(draft: hozon.Artifact, mode: str) -> None:
    """The hint lists those that are known."""
    with pytest.raises(InputError, match=f"mode {mode!r}".replace("+", r"\+")) as caught:
        draft.new_file("a", mode=mode).__enter__()
    assert "'x' or 'w'" in caught.value.hint


def test_the_same_content_may_be_added_again(draft: hozon.Artifact, folder: Path) -> None:
    """It changes nothing."""
    draft.add_dir(folder)
    draft.add_dir(folder)
    draft.add_file(folder / "a.txt")
    assert paths(draft) == ["a.txt", "deep/b.txt"]


def test_other_content_under_a_taken_name_is_refused(draft: hozon.Artifact, folder: Path) -> None:
    """A folder is added as a whole or not at all."""
    with draft.new_file("deep/b.txt") as file:
        file.write("other")
    with pytest.raises(EntryConflictError, match=r"has other content at 'deep/b\.txt' already"):
        draft.add_dir(folder)
    assert paths(draft) == ["deep/b.txt"]


@pytest.mark.parametrize(("first", "second"), [("a", "a/b"), ("a/b", "a"), ("a/b/c", "a")])
def test_no_path_is_a_file_and_a_folder(draft: hozon.Artifact, first: str, second: str) -> None:
    """Such an artifact could never be downloaded."""
    with draft.new_file(first) as file:
        file.write("x")
    with (
        pytest.raises(EntryConflictError, match="'a' both as a file and as a folder"),
        draft.new_file(second) as file,
    ):
        file.write("x")
    assert paths(draft) == [first]


@pytest.mark.parametrize("name", ["/a", "../a", "a//b", ".", "C:\\a"])
def test_names_that_lead_outside_are_refused(
    draft: hozon.Artifact, folder: Path, name: str
) -> None:
    """By every way of adding."""
    with pytest.raises(InvalidEntryPathError):
        draft.add_file(folder / "a.txt", name=name)
    with pytest.raises(InvalidEntryPathError):
        draft.add_dir(folder, name=name)
    with pytest.raises(InvalidEntryPathError):
        draft.new_file(name).__enter__()
    assert paths(draft) == []


def test_missing_files_and_folders_are_named(draft: hozon.Artifact, folder: Path) -> None:
    """The message holds the path, the hint the next step."""
    with pytest.raises(SourceFileError, match="absent' cannot be read") as caught:
        draft.add_file(folder / "absent")
    assert "Check that the path is right" in caught.value.hint
    with pytest.raises(SourceFileError, match="data' is a folder") as caught:
        draft.add_file(folder)
    assert "add_dir" in caught.value.hint
    with pytest.raises(SourceFileError, match="absent' is missing"):
        draft.add_dir(folder / "absent")


def test_a_home_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    """By every way of adding."""
    monkeypatch.setenv("HOZON_HOME", str(folder / "a.txt"))
    draft = hozon.Artifact("mnist", type="dataset")
    with pytest.raises(StorageError, match=r"a\.txt/staging cannot be written"):
        draft.add_file(folder / "a.txt")
    with pytest.raises(StorageError, match=r"a\.txt/staging cannot be written"):
        draft.new_file("b").__enter__()
    assert tmp_path.exists()


def test_the_empty_artifact_has_the_published_digest(draft: hozon.Artifact) -> None:
    """The one that W&B gives it."""
    assert draft.wandb_digest() == "64e7c61456b10382e2f3b571ac24b659"


def test_the_published_digest_of_one_file(draft: hozon.Artifact) -> None:
    """Worked out by hand: `hello` has the MD5 5d41402abc4b2a76b9719d911017c592."""
    with draft.new_file("greeting.txt") as file:
        file.write("hello")
    hashed = b"wandb-artifact-manifest-v1\ngreeting.txt:XUFAKrxLKna5cZ2REBfFkg==\n"
    assert draft.wandb_digest() == hashlib.md5(hashed, usedforsecurity=False).hexdigest()


def test_the_published_digest_of_two_files(draft: hozon.Artifact) -> None:
    """Worked out by hand: entries stand in path order, whatever the order of adding."""
    for name, text in (("b/world.txt", "world"), ("a/hello.txt", "hello")):
        with draft.new_file(name) as file:
            file.write(text)
    hashed = (
        b"wandb-artifact-manifest-v1\n"
        b"a/hello.txt:XUFAKrxLKna5cZ2REBfFkg==\n"
        b"b/world.txt:fXkwN6B2AYZXSwKC8vQ15w==\n"
    )
    assert draft.wandb_digest() == hashlib.md5(hashed, usedforsecurity=False).hexdigest()


def test_our_digest_does_not_depend_on_the_order_of_adding() -> None:
    """Equal content, equal digest; other content, another."""
    digests = set()
    for order in ("abc", "cab", "bca"):
        draft = hozon.Artifact("mnist", type="dataset")
        for name in order:
            with draft.new_file(name) as file:
                file.write(name)
        digests.add(draft.digest)
    assert len(digests) == 1
    with draft.new_file("d") as file:
        file.write("d")
    assert draft.digest not in digests


@pytest.mark.parametrize(
    "read",
    [
        lambda a: a.version,
        lambda a: a.aliases,
        lambda a: a.entity,
        lambda a: a.project,
        lambda a: a.qualified_name,
        lambda a: a.created_at,
        lambda a: a.updated_at,
        lambda a: a.log_outcome,
        lambda a: a.wait(),
        lambda a: a.download(),
        lambda a: a.delete(),
        lambda a: a.logged_by(),
        lambda a: a.used_by(),
        lambda a: setattr(a, "aliases", ["best"]),
    ],
    ids=[
        "version",
        "aliases",
        "entity",
        "project",
        "qualified_name",
        "created_at",
        "updated_at",
        "log_outcome",
        "wait",
        "download",
        "delete",
        "logged_by",
        "used_by",
        "set_aliases",
    ],
)
def test_what_needs_a_version_says_so(draft: hozon.Artifact, read: object) -> None:
    """An `AttributeError`, as published, that names the attribute and what comes first."""
    assert callable(read)
    with pytest.raises(hozon.ArtifactNotLoggedError, match="'mnist' has no '") as caught:
        read(draft)
    assert isinstance(caught.value, AttributeError)
    assert "log_artifact" in caught.value.hint


def test_attributes_of_a_draft_can_be_asked_for(draft: hozon.Artifact) -> None:
    """`hasattr` and `getattr` with a default work, because the error is an `AttributeError`."""
    assert not hasattr(draft, "version")
    assert getattr(draft, "created_at", None) is None


def test_an_unknown_encoding_is_refused(draft: hozon.Artifact) -> None:
    """Before the block begins, and nothing is added."""
    with pytest.raises(InputError, match="'nope' is unknown"):
        draft.new_file("a.txt", encoding="nope").__enter__()
    assert draft.file_count == 0


def test_a_local_path_is_text_or_a_path(draft: hozon.Artifact) -> None:
    """The message says what was given."""
    with pytest.raises(SourceFileError, match="The local path is a NoneType"):
        draft.add_file(None)  # type: ignore[arg-type]
