"""`Run`: what it records, and how it ends."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest

import hozon
from hozon.errors import (
    ArtifactNotFoundError,
    CatalogError,
    CollectionNotFoundError,
    InputError,
    InvalidMetadataError,
    InvalidNameError,
    InvalidPathError,
    NoRunError,
    RunExistsError,
    RunFinishedError,
    StorageError,
    TypeConflictError,
)
from hozon.ports.object_store import ObjectStore
from hozon.testing.memory import MemoryObjectStore

LogText = Callable[..., hozon.Artifact]
UseStore = Callable[[ObjectStore], None]


class BrokenStore(MemoryObjectStore):
    """Stores nothing."""

    def __init__(self, error: Exception) -> None:
        """Fail with this error."""
        super().__init__()
        self._error = error

    def put(self, key: str, source: Path, *, may_link: bool = False) -> None:  # noqa: ARG002  It fails either way.
        """Fail."""
        raise self._error from FileNotFoundError(f"{source} for {key}")


FULL = StorageError("The store is full", hint="Buy a larger one.")


def draft(text: str = "x", name: str = "mnist") -> hozon.Artifact:
    """Give a draft with one file."""
    artifact = hozon.Artifact(name, type="dataset")
    with artifact.new_file("data.txt") as file:
        file.write(text)
    return artifact


def state(run_id: str) -> str:
    """Read the state of a run from the catalog."""
    return hozon.Api().run(run_id).state


def test_a_run_tells_what_it_was_given() -> None:
    """Names, job type, config."""
    with hozon.init("bob", "letters", "r1", job_type="train", config={"rate": 0.1}) as run:
        assert (run.path, run.entity, run.project, run.id) == (
            "bob/letters/r1",
            "bob",
            "letters",
            "r1",
        )
        assert (run.job_type, run.state, run.sweep_id) == ("train", "running", None)
        assert dict(run.config) == {"rate": 0.1}
        assert repr(run) == "<Run bob/letters/r1 (running)>"


def test_names_come_from_the_settings_by_default() -> None:
    """And the id is made up, another each time."""
    with hozon.init() as first, hozon.init() as second:
        assert first.path.startswith("ada/digits/")
        assert first.id != second.id


@pytest.mark.parametrize("name", ["entity", "project", "id", "job_type"])
def test_bad_names_are_refused(name: str) -> None:
    """The message says which name it is; no run is begun."""
    with pytest.raises(InvalidNameError, match=f"{name.replace('_', ' ').replace('id', 'run')} n"):
        hozon.init(**{name: "a/b"})  # type: ignore[arg-type]  # None of these is the config.
    with pytest.raises(NoRunError):
        hozon.log({})


def test_a_taken_id_is_refused() -> None:
    """The hint says what to do."""
    with hozon.init(id="r1"):
        pass
    with pytest.raises(RunExistsError, match="run ada/digits/r1 already") as caught:
        hozon.init(id="r1")
    assert "leave id out" in caught.value.hint


def test_a_bad_config_begins_no_run() -> None:
    """JSON cannot carry it."""
    with pytest.raises(InvalidMetadataError, match=r"config\['a'\] is a set"):
        hozon.init(config={"a": {1}})
    assert len(hozon.Api().runs()) == 0


def test_a_run_ends_with_its_block() -> None:
    """As finished."""
    with hozon.init(id="r1") as run:
        assert state("r1") == "running"
    assert (run.state, state("r1")) == ("finished", "finished")


def test_a_run_whose_block_raises_has_failed() -> None:
    """And the exception goes on."""
    with pytest.raises(ZeroDivisionError), hozon.init(id="r1"):
        _ = 1 // 0
    assert state("r1") == "failed"


def test_a_new_run_ends_the_current_one() -> None:
    """At most one is current."""
    hozon.init(id="r1")
    hozon.init(id="r2")
    assert (state("r1"), state("r2")) == ("finished", "running")
    hozon.finish()
    assert state("r2") == "finished"


def test_finishing_twice_does_nothing() -> None:
    """Neither the run nor the module minds."""
    run = hozon.init()
    for _ in range(2):
        run.finish()
        hozon.finish()
    assert run.state == "finished"


def test_the_end_waits_for_everything_that_was_logged() -> None:
    """After the block the versions are there."""
    with hozon.init() as run:
        artifacts = [run.log_artifact(draft(str(number))) for number in range(5)]
    assert [artifact.version for artifact in artifacts] == ["v0", "v1", "v2", "v3", "v4"]


def test_a_failing_upload_surfaces_when_it_is_waited_for(use_store: UseStore) -> None:
    """And again when the run ends, which is recorded as failed."""
    use_store(BrokenStore(FULL))
    run = hozon.init(id="r1")
    artifact = run.log_artifact(draft())
    with pytest.raises(StorageError, match="full"):
        artifact.wait()
    with pytest.raises(StorageError, match="full"):
        run.finish()
    assert (run.state, state("r1")) == ("failed", "failed")
    with pytest.raises(NoRunError):
        hozon.log({})


def test_a_failing_upload_surfaces_from_the_block(use_store: UseStore) -> None:
    """Who never waits learns of it at the end of the block."""
    use_store(BrokenStore(FULL))
    with pytest.raises(StorageError, match="full"), hozon.init(id="r1") as run:
        run.log_artifact(draft())
    assert state("r1") == "failed"


def test_other_artifacts_are_stored_beside_a_failing_one(use_store: UseStore) -> None:
    """One failure does not stop the rest."""
    use_store(BrokenStore(FULL))
    run = hozon.init()
    run.log_artifact(draft())
    empty = run.log_artifact(hozon.Artifact("empty", type="dataset"))
    with pytest.raises(StorageError):
        run.finish()
    assert empty.version == "v0"


def test_a_failed_artifact_can_be_logged_again(use_store: UseStore, log_text: LogText) -> None:
    """When the store works again; its files are still there."""
    use_store(BrokenStore(FULL))
    artifact = draft("precious")
    with pytest.raises(StorageError), hozon.init() as run:
        run.log_artifact(artifact)
    hozon.teardown()
    use_store(MemoryObjectStore())
    with hozon.init() as run:
        assert run.log_artifact(artifact).wait().version == "v0"
        assert log_text(run, "precious").log_outcome == "unchanged"


def test_the_exception_of_the_block_is_never_replaced(use_store: UseStore) -> None:
    """A failing upload becomes a note of it."""
    use_store(BrokenStore(FULL))

    def log_and_fail(run: hozon.Run) -> None:
        run.log_artifact(draft())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught, hozon.init(id="r1") as run:
        log_and_fail(run)
    assert caught.value.__notes__ == [f"While the run ended: {FULL}"]
    assert state("r1") == "failed"


def test_a_run_ends_whatever_went_wrong(use_store: UseStore) -> None:
    """An error that is none of ours, a bug, does not leave the run going on for ever."""
    use_store(BrokenStore(RuntimeError("a bug")))
    run = hozon.init(id="r1")
    run.log_artifact(draft())
    with pytest.raises(RuntimeError, match="a bug"):
        run.finish()
    assert state("r1") == "failed"
    hozon.teardown()


def test_metrics_become_the_summary() -> None:
    """The last value of each; NaN and infinity too."""
    with hozon.init(id="r1") as run:
        run.log({"loss": 2, "best": 1})
        hozon.log({"loss": math.nan, "text": "t"})
        assert str(run.summary) == "{'loss': nan, 'best': 1, 'text': 't'}"
    assert str(hozon.Api().run("r1").summary) == str(run.summary)


def test_metrics_that_cannot_be_stored_are_refused() -> None:
    """All of the row, by the name of the key."""
    with hozon.init(id="r1") as run:
        with pytest.raises(InvalidMetadataError, match=r"logged data\['b'\] is a object"):
            run.log({"a": 1, "b": object()})
        assert dict(run.summary) == {}


def test_config_and_summary_are_stored_as_they_change() -> None:
    """By key, by attribute, several at once; removing too."""
    with hozon.init(id="r1", config={"a": 1, "b": 2}) as run:
        run.config["c"] = 3
        run.config.update({"d": 4}, e=5)
        run.config.f = 6
        del run.config["a"]
        assert (run.config.d, run.config.f, len(run.config)) == (4, 6, 5)
        run.summary.update(loss=math.inf)
    stored = hozon.Api().run("r1")
    assert stored.config == {"b": 2, "c": 3, "d": 4, "e": 5, "f": 6}
    assert stored.summary == {"loss": math.inf}


def test_a_refused_change_changes_nothing() -> None:
    """NaN is a result, not an input."""
    with hozon.init(config={"a": 1}) as run:
        with pytest.raises(InvalidMetadataError, match=r"config\['b'\] is nan"):
            run.config.update(a=2, b=math.nan)
        assert dict(run.config) == {"a": 1}


def test_a_missing_key_is_an_error_of_a_mapping() -> None:
    """`KeyError` by key, `AttributeError` by attribute."""
    with hozon.init() as run:
        with pytest.raises(KeyError):
            _ = run.config["absent"]
        with pytest.raises(KeyError):
            del run.config["absent"]
        with pytest.raises(AttributeError, match="config has no key 'absent'"):
            _ = run.config.absent


def test_a_run_that_has_ended_records_nothing() -> None:
    """Every call says so, and what to do."""
    with hozon.init(id="r1") as run:
        pass
    for call in (
        lambda: run.log({"a": 1}),
        lambda: run.log_artifact(draft()),
        lambda: run.use_artifact("mnist"),
        lambda: run.config.update(a=1),
        lambda: run.summary.update(a=1),
    ):
        with pytest.raises(RunFinishedError, match="run ada/digits/r1 has finished") as caught:
            call()
        assert "hozon.init()" in caught.value.hint
    assert hozon.Api().run("r1").config == {}


def test_module_functions_need_a_run() -> None:
    """The message names the function, the hint says how to begin one."""
    for name, call in (
        ("log", lambda: hozon.log({})),
        ("log_artifact", lambda: hozon.log_artifact(draft())),
        ("use_artifact", lambda: hozon.use_artifact("mnist")),
    ):
        with pytest.raises(NoRunError, match=rf"hozon\.{name} needs a run") as caught:
            call()
        assert "with hozon.init()" in caught.value.hint


def test_module_functions_act_on_the_current_run() -> None:
    """As the methods of the run do."""
    with hozon.init(id="r1"):
        logged = hozon.log_artifact(draft(), aliases=["best"]).wait()
    with hozon.init(id="r2"):
        used = hozon.use_artifact("mnist:best", type="dataset")
    assert logged.qualified_name == used.qualified_name
    assert [user.id for user in used.used_by()] == ["r2"]


def test_a_run_says_what_it_uses_a_version_as(log_text: LogText) -> None:
    """The object that the call gave knows it, and no other; a line of text is asked for."""
    with hozon.init() as run:
        log_text(run, "one")
    with hozon.init() as run:
        assert run.use_artifact("mnist", use_as="train").use_as == "train"
        assert hozon.use_artifact("mnist", use_as="test").use_as == "test"
        assert run.use_artifact("mnist").use_as is None
        for wrong in ("", "a\nb", "x" * 129, 7):
            with pytest.raises(InputError, match="The use_as of an artifact is"):
                run.use_artifact("mnist", use_as=wrong)  # type: ignore[arg-type]
    assert hozon.Api().artifact("mnist").use_as is None
    assert [user.id for user in hozon.Api().artifact("mnist").used_by()] == [run.id]


@pytest.mark.parametrize("path", ["mnist", "mnist:v0", "digits/mnist:latest", "ada/digits/mnist"])
def test_artifacts_are_used_by_path(log_text: LogText, path: str) -> None:
    """Missing parts come from the run's project."""
    with hozon.init("ada", "digits") as run:
        log_text(run, "one")
        assert run.use_artifact(path).name == "mnist:v0"


