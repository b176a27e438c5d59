"""The graph of lineage: what something comes from, and what comes from it.

Owns the walk along edges and the value that it ends in. Refuses to own where edges are kept, and
how a graph is drawn. Invariants: every edge has its two ends among the nodes and leads from an
earlier node to a later one, so that a graph is bipartite and has no cycle.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self, TypeGuard

from hozon.errors import InputError
from hozon.model.lineage import Edge, EdgeKind, Edges
from hozon.model.runs import Run, RunKey, RunState
from hozon.model.versions import Version, VersionId, VersionState

MOST_NODES: Final = 10_000
"""How many nodes a graph may have at most."""


class Direction(StrEnum):
    """Which way to follow edges from the root."""

    UPSTREAM = "upstream"
    """To what it comes from."""

    DOWNSTREAM = "downstream"
    """To what comes from it."""

    BOTH = "both"
    """Both of these: not to what else comes from the same, nor to what else led to the same."""


@dataclass(frozen=True, slots=True)
class Ends:
    """Runs and versions, by their keys."""

    runs: frozenset[RunKey] = frozenset()
    """The runs."""

    versions: frozenset[VersionId] = frozenset()
    """The versions; none is a link."""

    @classmethod
    def of_run(cls, run: RunKey) -> Self:
        """Give one run."""
        return cls(runs=frozenset({run}))

    @classmethod
    def of_version(cls, version: VersionId) -> Self:
        """Give one version."""
        return cls(versions=frozenset({version}))

    def __len__(self) -> int:
        """Count both."""
        return len(self.runs) + len(self.versions)

    def __or__(self, other: "Ends") -> "Ends":
        """Join."""
        return Ends(self.runs | other.runs, self.versions | other.versions)

    def without(self, other: "Ends") -> "Ends":
        """Take some away."""
        return Ends(self.runs - other.runs, self.versions - other.versions)

    def oldest(self, count: int) -> "Ends":
        """Keep so many, 0 or more: those that the catalog has had longest, runs before versions."""
        runs = sorted(self.runs)[:count]
        return Ends(frozenset(runs), frozenset(sorted(self.versions)[: count - len(runs)]))


@dataclass(frozen=True, slots=True)
class Reach:
    """What a walk came to."""

    ends: Ends
    """The root, and everything that was reached."""

    is_cut: bool
    """Whether more would have been reached, had there not been a bound on their number."""


def check_direction(direction: object) -> Direction:
    """Accept which way to go.

    Args:
        direction: `upstream`, `downstream` or `both`.

    Raises:
        InputError: It is none of these.
    """
    try:
        return Direction(str(direction))
    except ValueError:
        raise InputError(
            f"The direction is {direction!r}", hint="Use 'upstream', 'downstream' or 'both'."
        ) from None


def check_depth(depth: object) -> int | None:
    """Accept how many edges to follow.

    Args:
        depth: A whole number, 0 or more; None for all.

    Raises:
        InputError: It is neither.
    """
    if depth is None or (_is_whole(depth) and depth >= 0):
        return depth
    raise InputError(
        f"The depth is {depth!r}", hint="Give a whole number, 0 or more, or leave it out."
    )


def check_most_nodes(most: object) -> int:
    """Accept how many nodes a graph may have.

    Args:
        most: A whole number from 1 to 10,000.

    Raises:
        InputError: It is none.
    """
    if _is_whole(most) and 1 <= most <= MOST_NODES:
        return most
    raise InputError(
        f"max_nodes is {most!r}", hint=f"Give a whole number from 1 to {MOST_NODES:,}."
    )


def _is_whole(value: object) -> TypeGuard[int]:
    """Tell whole numbers from all else, True and False included."""
    return isinstance(value, int) and not isinstance(value, bool)


def walk(edges: Edges, root: Ends, *, direction: Direction, depth: int | None, most: int) -> Reach:
    """Follow edges from a root, one generation after the other.

    Args:
        edges: The edges; each kind is asked for once a generation.
        root: Where to begin: one run, or one version.
        direction: Which way to go.
        depth: How many edges to follow at most, 0 or more; None for all.
        most: How many nodes to reach at most, the root included, 1 or more. Of a generation that
            has no room, the oldest are kept.
    """
    seen, generation = root, 0
    frontiers = dict.fromkeys(_steps(edges, direction), root)
    while any(map(len, frontiers.values())) and (depth is None or generation < depth):
        for step, frontier in frontiers.items():
            found = step(frontier).without(seen)
            room = most - len(seen)
            if len(found) > room:
                return Reach(seen | found.oldest(room), is_cut=True)
            seen, frontiers[step] = seen | found, found
        generation += 1
    return Reach(seen, is_cut=False)


def _steps(edges: Edges, direction: Direction) -> Iterator[Callable[[Ends], Ends]]:
    """Give the ways to go a generation on."""

    def up(ends: Ends) -> Ends:
        runs = edges.makers_of(ends.versions) if ends.versions else frozenset()
        versions = edges.used_by(ends.runs) if ends.runs else frozenset()
        return Ends(frozenset(runs), frozenset(versions))

    def down(ends: Ends) -> Ends:
        runs = edges.users_of(ends.versions) if ends.versions else frozenset()
        versions = edges.logged_by(ends.runs) if ends.runs else frozenset()
        return Ends(frozenset(runs), frozenset(versions))

    if direction is not Direction.DOWNSTREAM:
        yield up
    if direction is not Direction.UPSTREAM:
        yield down


class NodeKind(StrEnum):
    """What a node of lineage is."""

    RUN = "run"
    """A run."""

    ARTIFACT = "artifact"
    """A version of an artifact."""


@dataclass(frozen=True, slots=True)
class LineageNode:
    """A run or a version in a graph of lineage.

    Examples:
        Tell what stands in a graph.

        ```python
        import hozon

        hozon.Api().artifact("classifier:v0").delete(delete_aliases=True)
        for node in hozon.lineage("train-model", depth=1):
            print(f"{node.kind} {node.name} ({node.note})")
            #> artifact mnist:v0 (dataset)
            #> run train-model (train)
            #> artifact classifier:v0 (model, deleted)
            #> artifact classifier:v1 (model)
        ```
    """

    kind: NodeKind
    """Which of the two."""

    path: str
    """The full path, such as `ada/digits/mnist:v0`, or `ada/digits/train-model` for a run."""

    name: str
    """The name within the project: `mnist:v0`, or the id of a run."""

    type: str | None
    """The type of the artifact, or the job type of the run; None for none."""

    state: str
    """Where it stands: as `Artifact.state` tells it, or as the `state` of a run does."""

    is_deleted: bool
    """Whether it was deleted; lineage forgets nothing."""

    @property
    def note(self) -> str:
        """What to say of it beside its name: type, and state where that is not as usual."""
        state = self.state.lower()
        if self.is_deleted and self.kind is NodeKind.RUN:
            state = "deleted"
        usual = state in {VersionState.COMMITTED.lower(), RunState.FINISHED}
        return ", ".join(word for word in (self.type, None if usual else state) if word)


@dataclass(frozen=True, slots=True)
class LineageEdge:
    """An edge in a graph of lineage: that a run logged or used a version.

    Examples:
        Say what each run did.

        ```python
        import hozon

        for edge in hozon.lineage("classifier:v1").edges:
            print(edge.run.name, edge.kind, edge.artifact.name)
            #> prepare-data logged mnist:v0
            #> train-model used mnist:v0
            #> train-model logged classifier:v1
        ```
    """

    run: LineageNode
    """The run."""

    artifact: LineageNode
    """The version."""

    kind: EdgeKind
    """What the run did with it: `logged` or `used`."""

    use_as: tuple[str, ...] = ()
    """What the run used it as, each once, in the order of using; see `Run.use_artifact`."""

    @property
    def source(self) -> LineageNode:
        """Where it begins: at the run that logged, or at the version that was used.

        Examples:
            Follow edges as things came about.

            ```python
            import hozon

            for edge in hozon.lineage("train-model", depth=1).edges:
                print(edge.source.name, "→", edge.target.name)
                #> mnist:v0 → train-model
                #> train-model → classifier:v0
                #> train-model → classifier:v1
            ```
        """
        return self.run if self.kind is EdgeKind.LOGGED else self.artifact

    @property
    def target(self) -> LineageNode:
        """Where it ends: at what comes from the source."""
        return self.artifact if self.kind is EdgeKind.LOGGED else self.run


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph of lineage."""

    root: LineageNode
    """Where the walk began."""

    nodes: tuple[LineageNode, ...]
    """The root and what was reached; everything stands behind what it comes from."""

    edges: tuple[LineageEdge, ...]
    """All edges between the nodes, in the order of the nodes in which they end."""

    left_out: tuple[LineageEdge, ...] = ()
    """What runs of the graph did with versions of it without an edge: it would close a cycle."""

    hidden: int = 0
    """How many runs and versions were reached that the caller may not see."""

    is_cut: bool = False
    """Whether more would have been reached, had there not been a bound on their number."""

    def label(self, node: LineageNode) -> str:
        """Name a node as somebody in the project of the root would."""
        own, its = self.root.path.split("/"), node.path.split("/")
        if own[:2] == its[:2]:
            return node.name
        return "/".join(its[1:] if own[0] == its[0] else its)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the edges and nodes do not show, in a sentence each."""
        told = [
            f"{self.label(edge.run)} also {edge.kind} {self.label(edge.artifact)}:"
            " the edge would close a cycle."
            for edge in self.left_out
        ]
        if self.hidden:
            told.append(f"Hidden, because you may not see them: {self.hidden}.")
        if self.is_cut:
            count = len(self.nodes)
            nodes = "1 node" if count == 1 else f"{count} nodes"
            told.append(f"There is more: the graph was cut at {nodes}.")
        return tuple(told)


def build_graph(
    root: Ends,
    *,
    runs: Sequence[Run],
    versions: Sequence[Version],
    edges: Sequence[Edge],
    left_out: Sequence[Edge],
    hidden: int,
    is_cut: bool,
) -> Graph:
    """Put a graph together.

    Args:
        root: The run or the version at which the walk began; among those that follow.
        runs: The runs.
        versions: The versions.
        edges: The edges between them. One that closes a cycle all the same is left out.
        left_out: What was left out when it was logged or used.
        hidden: How many were reached that the caller may not see, 0 or more.
        is_cut: Whether more would have been reached.
    """
    of_run = {run.key: _node_of_run(run) for run in sorted(runs, key=lambda run: run.key)}
    of_version = {v.id: _node_of_version(v) for v in sorted(versions, key=lambda v: v.id)}

    def drawn(edge: Edge) -> LineageEdge:
        return LineageEdge(of_run[edge.run], of_version[edge.version], edge.kind, edge.use_as)

    (start,) = (
        *(of_run[key] for key in root.runs),
        *(of_version[key] for key in root.versions),
    )
    return arrange(
        start,
        [*of_version.values(), *of_run.values()],
        [drawn(edge) for edge in edges],
        left_out=[drawn(edge) for edge in left_out],
        hidden=hidden,
        is_cut=is_cut,
    )


def arrange(
    root: LineageNode,
    nodes: Sequence[LineageNode],
    edges: Sequence[LineageEdge],
    *,
    left_out: Sequence[LineageEdge] = (),
    hidden: int = 0,
    is_cut: bool = False,
) -> Graph:
    """Bring nodes and edges into the order in which things came about.

    Args:
        root: Where the walk began; one of the nodes.
        nodes: The nodes; where nothing else decides, they stay in this order.
        edges: The edges between them. One that closes a cycle is left out.
        left_out: What was left out before.
        hidden: How many were reached that the caller may not see, 0 or more.
        is_cut: Whether more would have been reached.
    """
    kept, closing = _without_cycles(nodes, edges)
    ranks = ranks_of(nodes, kept)
    ordered = sorted(nodes, key=lambda node: ranks[node])
    places = {node: place for place, node in enumerate(ordered)}
    return Graph(
        root=root,
        nodes=tuple(ordered),
        edges=tuple(sorted(kept, key=lambda edge: (places[edge.target], places[edge.source]))),
        left_out=(*left_out, *closing),
        hidden=hidden,
        is_cut=is_cut,
    )


def ranks_of(
    nodes: Sequence[LineageNode], edges: Sequence[LineageEdge]
) -> Mapping[LineageNode, int]:
    """Tell in which column each node stands: behind everything that it comes from.

    Args:
        nodes: The nodes.
        edges: Edges between them, without a cycle.

    Returns:
        Numbers from 0 on: even ones for artifacts and odd ones for runs, or the other way round.
        What comes from nothing stands right before what comes from it.
    """
    after, waiting = defaultdict[LineageNode, list[LineageNode]](list), dict.fromkeys(nodes, 0)
    for edge in edges:
        after[edge.source].append(edge.target)
        waiting[edge.target] += 1
    ready = [node for node in nodes if not waiting[node]]
    sources = list(ready)
    ranks = {node: int(node.kind is NodeKind.RUN) for node in nodes}
    while ready:
        node = ready.pop()
        for following in after[node]:
            ranks[following] = max(ranks[following], ranks[node] + 1)
            waiting[following] -= 1
            if not waiting[following]:
                ready.append(following)
    for node in sources:
        if after[node]:
            ranks[node] = min(ranks[following] for following in after[node]) - 1
    first = min(ranks.values())
    return {node: ranks[node] - first for node in nodes}


def _without_cycles(
    nodes: Sequence[LineageNode], edges: Sequence[LineageEdge]
) -> tuple[list[LineageEdge], list[LineageEdge]]:
    """Part the edges that close no cycle from those that lead back to where a walk came from."""
    after = defaultdict[LineageNode, list[LineageEdge]](list)
    for edge in edges:
        after[edge.source].append(edge)
    kept, closing = list[LineageEdge](), list[LineageEdge]()
    open_nodes, done = dict[LineageNode, Iterator[LineageEdge]](), set[LineageNode]()
    for start in nodes:
        if start not in done:
            open_nodes[start] = iter(after[start])
        while open_nodes:
            node, rest = next(reversed(open_nodes.items()))
            following = next(rest, None)
            if following is None:
                del open_nodes[node]
                done.add(node)
            elif following.target in open_nodes:
                closing.append(following)
            else:
                kept.append(following)
                if following.target not in done:
                    open_nodes[following.target] = iter(after[following.target])
    return kept, closing


def _node_of_run(run: Run) -> LineageNode:
    """Show a run."""
    return LineageNode(
        kind=NodeKind.RUN,
        path=str(run.path),
        name=run.id,
        type=run.job_type,
        state=run.state.value,
        is_deleted=run.deleted_at is not None,
    )


def _node_of_version(version: Version) -> LineageNode:
    """Show a version."""
    return LineageNode(
        kind=NodeKind.ARTIFACT,
        path=str(version.path),
        name=version.name,
        type=version.type,
        state=version.state.value,
        is_deleted=version.state is not VersionState.COMMITTED,
    )
