"""Where the nodes of a graph of lineage stand in a picture.

Owns columns, the order within them, and the ways of edges, so that few of them cross. Refuses to
own how nodes look; a picture brings their sizes. Invariants: nodes of a column do not overlap, and
no edge goes backwards.
"""

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from hozon.model.lineage_graph import Graph, LineageEdge, LineageNode, ranks_of

_SWEEPS: Final = 8
"""How often columns are sorted."""

_MOVES: Final = 32
"""How often nodes are moved towards their neighbours."""

_MOST_BENDS: Final = 4_000
"""How many columns all edges together may be led through; beyond that they go straight."""

_BEND: Final = 8.0
"""How much room an edge takes that is led through a column, in pixels."""

Sizes = Mapping[LineageNode, tuple[float, float]]
"""The width and the height of each node, in pixels."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where a node stands, in pixels from the upper left corner."""

    x: float
    """Its left side."""

    y: float
    """Its upper side."""

    width: float
    """How wide it is."""

    height: float
    """How high it is."""

    @property
    def middle(self) -> float:
        """The height at which edges meet it."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands."""

    boxes: Mapping[LineageNode, Box]
    """The nodes."""

    ways: Sequence[tuple[LineageEdge, Sequence[tuple[float, float]]]]
    """The edges, each with the points that it goes through, from its source to its target: two, and
    two more for each column in between, where it enters and leaves it."""

    width: float
    """How wide all of it is, in pixels."""

    height: float
    """How high all of it is, in pixels."""


@dataclass(slots=True)
class _Slot:
    """Something that takes room in a column: a node, or an edge on its way through."""

    column: int
    height: float
    before: list["_Slot"]
    after: list["_Slot"]
    place: int = 0
    middle: float = 0.0

    def near(self, *, left: bool) -> list["_Slot"]:
        """Give the neighbours on one side."""
        return self.before if left else self.after


def lay_out(
    graph: Graph, sizes: Sizes, *, gaps: Mapping[int, float], spacing: float, margin: float
) -> Layout:
    """Find a place for each node, from left to right as things came about.

    Args:
        graph: The graph.
        sizes: How large its nodes are.
        gaps: How much room there is between a column and the next, in pixels, by its number from
            0 on.
        spacing: How much room there is at least between the nodes of a column, in pixels.
        margin: How much room there is around everything, in pixels.
    """
    ranks = ranks_of(graph.nodes, graph.edges)
    columns: list[list[_Slot]] = [[] for _ in range(max(ranks.values()) + 1)]
    slots = {node: _add(columns, ranks[node], sizes[node][1]) for node in graph.nodes}
    bends = sum(ranks[edge.target] - ranks[edge.source] - 1 for edge in graph.edges)
    chains = [
        _lead(columns, slots[edge.source], slots[edge.target], straight=bends > _MOST_BENDS)
        for edge in graph.edges
    ]
    _sort(columns)
    _place(columns, spacing)
    top = min(slot.middle - slot.height / 2 for column in columns for slot in column)
    for column in columns:
        for slot in column:
            slot.middle += margin - top
    widths = [0.0] * len(columns)
    for node, rank in ranks.items():
        widths[rank] = max(widths[rank], sizes[node][0])
    lefts = list(
        accumulate(
            (width + gaps[number] for number, width in enumerate(widths[:-1])), initial=margin
        )
    )
    boxes: dict[LineageNode, Box] = {}
    for node, slot in slots.items():
        width, height = sizes[node]
        left = lefts[slot.column] + (widths[slot.column] - width) / 2
        boxes[node] = Box(left, slot.middle - height / 2, width, height)
    ways: list[tuple[LineageEdge, Sequence[tuple[float, float]]]] = []
    for edge, chain in zip(graph.edges, chains, strict=True):
        source, target = boxes[edge.source], boxes[edge.target]
        points = [(source.x + source.width, source.middle)]
        for bend in chain:
            left = lefts[bend.column]
            points += [(left, bend.middle), (left + widths[bend.column], bend.middle)]
        ways.append((edge, [*points, (target.x, target.middle)]))
    bottom = max(slot.middle + slot.height / 2 for column in columns for slot in column)
    return Layout(boxes, ways, width=lefts[-1] + widths[-1] + margin, height=bottom + margin)


