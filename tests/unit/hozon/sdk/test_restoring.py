"""Deleting, restoring and protecting, as users see it."""

from collections.abc import Callable, Iterator

import pytest

import hozon
from hozon.errors import InputError, InvalidAliasError, NotFoundError, ProtectedAliasError
from hozon.model.versions import VersionState
from hozon.sdk.session import current_session
from hozon.services.resolve import any_version
from worlds import MNIST

LogText = Callable[..., hozon.Artifact]


@pytest.fixture
def run() -> Iterator[hozon.Run]:
    """Give a run that is going on."""
    with hozon.init(id="r1") as run:
        yield run


def test_a_delete_is_shown_until_it_is_taken_back(run: hozon.Run, log_text: LogText) -> None:
    """When, by whom and why; the object itself becomes the version again."""
    artifact = log_text(run, "hello", "best")
    assert (artifact.deleted_at, artifact.deleted_by, artifact.deleted_reason) == (None,) * 3
    artifact.delete(delete_aliases=True)
    assert artifact.deleted_at == artifact.updated_at
    assert artifact.deleted_reason == "delete"
    assert artifact.deleted_by == current_session().settings.user
    restored = artifact.restore()
    assert restored.aliases == ("ada/digits/mnist:best", "ada/digits/mnist:latest")
    assert (artifact.state, artifact.deleted_at) == ("COMMITTED", None)
    assert artifact.aliases == ["best", "latest"]
    artifact.aliases.remove("best")
    artifact.save()
    assert hozon.Api().artifact("mnist").aliases == ["latest"]


def test_a_draft_has_nothing_to_restore() -> None:
    """It is told what comes first."""
    draft = hozon.Artifact("mnist", type="dataset")
    with pytest.raises(hozon.ArtifactNotLoggedError):
        draft.restore()
    assert not hasattr(draft, "deleted_at")


def test_deleted_artifacts_are_found_by_type_and_name(run: hozon.Run, log_text: LogText) -> None:
    """In the default project, or in the one that the name is of."""
    log_text(run, "one").delete(delete_aliases=True)
    log_text(run, "two", name="tree", kind="model").delete(delete_aliases=True)
    api = hozon.Api()
    assert [found.name for found in api.deleted_artifacts()] == ["tree:v0", "mnist:v0"]
    assert [found.name for found in api.deleted_artifacts("dataset")] == ["mnist:v0"]
    assert [found.name for found in api.deleted_artifacts(name="tree")] == ["tree:v0"]
    assert len(api.deleted_artifacts(name="ada/elsewhere/tree")) == 0
    elsewhere = hozon.Api(overrides={"project": "elsewhere"})
    assert len(elsewhere.deleted_artifacts()) == 0
    assert [found.name for found in elsewhere.deleted_artifacts(name="digits/tree")] == ["tree:v0"]
    with pytest.raises(InputError):
        api.deleted_artifacts(per_page=0)


def test_a_deleted_artifact_is_a_logged_one(run: hozon.Run, log_text: LogText) -> None:
    """Its files are still there, until it is purged; then it is not listed."""
    log_text(run, "hello").delete(delete_aliases=True)
    (found,) = hozon.Api().deleted_artifacts()
    assert (found.state, found.is_draft(), found.file_count) == ("DELETED", False, 1)
    context = current_session().context
    version = any_version(context, MNIST, 0)
    with context.catalog.write() as session:
        session.versions.change_state(
            version.id, VersionState.PURGED, by=context.principal, now=context.catalog.now()
        )
    assert len(hozon.Api().deleted_artifacts()) == 0
    with pytest.raises(hozon.errors.PurgedVersionError, match="mnist:v0 was purged"):
        found.restore()


