"""A graph of lineage as text: for Graphviz, for Mermaid, and for people.

Owns what must be escaped in each. Refuses to own pictures. Invariant: whatever a name or a label
holds, it stays a name or a label.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hozon.model.lineage_graph import Graph, LineageEdge, LineageNode, NodeKind

_MERMAID_SPECIAL = re.compile(r"[^\w .,:/-]|[.-](?= )|(?<![^\W_])_|_(?![^\W_])")
"""What means something to Mermaid, to HTML, or, where it stands so, to Markdown."""


def to_dot(graph: Graph) -> str:
    """Write a graph in the language of Graphviz, from left to right."""
    ids = _ids(graph)
    lines = ["digraph lineage {", "  rankdir=LR;", '  node [fontname="sans-serif"];']
    for node, name in ids.items():
        styles = ["rounded"] if node.kind is NodeKind.RUN else []
        styles += ["dashed"] if node.is_deleted else []
        styles += ["bold"] if node == graph.root else []
        style = f", style={_quoted(','.join(styles))}" if styles else ""
        label = r"\n".join(_in_label(line) for line in (graph.label(node), node.note) if line)
        lines.append(f"  {name} [label={_quoted(label)}, shape=box{style}];")
    for edge in graph.edges:
        label = f" [label={_quoted(_in_label(', '.join(edge.use_as)))}]" if edge.use_as else ""
        lines.append(f"  {ids[edge.source]} -> {ids[edge.target]}{label};")
    lines += [f"  // {remark}" for remark in graph.remarks]
    return "\n".join([*lines, "}"])


def to_mermaid(graph: Graph) -> str:
    """Write a graph as a flowchart of Mermaid, from left to right."""
    ids = _ids(graph)
    lines = ["flowchart LR"]
    for node, name in ids.items():
        label = "<br/>".join(_escaped(line) for line in (graph.label(node), node.note) if line)
        lines.append(f'  {name}(["{label}"])' if _is_run(node) else f'  {name}["{label}"]')
    for edge in graph.edges:
        label = f'|"{_escaped(", ".join(edge.use_as))}"|' if edge.use_as else ""
        lines.append(f"  {ids[edge.source]} -->{label} {ids[edge.target]}")
    lines.append(f"  style {ids[graph.root]} stroke-width:3px")
    lines += [f"  style {ids[n]} stroke-dasharray:5 4" for n in graph.nodes if n.is_deleted]
    lines += [f"  %% {remark}" for remark in graph.remarks]
    return "\n".join(lines)


def to_tree(graph: Graph, *, plain: bool = False) -> str:
    """Write a graph as a tree that grows from its root.

    Below a version stand the run that logged it and what that used, and the runs that used it and
    what those logged. A graph is no tree: what is met again is named, and not gone into again; and
    edges that the tree has no room for are told below it.

    Args:
        graph: The graph.
        plain: Whether to use no characters beyond ASCII.
    """
    writer = _TreeWriter(graph, plain=plain)
    lines = writer.lines()
    rest = [edge for edge in graph.edges if edge not in writer.shown]
    lines += [_told(graph, edge) for edge in rest]
    return "\n".join([*lines, *graph.remarks])


@dataclass(slots=True)
class _TreeWriter:
    """Writes a tree, and remembers what stands in it."""

    graph: Graph
    plain: bool
    met: set[LineageNode] = field(default_factory=set)
    shown: set[LineageEdge] = field(default_factory=set)

    def lines(self) -> list[str]:
        """Write the tree."""
        up, down = self._neighbours(lambda e: e.target), self._neighbours(lambda e: e.source)
        root = self.graph.root
        self.met.add(root)
        lines = [_titled(self.graph, root)]
        # Each with what to put before it, and before what stands below it.
        waiting = self._below([*_turned(up, root), *_turned(down, root)], indent="")
        while waiting:
            edge, node, before, below = waiting.pop()
            self.shown.add(edge)
            again = node in self.met
            verb = f"{edge.kind} by" if _is_run(node) else edge.kind
            title = f"{verb} {_titled(self.graph, node)}{_role(edge)}"
            following = up if edge.source == node else down
            branches = list(_turned(following, node))
            lines.append(f"{before}{title}{' [shown above]' if again and branches else ''}")
            if not again:
                self.met.add(node)
                waiting += self._below(branches, indent=below)
        return lines

    def _neighbours(
        self, near: Callable[[LineageEdge], LineageNode]
    ) -> Mapping[LineageNode, Sequence[LineageEdge]]:
        """Sort edges by one of their ends."""
        found = defaultdict[LineageNode, list[LineageEdge]](list)
        for edge in self.graph.edges:
            found[near(edge)].append(edge)
        return found

    def _below(
        self, branches: Sequence[tuple[LineageEdge, LineageNode]], *, indent: str
    ) -> list[tuple[LineageEdge, LineageNode, str, str]]:
        """Give what stands below a line, the last one first."""
        middle, last, through = ("|-- ", "`-- ", "|   ") if self.plain else ("├── ", "└── ", "│   ")
        found = [(edge, far, indent + middle, indent + through) for edge, far in branches]
        if branches:
            edge, far = branches[-1]
            found[-1] = (edge, far, indent + last, f"{indent}    ")
        return found[::-1]


def _turned(
    neighbours: Mapping[LineageNode, Sequence[LineageEdge]], node: LineageNode
) -> Iterator[tuple[LineageEdge, LineageNode]]:
    """Give the edges of a node with their far ends."""
    for edge in neighbours.get(node, ()):
        yield edge, edge.source if edge.target == node else edge.target


def _role(edge: LineageEdge) -> str:
    """Say what a version was used as."""
    return f" as {', '.join(edge.use_as)}" if edge.use_as else ""


def _titled(graph: Graph, node: LineageNode) -> str:
    """Name a node and say what it is."""
    note = f" ({node.note})" if node.note else ""
    return f"{graph.label(node)}{note}"


def _told(graph: Graph, edge: LineageEdge) -> str:
    """Say in a sentence what a run did."""
    return f"{graph.label(edge.run)} also {edge.kind} {graph.label(edge.artifact)}{_role(edge)}."


def _ids(graph: Graph) -> Mapping[LineageNode, str]:
    """Give each node a name that needs no quoting."""
    return {node: f"n{number}" for number, node in enumerate(graph.nodes)}


def _is_run(node: LineageNode) -> bool:
    """Tell runs from versions."""
    return node.kind is NodeKind.RUN


def _quoted(text: str) -> str:
    """Write a text as a quoted string of Graphviz."""
    return f'"{text}"'


def _in_label(text: str) -> str:
    """Let nothing of a text mean anything to Graphviz, which knows escapes and entities."""
    return text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')


def _escaped(text: str) -> str:
    """Write whatever may mean something to Mermaid, or to HTML, by its number."""
    return _MERMAID_SPECIAL.sub(lambda found: f"#{ord(found.group())};", text)
