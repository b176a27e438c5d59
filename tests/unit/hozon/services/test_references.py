"""References: each object gets a path, or none is recorded."""

import pytest

from hozon.errors import (
    EntryConflictError,
    InvalidEntryPathError,
    InvalidReferenceError,
    MissingReferenceError,
    ReferenceChangedError,
    TooManyObjectsError,
)
from hozon.model.manifest import ManifestEntry
from hozon.references.unknown import UnknownReferences
from hozon.services.context import Context
from hozon.services.references import find_references, read_reference
from hozon.testing.memory import MemoryReferences

ROOT = "memory://bucket"


def find(
    context: Context,
    uri: str,
    *,
    name: str | None = None,
    checksum: bool = True,
    max_objects: int | None = None,
) -> list[ManifestEntry]:
    """Find everything behind a URI."""
    return find_references(context, uri, name=name, checksum=checksum, max_objects=max_objects)


def paths(entries: list[ManifestEntry]) -> dict[str, str | None]:
    """Map the path of each entry to its URI."""
    return {entry.path: entry.ref for entry in entries}


@pytest.fixture
def outside(outside: MemoryReferences) -> MemoryReferences:
    """Give two objects, one of them in a folder."""
    outside.put(f"{ROOT}/d/x.csv", b"hello")
    outside.put(f"{ROOT}/d/e/y.csv", b"")
    return outside


def test_a_single_object_takes_its_base_name(context: Context, outside: MemoryReferences) -> None:
    """Digest, size and URI are those that were found."""
    (entry,) = find(context, f"{ROOT}/d/x.csv")
    assert (entry.path, entry.size, entry.ref) == ("x.csv", 5, f"{ROOT}/d/x.csv")
    (found,) = outside.find(f"{ROOT}/d/x.csv", checksum=True, max_objects=None)
    assert (entry.digest, entry.extra) == (found.digest, found.extra)


@pytest.mark.usefixtures("outside")
def test_a_single_object_takes_the_name_that_is_given(context: Context) -> None:
    """The name is its whole path."""
    assert paths(find(context, f"{ROOT}/d/x.csv", name="labels/mine.csv")) == {
        "labels/mine.csv": f"{ROOT}/d/x.csv"
    }


@pytest.mark.usefixtures("outside")
def test_what_lies_below_lands_at_the_top(context: Context) -> None:
    """In path order."""
    assert list(paths(find(context, f"{ROOT}/d")).items()) == [
        ("e/y.csv", f"{ROOT}/d/e/y.csv"),
        ("x.csv", f"{ROOT}/d/x.csv"),
    ]


@pytest.mark.usefixtures("outside")
def test_what_lies_below_lands_in_the_folder_that_is_given(context: Context) -> None:
    """Also when it is only one object."""
    assert list(paths(find(context, f"{ROOT}/d", name="in"))) == ["in/e/y.csv", "in/x.csv"]
    assert list(paths(find(context, f"{ROOT}/d/e", name="in"))) == ["in/y.csv"]


def test_the_contents_of_two_buckets_do_not_collide(
    context: Context, outside: MemoryReferences
) -> None:
    """Their names are the keys, not the buckets."""
    outside.put("memory://other/z.csv", b"z")
    both = [find(context, ROOT), find(context, "memory://other")]
    assert [list(paths(entries)) for entries in both] == [["d/e/y.csv", "d/x.csv"], ["z.csv"]]


@pytest.mark.usefixtures("outside")
def test_without_a_checksum_the_uri_is_the_digest(context: Context) -> None:
    """As the handlers do it."""
    (entry,) = find(context, f"{ROOT}/d/x.csv", checksum=False)
    assert entry.digest == entry.ref


@pytest.mark.usefixtures("outside")
def test_too_many_objects_are_refused(context: Context) -> None:
    """All of them: none is returned."""
    assert len(find(context, ROOT, max_objects=2)) == 2
    with pytest.raises(TooManyObjectsError):
        find(context, ROOT, max_objects=1)


@pytest.mark.parametrize("number", [0, -1])
@pytest.mark.usefixtures("outside")
def test_a_bound_that_allows_nothing_is_refused(context: Context, number: int) -> None:
    """Every reference would be too many."""
    with pytest.raises(InvalidReferenceError, match=f"max_objects is {number}"):
        find(context, ROOT, max_objects=number)


@pytest.mark.parametrize("key", ["a//b", "../x", "a/./b", "/x", "C:x"])
def test_an_object_that_cannot_be_a_file_is_named(
    context: Context, outside: MemoryReferences, key: str
) -> None:
    """It could leave the folder of a download; a bucket allows such names."""
    outside.put(f"{ROOT}/{key}", b"")
    with pytest.raises(InvalidEntryPathError) as caught:
        find(context, ROOT)
    assert f"'{ROOT}/{key}' cannot be a file of the artifact" in caught.value.message
    assert "name=" in caught.value.hint


@pytest.mark.parametrize("name", ["", "../x", "/x", "a/"])
@pytest.mark.usefixtures("outside")
def test_a_name_that_cannot_be_a_path_is_refused(context: Context, name: str) -> None:
    """For one object as for many."""
    for uri in (ROOT, f"{ROOT}/d/x.csv"):
        with pytest.raises(InvalidEntryPathError, match="path"):
            find(context, uri, name=name)


def test_a_file_and_a_folder_of_one_name_are_refused(
    context: Context, outside: MemoryReferences
) -> None:
    """A bucket allows both, a folder of a download does not."""
    outside.put(f"{ROOT}/k/a/b", b"")
    outside.put(f"{ROOT}/k/a", b"")
    with pytest.raises(EntryConflictError, match=f"'{ROOT}/k/a' would be a file, and a folder"):
        find(context, f"{ROOT}/k")


def test_without_a_name_of_its_own_one_must_be_given(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with schemes that nobody knows."""
    monkeypatch.setattr(MemoryReferences, "handler", lambda *_: UnknownReferences())
    uri = "doi:10.5281/zenodo.1"
    with pytest.raises(InvalidReferenceError, match=f"'{uri}' gives no name") as caught:
        find(context, uri)
    assert "name='" in caught.value.hint
    assert find(context, uri, name="paper.pdf") == [ManifestEntry("paper.pdf", uri, None, uri)]


def test_what_was_recorded_is_read(context: Context, outside: MemoryReferences) -> None:
    """And nothing else."""
    (entry,) = find(context, f"{ROOT}/d/x.csv")
    assert b"".join(read_reference(context, entry)) == b"hello"
    outside.put(f"{ROOT}/d/x.csv", b"HELLO")
    with pytest.raises(ReferenceChangedError):
        list(read_reference(context, entry))
    outside.remove(f"{ROOT}/d/x.csv")
    with pytest.raises(MissingReferenceError):
        list(read_reference(context, entry))
