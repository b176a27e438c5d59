"""References and typed objects of an artifact: from adding to downloading and reading."""

from collections.abc import Callable
from pathlib import Path

import pytest

import hozon
from hozon import errors
from hozon.sdk.entry import ArtifactManifestEntry

Tracked = Callable[..., hozon.Artifact]


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Give a folder of somebody else's with two files."""
    folder = tmp_path / "outside"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text("hello")
    (folder / "deep" / "b.txt").write_text("world")
    return folder


@pytest.fixture
def track(outside: Path) -> Tracked:
    """Give a function that logs a reference to that folder."""

    def track(at: str | None = None, *, checksum: bool = True) -> hozon.Artifact:
        artifact = hozon.Artifact("scans", type="dataset")
        artifact.add_reference(outside.as_uri(), name=at, checksum=checksum)
        artifact.save()
        return artifact

    return track


def kept_keys(home: Path) -> list[Path]:
    """List the objects of the store."""
    return [path for path in (home / "objects").rglob("*") if path.is_file()]


def read_files(folder: str | Path) -> dict[str, str]:
    """Read all files below a folder."""
    root = Path(folder)
    found = [path for path in root.rglob("*") if path.is_file()]
    return {path.relative_to(root).as_posix(): path.read_text() for path in found}


def logged(name: str = "source") -> hozon.Artifact:
    """Log an artifact with a file and a table of one image name."""
    artifact = hozon.Artifact(name, type="dataset")
    with artifact.new_file("labels.csv") as file:
        file.write("0001.png,7")
    artifact.save()
    return artifact


# What lies outside.


def test_a_folder_is_tracked_without_its_bytes(track: Tracked, home: Path) -> None:
    """Its files are entries with size and digest, and nothing is stored."""
    artifact = track(at="in")
    assert artifact.name == "scans:v0"
    assert list(artifact.manifest.entries) == ["in/a.txt", "in/deep/b.txt"]
    assert (artifact.size, artifact.file_count) == (10, 2)
    assert kept_keys(home) == []


def test_what_is_tracked_is_downloaded(track: Tracked, tmp_path: Path) -> None:
    """As if it had been copied, and it verifies; a second time nothing is read again."""
    artifact = track()
    root = tmp_path / "root"
    assert read_files(artifact.download(root)) == {"a.txt": "hello", "deep/b.txt": "world"}
    before = (root / "a.txt").stat().st_mtime_ns
    artifact.download(root)
    assert (root / "a.txt").stat().st_mtime_ns == before
    assert artifact.verify(root)


def test_what_has_changed_is_said(track: Tracked, outside: Path, tmp_path: Path) -> None:
    """And does not appear; the others do when they are asked for."""
    artifact = track()
    (outside / "a.txt").write_text("HELLO")
    with pytest.raises(errors.ReferenceChangedError, match=r"a\.txt"):
        artifact.download(tmp_path / "root")
    assert "a.txt" not in read_files(tmp_path / "root")
    entry = artifact.get_entry("deep/b.txt")
    assert Path(entry.download(tmp_path / "root")).read_text() == "world"


def test_what_has_gone_may_be_passed_over(track: Tracked, outside: Path, tmp_path: Path) -> None:
    """If the caller says so; else it is an error."""
    artifact = track()
    (outside / "a.txt").unlink()
    with pytest.raises(errors.MissingReferenceError):
        artifact.download(tmp_path / "root")
    artifact.download(tmp_path / "root", allow_missing_references=True)
    assert read_files(tmp_path / "root") == {"deep/b.txt": "world"}


def test_what_has_changed_is_never_passed_over(
    track: Tracked, outside: Path, tmp_path: Path
) -> None:
    """Other bytes are not missing bytes."""
    artifact = track()
    (outside / "a.txt").write_text("HELLO")
    with pytest.raises(errors.ReferenceChangedError):
        artifact.download(tmp_path / "root", allow_missing_references=True)


