"""`lineage`: the graph of runs and artifacts that something comes from and leads to.

Owns what users hold of it. Refuses to own the walk and the drawings; those are the model's.
"""

from collections.abc import Iterator

from hozon.errors import InputError
from hozon.model.lineage import EdgeKind
from hozon.model.lineage_graph import (
    Ends,
    LineageEdge,
    LineageNode,
    NodeKind,
    check_depth,
    check_direction,
    check_most_nodes,
)
from hozon.model.lineage_svg import draw_svg
from hozon.model.lineage_texts import to_dot, to_mermaid, to_tree
from hozon.model.paths import ProjectPath
from hozon.sdk.artifact import Artifact, open_version
from hozon.sdk.public.run import Run
from hozon.sdk.run import Run as ActiveRun
from hozon.sdk.session import Session, current_session
from hozon.services.lineage import Lineage, find_root, find_root_run, trace_lineage

__all__ = ["EdgeKind", "LineageEdge", "LineageGraph", "LineageNode", "NodeKind", "lineage"]


def lineage(
    artifact_or_run: Artifact | Run | ActiveRun | str,
    depth: int | None = None,
    direction: str = "both",
    *,
    max_nodes: int = 1000,
) -> "LineageGraph":
    """Trace what an artifact or a run comes from, and what comes from it.

    Lineage is a graph: a run logged versions and used versions, which other runs logged and used.
    Deleted runs and versions are in it, and are marked. It is read as it is now; what is logged
    later is not in it.

    Args:
        artifact_or_run: An artifact; a run, going on or recorded; or the path of one of them,
            `[[entity/]project/]name[:version]` or `[[entity/]project/]run_id`. Of a link, the
            source is meant.
        depth: How many edges to follow at most, 0 or more; None for all. From one artifact to the
            next there are two: into a run and out of it.
        direction: `upstream` for what it comes from, `downstream` for what comes from it, `both`
            for both. What else came from the same is in none of them.
        max_nodes: How many runs and artifacts to show at most, from 1 to 10,000. The nearest ones
            are kept, and the graph says that it was cut.

    Returns:
        The graph.

    Raises:
        InputError: What was given is none of these, or both a run and an artifact have the name.
        InvalidPathError: The path is malformed.
        NotFoundError: There is no such artifact, version or run.
        ArtifactNotLoggedError: The artifact given is a draft.

    Examples:
        Find out what a model was made from.

        ```python
        import hozon

        print(hozon.lineage("classifier:production", direction="upstream"))
        #> classifier:v1 (model)
        #> └── logged by train-model (train)
        #>     └── used mnist:v0 (dataset)
        #>         └── logged by prepare-data (prepare)
        ```

        List what depends on a dataset.

        ```python
        import hozon

        graph = hozon.lineage("mnist:v0", direction="downstream")
        print([artifact.name for artifact in graph.artifacts])
        #> ['mnist:v0', 'classifier:v0', 'classifier:v1']
        ```
    """
    way, steps, most = check_direction(direction), check_depth(depth), check_most_nodes(max_nodes)
    session, root = _root(artifact_or_run)
    found = trace_lineage(session.context, root, direction=way, depth=steps, most=most)
    return LineageGraph(session, found)