def test_artifacts_are_used_by_object(log_text: LogText) -> None:
    """A logged one; a draft is refused."""
    with hozon.init() as run:
        artifact = log_text(run, "one")
        assert run.use_artifact(artifact).name == "mnist:v0"
        with pytest.raises(hozon.ArtifactNotLoggedError):
            run.use_artifact(draft())


def test_using_what_is_not_there_draws_no_edge(log_text: LogText) -> None:
    """Each mistake has its own error."""
    with hozon.init(id="r1") as run:
        log_text(run, "one")
        for path, kind in (
            ("absent", CollectionNotFoundError),
            ("mnist:v9", ArtifactNotFoundError),
            ("mnist:best", ArtifactNotFoundError),
            ("ada//mnist", InvalidPathError),
        ):
            with pytest.raises(kind):
                run.use_artifact(path)
        with pytest.raises(TypeConflictError):
            run.use_artifact("mnist", type="model")
    assert len(hozon.Api().run("r1").used_artifacts()) == 0


def test_another_type_surfaces_from_logging(log_text: LogText) -> None:
    """A collection has one type for good."""
    with hozon.init() as run:
        log_text(run, "one")
    with pytest.raises(TypeConflictError, match="of type 'dataset', not 'model'"), hozon.init():
        hozon.log_artifact(hozon.Artifact("mnist", type="model"))


