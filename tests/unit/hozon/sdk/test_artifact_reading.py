"""What brings the content of a version back: every published method, and what it refuses."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import hozon
from hozon.bootstrap import open_context
from hozon.errors import (
    EntryNotFoundError,
    InputError,
    IntegrityError,
    InvalidEntryPathError,
    SourceFileError,
    StorageError,
    VerificationError,
)
from hozon.model.paths import UNFINISHED
from hozon.ports.object_store import ObjectStore
from hozon.sdk.errors import ArtifactNotLoggedError
from hozon.storage.cache import FolderObjectCache
from hozon.testing.faulty import Fault, FaultyObjectStore
from hozon.testing.memory import MemoryObjectStore

UseStore = Callable[[ObjectStore], None]
FILES = {"a.txt": "hello", "deep/b.txt": "world!", "deep/c.txt": ""}
DEFAULT = Path("artifacts/mnist-v0")


@pytest.fixture
def faulty(store: MemoryObjectStore, use_store: UseStore) -> FaultyObjectStore:
    """Put a store that does what the test says under the SDK."""
    faulty = FaultyObjectStore(store)
    use_store(faulty)
    return faulty


def log(files: dict[str, str], name: str = "mnist") -> hozon.Artifact:
    """Log files as a version."""
    artifact = hozon.Artifact(name, type="dataset")
    for path, text in files.items():
        with artifact.new_file(path) as file:
            file.write(text)
    with hozon.init() as run:
        return run.log_artifact(artifact).wait()


@pytest.fixture(params=["logged here", "fetched"])
def artifact(request: pytest.FixtureRequest, faulty: FaultyObjectStore) -> hozon.Artifact:
    """Give a version, as its maker has it and as others have it."""
    logged = log(FILES)
    faulty.reads.clear()
    return logged if request.param == "logged here" else hozon.Api().artifact("mnist:v0")


def contents(root: Path | str) -> dict[str, str]:
    """Read all files below a folder."""
    return {
        path.relative_to(root).as_posix(): path.read_text()
        for path in Path(root).rglob("*")
        if path.is_file()
    }


READ: dict[str, Callable[[hozon.Artifact], object]] = {
    "download": lambda a: a.download(),
    "file": lambda a: a.file(),
    "files": lambda a: a.files(),
    "get_entry": lambda a: a.get_entry("a.txt"),
    "get_path": lambda a: a.get_path("a.txt"),
    "checkout": lambda a: a.checkout(),
    "checkout dry": lambda a: a.checkout(dry_run=True),
    "verify": lambda a: a.verify(),
    "verify root": lambda a: a.verify("."),
    "entry.download": lambda a: a.manifest.entries["a.txt"].download(),
    "new_draft": lambda a: a.new_draft(),
}


@pytest.mark.parametrize("read", READ)
@pytest.mark.parametrize("frozen", [False, True], ids=["open", "finalized"])
def test_nothing_is_read_from_a_draft(read: str, tmp_path: Path, *, frozen: bool) -> None:
    """By no way of reading, and no folder is made; the hint says what comes first."""
    draft = hozon.Artifact("mnist", type="dataset")
    with draft.new_file("a.txt") as file:
        file.write("x")
    if frozen:
        draft.finalize()
    with pytest.raises(ArtifactNotLoggedError, match="before it is logged") as caught:
        READ[read](draft)
    assert "log_artifact" in caught.value.hint
    assert list((tmp_path / "work").iterdir()) == []


# download.


def test_everything_is_brought(artifact: hozon.Artifact) -> None:
    """To the default folder; what is right is not fetched again, other files stay."""
    assert artifact.download() == str(DEFAULT)
    (DEFAULT / "mine").write_text("mine")
    assert artifact.download(multipart=True) == str(DEFAULT)
    assert contents(DEFAULT) == FILES | {"mine": "mine"}


def test_a_part_is_brought(artifact: hozon.Artifact, tmp_path: Path) -> None:
    """What begins with a text; empty text is all."""
    artifact.download(tmp_path / "part", path_prefix="deep/c")
    assert contents(tmp_path / "part") == {"deep/c.txt": ""}
    artifact.download(tmp_path / "all", path_prefix="")
    assert contents(tmp_path / "all") == FILES


def test_the_cache_is_used_unless_it_is_skipped(
    artifact: hozon.Artifact,
    faulty: FaultyObjectStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By every way of reading that has the choice."""
    cached = _with_cache(artifact, tmp_path, monkeypatch, faulty)
    cached.download(tmp_path / "one")
    reads = len(faulty.reads)
    cached.download(tmp_path / "two")
    cached.get_entry("a.txt").download(tmp_path / "three")
    assert len(faulty.reads) == reads
    cached.get_entry("a.txt").download(tmp_path / "four", skip_cache=True)
    cached.download(tmp_path / "five", skip_cache=True)
    assert len(faulty.reads) == reads + 2
    for name in ("one", "two", "five"):
        assert contents(tmp_path / name) == FILES


