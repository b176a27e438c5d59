"""What adds content to a draft: every published method, and every refusal that it documents."""

import builtins
import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

import hozon
from hozon.bootstrap import open_file_index
from hozon.errors import (
    EntryConflictError,
    EntryNotFoundError,
    InputError,
    InvalidEntryPathError,
    SourceFileError,
    StorageError,
)
from hozon.model.manifest import ManifestEntry
from hozon.ports.object_store import ObjectStore
from hozon.sdk.errors import ArtifactFinalizedError
from hozon.services.contents import Contents, StagedFile
from hozon.settings import load_settings
from hozon.testing.clocks import ManualClock
from hozon.testing.memory import MemoryObjectStore

LogText = Callable[..., hozon.Artifact]
UseStore = Callable[[ObjectStore], None]


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


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> ManualClock:
    """Let the files of the test be old enough to be known again."""
    clock = ManualClock(datetime.now(UTC) + timedelta(days=1))  # noqa: TID251  The file system's.
    monkeypatch.setattr("hozon.sdk.session.SystemClock", lambda: clock)
    return clock


def paths(artifact: hozon.Artifact) -> list[str]:
    """List the paths of an artifact."""
    return list(artifact.manifest.entries)


def write(artifact: hozon.Artifact, path: str, text: str = "x", mode: str = "x") -> None:
    """Write a file straight in."""
    with artifact.new_file(path, mode=mode) as file:
        file.write(text)


def log(artifact: hozon.Artifact) -> hozon.Artifact:
    """Log a draft and wait."""
    with hozon.init() as run:
        return run.log_artifact(artifact).wait()


def contents(artifact: hozon.Artifact, root: Path) -> dict[str, str]:
    """Bring a version and read it."""
    artifact.download(root)
    return {p.relative_to(root).as_posix(): p.read_text() for p in root.rglob("*") if p.is_file()}


# add_file.


def test_a_temporary_file_is_named_by_its_content(draft: hozon.Artifact, folder: Path) -> None:
    """Twenty digits stand for the stem; folder and suffix stay, also for what it is called here."""
    digest = hashlib.sha256(b"hello").hexdigest()
    entry = draft.add_file(folder / "a.txt", name="tmp/x.tar.gz", is_tmp=True)
    assert entry.path == f"tmp/{digest[:20]}.gz"
    assert draft.get_added_local_path_name(folder / "a.txt") == entry.path
    assert draft.add_file(folder / "a.txt", name="noext", is_tmp=True).path == digest[:20]


def test_an_entry_of_a_draft_tells_what_it_is(draft: hozon.Artifact, folder: Path) -> None:
    """Equal to that of the manifest, and equal by content."""
    entry = draft.add_file(folder / "a.txt")
    assert entry == draft.manifest.entries["a.txt"]
    assert hash(entry) == hash(draft.manifest.entries["a.txt"])
    assert entry != draft.add_file(folder / "a.txt", name="b")
    assert entry != "a.txt"
    assert (entry.name, entry.size, entry.ref, entry.extra) == ("a.txt", 5, None, {})
    assert repr(entry) == "<ArtifactManifestEntry a.txt of mnist>"


def test_a_file_takes_the_place_of_another_only_if_told(
    draft: hozon.Artifact, folder: Path, tmp_path: Path
) -> None:
    """The last content is what is logged."""
    draft.add_file(folder / "a.txt")
    (folder / "a.txt").write_text("HELLO")
    with pytest.raises(EntryConflictError, match=r"other content at 'a\.txt' already") as caught:
        draft.add_file(folder / "a.txt")
    assert "overwrite=True" in caught.value.hint
    assert draft.add_file(folder / "a.txt", overwrite=True).size == 5
    assert contents(log(draft), tmp_path / "root") == {"a.txt": "HELLO"}