def test_a_refused_run_leaves_the_current_one_alone() -> None:
    """An id that is taken ends nobody's work."""
    with hozon.init(id="taken"):
        pass
    with hozon.init(id="other") as run:
        with pytest.raises(RunExistsError, match="ada/digits/taken"):
            hozon.init(id="taken")
        run.log({"a": 1})
    assert state("other") == "finished"


def test_a_new_run_fails_when_the_old_one_cannot_end(use_store: UseStore) -> None:
    """The error surfaces from the call, and no run is left running."""
    use_store(BrokenStore(FULL))
    old = hozon.init(id="old")
    old.log_artifact(draft())
    with pytest.raises(StorageError, match="is full"):
        hozon.init(id="new")
    assert (state("old"), state("new")) == ("failed", "failed")


def test_an_end_that_could_not_be_recorded_is_recorded_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A catalog that fails once leaves no run running for ever."""
    run = hozon.init(id="r1")

    def fail(*_: object, **__: object) -> None:
        raise CatalogError("The catalog is away", hint="Wait.")

    with monkeypatch.context() as patch:
        patch.setattr("hozon.sdk.journal.end_run", fail)
        with pytest.raises(CatalogError):
            run.finish()
    assert run.state == "running"
    run.finish()
    assert state("r1") == "finished"


def test_the_first_word_on_how_a_run_ended_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt while a failed run ends does not make it a finished one."""
    run = hozon.init(id="r1")

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("hozon.sdk.journal.end_run", interrupt)
        with pytest.raises(KeyboardInterrupt):
            run.__exit__(ValueError, ValueError("of the block"), None)
    run.finish()
    assert state("r1") == "failed"


def test_what_is_no_artifact_is_refused() -> None:
    """The hint says what to make of it."""
    with hozon.init() as run, pytest.raises(InputError, match="was given a list") as caught:
        run.log_artifact(["data.csv"])  # type: ignore[arg-type]
    assert "Make an Artifact" in caught.value.hint


def test_a_nested_value_is_changed_by_assigning_the_whole() -> None:
    """What is shown is what is stored."""
    with hozon.init(id="r1", config={"optimizer": {"name": "sgd"}}) as run:
        run.config["optimizer"]["name"] = "adam"
        run.config.optimizer["name"] = "adam"
        assert run.config["optimizer"] == {"name": "sgd"}
        run.config["optimizer"] = {"name": "adam"}
    assert hozon.Api().run("r1").config == {"optimizer": {"name": "adam"}}


def test_pairs_update_a_config() -> None:
    """As they update a dict."""
    with hozon.init() as run:
        run.config.update([("a", 1)], b=2)
        assert dict(run.config) == {"a": 1, "b": 2}
