"""The manifest: what an artifact contains, by value."""

from dataclasses import FrozenInstanceError

import pytest

from hozon.model.digests import ContentDigest
from hozon.model.manifest import Manifest, ManifestEntry

A = ManifestEntry("a", ContentDigest("11" * 32), 3)
B = ManifestEntry("b", ContentDigest("22" * 32), 4)
COPY = ManifestEntry("copy", A.digest, 3)


def test_entries_stand_in_path_order() -> None:
    """Whoever prints a manifest prints it the same every time."""
    assert list(Manifest.of([COPY, B, A]).entries) == ["a", "b", "copy"]


def test_a_manifest_cannot_be_changed() -> None:
    """Neither the mapping nor the value takes an assignment."""
    manifest = Manifest.of([A])
    with pytest.raises(TypeError):
        manifest.entries["b"] = B  # type: ignore[index]  # The point of the test.
    with pytest.raises(FrozenInstanceError):
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