def gaps_between_columns(
    graph: Graph, room: Mapping[LineageEdge, float], *, least: float
) -> Mapping[int, float]:
    """Tell how far columns must be apart, so that what stands on edges has room.

    Args:
        graph: The graph.
        room: How much room edges need, in pixels, of those that need more than the least.
        least: How far columns are apart at least, in pixels.

    Returns:
        The room behind each column, by its number from 0 on.
    """
    ranks = ranks_of(graph.nodes, graph.edges)
    gaps = dict.fromkeys(range(max(ranks.values()) + 1), least)
    for edge, needed in room.items():
        column = ranks[edge.source]
        gaps[column] = max(gaps[column], needed)
    return gaps


def _add(columns: list[list[_Slot]], column: int, height: float) -> _Slot:
    """Put something at the end of a column."""
    slot = _Slot(column, height, [], [], place=len(columns[column]))
    columns[column].append(slot)
    return slot


def _lead(
    columns: list[list[_Slot]], source: _Slot, target: _Slot, *, straight: bool
) -> list[_Slot]:
    """Lead an edge through the columns in between; give what it takes there."""
    between = () if straight else range(source.column + 1, target.column)
    chain = [_add(columns, column, _BEND) for column in between]
    for left, right in pairwise([source, *chain, target]):
        left.after.append(right)
        right.before.append(left)
    return chain


def _sort(columns: list[list[_Slot]]) -> None:
    """Sort columns by where their neighbours stand, to and fro; keep the order that crosses least.

    Source: the barycentre heuristic of Sugiyama, Tagawa and Toda (1981).
    """
    best = _orders(columns)
    fewest = _crossings(columns)
    for sweep in range(_SWEEPS):
        left = sweep % 2 == 0
        for column in columns if left else reversed(columns):
            centres = {id(slot): _centre(slot, left=left) for slot in column}
            column.sort(key=lambda slot: centres[id(slot)])
            for place, slot in enumerate(column):
                slot.place = place
        crossings = _crossings(columns)
        if crossings < fewest:
            best, fewest = _orders(columns), crossings
    for column, order in zip(columns, best, strict=True):
        column[:] = order
        for place, slot in enumerate(order):
            slot.place = place


def _orders(columns: list[list[_Slot]]) -> list[list[_Slot]]:
    """Remember in which order everything stands."""
    return [list(column) for column in columns]


def _centre(slot: _Slot, *, left: bool) -> float:
    """Tell where the neighbours on one side stand on average; without any, stay."""
    places = [near.place for near in slot.near(left=left)]
    return sum(places) / len(places) if places else float(slot.place)


def _crossings(columns: list[list[_Slot]]) -> int:
    """Count how often edges cross."""
    count = 0
    for column in columns:
        ends = sorted((slot.place, after.place) for slot in column for after in slot.after)
        passed: list[int] = []
        for _, end in ends:
            count += len(passed) - bisect_right(passed, end)
            insort(passed, end)
    return count


def _place(columns: list[list[_Slot]], spacing: float) -> None:
    """Move everything as near to its neighbours as the order and the spacing allow."""
    for column in columns:
        _settle(column, [0.0] * len(column), spacing)
    for sweep in range(_MOVES):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            wishes: list[float] = []
            for slot in column:
                middles = [near.middle for near in (*slot.before, *slot.after)]
                wishes.append(sum(middles) / len(middles) if middles else slot.middle)
            _settle(column, wishes, spacing)


def _settle(column: list[_Slot], wishes: Sequence[float], spacing: float) -> None:
    """Give each slot the place nearest to its wish that keeps the order: least squares.

    Neighbours that would overlap form a block, which stands where its members wish on average.
    """
    offsets = [0.0]
    for above, below in pairwise(column):
        offsets.append(offsets[-1] + (above.height + below.height) / 2 + spacing)
    blocks: list[tuple[float, int]] = []
    for wish, offset in zip(wishes, offsets, strict=False):
        total, count = wish - offset, 1
        while blocks and blocks[-1][0] / blocks[-1][1] >= total / count:
            more, members = blocks.pop()
            total, count = total + more, count + members
        blocks.append((total, count))
    starts = (total / count for total, count in blocks for _ in range(count))
    for slot, start, offset in zip(column, starts, offsets, strict=False):
        slot.middle = start + offset