def test_a_scheme_that_nobody_can_read_is_tracked_all_the_same(tmp_path: Path) -> None:
    """A download says that it cannot, or passes over it."""
    artifact = hozon.Artifact("papers", type="dataset")
    (entry,) = artifact.add_reference("doi:10.5281/zenodo.1", name="paper")
    assert (entry.digest, entry.size) == ("doi:10.5281/zenodo.1", None)
    assert entry.ref_target() == "doi:10.5281/zenodo.1"
    artifact.save()
    with pytest.raises(errors.InvalidReferenceError):
        artifact.download(tmp_path / "root")
    artifact.download(tmp_path / "root", allow_missing_references=True)
    assert read_files(tmp_path / "root") == {}


def test_equal_references_make_no_new_version(track: Tracked, outside: Path) -> None:
    """What is there now decides, and so does where it is."""
    assert [track().name, track().name] == ["scans:v0", "scans:v0"]
    (outside / "a.txt").write_text("HELLO")
    assert track().name == "scans:v1"
    assert track(checksum=False).name == "scans:v2"


def test_no_reference_is_added_if_one_is_refused(outside: Path) -> None:
    """A draft is as it was before the call."""
    artifact = hozon.Artifact("scans", type="dataset")
    with artifact.new_file("deep/b.txt") as file:
        file.write("mine")
    with pytest.raises(errors.EntryConflictError, match=r"deep/b\.txt"):
        artifact.add_reference(outside.as_uri())
    with pytest.raises(errors.TooManyObjectsError):
        artifact.add_reference(outside.as_uri(), name="in", max_objects=1)
    assert list(artifact.manifest.entries) == ["deep/b.txt"]


# Entries of other artifacts.


def test_an_entry_is_taken_over_without_its_bytes(home: Path, tmp_path: Path) -> None:
    """Digest and size are those of the entry; a download brings it."""
    labels = logged().get_entry("labels.csv")
    before = kept_keys(home)
    artifact = hozon.Artifact("copy", type="dataset")
    (entry,) = artifact.add_reference(labels, name="mnist/labels.csv")
    assert (entry.digest, entry.size) == (labels.digest, labels.size)
    assert entry.ref_target() == entry.ref != labels.ref
    artifact.save()
    assert kept_keys(home) == before
    assert read_files(artifact.download(tmp_path / "root")) == {"mnist/labels.csv": "0001.png,7"}
    assert artifact.verify(tmp_path / "root")


def test_an_entry_keeps_its_path_without_another() -> None:
    """The name is that inside the other artifact."""
    artifact = hozon.Artifact("copy", type="dataset")
    (entry,) = artifact.add_reference(logged().get_entry("labels.csv"))
    assert entry.path == "labels.csv"


def test_an_entry_outlives_the_version_that_it_came_from(tmp_path: Path) -> None:
    """Deleting the source takes nothing away from those who refer to it."""
    source = logged()
    artifact = hozon.Artifact("copy", type="dataset")
    artifact.add_reference(source.get_entry("labels.csv"))
    artifact.save()
    source.delete(delete_aliases=True)
    assert read_files(artifact.download(tmp_path / "root")) == {"labels.csv": "0001.png,7"}


def test_a_reference_to_a_reference_leads_to_the_same_place(track: Tracked, outside: Path) -> None:
    """There is one step, however often it is taken over."""
    artifact = hozon.Artifact("copy", type="dataset")
    (entry,) = artifact.add_reference(track().get_entry("a.txt"), name="x")
    assert entry.ref_target() == (outside / "a.txt").as_uri()


def test_an_entry_of_a_draft_cannot_be_taken_over() -> None:
    """Its bytes are nowhere yet."""
    draft = hozon.Artifact("source", type="dataset")
    with draft.new_file("labels.csv") as file:
        file.write("x")
    entry = draft.manifest.entries["labels.csv"]
    with pytest.raises(hozon.ArtifactNotLoggedError):
        hozon.Artifact("copy", type="dataset").add_reference(entry)


