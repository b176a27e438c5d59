"""`hozon.lineage`: from anything that is logged to the graph around it."""

from collections.abc import Callable

import pytest

import hozon
from hozon.errors import InputError, NotFoundError, RunNotFoundError
from hozon.sdk.lineage import LineageGraph

LogText = Callable[..., hozon.Artifact]


@pytest.fixture
def trained(log_text: LogText) -> hozon.Artifact:
    """Log a dataset, and a model that is trained on it."""
    with hozon.init(id="prepare", job_type="prepare") as run:
        log_text(run, "rows")
    with hozon.init(id="train", job_type="train", config={"rate": 0.1}) as run:
        run.use_artifact("mnist", use_as="train")
        return log_text(run, "weights", "best", name="model", kind="model")


def names(graph: LineageGraph) -> list[str]:
    """Name its nodes."""
    return [node.name for node in graph]


ALL = ["prepare", "mnist:v0", "train", "model:v0"]


def test_anything_logged_may_be_asked_about(trained: hozon.Artifact) -> None:
    """An artifact, a run, or the path of one of them."""
    run = trained.logged_by()
    assert run is not None
    paths = ("model", "model:v0", "model:best", "train", trained.qualified_name, "/".join(run.path))
    for given in (trained, run, *paths):
        assert names(hozon.lineage(given)) == ALL


def test_a_run_that_goes_on_may_be_asked_about(trained: hozon.Artifact) -> None:
    """What it has done so far is in the graph; the graph stays as it was read."""
    with hozon.init(id="evaluate") as run:
        before = hozon.lineage(run)
        run.use_artifact(trained)
        assert names(before) == ["evaluate"]
        assert names(hozon.lineage(run)) == [*ALL, "evaluate"]
        assert hozon.lineage(run).root.state == "running"


def test_a_run_that_stores_nothing_has_no_lineage() -> None:
    """It is not in the catalog."""
    with hozon.init(id="r1", mode="disabled") as run, pytest.raises(RunNotFoundError):
        hozon.lineage(run)


def test_an_artifact_has_no_lineage_before_it_is_logged() -> None:
    """A draft is refused, and so is one that is on its way, which says to wait."""
    draft = hozon.Artifact("mnist", type="dataset")
    with pytest.raises(hozon.ArtifactNotLoggedError):
        hozon.lineage(draft)
    with hozon.init(id="r1") as run:
        assert names(hozon.lineage(run.log_artifact(draft).wait())) == ["r1", "mnist:v0"]


def test_a_link_stands_for_its_source(trained: hozon.Artifact) -> None:
    """It was logged by nobody, and used through its source."""
    link = trained.link("shown")
    graph = hozon.lineage(link)
    assert graph.root.path == trained.qualified_name
    with hozon.init(id="use") as run:
        run.use_artifact("shown:latest")
    assert "use" in names(hozon.lineage("shown:latest"))


def test_bounds_are_handed_on(trained: hozon.Artifact) -> None:
    """Depth, direction and the number of nodes."""
    assert names(hozon.lineage(trained, 1)) == ["train", "model:v0"]
    assert names(hozon.lineage("mnist", depth=1, direction="downstream")) == ["mnist:v0", "train"]
    cut = hozon.lineage(trained, max_nodes=2)
    assert (len(cut), cut.is_cut, hozon.lineage(trained).is_cut) == (2, True, False)


@pytest.mark.parametrize(
    "wrong", [{"depth": -1}, {"direction": "sideways"}, {"max_nodes": 0}, {"max_nodes": 10_001}]
)
def test_wrong_bounds_are_refused(trained: hozon.Artifact, wrong: dict[str, object]) -> None:
    """Before anything is read."""
    with pytest.raises(InputError):
        hozon.lineage(trained, **wrong)  # type: ignore[arg-type]  The point of the test.


def test_what_is_neither_is_refused() -> None:
    """By its type, or by a path that leads nowhere."""
    with pytest.raises(InputError, match="lineage was given a int"):
        hozon.lineage(7)  # type: ignore[arg-type]  The point of the test.
    with pytest.raises(NotFoundError, match="no artifact and no run 'absent'"):
        hozon.lineage("absent")


def test_a_graph_gives_its_runs_and_artifacts(trained: hozon.Artifact) -> None:
    """To go on with, in the order in which they came about."""
    graph = hozon.lineage(trained)
    assert [(run.id, run.config) for run in graph.runs] == [
        ("prepare", {}),
        ("train", {"rate": 0.1}),
    ]
    assert [artifact.name for artifact in graph.artifacts] == ["mnist:v0", "model:v0"]
    assert graph.artifacts[1].aliases == ["best", "latest"]
    assert graph.nodes == list(graph)


def test_a_graph_tells_what_things_were_used_as(trained: hozon.Artifact) -> None:
    """Of every run, in the order in which it said so."""
    with hozon.init(id="train", resume="must") as run:
        run.use_artifact("mnist", use_as="test")
        run.use_artifact("mnist")
    used = [edge for edge in hozon.lineage(trained).edges if edge.kind == "used"]
    assert [(edge.run.name, edge.use_as) for edge in used] == [("train", ("train", "test"))]


def test_a_graph_tells_what_is_left_out(log_text: LogText) -> None:
    """With both ends, as the object that was logged tells of itself."""
    with hozon.init(id="r1") as run:
        log_text(run, "rows")
    with hozon.init(id="r2") as run:
        run.use_artifact("mnist")
        assert log_text(run, "rows").edge_left_out
    (left,) = hozon.lineage("mnist").left_out
    assert (left.run.name, left.kind, left.artifact.name) == ("r2", "logged", "mnist:v0")
    assert hozon.lineage("mnist").hidden == 0


def test_a_graph_shows_itself(trained: hozon.Artifact) -> None:
    """In a line, as a tree, and in a notebook as a picture."""
    graph = hozon.lineage(trained, direction="upstream")
    assert repr(graph).startswith("<LineageGraph of ")
    assert repr(graph).endswith("/model:v0 (4 nodes)>")
    assert repr(hozon.lineage(trained, 0)).endswith("(1 node)>")
    assert str(graph).split("\n")[1:] == [
        "└── logged by train (train)",
        "    └── used mnist:v0 (dataset) as train",
        "        └── logged by prepare (prepare)",
    ]
    assert graph._repr_svg_() == graph.to_svg()
    assert graph.to_svg().startswith("<svg ")
    assert graph.to_dot().startswith("digraph")
    assert graph.to_mermaid().startswith("flowchart")


def test_of_a_renamed_artifact_the_error_says_where_it_is() -> None:
    """With a version, and without one, where the name could also be that of a run."""
    with hozon.init() as run:
        run.log_artifact(hozon.Artifact("mnist", type="dataset"))
    renamed = hozon.Api().artifact_collection("dataset", "mnist")
    renamed.name = "digits"
    renamed.save()
    for path in ("mnist", "mnist:v0"):
        with pytest.raises(NotFoundError, match="mnist") as caught:
            hozon.lineage(path)
        assert "look for ada/digits/digits" in caught.value.hint