def _with_cache(
    artifact: hozon.Artifact,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    faulty: FaultyObjectStore,
) -> hozon.Artifact:
    """Fetch a version over connections with a cache, as for a bucket."""
    cache = FolderObjectCache(tmp_path / "cache")
    monkeypatch.setattr(
        "hozon.sdk.session.open_context",
        lambda settings, **how: replace(
            open_context(settings, **how), store=faulty, cache=cache, cache_bytes=10**6
        ),
    )
    hozon.teardown()
    return hozon.Api().artifact(artifact.qualified_name)


BRING: dict[str, Callable[[hozon.Artifact, Path], object]] = {
    "download": lambda a, root: a.download(root),
    "checkout": lambda a, root: a.checkout(root),
    "entry": lambda a, root: a.get_entry("deep/b.txt").download(root),
}


@pytest.mark.parametrize("bring", BRING)
@pytest.mark.parametrize("fault", Fault)
def test_a_store_that_lies_is_an_error(
    artifact: hozon.Artifact, faulty: FaultyObjectStore, tmp_path: Path, bring: str, fault: Fault
) -> None:
    """No wrong file appears, and the next try succeeds."""
    faulty.on_read = fault
    with pytest.raises((IntegrityError, StorageError)):
        BRING[bring](artifact, tmp_path / "root")
    assert contents(tmp_path / "root").items() <= FILES.items()
    faulty.on_read = None
    BRING[bring](artifact, tmp_path / "root")
    assert (tmp_path / "root" / "deep" / "b.txt").read_text() == "world!"