def test_a_file_is_no_reference() -> None:
    """The message names it, the hint says how to get it."""
    entry = logged().get_entry("labels.csv")
    with pytest.raises(errors.InvalidReferenceError, match=r"labels\.csv") as caught:
        entry.ref_target()
    assert "download()" in caught.value.hint


def test_sources_are_brought_whole_when_asked_for(tmp_path: Path) -> None:
    """Each into the default folder of its own; without asking, only the entries are."""
    source = hozon.Artifact("source", type="dataset")
    for name in ("a", "b"):
        with source.new_file(name) as file:
            file.write(name)
    source.save()
    artifact = hozon.Artifact("copy", type="dataset")
    artifact.add_reference(source.get_entry("a"))
    artifact.save()
    artifact.download(tmp_path / "root")
    assert not Path("artifacts").exists()
    artifact.download(tmp_path / "root", recursive=True)
    assert read_files("artifacts/source-v0") == {"a": "a", "b": "b"}
    assert read_files(tmp_path / "root") == {"a": "a"}


# Typed objects.


def image(shade: int) -> hozon.Image:
    """Make a small picture."""
    import numpy as np  # noqa: PLC0415  No other test needs it.

    return hozon.Image(np.full((4, 4), shade, dtype=np.uint8), caption=str(shade))


@pytest.mark.parametrize("through", ["method", "item"])
def test_an_object_comes_back_equal(through: str) -> None:
    """By its name, or by the path of its object file; none is None."""
    table = hozon.Table(columns=["shade", "image"], data=[[7, image(7)], [9, image(9)]])
    artifact = hozon.Artifact("evaluation", type="result")
    if through == "item":
        artifact["said"] = table
    else:
        entry = artifact.add(table, "said")
        assert isinstance(entry, ArtifactManifestEntry)
        assert entry.path == "said.table.json"
    artifact.save()
    found = hozon.Api().artifact("evaluation:v0")
    assert found.get("said") == table == found["said.table.json"]
    assert found.get("absent") is None
    assert found["absent"] is None


def test_an_object_may_take_the_place_of_another() -> None:
    """If the caller says so; another kind of that name is refused in any case."""
    artifact = hozon.Artifact("evaluation", type="result")
    artifact.add(hozon.Table(columns=["a"], data=[[1]]), "said")
    with pytest.raises(errors.EntryConflictError):
        artifact.add(hozon.Table(columns=["a"], data=[[2]]), "said")
    artifact.add(hozon.Table(columns=["a"], data=[[2]]), "said", overwrite=True)
    with pytest.raises(errors.EntryConflictError):
        artifact.add(image(1), "said", overwrite=True)
    artifact.save()
    assert artifact.get("said").data == [[2]]


def test_an_object_that_was_taken_over_finds_its_media(home: Path) -> None:
    """In the version that it came from; nothing is stored again."""
    table = hozon.Table(columns=["image"], data=[[image(7)]])
    source = hozon.Artifact("evaluation", type="result")
    source.add(table, "said")
    source.save()
    before = kept_keys(home)
    copy = hozon.Artifact("report", type="result")
    copy.add_reference(source.get_entry("said.table.json"))
    copy.save()
    assert hozon.Api().artifact("report:v0").get("said") == table
    assert kept_keys(home) == before


def test_media_that_are_missing_are_named(tmp_path: Path) -> None:
    """An object file without its media is an error, not an empty picture."""
    source = hozon.Artifact("evaluation", type="result")
    source.add(image(7), "one")
    source.save()
    folder = Path(source.download(tmp_path / "root"))
    broken = hozon.Artifact("broken", type="result")
    broken.add_file(folder / "one.image-file.json")
    broken.save()
    with pytest.raises(errors.HozonError):
        _ = broken.get("one").image
