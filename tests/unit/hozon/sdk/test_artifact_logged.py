"""`Artifact` while it is logged, and after."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import hozon
from hozon.errors import (
    AliasedVersionError,
    InvalidAliasError,
    InvalidMetadataError,
    StorageError,
    VersionStateError,
    WaitTimeoutError,
)
from hozon.ports.object_store import ObjectStore
from hozon.testing.memory import MemoryObjectStore

LogText = Callable[..., hozon.Artifact]
UseStore = Callable[[ObjectStore], None]


class GatedStore(MemoryObjectStore):
    """Stores nothing before its gate is opened."""

    def __init__(self) -> None:
        """Begin closed."""
        super().__init__()
        self.gate = threading.Event()

    def put(self, key: str, source: Path, *, may_link: bool = False) -> None:
        """Wait for the gate."""
        if not self.gate.wait(20):
            raise StorageError("The gate stayed closed", hint="Open it.")
        super().put(key, source, may_link=may_link)


@pytest.fixture
def run() -> Iterator[hozon.Run]:
    """Give a run that is going on."""
    with hozon.init(id="r1") as run:
        yield run


def test_a_logged_artifact_tells_its_version(run: hozon.Run, log_text: LogText) -> None:
    """Everything that the catalog knows."""
    artifact = log_text(run, "hello", "best")
    assert (artifact.name, artifact.version, artifact.state) == ("mnist:v0", "v0", "COMMITTED")
    assert (artifact.aliases, artifact.type) == (["best", "latest"], "dataset")
    assert (artifact.entity, artifact.project) == ("ada", "digits")
    assert artifact.qualified_name == "ada/digits/mnist:v0"
    assert repr(artifact) == "<Artifact ada/digits/mnist:v0>"
    assert (artifact.size, artifact.file_count) == (5, 1)
    assert list(artifact.manifest.entries) == ["data.txt"]
    assert artifact.created_at.utcoffset() == timedelta()
    assert artifact.updated_at >= artifact.created_at


def test_the_digests_are_the_same_before_and_after(run: hozon.Run) -> None:
    """Ours and the published one."""
    draft = hozon.Artifact("mnist", type="dataset")
    for name in ("b", "a"):
        with draft.new_file(name) as file:
            file.write(name)
    before = (draft.digest, draft.wandb_digest())
    run.log_artifact(draft)
    assert draft.wandb_digest() == before[1]
    draft.wait()
    assert (draft.digest, draft.wandb_digest()) == before
    fetched = hozon.Api().artifact("mnist")
    assert (fetched.digest, fetched.wandb_digest()) == before


def test_what_logging_came_to_is_told(run: hozon.Run, log_text: LogText) -> None:
    """New, unchanged, reused; a version fetched by path was not logged here."""
    outcomes = [log_text(run, text).log_outcome for text in ("one", "one", "two", "one")]
    assert outcomes == ["created", "unchanged", "created", "reused"]
    assert hozon.Api().artifact("mnist").log_outcome is None


def test_logging_returns_at_once(run: hozon.Run, use_store: UseStore) -> None:
    """`wait` gives up after its time and can be called again; the message names the artifact."""
    store = GatedStore()
    use_store(store)
    hozon.teardown()
    with hozon.init() as gated:
        artifact = hozon.Artifact("mnist", type="dataset")
        with artifact.new_file("a") as file:
            file.write("x")
        assert gated.log_artifact(artifact) is artifact
        with pytest.raises(WaitTimeoutError, match="'mnist' takes longer than 0") as caught:
            artifact.wait(timeout=0)
        assert isinstance(caught.value, TimeoutError)
        with pytest.raises(hozon.ArtifactNotLoggedError) as early:
            _ = artifact.version
        assert "wait()" in early.value.hint
        store.gate.set()
        assert artifact.wait().version == "v0"
    assert run.id == "r1"


def test_a_logged_artifact_takes_no_more_files(
    run: hozon.Run, log_text: LogText, tmp_path: Path
) -> None:
    """By every way of adding, here and when it is fetched; the hint says what to do instead."""
    (tmp_path / "a").write_text("x")
    for artifact in (log_text(run, "one"), hozon.Api().artifact("mnist")):
        with pytest.raises(
            hozon.ArtifactFinalizedError, match=r"cannot (be changed|take more files)"
        ) as caught:
            artifact.add_file(tmp_path / "a")
        assert "Make a new Artifact" in caught.value.hint
        with pytest.raises(hozon.ArtifactFinalizedError):
            artifact.add_dir(tmp_path)
        with pytest.raises(hozon.ArtifactFinalizedError):
            artifact.new_file("b").__enter__()
    assert artifact.file_count == 1


def test_a_logged_artifact_is_not_logged_again(run: hozon.Run, log_text: LogText) -> None:
    """Nor is one that was fetched."""
    artifact = log_text(run, "one")
    with pytest.raises(hozon.ArtifactFinalizedError):
        run.log_artifact(artifact)
    with pytest.raises(hozon.ArtifactFinalizedError):
        run.log_artifact(hozon.Api().artifact("mnist"))


def test_a_refused_draft_can_be_mended_and_logged(run: hozon.Run) -> None:
    """Metadata that went bad since is refused before anything is frozen."""
    draft = hozon.Artifact("mnist", type="dataset")
    draft.metadata["bad"] = float("nan")
    with pytest.raises(InvalidMetadataError, match="bad"):
        run.log_artifact(draft)
    with pytest.raises(InvalidAliasError):
        run.log_artifact(draft, aliases=["v7"])
    del draft.metadata["bad"]
    assert run.log_artifact(draft).wait().version == "v0"


def test_changes_of_a_version_are_stored_by_save(run: hozon.Run, log_text: LogText) -> None:
    """Aliases, description and metadata; before that, nobody else sees them."""
    artifact = log_text(run, "one")
    artifact.description = "good"
    artifact.metadata["loss"] = 1
    artifact.aliases.append("best")
    assert hozon.Api().artifact("mnist").aliases == ["latest"]
    artifact.save()
    fetched = hozon.Api().artifact("mnist:best")
    assert (fetched.description, fetched.metadata) == ("good", {"loss": 1})
    assert fetched.aliases == ["best", "latest"]


def test_a_list_of_aliases_can_be_set(run: hozon.Run, log_text: LogText) -> None:
    """It is checked at once, and stored by `save`."""
    artifact = log_text(run, "one", "old")
    with pytest.raises(InvalidAliasError, match="'v7'"):
        artifact.aliases = ["v7"]
    artifact.aliases = ["new"]
    artifact.save()
    assert artifact.aliases == ["latest", "new"]


def test_a_bad_change_stores_nothing(run: hozon.Run, log_text: LogText) -> None:
    """An alias appended to the list is checked when it is saved."""
    artifact = log_text(run, "one")
    artifact.description = "good"
    artifact.aliases.append("v7")
    with pytest.raises(InvalidAliasError):
        artifact.save()
    assert hozon.Api().artifact("mnist").description is None


def test_saving_a_draft_logs_it_with_the_current_run(run: hozon.Run) -> None:
    """The run that is going on."""
    draft = hozon.Artifact("mnist", type="dataset")
    draft.save()
    producer = draft.wait().logged_by()
    assert producer is not None
    assert producer.id == run.id


def test_saving_a_draft_without_a_run_makes_one() -> None:
    """Of job type `auto`; it ends at once."""
    draft = hozon.Artifact("mnist", type="dataset")
    draft.save()
    producer = draft.logged_by()
    assert producer is not None
    assert (producer.job_type, producer.state) == ("auto", "finished")


def test_saving_while_logging_waits(run: hozon.Run) -> None:
    """Then it stores what was changed since."""
    draft = hozon.Artifact("mnist", type="dataset")
    run.log_artifact(draft)
    draft.save()
    assert draft.version == "v0"


def test_a_deleted_version_says_so(run: hozon.Run, log_text: LogText) -> None:
    """Its state changes, its aliases go; it can neither be saved nor deleted again."""
    artifact = log_text(run, "one", "best")
    with pytest.raises(AliasedVersionError, match="best, latest"):
        artifact.delete()
    assert hozon.Api().artifact("mnist:best").state == "COMMITTED"
    artifact.delete(delete_aliases=True)
    assert (artifact.state, artifact.aliases) == ("DELETED", [])
    with pytest.raises(VersionStateError):
        artifact.save()
    with pytest.raises(VersionStateError):
        artifact.delete(delete_aliases=True)


def test_a_version_without_aliases_is_deleted_without_asking(
    run: hozon.Run, log_text: LogText
) -> None:
    """`latest` is on another version."""
    first = log_text(run, "one")
    log_text(run, "two")
    hozon.Api().artifact("mnist:v0").delete()
    assert [a.version for a in hozon.Api().artifacts("dataset", "mnist")] == ["v1"]
    assert first.version == "v0"


def test_files_are_downloaded_below_artifacts_by_default(
    run: hozon.Run, log_text: LogText, tmp_path: Path
) -> None:
    """In a folder that is named for the version, legal on every system."""
    folder = log_text(run, "hello").download()
    assert Path(folder) == Path("artifacts/mnist-v0")
    assert (tmp_path / "work" / "artifacts" / "mnist-v0" / "data.txt").read_text() == "hello"


def test_files_are_downloaded_where_the_caller_says(
    run: hozon.Run, log_text: LogText, tmp_path: Path
) -> None:
    """The path comes back as text."""
    assert log_text(run, "hello").download(tmp_path / "here") == str(tmp_path / "here")
    assert (tmp_path / "here" / "data.txt").read_text() == "hello"


def test_makers_and_users_are_found(run: hozon.Run, log_text: LogText) -> None:
    """The run that logged it first, and the runs that used it, in order."""
    artifact = log_text(run, "one")
    for name in ("u2", "u1"):
        with hozon.init(id=name) as user:
            user.use_artifact("mnist")
    producer = artifact.logged_by()
    assert producer is not None
    assert producer.id == "r1"
    assert [user.id for user in artifact.used_by()] == ["u2", "u1"]


def test_what_is_changed_while_it_is_logged_is_kept(use_store: UseStore) -> None:
    """`save()` stores it as soon as there is a version to store it with."""
    store = GatedStore()
    use_store(store)
    with hozon.init():
        artifact = hozon.log_artifact(hozon.Artifact("notes", type="text", metadata={"a": 1}))
        artifact.metadata["accuracy"] = 0.9
        artifact.description = "a good one"
        store.gate.set()
        artifact.save()
    stored = hozon.Api().artifact("notes")
    assert (stored.metadata, stored.description) == ({"a": 1, "accuracy": 0.9}, "a good one")


def test_saving_an_old_version_moves_no_alias(run: hozon.Run, log_text: LogText) -> None:
    """A description that is stored late does not bring `latest` back."""
    first = log_text(run, "one")
    log_text(run, "two")
    first.description = "a note"
    first.save()
    assert hozon.Api().artifact("mnist:latest").version == "v1"
    assert hozon.Api().artifact("mnist:v0").description == "a note"


def test_an_edge_that_would_close_a_cycle_is_left_out(run: hozon.Run, log_text: LogText) -> None:
    """And the artifact says so; the work itself is not refused."""
    made = log_text(run, "one")
    assert not made.edge_left_out
    assert run.use_artifact("mnist").edge_left_out
    with hozon.init(id="r2") as other:
        assert not other.use_artifact("mnist").edge_left_out
        again = log_text(other, "one")
        assert (again.version, again.edge_left_out) == ("v0", True)
    assert [user.id for user in made.used_by()] == ["r2"]
    assert len(hozon.Api().run("r2").logged_artifacts()) == 0