class LineageGraph:
    """The graph of runs and artifacts around one of them, as it was when it was read.

    It has two kinds of nodes: an edge leads from a run to a version that it logged, and from a
    version to a run that used it, and never back in a circle. Printed, it is a tree; the last
    expression of a cell in a notebook is shown as a picture. `hozon.lineage` returns it.

    Examples:
        Go through it, in the order in which things came about.

        ```python
        import hozon

        graph = hozon.lineage("classifier:v1")
        for node in graph:
            print(node.kind, node.name, node.type, node.state)
            #> run prepare-data prepare finished
            #> artifact mnist:v0 dataset COMMITTED
            #> run train-model train finished
            #> artifact classifier:v1 model COMMITTED
        print(len(graph), graph.root.path)
        #> 4 ada/digits/classifier:v1
        ```
    """

    def __init__(self, session: Session, found: Lineage) -> None:
        """Wrap what was found."""
        self._session = session
        self._found = found
        self._graph = found.graph

    def __repr__(self) -> str:
        """Show where it begins, and how large it is."""
        count = len(self._graph.nodes)
        return f"<LineageGraph of {self.root.path} ({count} node{'s' if count != 1 else ''})>"

    def __str__(self) -> str:
        """Draw it as a tree that grows from the root."""
        return to_tree(self._graph)

    def __len__(self) -> int:
        """Count its nodes."""
        return len(self._graph.nodes)

    def __iter__(self) -> Iterator[LineageNode]:
        """Go through its nodes; each comes after everything that it comes from."""
        return iter(self._graph.nodes)

    @property
    def root(self) -> LineageNode:
        """The run or the artifact that was asked about; of a link, its source."""
        return self._graph.root

    @property
    def nodes(self) -> list[LineageNode]:
        """Its runs and artifacts; each comes after everything that it comes from."""
        return list(self._graph.nodes)

    @property
    def edges(self) -> list[LineageEdge]:
        """All edges between its nodes.

        Examples:
            Find out which runs used something without saying as what.

            ```python
            import hozon

            for edge in hozon.lineage("mnist:v0").edges:
                if edge.kind == "used" and not edge.use_as:
                    print(edge.run.name, "used", edge.artifact.name)
                    #> train-model used mnist:v0
            ```
        """
        return list(self._graph.edges)

    @property
    def runs(self) -> list[Run]:
        """Its runs, deleted ones included; each comes after everything that it comes from.

        Examples:
            Read how a model was trained, and what it was trained on.

            ```python
            import hozon

            for run in hozon.lineage("classifier:production", direction="upstream").runs:
                print(run.id, run.config)
                #> prepare-data {}
                #> train-model {'learning_rate': 0.01, 'epochs': 2}
            ```
        """
        return [Run(self._session, run) for run in self._found.runs]

    @property
    def artifacts(self) -> list[Artifact]:
        """Its artifacts, deleted ones included; each comes after everything that it comes from.

        Examples:
            Find the datasets that a model comes from.

            ```python
            import hozon

            graph = hozon.lineage("classifier:production", direction="upstream")
            datasets = [found for found in graph.artifacts if found.type == "dataset"]
            print([(dataset.name, dataset.metadata) for dataset in datasets])
            #> [('mnist:v0', {'images': 1})]
            ```
        """
        return [open_version(self._session, version) for version in self._found.versions]

    @property
    def left_out(self) -> list[LineageEdge]:
        """What runs of the graph did with artifacts of it without an edge.

        Nothing comes from itself: an edge that would close a cycle is not drawn. See
        `Artifact.edge_left_out`.

        Examples:
            A run logs again what it used.

            ```python
            import hozon

            with hozon.init(id="check", job_type="check") as run:
                dataset = run.use_artifact("mnist:v0")
                again = hozon.Artifact("mnist", type="dataset")
                again.add_dir(dataset.download())
                run.log_artifact(again)
            graph = hozon.lineage(run)
            for edge in graph.left_out:
                print(edge.run.name, edge.kind, edge.artifact.name)
                #> check logged mnist:v0
            print([edge.kind for edge in graph.edges if edge.run == graph.root])
            #> [<EdgeKind.USED: 'used'>]
            ```
        """
        return list(self._graph.left_out)

    @property
    def hidden(self) -> int:
        """How many runs and artifacts belong to the graph that you may not see."""
        return self._graph.hidden

    @property
    def is_cut(self) -> bool:
        """Whether there is more than `max_nodes` let it show.

        What lies beyond `depth` does not count: it was not asked for.

        Examples:
            Ask for the two nearest nodes.

            ```python
            import hozon

            graph = hozon.lineage("classifier:v0", max_nodes=2)
            print([node.name for node in graph], graph.is_cut)
            #> ['train-model', 'classifier:v0'] True
            ```
        """
        return self._graph.is_cut

    def to_dot(self) -> str:
        r"""Write it in the language of Graphviz.

        Examples:
            Give the text to the program `dot`, or to a library that reads it.

            ```python
            import hozon

            print(hozon.lineage("mnist:v1").to_dot())
            #> digraph lineage {
            #>   rankdir=LR;
            #>   node [fontname="sans-serif"];
            #>   n0 [label="prepare-data\nprepare", shape=box, style="rounded"];
            #>   n1 [label="mnist:v1\ndataset", shape=box, style="bold"];
            #>   n0 -> n1;
            #> }
            ```
        """
        return to_dot(self._graph)

    def to_mermaid(self) -> str:
        """Write it as a flowchart of Mermaid.

        Examples:
            Put the text into a `mermaid` block of a README or an issue.

            ```python
            import hozon

            print(hozon.lineage("mnist:v1").to_mermaid())
            #> flowchart LR
            #>   n0(["prepare-data<br/>prepare"])
            #>   n1["mnist:v1<br/>dataset"]
            #>   n0 --> n1
            #>   style n1 stroke-width:3px
            ```
        """
        return to_mermaid(self._graph)

    def to_svg(self) -> str:
        """Draw it as a picture, an SVG document.

        The picture needs nothing from elsewhere. Alone, it has colours of its own, dark ones where
        those are preferred; within a page it takes the colour of the text around it.

        Examples:
            Write the picture to a file.

            ```python
            from pathlib import Path

            import hozon

            graph = hozon.lineage("classifier:production")
            Path("lineage.svg").write_text(graph.to_svg(), encoding="utf-8")
            print(Path("lineage.svg").read_text(encoding="utf-8").count("<rect"), "nodes")
            #> 4 nodes
            ```
        """
        return draw_svg(self._graph)

    def _repr_svg_(self) -> str:
        """Show the picture in a notebook."""
        return self.to_svg()


def _root(artifact_or_run: object) -> tuple[Session, Ends]:
    """Find where to begin."""
    if isinstance(artifact_or_run, Artifact):
        version = artifact_or_run._logged("lineage")  # noqa: SLF001  A part of the same package.
        return artifact_or_run._session, Ends.of_version(version.content_id)  # noqa: SLF001
    if isinstance(artifact_or_run, Run):
        return artifact_or_run._session, Ends.of_run(artifact_or_run._record.key)  # noqa: SLF001
    if isinstance(artifact_or_run, ActiveRun):
        session, path = artifact_or_run._session, artifact_or_run.path  # noqa: SLF001
        return session, find_root_run(session.context, path, default=_default(session))
    if isinstance(artifact_or_run, str):
        session = current_session()
        return session, find_root(session.context, artifact_or_run, default=_default(session))
    raise InputError(
        f"lineage was given a {type(artifact_or_run).__name__}",
        hint="Give an artifact, a run, or the path of one of them.",
    )


def _default(session: Session) -> ProjectPath:
    """Tell where names are looked up."""
    return session.settings.default_path
