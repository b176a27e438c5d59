"""`hozon lineage`: what something comes from, and what comes from it."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import click

from hozon.cli.completing import complete_version_or_run
from hozon.cli.opening import opened
from hozon.cli.options import JSON
from hozon.cli.printing import write_json
from hozon.model.lineage_graph import MOST_NODES, Direction, Graph, LineageEdge
from hozon.model.lineage_svg import draw_svg
from hozon.model.lineage_texts import to_dot, to_mermaid, to_tree
from hozon.services.lineage import find_root, find_root_run, trace_lineage
from hozon.services.text_files import save_text

_WRITERS: Final[Mapping[str, Callable[[Graph], str]]] = MappingProxyType(
    {
        "tree": to_tree,
        "dot": to_dot,
        "mermaid": to_mermaid,
        "svg": draw_svg,
    }
)


@click.command(short_help="Show what something comes from, and what comes from it.")
@click.argument("path", shell_complete=complete_version_or_run)
@click.option("--run", "is_run", is_flag=True, help="PATH is a run, whatever else has its name.")
@click.option(
    "--direction",
    type=click.Choice([str(way) for way in Direction]),
    default=str(Direction.BOTH),
    show_default=True,
    help="To what it comes from, to what comes from it, or both.",
)
@click.option(
    "--depth",
    type=click.IntRange(min=0),
    metavar="N",
    help="How many edges to follow; all, if it is left out.",
)
@click.option(
    "--max-nodes",
    type=click.IntRange(min=1, max=MOST_NODES),
    default=1000,
    show_default=True,
    metavar="N",
    help="How many runs and artifacts to show at most.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice([*_WRITERS, "json"]),
    default="tree",
    show_default=True,
    help="A tree, the language of Graphviz or Mermaid, a picture, or JSON.",
)
@JSON
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write to a file instead.",
)
def lineage(
    path: str,
    *,
    is_run: bool,
    direction: str,
    depth: int | None,
    max_nodes: int,
    form: str,
    as_json: bool,
    output: Path | None,
) -> None:
    """Show what an artifact or a run comes from, and what comes from it.

    PATH is [[entity/]project/]name[:version], or [[entity/]project/]run_id. Deleted runs and
    versions are shown, and marked.

    \b
      hozon lineage classifier:production
      hozon lineage mnist:v0 --direction downstream --depth 2
      hozon lineage train-model --format svg --output lineage.svg
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        find = find_root_run if is_run else find_root
        root = find(at.context, path, default=at.default)
        graph = trace_lineage(
            at.context, root, direction=Direction(direction), depth=depth, most=max_nodes
        ).graph
    form = "json" if as_json else form
    text = write_json(_facts(graph)) if form == "json" else _WRITERS[form](graph)
    if output is not None:
        save_text(f"{text}\n", output, what="graph")
    elif form == "tree" and not _can_show(text):
        click.echo(to_tree(graph, plain=True))
    else:
        click.echo(text)


def _can_show(text: str) -> bool:
    """Tell whether standard output knows all characters of a text."""
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _facts(graph: Graph) -> dict[str, object]:
    """Give what a program may want to know of a graph."""
    return {
        "root": graph.root.path,
        "nodes": graph.nodes,
        "edges": list(map(_facts_of_edge, graph.edges)),
        "left_out": list(map(_facts_of_edge, graph.left_out)),
        "hidden": graph.hidden,
        "is_cut": graph.is_cut,
    }


def _facts_of_edge(edge: LineageEdge) -> dict[str, object]:
    """Give the ends of an edge by their paths, in the direction in which things came about."""
    return {
        "source": edge.source.path,
        "target": edge.target.path,
        "kind": edge.kind,
        "use_as": edge.use_as,
    }