@pytest.mark.parametrize("bring", BRING)
def test_a_folder_that_cannot_be_written_is_named(
    artifact: hozon.Artifact, tmp_path: Path, bring: str
) -> None:
    """As where a file stands in its place."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(SourceFileError, match="file/root' cannot be written"):
        BRING[bring](artifact, tmp_path / "file" / "root")


@pytest.mark.parametrize("bring", BRING)
@pytest.mark.parametrize("link", ["deep", UNFINISHED])
def test_a_link_in_the_folder_leads_nowhere(
    artifact: hozon.Artifact, tmp_path: Path, bring: str, link: str
) -> None:
    """Nothing is written outside, nor removed inside."""
    root, outside = tmp_path / "root", tmp_path / "outside"
    for folder in (root, outside):
        folder.mkdir()
    (root / "mine").write_text("mine")
    (root / link).symlink_to(outside)
    with pytest.raises(InvalidEntryPathError):
        BRING[bring](artifact, root)
    assert list(outside.iterdir()) == []
    assert (root / "mine").read_text() == "mine"


# file, files.


def test_the_only_file_is_brought() -> None:
    """Its path comes back."""
    path = log({"deep/a": "x"}).file()
    assert path == str(DEFAULT / "deep" / "a")
    assert Path(path).read_text() == "x"
    assert log({"a": "y"}, "other").file("here") == "here/a"


@pytest.mark.parametrize(("files", "count"), [({}, 0), ({"a": "", "b": ""}, 2)])
def test_more_or_less_than_one_file_is_refused(files: dict[str, str], count: int) -> None:
    """The message counts them, the hint says how to choose."""
    with pytest.raises(InputError, match=f"has {count} files, not one") as caught:
        log(files).file()
    assert "get_entry" in caught.value.hint


@pytest.mark.parametrize("per_page", [1, 2, 3, 50])
def test_files_are_listed_in_order(artifact: hozon.Artifact, per_page: int) -> None:
    """However many come with a page."""
    files = artifact.files(per_page=per_page)
    assert len(files) == 3
    assert [file.path for file in files] == list(FILES)
    assert [file.size for file in files] == [5, 6, 0]


def test_some_files_are_listed(artifact: hozon.Artifact) -> None:
    """Those that are named and there, in order; none for none."""
    names = ["deep/c.txt", "absent", "a.txt", "a.txt", "deep", "", "\udcff", "\U0010ffff"]
    files = artifact.files(names, per_page=1)
    assert (len(files), [file.path for file in files]) == (2, ["a.txt", "deep/c.txt"])
    assert list(artifact.files([])) == []


def test_pages_have_a_file_at_least(artifact: hozon.Artifact) -> None:
    """Nothing could come otherwise."""
    with pytest.raises(InputError, match="per_page"):
        artifact.files(per_page=0)


# get_entry, get_path, and entries.


@pytest.mark.parametrize("ask", ["get_entry", "get_path"])
def test_an_entry_is_found(artifact: hozon.Artifact, ask: str) -> None:
    """And is equal to that of the manifest."""
    entry = getattr(artifact, ask)("deep/b.txt")
    assert (entry.path, entry.name, entry.size) == ("deep/b.txt", "deep/b.txt", 6)
    assert (entry.ref, entry.extra) == (None, {})
    assert entry == artifact.manifest.entries["deep/b.txt"]
    assert repr(entry) == "<ArtifactManifestEntry deep/b.txt of mnist:v0>"


@pytest.mark.parametrize("ask", ["get_entry", "get_path"])
@pytest.mark.parametrize(
    "name", ["absent", "deep", "deep/", "a.tx", "", "/a.txt", "\udcff", "\U0010ffff", "x\0"]
)
def test_an_entry_that_is_not_there_is_named(artifact: hozon.Artifact, ask: str, name: str) -> None:
    """A `KeyError`, as published; the hint lists some that are."""
    with pytest.raises(EntryNotFoundError, match="mnist:v0 has no file") as caught:
        getattr(artifact, ask)(name)
    assert isinstance(caught.value, KeyError)
    assert caught.value.hint == "It has a.txt, deep/b.txt, deep/c.txt."


def test_a_version_without_files_says_so() -> None:
    """And one with many names some."""
    with pytest.raises(EntryNotFoundError) as caught:
        log({}).get_entry("a")
    assert caught.value.hint == "It has no files at all."
    with pytest.raises(EntryNotFoundError) as caught:
        log({str(number): "" for number in range(9)}).get_entry("a")
    assert caught.value.hint == "It has 0, 1, 2, 3, 4, …."


def test_one_file_is_brought(artifact: hozon.Artifact, tmp_path: Path) -> None:
    """And no other, to where the whole would go."""
    entry = artifact.get_entry("deep/b.txt")
    assert entry.download() == str(DEFAULT / "deep/b.txt")
    assert contents(DEFAULT) == {"deep/b.txt": "world!"}
    assert entry.download(tmp_path / "here") == str(tmp_path / "here" / "deep/b.txt")


def test_an_entry_of_a_draft_is_brought_once_it_is_logged() -> None:
    """The same object; one that was taken out before is named, and no path is made up for it."""
    draft = hozon.Artifact("mnist", type="dataset")
    for name in ("kept", "gone"):
        with draft.new_file(name) as file:
            file.write(name)
    kept, gone = (draft.manifest.entries[name] for name in ("kept", "gone"))
    draft.remove("gone")
    with hozon.init() as run:
        run.log_artifact(draft).wait()
    assert Path(kept.download()).read_text() == "kept"
    with pytest.raises(EntryNotFoundError, match="has no file 'gone'"):
        gone.download()


def test_a_manifest_is_a_mapping(artifact: hozon.Artifact) -> None:
    """In path order; what is not there is a `KeyError`."""
    manifest = artifact.manifest
    assert (len(manifest), list(manifest.entries)) == (3, list(FILES))
    assert repr(manifest) == "<ArtifactManifest of mnist:v0, 3 entries>"
    for wrong in ("absent", "", 7):
        with pytest.raises(KeyError):
            manifest.entries[wrong]  # type: ignore[index]  # The point of the test.


# checkout.


def test_a_checkout_makes_the_folder_equal(artifact: hozon.Artifact) -> None:
    """A look at what would go comes first, and removes nothing."""
    artifact.download()
    (DEFAULT / "a.txt").write_text("edited")
    (DEFAULT / "old").mkdir()
    (DEFAULT / "old" / "x").write_text("mine")
    assert artifact.checkout(dry_run=True) == ["old/x"]
    assert (DEFAULT / "old" / "x").exists()
    assert artifact.checkout() == str(DEFAULT)
    assert contents(DEFAULT) == FILES
    assert not (DEFAULT / "old").exists()


@pytest.mark.parametrize("root", [".", "..", "/"])
def test_a_folder_that_holds_more_is_not_checked_out_to(
    artifact: hozon.Artifact, root: str
) -> None:
    """Nor is it looked at."""
    for dry_run in (True, False):
        with pytest.raises(InputError, match="holds more than an artifact"):
            artifact.checkout(root, dry_run=dry_run)  # type: ignore[call-overload]  # Both.


def test_a_checkout_whose_download_fails_removes_nothing(
    artifact: hozon.Artifact, faulty: FaultyObjectStore, tmp_path: Path
) -> None:
    """What was there is there."""
    root = tmp_path / "root"
    (root / "old").mkdir(parents=True)
    (root / "old" / "x").write_text("mine")
    faulty.on_read = Fault.DROP
    with pytest.raises(IntegrityError):
        artifact.checkout(root)
    assert contents(root) == {"old/x": "mine"}


# verify.


def test_an_equal_folder_is_true(artifact: hozon.Artifact) -> None:
    """Without a folder, it is downloaded first."""
    assert not DEFAULT.exists()
    assert artifact.verify() is True
    assert contents(DEFAULT) == FILES
    assert artifact.verify(DEFAULT) is True
    assert artifact.verify(os.fspath(DEFAULT)) is True


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda root: (root / "a.txt").write_text("HELLO"), r"wrong a\.txt"),
        (lambda root: (root / "deep" / "b.txt").unlink(), r"missing deep/b\.txt"),
        (lambda root: (root / "mine").write_text("x"), "surplus mine"),
    ],
    ids=["wrong", "missing", "surplus"],
)
def test_an_unequal_folder_is_an_error(
    artifact: hozon.Artifact, spoil: Callable[[Path], object], said: str
) -> None:
    """A `ValueError`, as published, that names the files."""
    artifact.download()
    spoil(DEFAULT)
    with pytest.raises(VerificationError, match=said) as caught:
        artifact.verify(DEFAULT)
    assert isinstance(caught.value, ValueError)
    assert "checkout" in caught.value.hint


def test_verifying_without_a_folder_repairs_but_removes_nothing(artifact: hozon.Artifact) -> None:
    """What is wrong is brought; what is surplus is told."""
    artifact.download()
    (DEFAULT / "a.txt").write_text("HELLO")
    assert artifact.verify()
    (DEFAULT / "mine").write_text("x")
    with pytest.raises(VerificationError, match="surplus mine"):
        artifact.verify()


def test_a_folder_that_is_not_there_is_named(artifact: hozon.Artifact) -> None:
    """And is not made."""
    with pytest.raises(SourceFileError, match="absent"):
        artifact.verify("absent")
    assert not Path("absent").exists()


# json_encode, wandb_digest.


def test_a_version_is_described_as_json(artifact: hozon.Artifact) -> None:
    """Everything that tells which one it is."""
    described = json.loads(json.dumps(artifact.json_encode()))
    assert described == {
        "_type": "artifactVersion",
        "entity": "ada",
        "project": "digits",
        "collection": "mnist",
        "version": "v0",
        "aliases": ["latest"],
        "type": "dataset",
        "state": "COMMITTED",
        "digest": artifact.digest,
        "size": 11,
        "file_count": 3,
    }


def test_a_draft_is_described_as_json() -> None:
    """As far as it is known."""
    draft = hozon.Artifact("mnist", type="dataset")
    described = draft.json_encode()
    assert json.dumps(described)
    assert (described["state"], described["file_count"]) == ("PENDING", 0)
    assert "version" not in described


@pytest.mark.parametrize("fault", Fault)
def test_a_published_digest_is_never_of_wrong_bytes(
    artifact: hozon.Artifact, faulty: FaultyObjectStore, fault: Fault
) -> None:
    """A store that lies is an error."""
    right = artifact.wandb_digest()
    faulty.on_read = fault
    with pytest.raises((IntegrityError, StorageError)):
        artifact.wandb_digest()
    faulty.on_read = None
    assert artifact.wandb_digest() == right
