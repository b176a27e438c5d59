"""The manifest: what an artifact contains, by value."""

import pytest

from hozon.model.manifest import Manifest, ManifestEntry

REFERENCE = ManifestEntry("r", "etag", None, "s3://bucket/key", {"versionID": "1"})
A = ManifestEntry("a", "11" * 32, 3)
B = ManifestEntry("b", "22" * 32, 4)
COPY = ManifestEntry("copy", A.digest, 3)


def test_entries_stand_in_path_order() -> None:
    """Whoever prints a manifest prints it the same every time."""
    assert list(Manifest.of([COPY, B, A]).entries) == ["a", "b", "copy"]


def test_a_manifest_cannot_be_changed() -> None:
    """Neither the mapping nor the value takes an assignment."""
    manifest = Manifest.of([A])
    with pytest.raises(TypeError):
        manifest.entries["b"] = B  # type: ignore[index]  # The point of the test.
    with pytest.raises(AttributeError):
        manifest.entries = {}  # type: ignore[misc]  # The point of the test.


def test_the_size_counts_every_path() -> None:
    """Two paths with the same bytes count twice, as they do on disk."""
    assert Manifest.of([A, B, COPY]).size == 10


def test_a_store_needs_each_content_once() -> None:
    """Distinct contents are listed with their sizes."""
    assert Manifest.of([A, B, COPY]).sizes_by_digest == {A.digest: 3, B.digest: 4}


def test_equal_entries_have_an_equal_digest() -> None:
    """The digest is that of the entries, whatever their order."""
    assert Manifest.of([A, B]).digest == Manifest.of([B, A]).digest
    assert Manifest.of([A, B]).digest != Manifest.of([A, COPY]).digest


def test_entries_come_out_as_they_went_in() -> None:
    """Whether they fit the columns or not, by path and in order."""
    manifest = Manifest.of([REFERENCE, A])
    assert list(manifest) == [A, REFERENCE]
    assert dict(manifest.entries) == {"a": A, "r": REFERENCE}
    assert [len(manifest), manifest.size] == [2, 3]


@pytest.mark.parametrize("path", ["", "aa", "z", 7], ids=["empty", "between", "behind", "number"])
def test_a_path_that_is_not_there_has_no_entry(path: object) -> None:
    """As in every mapping."""
    with pytest.raises(KeyError):
        Manifest.of([A, B, REFERENCE]).entries[path]  # type: ignore[index]  # The point.


def test_a_store_keeps_nothing_for_what_is_outside() -> None:
    """But the bytes of an entry of another artifact are ours."""
    ours = ManifestEntry("o", A.digest, 3, "hozon-artifact://7/a")
    assert Manifest.of([REFERENCE, ours]).sizes_by_digest == {A.digest: 3}


def test_a_reference_is_part_of_the_digest() -> None:
    """The same ETag elsewhere is other content."""
    moved = ManifestEntry("r", "etag", None, "s3://bucket/other", REFERENCE.extra)
    assert Manifest.of([A, REFERENCE]).digest != Manifest.of([A, moved]).digest
