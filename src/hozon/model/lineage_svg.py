"""A graph of lineage as a picture.

Owns how it looks. Refuses to own where things stand. Invariants: the picture needs nothing from
elsewhere, no font and no script; it takes the colour of the text around it, and where it stands
alone it has colours of its own, dark ones where those are preferred; the same graph gives the same
picture.
"""

import hashlib
import unicodedata
from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise
from typing import Final

from hozon.model.lineage_graph import Graph, LineageEdge, LineageNode, NodeKind
from hozon.model.lineage_layout import Box, gaps_between_columns, lay_out

_LINE, _SMALL_LINE = 17, 15
_LETTER, _SMALL_LETTER = 8.0, 7.0
"""How wide a letter is at most, on average, in pixels; a wide one is twice as wide."""
_PADDING: Final = 12
_SPACING: Final = 16
_GAP: Final = 56
_MARGIN: Final = 12
_MOST_LETTERS: Final = 28
_ARROW: Final = 7

_ALONE: Final = (
    "<style>svg:root{color:#1f2328;background:#fff}"
    "@media (prefers-color-scheme:dark){svg:root{color:#e6edf3;background:#0d1117}}</style>"
)
"""Colours for a picture that is a document of its own; within a page it matches nothing."""


def draw_svg(graph: Graph) -> str:
    """Draw a graph, from left to right as things came about; artifacts are boxes, runs are pills.

    Args:
        graph: The graph.

    Returns:
        An SVG document without a line that is empty, so that it can stand in Markdown as it is.
    """
    lines = {node: _lines(graph, node) for node in graph.nodes}
    sizes = {
        node: (
            max(_width(name, _LETTER), _width(note, _SMALL_LETTER)) + 2 * _PADDING,
            float(_LINE + (_SMALL_LINE if note else 0) + _PADDING),
        )
        for node, (name, note) in lines.items()
    }
    labels = {edge: shortened(", ".join(edge.use_as)) for edge in graph.edges if edge.use_as}
    room = {edge: _width(text, _SMALL_LETTER) + 2 * _GAP for edge, text in labels.items()}
    layout = lay_out(
        graph,
        sizes,
        gaps=gaps_between_columns(graph, room, least=_GAP),
        spacing=_SPACING,
        margin=_MARGIN,
    )
    body = [
        *(_draw_edge(edge, points, labels.get(edge)) for edge, points in layout.ways),
        *(
            _draw_node(node, box, lines[node], is_root=node == graph.root)
            for node, box in layout.boxes.items()
        ),
    ]
    width, height = layout.width, layout.height
    for remark in graph.remarks:
        height += _SMALL_LINE
        width = max(width, _width(remark, _SMALL_LETTER) + 2 * _MARGIN)
        body.append(_text(remark, _MARGIN, height - _MARGIN, small=True, anchor="start"))
    return "\n".join(_document(graph, body, width=width, height=height))


def shortened(text: str, most: int = _MOST_LETTERS) -> str:
    """Shorten a text in its middle: how it begins and how it ends tells most.

    Args:
        text: The text.
        most: How many letters may stay, 3 or more; wide ones count twice.
    """
    if _letters(text) <= most:
        return text
    head, tail, longer = "", "", ("", "")
    while _letters("".join(longer)) < most:
        head, tail = longer
        if _letters(head) <= _letters(tail):
            longer = (head + text[len(head)], tail)
        else:
            longer = (head, text[-len(tail) - 1] + tail)
    return f"{head}…{tail}"


def _letters(text: str) -> int:
    """Count letters; wide ones twice, and what stands above or below another not at all."""
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "FW")
        for letter in text
    )


def _width(text: str, letter: float) -> float:
    """Estimate how wide a text is, in pixels."""
    return _letters(text) * letter


def _lines(graph: Graph, node: LineageNode) -> tuple[str, str]:
    """Say what stands in a node: its name, and what it is."""
    return shortened(graph.label(node)), shortened(node.note)


