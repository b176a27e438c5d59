"""Graphs of lineage for tests, as short as they can be said.

Owns how a test writes a graph: `train < mnist:v0` for what a run used, `train > model:v0` for what
it logged. Refuses to own what is true of it.
"""

from collections.abc import Iterable

from hozon.model.lineage import EdgeKind
from hozon.model.lineage_graph import Graph, LineageEdge, LineageNode, NodeKind, arrange


def node(name: str, *, at: str = "ada/digits", **other: object) -> LineageNode:
    """Give a version where the name has a colon, else a run."""
    is_version = ":" in name
    facts: dict[str, object] = {
        "kind": NodeKind.ARTIFACT if is_version else NodeKind.RUN,
        "path": f"{at}/{name}",
        "name": name,
        "type": "dataset" if is_version else "train",
        "state": "COMMITTED" if is_version else "finished",
        "is_deleted": False,
        **other,
    }
    return LineageNode(**facts)  # type: ignore[arg-type]  They are its fields.


def edge(text: str, *use_as: str) -> LineageEdge:
    """Read `run < version` or `run > version`."""
    run, sign, version = text.split()
    kind = EdgeKind.LOGGED if sign == ">" else EdgeKind.USED
    return LineageEdge(node(run), node(version), kind, use_as)


def graph(
    root: str,
    *edges: str | LineageEdge,
    nodes: Iterable[LineageNode] = (),
    left_out: Iterable[LineageEdge] = (),
    hidden: int = 0,
    is_cut: bool = False,
) -> Graph:
    """Put a graph together; nodes that no edge has can be given, too."""
    drawn = [edge(each) if isinstance(each, str) else each for each in edges]
    ends = (end for each in drawn for end in (each.source, each.target))
    everything = list(dict.fromkeys([*nodes, *ends])) or [node(root)]
    (start,) = (each for each in everything if each.name == root)
    return arrange(start, everything, drawn, left_out=list(left_out), hidden=hidden, is_cut=is_cut)


DIAMOND = (
    "prepare > raw:v0",
    "left < raw:v0",
    "right < raw:v0",
    "left > a:v0",
    "right > b:v0",
    "join < a:v0",
    "join < b:v0",
    "join > end:v0",
)
"""Two runs use one version, and a third uses what both made of it."""
