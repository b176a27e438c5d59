"""Lineage as services draw it: without cycles, and without refusing anyone's work."""

import pytest

from hozon.errors import (
    ArtifactNotFoundError,
    CollectionNotFoundError,
    InputError,
    InvalidPathError,
    RunNotFoundError,
)
from hozon.model.lineage import EdgeKind
from hozon.model.lineage_graph import Direction, Ends
from hozon.model.names import RunId
from hozon.model.paths import ArtifactPath, CollectionPath, RunPath
from hozon.model.runs import RunKey
from hozon.model.versions import LogOutcome, Version, VersionId
from hozon.services.context import Context
from hozon.services.delete import delete_run, delete_version
from hozon.services.lineage import (
    Lineage,
    find_root,
    find_root_run,
    list_logged,
    list_used,
    list_users,
    record_use,
    trace_lineage,
)
from hozon.services.links import link_version
from hozon.services.resolve import find_any_version
from hozon.services.runs import find_run
from worlds import AT, MNIST, Logger


def left_out(context: Context, run: RunKey, version: VersionId) -> list[EdgeKind]:
    """List what is remembered of edges that were not drawn."""
    with context.catalog.read() as session:
        return [edge.kind for edge in session.lineage.left_out_between({run}, {version})]


def test_a_run_that_logs_again_what_it_used(logger: Logger, context: Context) -> None:
    """It is told that its edge was left out, as is remembered; aliases move all the same."""
    version = logger.log("one").version
    run = logger.start_run("r1")
    assert record_use(context, run.key, version.id)
    assert left_out(context, run.key, version.id) == []
    result = logger.log("one", "best", run=run.key)
    assert left_out(context, run.key, version.id) == [EdgeKind.LOGGED]
    assert (result.outcome, result.edge_left_out) == (LogOutcome.UNCHANGED, True)
    assert result.version.aliases == ("best", "latest")
    assert list_logged(context, run.key).count() == 0
    assert list_used(context, run.key).count() == 1


def test_a_run_that_uses_what_it_logged(logger: Logger, context: Context) -> None:
    """The second edge of the two is the one that is left out."""
    run = logger.start_run("r1")
    result = logger.log("one", run=run.key)
    assert not result.edge_left_out
    assert not record_use(context, run.key, result.version.id, use_as="train")
    assert list_users(context, result.version.id) == []
    assert left_out(context, run.key, result.version.id) == [EdgeKind.USED]


def test_a_cycle_over_two_runs_is_not_closed(logger: Logger, context: Context) -> None:
    """Neither by logging nor by using."""
    first, second = logger.start_run("first"), logger.start_run("second")
    raw = logger.log("raw").version
    record_use(context, first.key, raw.id)
    clean = logger.log("clean", run=first.key).version
    record_use(context, second.key, clean.id)
    final = logger.log("final", run=second.key).version
    assert logger.log("raw", run=second.key).edge_left_out
    assert not record_use(context, first.key, final.id)


def test_a_deleted_version_still_joins_runs(logger: Logger, context: Context) -> None:
    """It may be restored, and its edges with it."""
    first, second = logger.start_run("first"), logger.start_run("second")
    raw = logger.log("raw").version
    record_use(context, first.key, raw.id)
    clean = logger.log("clean", run=first.key).version
    record_use(context, second.key, clean.id)
    delete_version(context, clean, delete_aliases=True)
    assert logger.log("raw", run=second.key).edge_left_out


def test_a_diamond_is_drawn_whole(logger: Logger, context: Context) -> None:
    """Two runs use one version, and a third uses what both made of it."""
    raw = logger.log("raw").version
    made: list[Version] = []
    for name in ("left", "right"):
        run = logger.start_run(name)
        assert record_use(context, run.key, raw.id)
        made.append(logger.log(name, run=run.key).version)
    last = logger.start_run("last")
    assert [record_use(context, last.key, version.id) for version in made] == [True, True]
    assert not logger.log("final", run=last.key).edge_left_out


def test_drawing_an_edge_again_is_no_cycle(logger: Logger, context: Context) -> None:
    """The edge is there, and that is what the caller is told."""
    version, run = logger.log("one").version, logger.start_run("r1")
    assert [record_use(context, run.key, version.id) for _ in range(2)] == [True, True]
    maker = logger.start_run("maker")
    assert [logger.log("two", run=maker.key).edge_left_out for _ in range(2)] == [False, False]


def test_without_a_run_there_is_no_edge_to_leave_out(logger: Logger) -> None:
    """Nothing was asked for."""
    assert not logger.log("one").edge_left_out


def trace(
    context: Context, root: Ends, direction: Direction = Direction.BOTH, **bounds: int
) -> Lineage:
    """Trace without bounds, or with those that are given."""
    return trace_lineage(
        context,
        root,
        direction=direction,
        depth=bounds.get("depth"),
        most=bounds.get("most", 1000),
    )


def names(found: Lineage) -> list[str]:
    """Name the nodes of a graph."""
    return [node.name for node in found.graph.nodes]


@pytest.fixture
def history(logger: Logger, context: Context) -> dict[str, Ends]:
    """Prepare a dataset, train on it, and evaluate the model on the dataset."""
    prepare, train, evaluate = map(logger.start_run, ("prepare", "train", "evaluate"))
    raw = logger.log("raw", run=prepare.key).version
    record_use(context, train.key, raw.id, use_as="train")
    model = logger.log("model", run=train.key).version
    record_use(context, evaluate.key, model.id)
    record_use(context, evaluate.key, raw.id, use_as="test")
    return {
        "raw": Ends.of_version(raw.id),
        "train": Ends.of_run(train.key),
        "model": Ends.of_version(model.id),
    }