def test_a_folder_is_never_overwritten_by_a_file(draft: hozon.Artifact, folder: Path) -> None:
    """Nor a file by a folder, whatever the caller says."""
    draft.add_dir(folder)
    with pytest.raises(EntryConflictError, match="'deep' both as a file and as a folder"):
        draft.add_file(folder / "a.txt", name="deep", overwrite=True)
    with pytest.raises(EntryConflictError, match=r"'a\.txt' both as a file and as a folder"):
        draft.add_dir(folder, name="a.txt", merge=True)
    assert paths(draft) == ["a.txt", "deep/b.txt"]


@pytest.mark.parametrize("policy", ["mutable", "immutable"])
def test_what_was_added_is_what_is_logged(
    draft: hozon.Artifact, folder: Path, tmp_path: Path, policy: str
) -> None:
    """Whether it was copied or not."""
    draft.add_file(folder / "a.txt", policy=policy)
    draft.add_dir(folder, name="d", policy=policy)
    assert contents(log(draft), tmp_path / "root") == {
        "a.txt": "hello",
        "d/a.txt": "hello",
        "d/deep/b.txt": "world!",
    }


def test_a_mutable_file_may_change(draft: hozon.Artifact, folder: Path, tmp_path: Path) -> None:
    """Later changes are not logged; nor is it missed."""
    draft.add_dir(folder)
    (folder / "a.txt").write_text("changed")
    (folder / "deep" / "b.txt").unlink()
    assert contents(log(draft), tmp_path / "root") == {"a.txt": "hello", "deep/b.txt": "world!"}


@pytest.mark.parametrize("change", ["HELLO", "shorter"[:2], "much longer", None], ids=repr)
def test_an_immutable_file_must_not_change(
    draft: hozon.Artifact, folder: Path, change: str | None
) -> None:
    """Logging says which it was, and makes no version; added again it can be logged."""
    draft.add_file(folder / "a.txt", policy="immutable")
    if change is None:
        (folder / "a.txt").unlink()
    else:
        (folder / "a.txt").write_text(change)
    with pytest.raises(SourceFileError, match=r"a\.txt' (has changed|cannot be read)") as caught:
        log(draft)
    assert "policy='mutable'" in caught.value.hint
    with pytest.raises(hozon.errors.CollectionNotFoundError):
        hozon.Api().artifact("mnist")


@pytest.mark.parametrize("add", ["add_file", "add_dir"])
def test_an_unknown_policy_is_refused(draft: hozon.Artifact, folder: Path, add: str) -> None:
    """The hint lists those that are known."""
    source = folder / "a.txt" if add == "add_file" else folder
    with pytest.raises(InputError, match="policy 'frozen' is unknown") as caught:
        getattr(draft, add)(source, policy="frozen")
    assert "'mutable' or 'immutable'" in caught.value.hint
    assert draft.file_count == 0


@pytest.mark.parametrize("value", [None, 7, b"bytes"], ids=repr)
def test_what_is_no_path_is_refused(draft: hozon.Artifact, value: object) -> None:
    """By every method that takes one."""
    for ask in (draft.add_file, draft.add_dir, draft.get_added_local_path_name):
        with pytest.raises(SourceFileError, match=f"The local path is a {type(value).__name__}"):
            ask(value)  # type: ignore[operator]  # The point of the test.
    with pytest.raises(InputError, match=f"to be removed is a {type(value).__name__}"):
        draft.remove(value)  # type: ignore[arg-type]  # The point of the test.


# add_dir.


def test_a_folder_is_merged_only_if_told(
    draft: hozon.Artifact, folder: Path, tmp_path: Path
) -> None:
    """Its files take the place of others of their names; the rest stays."""
    write(draft, "a.txt", "other")
    write(draft, "c.txt", "mine")
    with pytest.raises(EntryConflictError) as caught:
        draft.add_dir(folder)
    assert "merge=True for a folder" in caught.value.hint
    assert paths(draft) == ["a.txt", "c.txt"]
    draft.add_dir(folder, merge=True)
    assert contents(log(draft), tmp_path / "root") == {
        "a.txt": "hello",
        "c.txt": "mine",
        "deep/b.txt": "world!",
    }


