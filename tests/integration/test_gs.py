"""A whole installation whose bytes lie in a bucket of Google Cloud Storage."""

from collections.abc import Callable
from pathlib import Path

import pytest

import hozon
from fake_gcs import FakeGcs
from hozon.errors import RequirementError, StorageError
from worlds import ServeGcs

StoredKeys = Callable[[], list[str]]


@pytest.fixture
def serve_team(
    serve_gcs: ServeGcs, home: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., FakeGcs]:
    """Give a function that serves the bucket of an installation that waits for nothing."""

    def serve(*, versioned: bool) -> FakeGcs:
        gcs = serve_gcs(versioned=versioned)
        monkeypatch.setenv("HOZON_STORAGE_URL", f"gs://{gcs.bucket}/team")
        return gcs

    assert home.is_dir()
    monkeypatch.setenv("HOZON_CACHE_SIZE", "0")
    for window in ("HOZON_RESTORE_WINDOW", "HOZON_GC_GRACE"):
        monkeypatch.setenv(window, "0s")
    return serve


@pytest.fixture
def gcs(serve_team: Callable[..., FakeGcs]) -> FakeGcs:
    """Give the bucket, versioned."""
    return serve_team(versioned=True)


def log(text: str) -> hozon.Artifact:
    """Log a version with a small file, and with one that is uploaded in parts."""
    artifact = hozon.Artifact("mnist", type="dataset")
    with artifact.new_file("labels.csv") as file:
        file.write(text)
    with artifact.new_file("images.bin", mode="wb") as file:
        file.write(text.encode() * (9 * 2**20 // len(text)))
    artifact.save()
    return artifact


def delete_and_collect(name: str) -> None:
    """Delete a version, and collect until there is nothing more to do."""
    hozon.Api().artifact(name).delete(delete_aliases=True)
    for _ in range(3):
        hozon.Api().collect_garbage(max_unused=0)


def old(gcs: FakeGcs) -> set[str]:
    """Name what the bucket keeps as old generations."""
    return {key for key, live in gcs.kept() if not live}


def test_what_is_logged_is_downloaded_and_verified(gcs: FakeGcs, tmp_path: Path) -> None:
    """All bytes lie below the prefix."""
    artifact = log("image,label\n")
    assert len(gcs.kept()) == 2
    assert all(key.startswith("team/") and live for key, live in gcs.kept())
    folder = Path(artifact.download(tmp_path / "copy"))
    assert (folder / "labels.csv").read_text("utf-8") == "image,label\n"
    assert artifact.verify(folder)


def test_what_is_deleted_is_collected(gcs: FakeGcs, stored_keys: StoredKeys) -> None:
    """The bucket keeps it as old generations; other versions are whole."""
    log("image,label\n")
    gone = set(stored_keys())
    kept = log("kept\n")
    delete_and_collect("mnist:v0")
    assert gone.isdisjoint(stored_keys())
    assert old(gcs) == {f"team/{key}" for key in gone}
    assert kept.verify()


def test_what_was_collected_is_recovered(gcs: FakeGcs, tmp_path: Path) -> None:
    """From the old generations, whole."""
    log("image,label\n")
    delete_and_collect("mnist:v0")
    hozon.Api().recover("mnist:v0")
    folder = Path(hozon.Api().artifact("mnist:v0").download(tmp_path / "copy"))
    assert (folder / "labels.csv").read_text("utf-8") == "image,label\n"
    assert len(old(gcs)) == 2


def test_what_is_erased_leaves_nothing(gcs: FakeGcs) -> None:
    """No generation is left, of what was collected as of what was not."""
    log("image,label\n")
    delete_and_collect("mnist:v0")
    hozon.Api().erase("mnist:v0")
    log("secret\n").delete(delete_aliases=True)
    hozon.Api().erase("mnist:v1")
    assert gcs.kept() == []


def test_without_versions_nothing_is_collected(serve_team: Callable[..., FakeGcs]) -> None:
    """The hint is the command that switches them on."""
    gcs = serve_team(versioned=False)
    log("image,label\n")
    with pytest.raises(RequirementError, match="gs://hozon-tests/team") as caught:
        delete_and_collect("mnist:v0")
    assert "gcloud storage buckets update gs://hozon-tests --versioning" in caught.value.hint
    assert len(gcs.kept()) == 2


def test_a_missing_bucket_is_named(gcs: FakeGcs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is logged."""
    monkeypatch.setenv("HOZON_STORAGE_URL", "gs://absent/team")
    with pytest.raises(StorageError, match="gs://absent/team") as caught:
        log("image,label\n")
    assert "its bucket must exist" in caught.value.hint
    assert gcs.kept() == []
