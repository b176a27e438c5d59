"""Where nodes stand: in columns, apart from each other, with few edges that cross."""

from collections.abc import Mapping

from graphs import DIAMOND, graph, node
from hozon.model.lineage_graph import Graph, LineageNode
from hozon.model.lineage_layout import Layout, gaps_between_columns, lay_out

SPACING, MARGIN, GAP = 10.0, 5.0, 40.0


def laid_out(
    drawn: Graph, sizes: Mapping[LineageNode, tuple[float, float]] | None = None
) -> Layout:
    """Lay a graph out, with nodes of 100 by 30 pixels."""
    return lay_out(
        drawn,
        sizes or dict.fromkeys(drawn.nodes, (100.0, 30.0)),
        gaps=gaps_between_columns(drawn, {}, least=GAP),
        spacing=SPACING,
        margin=MARGIN,
    )


def test_a_single_node_has_room_around_it() -> None:
    """As much as was asked for."""
    layout = laid_out(graph("mnist:v0"))
    (box,) = layout.boxes.values()
    assert (box.x, box.y, box.width, box.height) == (5, 5, 100, 30)
    assert (layout.width, layout.height) == (110, 40)


def test_columns_follow_each_other() -> None:
    """Artifacts and runs in turn, as things came about, with the gap between them."""
    drawn = graph("raw:v0", *DIAMOND)
    layout = laid_out(drawn)
    lefts = {found.name: box.x for found, box in layout.boxes.items()}
    assert lefts["prepare"] == MARGIN
    assert lefts["raw:v0"] == lefts["prepare"] + 100 + GAP
    assert lefts["left"] == lefts["right"]
    assert lefts["a:v0"] == lefts["b:v0"]
    assert max(lefts.values()) == lefts["end:v0"] == layout.width - MARGIN - 100


def test_a_source_stands_right_before_what_comes_from_it() -> None:
    """Not at the very beginning, from where its edge would pass everything else."""
    drawn = graph("a:v0", "one > a:v0", "two < a:v0", "two > b:v0", "three < b:v0", "three < c:v0")
    lefts = {found.name: box.x for found, box in laid_out(drawn).boxes.items()}
    assert lefts["c:v0"] == lefts["b:v0"] < lefts["three"]


def test_a_diamond_is_upright() -> None:
    """What two come from, and what comes from two, stands at the height between them."""
    layout = laid_out(graph("raw:v0", *DIAMOND))
    middles = {found.name: box.middle for found, box in layout.boxes.items()}
    between = (middles["left"] + middles["right"]) / 2
    assert abs(middles["raw:v0"] - between) < 1
    assert abs(middles["join"] - between) < 1
    assert abs(middles["left"] - middles["a:v0"]) < 1


def test_edges_that_need_not_cross_do_not() -> None:
    """In whatever order they were logged."""
    drawn = graph("a:v0", "x > a:v0", "y > b:v0", "left < b:v0", "right < a:v0")
    middles = {found.name: box.middle for found, box in laid_out(drawn).boxes.items()}
    assert (middles["a:v0"] < middles["b:v0"]) == (middles["right"] < middles["left"])
    assert (middles["a:v0"] < middles["b:v0"]) == (middles["x"] < middles["y"])


def test_a_long_edge_passes_between_nodes() -> None:
    """Where it goes through a column, it meets no node of that."""
    drawn = graph("raw:v0", *DIAMOND, "join < raw:v0")
    layout = laid_out(drawn)
    ((_, points),) = (
        way for way in layout.ways if way[0].artifact.name == "raw:v0" and way[0].run.name == "join"
    )
    assert len(points) == 6
    for (left, high), (right, low) in zip(points[1::2], points[2::2], strict=False):
        assert (right - left, high) == (100, low)
        for box in layout.boxes.values():
            if box.x == left:
                assert not box.y < high < box.y + box.height


def test_ways_begin_and_end_at_the_sides_of_nodes() -> None:
    """From the right side of the source to the left one of the target, and never back."""
    layout = laid_out(graph("raw:v0", *DIAMOND))
    for drawn, points in layout.ways:
        source, target = layout.boxes[drawn.source], layout.boxes[drawn.target]
        assert points[0] == (source.x + source.width, source.middle)
        assert points[-1] == (target.x, target.middle)
        assert [x for x, _ in points] == sorted(x for x, _ in points)


def test_narrow_nodes_stand_in_the_middle_of_their_column() -> None:
    """The column is as wide as its widest node."""
    wide, narrow = node("a:v0"), node("b:v0")
    drawn = graph("a:v0", nodes=[wide, narrow])
    boxes = laid_out(drawn, {wide: (100.0, 30.0), narrow: (40.0, 30.0)}).boxes
    assert boxes[narrow].x - boxes[wide].x == 30


def test_what_stands_on_an_edge_widens_its_gap() -> None:
    """That of the column in which it begins, and no other."""
    drawn = graph("raw:v0", *DIAMOND)
    used = next(edge for edge in drawn.edges if edge.run.name == "left")
    assert gaps_between_columns(drawn, {used: 90.0}, least=GAP) == {
        **dict.fromkeys(range(6), GAP),
        1: 90.0,
    }
    assert gaps_between_columns(drawn, {used: 9.0}, least=GAP)[1] == GAP


def test_thousands_of_long_edges_go_straight() -> None:
    """Leading each of them through every column would take longer than anybody waits."""
    chain = [f"r{n} {sign} a:v{n + 1 - (sign == '<')}" for n in range(100) for sign in "<>"]
    drawn = graph("a:v0", *chain, *(f"r{n} < a:v0" for n in range(1, 100)))
    layout = laid_out(drawn)
    assert {len(points) for _, points in layout.ways} == {2}
