"""The graph of lineage: what a walk comes to, and the value that it ends in."""

import pytest

from graphs import DIAMOND, edge, graph, node
from hozon.errors import InputError
from hozon.model.lineage import EdgeKind
from hozon.model.lineage_graph import (
    Direction,
    check_depth,
    check_direction,
    check_most_nodes,
)


def test_everything_stands_behind_what_it_comes_from() -> None:
    """Also in the order of edges; nodes of a column stay in the order in which they were given."""
    drawn = graph("raw:v0", *reversed(DIAMOND))
    order = [found.name for found in drawn.nodes]
    assert order[:2] == ["prepare", "raw:v0"]
    assert order[-2:] == ["join", "end:v0"]
    places = {found: place for place, found in enumerate(drawn.nodes)}
    ends = [(places[e.source], places[e.target]) for e in drawn.edges]
    assert all(source < target for source, target in ends)
    assert [target for _, target in ends] == sorted(target for _, target in ends)


def test_an_edge_leads_to_what_comes_from_its_source() -> None:
    """From a run to what it logged, and from a version to the run that used it."""
    logged, used = edge("train > model:v0"), edge("train < mnist:v0")
    assert (logged.source.name, logged.target.name) == ("train", "model:v0")
    assert (used.source.name, used.target.name) == ("mnist:v0", "train")


def test_an_edge_that_closes_a_cycle_is_left_out() -> None:
    """Whoever drew it: what remains has no cycle, and the graph says what it lacks."""
    drawn = graph("a:v0", "one > a:v0", "two < a:v0", "two > b:v0", "one < b:v0")
    assert len(drawn.edges) == 3
    (closing,) = drawn.left_out
    assert closing not in drawn.edges
    told = f"{closing.run.name} also {closing.kind} {closing.artifact.name}"
    assert drawn.remarks == (f"{told}: the edge would close a cycle.",)


def test_a_run_that_logged_what_it_used_is_the_shortest_cycle() -> None:
    """One of the two edges is left out."""
    drawn = graph("a:v0", "one < a:v0", "one > a:v0")
    assert len(drawn.edges) == len(drawn.left_out) == 1


def test_a_long_history_is_no_trouble() -> None:
    """Nothing here calls itself: Python would give up after a thousand steps."""
    chain = [f"r{n} {sign} a:v{n + 1 - (sign == '<')}" for n in range(3000) for sign in "<>"]
    drawn = graph("a:v0", *chain)
    assert [found.name for found in drawn.nodes[-2:]] == ["r2999", "a:v3000"]
    assert drawn.left_out == ()


def test_labels_leave_out_what_the_root_has_too() -> None:
    """The project, the entity, or neither."""
    near, next_door, far = node("a:v0"), node("b", at="ada/letters"), node("c", at="bob/digits")
    drawn = graph("a:v0", nodes=[near, next_door, far])
    assert list(map(drawn.label, [near, next_door, far])) == ["a:v0", "letters/b", "bob/digits/c"]


@pytest.mark.parametrize(
    ("name", "facts", "note"),
    [
        ("mnist:v0", {}, "dataset"),
        ("mnist:v0", {"state": "DELETED", "is_deleted": True}, "dataset, deleted"),
        ("mnist:v0", {"state": "PURGED", "is_deleted": True}, "dataset, purged"),
        ("train", {}, "train"),
        ("train", {"type": None}, ""),
        ("train", {"type": None, "state": "crashed"}, "crashed"),
        ("train", {"state": "failed", "is_deleted": True}, "train, deleted"),
    ],
)
def test_a_note_says_what_is_not_as_usual(name: str, facts: dict[str, object], note: str) -> None:
    """That a version is there, or that a run finished, goes without saying."""
    assert node(name, **facts).note == note


def test_a_graph_says_what_it_does_not_show() -> None:
    """How many are hidden and that it was cut, without naming anything."""
    drawn = graph("a:v0", left_out=[edge("r1 > a:v0")], nodes=[node("a:v0"), node("r1")])
    assert drawn.remarks == ("r1 also logged a:v0: the edge would close a cycle.",)
    assert graph("a:v0", hidden=2, is_cut=True).remarks == (
        "Hidden, because you may not see them: 2.",
        "There is more: the graph was cut at 1 node.",
    )
    assert graph("a:v0").remarks == ()


def test_directions_are_words() -> None:
    """Another word is an error that lists them."""
    assert [check_direction(str(way)) for way in Direction] == list(Direction)
    with pytest.raises(InputError, match="'up'") as caught:
        check_direction("up")
    assert "'upstream', 'downstream' or 'both'" in caught.value.hint


@pytest.mark.parametrize("depth", [-1, True, 1.0, "2"])
def test_a_depth_is_a_whole_number(depth: object) -> None:
    """From 0 on, or none."""
    assert [check_depth(good) for good in (None, 0, 7)] == [None, 0, 7]
    with pytest.raises(InputError, match="The depth is"):
        check_depth(depth)


@pytest.mark.parametrize("most", [0, 10_001, True, None, "2"])
def test_the_bound_on_nodes_is_a_whole_number(most: object) -> None:
    """From 1 to 10,000."""
    assert [check_most_nodes(good) for good in (1, 10_000)] == [1, 10_000]
    with pytest.raises(InputError, match="max_nodes is"):
        check_most_nodes(most)


def test_kinds_read_as_words() -> None:
    """In a sentence about an edge."""
    assert f"{edge('r1 > a:v0').kind}, {EdgeKind.USED}" == "logged, used"