def test_lineage_goes_up_and_down(context: Context, history: dict[str, Ends]) -> None:
    """As far as there is anything; edges beside the root are drawn, too."""
    found = trace(context, history["model"])
    assert names(found) == ["prepare", "mnist:v0", "train", "mnist:v1", "evaluate"]
    assert [(e.run.name, str(e.kind), e.artifact.name, e.use_as) for e in found.graph.edges] == [
        ("prepare", "logged", "mnist:v0", ()),
        ("train", "used", "mnist:v0", ("train",)),
        ("train", "logged", "mnist:v1", ()),
        ("evaluate", "used", "mnist:v0", ("test",)),
        ("evaluate", "used", "mnist:v1", ()),
    ]
    assert [run.id for run in found.runs] == ["prepare", "train", "evaluate"]
    assert [version.name for version in found.versions] == ["mnist:v0", "mnist:v1"]


def test_lineage_goes_one_way(context: Context, history: dict[str, Ends]) -> None:
    """What else came from the same is not shown."""
    up = trace(context, history["train"], Direction.UPSTREAM)
    down = trace(context, history["train"], Direction.DOWNSTREAM)
    assert names(up) == ["prepare", "mnist:v0", "train"]
    assert names(down) == ["train", "mnist:v1", "evaluate"]
    assert up.graph.root == down.graph.root


def test_lineage_has_bounds(context: Context, history: dict[str, Ends]) -> None:
    """In steps, which were asked for, and in nodes, which it says."""
    near = trace(context, history["raw"], depth=1)
    assert names(near) == ["prepare", "mnist:v0", "train", "evaluate"]
    assert not near.graph.is_cut
    cut = trace(context, history["raw"], most=3)
    assert names(cut) == ["prepare", "mnist:v0", "train"]
    assert cut.graph.is_cut
    assert names(trace(context, history["raw"], depth=0)) == ["mnist:v0"]


def test_the_deleted_is_shown_as_such(context: Context, history: dict[str, Ends]) -> None:
    """Versions and runs; nothing is hidden by it."""
    version = find_any_version(context, ArtifactPath.at_index(MNIST, 1))
    delete_version(context, version, delete_aliases=True)
    delete_run(context, find_run(context, RunPath(AT, RunId("train"))), delete_artifacts=False)
    found = trace(context, history["raw"])
    assert [node.name for node in found.graph.nodes if node.is_deleted] == ["train", "mnist:v1"]
    assert found.graph.hidden == 0


def test_what_was_left_out_is_told(context: Context, history: dict[str, Ends]) -> None:
    """Where both ends are shown."""
    record_use(context, next(iter(history["train"].runs)), next(iter(history["model"].versions)))
    (left,) = trace(context, history["raw"]).graph.left_out
    assert (left.run.name, left.kind, left.artifact.name) == ("train", "used", "mnist:v1")
    assert trace(context, history["raw"], depth=1).graph.left_out == ()


def test_roots_are_found_by_path(context: Context, history: dict[str, Ends]) -> None:
    """Versions by number or alias, also deleted ones; runs; of a link its source."""
    assert find_root(context, "mnist:v0", default=AT) == history["raw"]
    assert find_root(context, "mnist", default=AT) == history["model"]
    assert find_root(context, "ada/digits/train", default=AT) == history["train"]
    assert find_root_run(context, "train", default=AT) == history["train"]
    version = find_any_version(context, ArtifactPath.at_index(MNIST, 0))
    link_version(context, version, CollectionPath.parse("shown", default=AT), aliases=())
    assert find_root(context, "shown:v0", default=AT) == history["raw"]


def test_a_deleted_root_is_found(context: Context, history: dict[str, Ends]) -> None:
    """Lineage forgets nothing: a version by its number, a run by its id."""
    version = find_any_version(context, ArtifactPath.at_index(MNIST, 0))
    delete_version(context, version, delete_aliases=True)
    delete_run(context, find_run(context, RunPath(AT, RunId("train"))), delete_artifacts=False)
    assert find_root(context, "mnist:v0", default=AT) == history["raw"]
    assert find_root(context, "train", default=AT) == history["train"]


def test_a_name_that_two_things_have_is_refused(
    logger: Logger, context: Context, history: dict[str, Ends]
) -> None:
    """The hint says how to name each of them."""
    run = logger.start_run("mnist")
    with pytest.raises(InputError, match="Both a run and an artifact are called") as caught:
        find_root(context, "mnist", default=AT)
    assert "'mnist:latest'" in caught.value.hint
    assert "hozon.Api().run('mnist')" in caught.value.hint
    assert find_root(context, "mnist:latest", default=AT) == history["model"]
    assert find_root_run(context, "mnist", default=AT) == Ends.of_run(run.key)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("absent", CollectionNotFoundError),
        ("absent:v0", CollectionNotFoundError),
        ("mnist:v9", ArtifactNotFoundError),
        ("mnist:absent", ArtifactNotFoundError),
        ("a/b/c/d", InvalidPathError),
    ],
)
@pytest.mark.usefixtures("history")
def test_a_root_that_is_not_there(context: Context, path: str, error: type[Exception]) -> None:
    """Each mistake has its own error."""
    with pytest.raises(error):
        find_root(context, path, default=AT)


def test_a_run_that_is_not_there(context: Context) -> None:
    """The name of an artifact is none of a run."""
    with pytest.raises(RunNotFoundError):
        find_root_run(context, "mnist", default=AT)
