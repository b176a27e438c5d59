"""Properties of lineage: the walk finds what a naive one finds, and no drawing loses anything."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from graphs import edge, graph
from hozon.model.lineage import EdgeKind
from hozon.model.lineage_graph import Direction, Ends, Graph, LineageEdge, arrange, ranks_of, walk
from hozon.model.lineage_layout import gaps_between_columns, lay_out
from hozon.model.lineage_svg import draw_svg
from hozon.model.lineage_texts import to_dot, to_mermaid, to_tree
from hozon.model.runs import RunKey
from hozon.model.versions import VersionId

Link = tuple[int, int, EdgeKind]
"""Run, version, and what the run did."""

links = st.tuples(st.integers(0, 6), st.integers(0, 6), st.sampled_from(EdgeKind))
some_links = st.lists(links, max_size=25, unique=True)
"""Edges of any graph, cycles included."""

acyclic_links = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6)).map(
        # Run n stands between versions n and n + 1.
        lambda ends: (*ends, EdgeKind.USED if ends[1] <= ends[0] else EdgeKind.LOGGED)
    ),
    max_size=25,
    unique=True,
)
"""Edges of a graph without cycles."""


@dataclass(frozen=True)
class Drawn:
    """Edges in memory."""

    links: list[Link]

    def logged_by(self, runs: AbstractSet[RunKey]) -> set[VersionId]:
        """Find versions."""
        return {VersionId(v) for r, v, kind in self.links if kind == "logged" and r in runs}

    def used_by(self, runs: AbstractSet[RunKey]) -> set[VersionId]:
        """Find versions."""
        return {VersionId(v) for r, v, kind in self.links if kind == "used" and r in runs}

    def makers_of(self, versions: AbstractSet[VersionId]) -> set[RunKey]:
        """Find runs."""
        return {RunKey(r) for r, v, kind in self.links if kind == "logged" and v in versions}

    def users_of(self, versions: AbstractSet[VersionId]) -> set[RunKey]:
        """Find runs."""
        return {RunKey(r) for r, v, kind in self.links if kind == "used" and v in versions}


def arrows(found: list[Link]) -> set[tuple[str, str]]:
    """Write edges from where they begin to where they end."""
    return {
        (f"r{r}", f"v{v}") if kind is EdgeKind.LOGGED else (f"v{v}", f"r{r}")
        for r, v, kind in found
    }


def distances(root: str, steps: set[tuple[str, str]]) -> dict[str, int]:
    """Tell how far everything is, one edge at a time."""
    found = {root: 0}
    for distance in range(1, 20):
        for source, target in steps:
            if found.get(source) == distance - 1:
                found.setdefault(target, distance)
    return found


def naive(root: str, found: list[Link], direction: Direction, depth: int | None) -> set[str]:
    """Find what can be reached, up and down apart."""
    down = arrows(found)
    ways = {
        Direction.UPSTREAM: [{(target, source) for source, target in down}],
        Direction.DOWNSTREAM: [down],
        Direction.BOTH: [{(target, source) for source, target in down}, down],
    }[direction]
    return {
        name
        for way in ways
        for name, distance in distances(root, way).items()
        if depth is None or distance <= depth
    }


def written(ends: Ends) -> set[str]:
    """Write keys as names."""
    return {*(f"r{key}" for key in ends.runs), *(f"v{key}" for key in ends.versions)}


def root_of(name: str) -> Ends:
    """Give the end of a name."""
    number = int(name[1:])
    return Ends.of_run(RunKey(number)) if name[0] == "r" else Ends.of_version(VersionId(number))


roots = st.sampled_from([f"{kind}{number}" for kind in "rv" for number in range(7)])
directions = st.sampled_from(Direction)
depths = st.none() | st.integers(0, 6)


@given(roots, acyclic_links, directions, depths)
def test_a_walk_finds_what_can_be_reached(
    root: str, found: list[Link], direction: Direction, depth: int | None
) -> None:
    """No more and no less than one edge at a time finds."""
    reach = walk(Drawn(found), root_of(root), direction=direction, depth=depth, most=100)
    assert written(reach.ends) == naive(root, found, direction, depth)
    assert not reach.is_cut


@given(roots, acyclic_links, directions, depths, st.integers(1, 8))
def test_a_bounded_walk_keeps_the_nearest(
    root: str, found: list[Link], direction: Direction, depth: int | None, most: int
) -> None:
    """It says so exactly when something is missing, and nothing that it keeps is farther away."""
    whole = naive(root, found, direction, depth)
    reach = walk(Drawn(found), root_of(root), direction=direction, depth=depth, most=most)
    kept = written(reach.ends)
    assert root in kept
    assert len(kept) == min(most, len(whole))
    assert kept <= whole
    assert reach.is_cut == (kept != whole)
    near = arrows(found)
    if direction is Direction.BOTH:
        return  # Each way has distances of its own.
    steps = near if direction is Direction.DOWNSTREAM else {(b, a) for a, b in near}
    far = distances(root, steps)
    assert all(far[one] <= far[other] for one in kept for other in whole - kept)


def drawn_graph(found: list[Link]) -> Graph:
    """Put a graph together; all of its nodes hang together with the root or not."""
    edges = [
        edge(f"r{r} {'>' if kind is EdgeKind.LOGGED else '<'} a:v{v}", *(["x"] if r % 3 else []))
        for r, v, kind in found
    ]
    return graph("r0", "r0 < a:v9", *edges)


graphs = some_links.map(drawn_graph)


def upwards(drawn: Graph) -> Iterator[LineageEdge]:
    """Give the edges that do not lead to a later node."""
    places = {node: place for place, node in enumerate(drawn.nodes)}
    return (e for e in drawn.edges if places[e.source] >= places[e.target])


@given(some_links)
def test_a_graph_has_no_cycle(found: list[Link]) -> None:
    """Whatever it is made from: every edge is drawn or left out, and is one of the two once."""
    drawn = drawn_graph(found)
    assert list(upwards(drawn)) == []
    together = [*drawn.edges, *drawn.left_out]
    assert len(together) == len(set(together)) == len({("r0 < a:v9"), *map(str, found)})
    for closing in drawn.left_out:
        again = arrange(drawn.root, drawn.nodes, [*drawn.edges, closing])
        assert again.left_out  # With it there is a cycle, though another edge may be the one to go.


@given(acyclic_links)
def test_nothing_is_left_out_of_what_has_no_cycle(found: list[Link]) -> None:
    """Every edge is drawn."""
    assert drawn_graph(found).left_out == ()


@given(graphs)
def test_columns_hold_one_kind(drawn: Graph) -> None:
    """Runs and artifacts take turns, and each edge leads to a later column."""
    ranks = ranks_of(drawn.nodes, drawn.edges)
    kinds = {(rank % 2, node.kind) for node, rank in ranks.items()}
    assert len(kinds) <= 2
    assert all(ranks[e.source] < ranks[e.target] for e in drawn.edges)
    assert min(ranks.values()) == 0


@given(graphs, st.lists(st.tuples(st.floats(1, 90), st.floats(1, 90)), min_size=14, max_size=14))
def test_nodes_never_overlap(drawn: Graph, sizes: list[tuple[float, float]]) -> None:
    """Whatever their sizes; and all of it lies within the picture."""
    given_sizes = dict(zip(drawn.nodes, [*sizes, *sizes], strict=False))
    gaps = gaps_between_columns(drawn, {}, least=10)
    layout = lay_out(drawn, given_sizes, gaps=gaps, spacing=7, margin=3)
    ranks = ranks_of(drawn.nodes, drawn.edges)
    for rank in set(ranks.values()):
        column = sorted(
            (box for node, box in layout.boxes.items() if ranks[node] == rank),
            key=lambda box: box.y,
        )
        for above, below in pairwise(column):
            assert above.y + above.height + 7 <= below.y + 1e-6
    for box in layout.boxes.values():
        assert 3 - 1e-6 <= box.x <= layout.width - 3 - box.width + 1e-6
        assert 3 - 1e-6 <= box.y <= layout.height - 3 - box.height + 1e-6


@given(graphs)
def test_no_drawing_loses_an_edge(drawn: Graph) -> None:
    """Each of them tells every edge once."""
    count = len(drawn.edges)
    assert to_dot(drawn).count(" -> ") == to_mermaid(drawn).count(" -->") == count
    root = ET.fromstring(draw_svg(drawn))  # noqa: S314  We drew it.
    assert sum(1 for _ in root.iter("{http://www.w3.org/2000/svg}path")) == 2 * count
    tree = to_tree(drawn).split("\n")
    told = [line for line in tree[1:] if not line.endswith("would close a cycle.")]
    assert len(told) == count


@given(graphs)
def test_a_tree_names_each_node_once(drawn: Graph) -> None:
    """Without a remark that it is shown above; and what is shown above is above."""
    lines = [re.sub(r"^[│├└─ ]+", "", line) for line in to_tree(drawn).split("\n")]
    for number, line in enumerate(lines):
        if line.endswith(" [shown above]"):
            name = line.split("(")[0].split()[-1]
            assert any(f"{name} (" in earlier for earlier in lines[:number])