def test_a_folder_that_fails_half_way_leaves_the_draft_as_it_was(
    draft: hozon.Artifact, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All or nothing, in batches of one, too; what was replaced is back."""
    monkeypatch.setattr("hozon.services.staging._BATCH", 1)
    write(draft, "a.txt", "before")
    digest = draft.digest
    (folder / "z").symlink_to("absent")
    with pytest.raises(SourceFileError, match="z' cannot be read"):
        draft.add_dir(folder, merge=True)
    assert (draft.digest, paths(draft)) == (digest, ["a.txt"])
    (folder / "z").unlink()
    write(draft, "deep", "a file")
    with pytest.raises(EntryConflictError, match="'deep' both"):
        draft.add_dir(folder, merge=True)
    assert draft.manifest.entries["a.txt"].size == 6


@pytest.mark.parametrize("name", ["/a", "../a", "a/../..", "C:\\a", "a\0"])
def test_a_prefix_that_leads_outside_is_refused(
    draft: hozon.Artifact, folder: Path, name: str
) -> None:
    """Before anything is added."""
    with pytest.raises(InvalidEntryPathError):
        draft.add_dir(folder, name=name)
    assert draft.file_count == 0


def test_a_name_that_is_no_unicode_is_refused(draft: hozon.Artifact, folder: Path) -> None:
    """No manifest could hold it."""
    Path(os.fsdecode(bytes(folder) + b"/a\xff")).write_text("x")
    with pytest.raises(InvalidEntryPathError, match="not valid Unicode"):
        draft.add_dir(folder)
    assert draft.file_count == 0


# remove.


def test_a_file_or_a_folder_is_taken_out(draft: hozon.Artifact, folder: Path) -> None:
    """By its path, as text or as a path, with or without a slash; or by its entry."""
    for name in ("", "x", "y", "xy"):
        draft.add_dir(folder, name=name or None)
    draft.remove("a.txt")
    draft.remove(Path("x"))
    draft.remove("y/")
    draft.remove(draft.manifest.entries["deep/b.txt"])
    assert paths(draft) == ["xy/a.txt", "xy/deep/b.txt"]
    assert draft.size == 11
    write(draft, "x", "now a file")
    assert draft.file_count == 3


@pytest.mark.parametrize("item", ["absent", "dee", "deep/b", "", "/", "deep/b.txt/x"])
def test_what_is_not_there_cannot_be_taken_out(
    draft: hozon.Artifact, folder: Path, item: str
) -> None:
    """A part of a name is none."""
    draft.add_dir(folder)
    with pytest.raises(EntryNotFoundError, match="has no file or folder") as caught:
        draft.remove(item)
    assert "manifest.entries" in caught.value.hint
    assert draft.file_count == 2


# new_file.


def test_a_name_that_is_taken_meanwhile_is_refused(draft: hozon.Artifact) -> None:
    """When the block ends; `w` takes its place."""

    def write_two() -> None:
        with draft.new_file("a") as file:
            file.write("first")
            write(draft, "a", "second")

    with pytest.raises(EntryConflictError):
        write_two()
    assert draft.manifest.entries["a"].size == 6
    with draft.new_file("a", mode="w") as file:
        file.write("third one")
    assert draft.size == 9


@pytest.mark.parametrize("size", [0, 1, 5_000_000])
def test_a_new_file_may_have_any_size(draft: hozon.Artifact, tmp_path: Path, size: int) -> None:
    """Packed or alone, it comes back as it was written."""
    with draft.new_file("a", mode="xb") as file:
        file.write(b"x" * size)
    log(draft).download(tmp_path / "root")
    assert (tmp_path / "root" / "a").read_bytes() == b"x" * size


# finalize.

FILL: dict[str, Callable[[hozon.Artifact, Path], object]] = {
    "add_file": lambda artifact, folder: artifact.add_file(folder / "a.txt", name="new"),
    "add_dir": lambda artifact, folder: artifact.add_dir(folder, name="new"),
    "new_file": lambda artifact, _: artifact.new_file("new").__enter__(),
    "remove": lambda artifact, _: artifact.remove("old"),
}


@pytest.fixture(params=["finalized", "logged", "being logged", "fetched"])
def frozen(
    request: pytest.FixtureRequest, draft: hozon.Artifact, use_store: UseStore
) -> Iterator[hozon.Artifact]:
    """Give an artifact whose content is frozen, for each reason."""
    write(draft, "old")
    if request.param == "finalized":
        draft.finalize()
        draft.finalize()
        yield draft
    elif request.param == "being logged":
        gate = threading.Event()

        class GatedStore(MemoryObjectStore):
            def put(self, key: str, source: Path, *, may_link: bool = False) -> None:
                gate.wait(20)
                super().put(key, source, may_link=may_link)

        use_store(GatedStore())
        with hozon.init() as run:
            run.log_artifact(draft)
            yield draft
            gate.set()
    else:
        log(draft)
        yield draft if request.param == "logged" else hozon.Api().artifact("mnist")


@pytest.mark.parametrize("fill", FILL)
def test_frozen_content_is_not_changed(frozen: hozon.Artifact, folder: Path, fill: str) -> None:
    """By no way of filling; the hint says what to do instead."""
    with pytest.raises(ArtifactFinalizedError, match=r"cannot (be changed|take more files)") as c:
        FILL[fill](frozen, folder)
    assert "Make a new Artifact" in c.value.hint
    assert isinstance(c.value, AttributeError)
    assert (paths(frozen), frozen.file_count) == (["old"], 1)


def test_a_finalized_draft_can_be_logged(draft: hozon.Artifact) -> None:
    """It was handed on, and nobody could add to it."""
    write(draft, "a")
    draft.finalize()
    assert log(draft).version == "v0"
    draft.finalize()


def test_a_file_that_is_open_when_the_draft_is_finalized_is_not_added(
    draft: hozon.Artifact,
) -> None:
    """Its block ends with the error."""

    def write_and_finalize() -> None:
        with draft.new_file("a") as file:
            file.write("x")
            draft.finalize()

    with pytest.raises(ArtifactFinalizedError):
        write_and_finalize()
    assert paths(draft) == []


def test_a_draft_that_could_not_be_handed_over_stays_open(draft: hozon.Artifact) -> None:
    """What is refused before it is stored freezes nothing."""
    with hozon.init() as run:
        draft.metadata["bad"] = float("nan")
        with pytest.raises(hozon.errors.InvalidMetadataError):
            run.log_artifact(draft)
        write(draft, "a")
        del draft.metadata["bad"]
        assert run.log_artifact(draft).wait().file_count == 1


# get_added_local_path_name.


def test_a_local_file_is_found_again(
    draft: hozon.Artifact, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the file that was given, or the folder above it; relative or not."""
    draft.add_file(folder / "a.txt", name="x/y.txt")
    draft.add_dir(folder / "deep", name="d/")
    monkeypatch.chdir(folder)
    for path in ("a.txt", folder / "a.txt", folder / "deep" / ".." / "a.txt"):
        assert draft.get_added_local_path_name(path) == "x/y.txt"
    assert draft.get_added_local_path_name("deep/b.txt") == "d/b.txt"
    for path in ("deep", "deep/absent", "absent", folder.parent):
        assert draft.get_added_local_path_name(path) is None
    draft.remove("d/b.txt")
    assert draft.get_added_local_path_name("deep/b.txt") is None


def test_a_folder_at_the_top_is_found_again(draft: hozon.Artifact, folder: Path) -> None:
    """Also after logging; a fetched version was added nowhere here."""
    draft.add_dir(folder)
    log(draft)
    assert draft.get_added_local_path_name(folder / "deep" / "b.txt") == "deep/b.txt"
    fetched = hozon.Api().artifact("mnist")
    assert fetched.get_added_local_path_name(folder / "a.txt") is None


# Many threads.


@pytest.mark.parametrize("skip_cache", [True, False])
@pytest.mark.usefixtures("settled")
def test_threads_that_fill_artifacts_mix_nothing_up(tmp_path: Path, *, skip_cache: bool) -> None:
    """32 threads, each with a draft of its own and the same 1,000 files."""
    source = tmp_path / "many"
    source.mkdir()
    digests = {}
    for number in range(1000):
        (source / f"{number:04}").write_bytes(b"%d" % number * 3)
        digests[f"{number:04}"] = hashlib.sha256(b"%d" % number * 3).hexdigest()
    drafts = [hozon.Artifact(f"a{number}", type="dataset") for number in range(32)]

    def fill(number: int) -> None:
        for name in list(digests)[number::32]:
            drafts[number].add_file(source / name, skip_cache=skip_cache)
        if number % 8 == 0:
            drafts[number].add_dir(source, skip_cache=skip_cache)

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(fill, range(32)))
    for number, draft in enumerate(drafts):
        wanted = list(digests) if number % 8 == 0 else list(digests)[number::32]
        found = {path: entry.digest for path, entry in draft.manifest.entries.items()}
        assert found == {name: digests[name] for name in wanted}