def _document(graph: Graph, body: Sequence[str], *, width: float, height: float) -> Iterator[str]:
    """Write the lines of a picture."""
    runs = sum(node.kind is NodeKind.RUN for node in graph.nodes)
    title = f"Lineage of {graph.root.path}"
    told = "; ".join(
        f"{graph.label(edge.run)} {edge.kind} {graph.label(edge.artifact)}" for edge in graph.edges
    )
    counts = f"Runs: {runs}, artifacts: {len(graph.nodes) - runs}."
    about = " ".join([counts, *([f"{told}."] if told else []), *graph.remarks])
    # Two pictures in one page must not share an id, unless they are the same.
    name = f"lineage-{hashlib.sha256(''.join([title, about, *body]).encode()).hexdigest()[:8]}"
    size = f"{_number(width)} {_number(height)}"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" width="{_number(width)}"'
        f' style="max-width:100%;height:auto" role="img" aria-labelledby="{name} {name}-about"'
        ' font-family="system-ui, sans-serif" font-size="14" fill="none" stroke="currentColor"'
        ' stroke-width="1.5">'
    )
    yield f'<title id="{name}">{escape(title)}</title>'
    yield f'<desc id="{name}-about">{escape(about)}</desc>'
    yield _ALONE
    yield from body
    yield "</svg>"


def _draw_edge(edge: LineageEdge, points: Sequence[tuple[float, float]], label: str | None) -> str:
    """Draw a line with an arrow at its end; what it says stands on it in its first gap."""
    (left, high), (right, low), *_ = points
    *_, (x, y) = points
    ends = [*points[:-1], (x - _ARROW, y)]
    if label:
        centre, half = ((left + right) / 2, (high + low) / 2), _width(label, _SMALL_LETTER) / 2
        ends[1:1] = [(centre[0] - half, centre[1]), (centre[0] + half, centre[1])]
    way = f"M{_point(*ends[0])}"
    for number, ((left, high), (right, low)) in enumerate(pairwise(ends)):
        if number % 2:  # Through a column, or below what it says.
            way += f"H{_number(right)}"
        else:
            turn = (left + right) / 2
            way += f"C{_point(turn, high)} {_point(turn, low)} {_point(right, low)}"
    tip = f"M{_point(x - _ARROW, y - 4)}L{_point(x, y)}L{_point(x - _ARROW, y + 4)}z"
    drawn = (
        f'<path d="{way}" stroke-opacity=".55"/><path d="{tip}" fill="currentColor" stroke="none"/>'
    )
    if label:
        written = _text(label, centre[0], centre[1] - 5, small=True)
        drawn += f"<g><title>{escape(', '.join(edge.use_as))}</title>{written}</g>"
    return drawn


def _draw_node(node: LineageNode, box: Box, lines: tuple[str, str], *, is_root: bool) -> str:
    """Draw a node with its name, and a title for what was shortened."""
    name, note = lines
    is_run = node.kind is NodeKind.RUN
    look = f'rx="{_number(box.height / 2 if is_run else 4)}"'
    look += f' fill="currentColor" fill-opacity="{".12" if is_run else ".04"}"'
    if is_root:
        look += ' stroke-width="3"'
    if node.is_deleted:
        look += ' stroke-dasharray="5 4"'
    shape = (
        f'<rect x="{_number(box.x)}" y="{_number(box.y)}" width="{_number(box.width)}"'
        f' height="{_number(box.height)}" {look}/>'
    )
    centre, first = box.x + box.width / 2, box.y + _PADDING / 2 + _LINE - 4
    texts = _text(name, centre, first)
    if note:
        texts += _text(note, centre, first + _SMALL_LINE, small=True)
    title = f"{node.path} ({node.note})" if node.note else node.path
    return f"<g><title>{escape(title)}</title>{shape}{texts}</g>"


def _text(text: str, x: float, y: float, *, small: bool = False, anchor: str = "middle") -> str:
    """Write a line of text."""
    size = ' font-size="12"' if small else ""
    return (
        f'<text x="{_number(x)}" y="{_number(y)}" text-anchor="{anchor}"{size}'
        f' fill="currentColor" stroke="none">{escape(text)}</text>'
    )


def _point(x: float, y: float) -> str:
    """Write a point."""
    return f"{_number(x)} {_number(y)}"


def _number(value: float) -> str:
    """Write a number as short as a tenth of a pixel allows."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")  # Adding 0 makes -0 one.