def test_a_collection_is_restored_by_who_holds_it(run: hozon.Run, log_text: LogText) -> None:
    """Or through one of its deleted versions."""
    artifact = log_text(run, "one", "best")
    collection = hozon.Api().artifact_collection("dataset", "mnist")
    collection.delete()
    assert collection.restore().versions == ("ada/digits/mnist:v0",)
    collection.delete()
    hozon.Api().deleted_artifacts()[0].collection.restore()
    assert hozon.Api().artifact("mnist:best").id == artifact.id


def test_a_deleted_run_is_shown_by_lineage_only(log_text: LogText) -> None:
    """Its versions say still who made and who used them."""
    with hozon.init(id="maker") as maker:
        artifact = log_text(maker, "hello")
    with hozon.init(id="user") as user:
        user.use_artifact("mnist:v0")
    api = hozon.Api()
    for name in ("maker", "user"):
        run = api.run(name)
        assert run.deleted_at is None
        run.delete()
        assert run.deleted_at is not None
    assert len(api.runs()) == 0
    made_by = artifact.logged_by()
    assert made_by is not None
    assert (made_by.id, [run.id for run in artifact.used_by()]) == ("maker", ["user"])


def test_a_run_is_deleted_with_its_artifacts(log_text: LogText) -> None:
    """They can be restored one by one."""
    with hozon.init(id="maker") as maker:
        for text in ("one", "two"):
            log_text(maker, text)
    hozon.Api().run("maker").delete(delete_artifacts=True)
    deleted = hozon.Api().deleted_artifacts()
    assert [(found.name, found.deleted_reason) for found in deleted] == [
        ("mnist:v1", "run"),
        ("mnist:v0", "run"),
    ]
    deleted[0].restore()
    assert hozon.Api().artifact("mnist").name == "mnist:v1"


def test_a_deleted_run_of_a_sweep_is_not_its_best() -> None:
    """A sweep lists what is left."""

    def train() -> None:
        with hozon.init() as run:
            run.log({"loss": run.config["rate"]})

    parameters = {"rate": {"values": [1, 2]}}
    sweep_id = hozon.sweep(
        {"method": "grid", "metric": {"name": "loss"}, "parameters": parameters}, id="s1"
    )
    hozon.agent(sweep_id, train)
    sweep = hozon.Api().sweep("s1")
    best = sweep.best_run()
    assert best is not None
    best.delete()
    left = sweep.best_run()
    assert left is not None
    assert (left.config, len(sweep.runs)) == ({"rate": 2}, 1)


def test_a_protected_alias_is_held(run: hozon.Run, log_text: LogText) -> None:
    """Until the protection is lifted, in the project that was named."""
    api = hozon.Api()
    api.protect_alias("best")
    api.protect_alias("good", project="letters")
    artifact = log_text(run, "one", "best", "good")
    with pytest.raises(ProtectedAliasError):
        artifact.delete(delete_aliases=True)
    assert log_text(run, "three", "good").version == "v1"
    assert [item.alias for item in api.protected_aliases()] == ["best"]
    assert [item.alias for item in api.protected_aliases("ada/letters")] == ["good"]
    api.unprotect_alias("best")
    assert log_text(run, "two", "best").aliases == ["best", "latest"]
    with pytest.raises(NotFoundError):
        api.unprotect_alias("best")
    with pytest.raises(InvalidAliasError):
        api.protect_alias("latest")


def test_a_run_that_logs_under_a_protected_alias_fails(log_text: LogText) -> None:
    """Whoever does not wait is told at the end of the run, and can log it again without."""
    hozon.Api().protect_alias("best")
    with hozon.init() as run:
        log_text(run, "one", "best")
    draft = hozon.Artifact("mnist", type="dataset")
    with draft.new_file("data.txt") as file:
        file.write("two")
    with pytest.raises(ProtectedAliasError), hozon.init() as run:
        run.log_artifact(draft, aliases=["best"])
    assert run.state == "failed"
    with hozon.init() as run:
        run.log_artifact(draft)
    assert draft.name == "mnist:v1"
