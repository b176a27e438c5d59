"""Whole flows through the SDK, on each kind of installation."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

import hozon
from hozon.bootstrap import open_context
from hozon.errors import (
    ArtifactNotFoundError,
    CollectionNotFoundError,
    HozonError,
    InvalidAliasError,
    InvalidEntryPathError,
    InvalidNameError,
    InvalidPathError,
    SourceFileError,
    StorageError,
)
from hozon.settings import load_settings

StoredKeys = Callable[[], list[str]]
pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Give a folder with files of several kinds."""
    folder = tmp_path / "dataset"
    (folder / "images").mkdir(parents=True)
    (folder / "labels.csv").write_text("image,label\n")
    (folder / "images" / "1.bin").write_bytes(bytes(range(256)) * 20)
    (folder / "empty").write_bytes(b"")
    return folder


def log(folder: Path, *aliases: str, run_id: str | None = None) -> hozon.Artifact:
    """Log a folder as a version of `mnist`."""
    with hozon.init(id=run_id) as run:
        artifact = hozon.Artifact("mnist", type="dataset")
        artifact.add_dir(folder)
        return run.log_artifact(artifact, aliases=aliases)


def counts() -> dict[str, int]:
    """Count what is in the catalog of the settings."""
    context = open_context(load_settings())
    try:
        with context.catalog.read() as session:
            return asdict(session.counts())
    finally:
        context.close()


def test_what_is_logged_is_what_is_downloaded(dataset: Path, tmp_path: Path) -> None:
    """Log a folder, use it in another run, get the same bytes."""
    log(dataset, run_id="maker")
    with hozon.init(id="user") as run:
        root = Path(run.use_artifact("mnist:latest").download(tmp_path / "copy"))
    for path in ("labels.csv", "images/1.bin", "empty"):
        assert (root / path).read_bytes() == (dataset / path).read_bytes()
    artifact = hozon.Api().artifact("mnist")
    maker = artifact.logged_by()
    assert maker is not None
    assert (maker.id, [user.id for user in artifact.used_by()]) == ("maker", ["user"])


def test_unchanged_files_are_not_stored_again(dataset: Path, stored_keys: StoredKeys) -> None:
    """A new version stores what is new."""
    log(dataset)
    assert len(stored_keys()) == 1
    (dataset / "labels.csv").write_text("image,label\n1.bin,7\n")
    assert log(dataset).version == "v1"
    assert len(stored_keys()) == 2


def test_a_deleted_version_frees_its_name_and_not_its_bytes(
    dataset: Path, stored_keys: StoredKeys
) -> None:
    """The delete is soft; the same content logged again is a new version without an upload."""
    artifact = log(dataset, "best")
    keys = stored_keys()
    artifact.delete(delete_aliases=True)
    for path in ("mnist", "mnist:best"):
        with pytest.raises(CollectionNotFoundError):
            hozon.Api().artifact(path)
    with pytest.raises(ArtifactNotFoundError, match="hozon artifact restore"):
        hozon.Api().artifact("mnist:v0")
    assert log(dataset).version == "v1"
    assert stored_keys() == keys


def test_a_sweep_leads_to_the_model_of_its_best_run() -> None:
    """Log a model in each run, find the best run, take what it logged."""

    def train() -> None:
        with hozon.init() as run:
            model = hozon.Artifact("net", type="model", metadata={"rate": run.config.rate})
            with model.new_file("weights") as file:
                file.write(str(run.config.rate))
            run.log_artifact(model)
            run.log({"loss": (run.config.rate - 2) ** 2})

    sweep_id = hozon.sweep(
        {
            "method": "grid",
            "metric": {"name": "loss"},
            "parameters": {"rate": {"values": [1, 2, 3]}},
        }
    )
    hozon.agent(sweep_id, train)
    best = hozon.Api().sweep(sweep_id).best_run()
    assert best is not None
    assert [(a.name, a.metadata) for a in best.logged_artifacts()] == [("net:v1", {"rate": 2})]


def test_a_long_list_is_read_by_page(dataset: Path) -> None:
    """More versions than a page holds."""
    with hozon.init() as run:
        for number in range(12):
            artifact = hozon.Artifact("many", type="dataset", metadata={"n": number})
            with artifact.new_file("n") as file:
                file.write(str(number))
            run.log_artifact(artifact)
    listed = hozon.Api().artifacts("dataset", "many", per_page=5)
    assert [a.metadata["n"] for a in listed] == list(range(11, -1, -1))
    assert dataset.exists()


BAD: dict[str, tuple[type[HozonError], str, Callable[[hozon.Run, Path], object]]] = {
    "unknown artifact": (
        CollectionNotFoundError,
        "'absent'",
        lambda run, _: run.use_artifact("absent"),
    ),
    "unknown version": (ArtifactNotFoundError, "v9", lambda run, _: run.use_artifact("mnist:v9")),
    "unknown alias": (ArtifactNotFoundError, "'x'", lambda run, _: run.use_artifact("mnist:x")),
    "malformed path": (InvalidPathError, "'ada//x'", lambda run, _: run.use_artifact("ada//x")),
    "alias like a version": (
        InvalidAliasError,
        "'v3'",
        lambda run, _: run.log_artifact(hozon.Artifact("mnist", "dataset"), aliases=["v3"]),
    ),
    "missing file": (
        SourceFileError,
        "absent",
        lambda _, folder: hozon.Artifact("a", "dataset").add_file(folder / "absent"),
    ),
    "missing folder": (
        SourceFileError,
        "absent",
        lambda _, folder: hozon.Artifact("a", "dataset").add_dir(folder / "absent"),
    ),
    "path outside": (
        InvalidEntryPathError,
        "'../a'",
        lambda _, folder: hozon.Artifact("a", "dataset").add_file(folder / "empty", "../a"),
    ),
    "name with a slash": (InvalidNameError, "'a/b'", lambda *_: hozon.Artifact("a/b", "dataset")),
    "long name": (InvalidNameError, "129", lambda *_: hozon.Artifact("a" * 129, "dataset")),
    "project with a slash": (InvalidNameError, "'a/b'", lambda *_: hozon.Api({"project": "a/b"})),
}


@pytest.mark.parametrize("mistake", BAD)
def test_bad_input_is_named_and_nothing_is_written(
    dataset: Path, stored_keys: StoredKeys, mistake: str
) -> None:
    """An error of the tree says what is wrong and what to do; catalog and store stay the same."""
    log(dataset)
    kind, named, make = BAD[mistake]
    with hozon.init() as run:
        before = (counts(), stored_keys())
        with pytest.raises(kind) as caught:
            make(run, dataset)
        assert named in caught.value.message
        assert caught.value.hint.endswith(".")
        assert (counts(), stored_keys()) == before


@pytest.mark.usefixtures("bucket")
def test_a_missing_bucket_is_named_and_nothing_is_written(
    dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The catalog holds the failed run, and no version of what could not be stored."""
    monkeypatch.setenv("HOZON_STORAGE_URL", "s3://absent/team")
    with pytest.raises(StorageError, match="s3://absent/team") as caught:
        log(dataset, run_id="r1")
    assert "HOZON_STORAGE_URL" in caught.value.hint
    assert hozon.Api().run("r1").state == "failed"
    assert {key: value for key, value in counts().items() if value} == {"projects": 1, "runs": 1}