def test_threads_take_turns_to_change_one_artifact(
    draft: hozon.Artifact, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one changes it, no other does, even if the system lets others go on just then."""
    entries = [ManifestEntry(f"{n:03}", f"{n:064x}", n) for n in range(400)]
    start, busy, met = threading.Barrier(4, timeout=20), threading.Lock(), list[str]()
    put = Contents.put

    def watched(self: Contents, file: StagedFile) -> None:
        alone = busy.acquire(blocking=False)
        if not alone:
            met.append(file.entry.path)
        for _ in range(20):
            os.stat("/")  # noqa: PTH116  A call of the system lets other threads run.
        put(self, file)
        if alone:
            busy.release()

    def fill(thread: int) -> None:
        start.wait()
        for entry in entries[thread::4]:
            draft._content.add_entries([entry])  # noqa: SLF001  Nothing else is as fast.

    monkeypatch.setattr(Contents, "put", watched)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fill, range(4)))
    assert met == []
    found = {path: (e.digest, e.size) for path, e in draft.manifest.entries.items()}
    assert found == {entry.path: (entry.digest, entry.size) for entry in entries}


def test_threads_that_fill_one_artifact_mix_nothing_up(tmp_path: Path) -> None:
    """32 threads add 1,000 files in three ways, replace some and take some out; it is as logged."""
    source = tmp_path / "many"
    for number in range(1000):
        (source / f"{number:04}").parent.mkdir(exist_ok=True)
        (source / f"{number:04}").write_bytes(b"%d" % number * 3)
    draft = hozon.Artifact("mnist", type="dataset")
    start = threading.Barrier(32, timeout=20)

    def fill(thread: int) -> None:
        start.wait()
        for number in range(thread, 1000, 32):
            name = f"{number:04}"
            if number % 3:
                draft.add_file(source / name, skip_cache=True)
            else:
                write(draft, name, "wrong")
                write(draft, name, str(number) * 3, mode="w")
            write(draft, f"gone/{name}")
            draft.remove(f"gone/{name}")

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(fill, range(32)))
    assert paths(draft) == [f"{number:04}" for number in range(1000)]
    root = tmp_path / "root"
    assert contents(log(draft), root) == {f"{number:04}": str(number) * 3 for number in range(1000)}


# Files that are known.


@pytest.mark.parametrize("policy", ["mutable", "immutable"])
@pytest.mark.usefixtures("settled")
def test_a_known_file_that_the_store_lost_is_refused_if_it_changed(
    folder: Path, store: MemoryObjectStore, use_store: UseStore, policy: str
) -> None:
    """It was not copied, because its bytes were stored; now nobody has them."""
    use_store(store)
    for name in ("first", "second"):
        draft = hozon.Artifact(name, type="dataset")
        draft.add_file(folder / "a.txt", policy=policy)
        if name == "first":
            log(draft)
    _lose_all(store)
    (folder / "a.txt").write_text("changed")
    with pytest.raises(SourceFileError, match=r"a\.txt' has changed since it was added") as caught:
        log(draft)
    assert "Add it again" in caught.value.hint


@pytest.mark.usefixtures("settled")
def test_a_known_file_that_the_store_lost_is_read_again(
    folder: Path,
    store: MemoryObjectStore,
    use_store: UseStore,
    tmp_path: Path,
) -> None:
    """If it is still what it was, it is stored anew."""
    use_store(store)
    drafts = [hozon.Artifact(name, type="dataset") for name in ("first", "second")]
    for draft in drafts:
        draft.add_file(folder / "a.txt")
        if draft is drafts[0]:
            log(draft)
    _lose_all(store)
    assert contents(log(drafts[1]), tmp_path / "root") == {"a.txt": "hello"}


def _lose_all(store: MemoryObjectStore) -> None:
    """Forget every object, and where it lay, as a collector would."""
    store.delete([found.key for found in store.keys("")])
    engine = create_engine(load_settings().catalog_url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM objects"))
    engine.dispose()


@pytest.mark.usefixtures("settled")
def test_an_unchanged_folder_is_not_read_for_the_next_version(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And gives the same content; a garbled index only makes it read again."""
    reads: list[str] = []
    really = builtins.open

    def note(path: str, mode: str = "r", **options: object) -> object:
        if isinstance(path, str) and Path(path).is_relative_to(folder):
            reads.append(path)
        return really(path, mode, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(builtins, "open", note)

    def next_version() -> tuple[str, int]:
        reads.clear()
        draft = hozon.Artifact("mnist", type="dataset")
        draft.add_dir(folder)
        read = len(reads)
        return log(draft).version, read

    assert [next_version() for _ in range(2)] == [("v0", 2), ("v0", 0)]
    database = load_settings().cache_dir / "files.db"
    open_file_index(load_settings()).clear()
    database.write_bytes(b"garbage" * 1000)
    assert [next_version()[0] for _ in range(2)] == ["v0", "v0"]


# The published digest of a draft.


def test_the_published_digest_of_what_was_taken_over(draft: hozon.Artifact) -> None:
    """It is computed from what the store keeps, and is that of the same files added here."""
    write(draft, "a", "one")
    write(draft, "b", "two")
    more = log(draft).new_draft()
    write(more, "c", "three")
    same = hozon.Artifact("mnist", type="dataset")
    for name, content in (("a", "one"), ("b", "two"), ("c", "three")):
        write(same, name, content)
    assert more.wandb_digest() == same.wandb_digest()


@pytest.mark.parametrize("change", ["HELLO", None], ids=repr)
def test_the_published_digest_of_a_file_that_changed_is_refused(
    draft: hozon.Artifact, folder: Path, change: str | None
) -> None:
    """It was not copied: what is there now is not what was added."""
    draft.add_file(folder / "a.txt", policy="immutable")
    if change:
        (folder / "a.txt").write_text(change)
    else:
        (folder / "a.txt").unlink()
    with pytest.raises(SourceFileError, match=r"a\.txt'"):
        draft.wandb_digest()


def test_asking_for_the_published_digest_meanwhile_loses_nothing(
    draft: hozon.Artifact, tmp_path: Path
) -> None:
    """Threads go on adding while one asks."""
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            draft.wandb_digest()

    asking = threading.Thread(target=ask)
    asking.start()
    for number in range(50):
        write(draft, f"{number:02}", str(number))
    stop.set()
    asking.join()
    assert contents(log(draft), tmp_path / "root") == {f"{n:02}": str(n) for n in range(50)}


def test_a_home_that_fills_up_is_named(
    draft: hozon.Artifact, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By every way of adding; once there is room, it goes on as if nothing had been."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    write(draft, "before", "x")
    with monkeypatch.context() as patch:
        patch.setattr("tempfile.mkstemp", full)
        patch.setattr("hozon.services.staging._Pack.flush", full)
        for fill in ("add_file", "add_dir"):
            with pytest.raises(StorageError, match=r"cannot be written \(No space"):
                FILL[fill](draft, folder)
    draft.add_dir(folder)
    assert paths(draft) == ["a.txt", "before", "deep/b.txt"]
    assert log(draft).version == "v0"
