"""A graph as text: names stay names in Graphviz and Mermaid, and a tree tells everything."""

import re
from html import unescape

import pytest

from graphs import DIAMOND, edge, graph, node
from hozon.model.lineage_texts import to_dot, to_mermaid, to_tree

AWKWARD = [
    'say "x"',
    r"back\slash\n",
    "&lt; & <b>",
    "[end] (a) {b} |c|",
    "`code` *bold* #35;",
    "1. one",
    "- item",
    "_it_ my_data",
    "end",
    "保存",
    "%%{init}%%",
]
"""What people may say that a version is used as, and what means something somewhere."""

QUOTED = r'"(?:[^"\\]|\\.)*"'
DOT = re.compile(
    rf"""digraph\ lineage\ \{{\n
    \ \ rankdir=LR;\n\ \ node\ \[fontname="sans-serif"\];\n
    (?:\ \ n\d+\ \[label={QUOTED},\ shape=box(?:,\ style={QUOTED})?\];\n)+
    (?:\ \ n\d+\ ->\ n\d+(?:\ \[label={QUOTED}\])?;\n)*
    (?:\ \ //\ [^\n]*\n)*
    \}}""",
    re.VERBOSE,
)
"""The part of the language of Graphviz that a graph of lineage needs."""


def unquoted(text: str) -> str:
    """Read a label as Graphviz does, line breaks apart."""
    return unescape(re.sub(r"\\(.)", r"\1", text[1:-1]))


def test_dot_lists_nodes_and_edges() -> None:
    """Runs are rounded, the root is bold, what was deleted is dashed."""
    gone = node("mnist:v0", state="DELETED", is_deleted=True)
    drawn = graph("train", nodes=[gone, node("train"), node("model:v0")], hidden=1)
    assert to_dot(drawn).split("\n")[3:] == [
        r'  n0 [label="mnist:v0\ndataset, deleted", shape=box, style="dashed"];',
        r'  n1 [label="model:v0\ndataset", shape=box];',
        r'  n2 [label="train\ntrain", shape=box, style="rounded,bold"];',
        "  // Hidden, because you may not see them: 1.",
        "}",
    ]
    assert "  n0 -> n1;\n" in to_dot(graph("train", "train < mnist:v0"))


@pytest.mark.parametrize("use_as", AWKWARD)
def test_dot_is_well_formed_whatever_people_say(use_as: str) -> None:
    """And Graphviz reads the very words."""
    text = to_dot(graph("train", edge("train < mnist:v0", use_as)))
    assert DOT.fullmatch(text), text
    (label,) = re.findall(rf"n0 -> n1 \[label=({QUOTED})\]", text)
    assert unquoted(label) == use_as


def test_mermaid_lists_nodes_and_edges() -> None:
    """Runs are pills; the root is thick, what was deleted is dashed."""
    gone = node("mnist:v0", state="DELETED", is_deleted=True)
    drawn = graph("train", nodes=[gone, node("train")], is_cut=True)
    assert to_mermaid(drawn).split("\n") == [
        "flowchart LR",
        '  n0["mnist:v0<br/>dataset, deleted"]',
        '  n1(["train<br/>train"])',
        "  style n1 stroke-width:3px",
        "  style n0 stroke-dasharray:5 4",
        "  %% There is more: the graph was cut at 2 nodes.",
    ]
    assert "  n0 --> n1\n" in to_mermaid(graph("train", "train < mnist:v0"))


@pytest.mark.parametrize("use_as", AWKWARD)
def test_mermaid_is_well_formed_whatever_people_say(use_as: str) -> None:
    """Nothing is left that means something, and what is written by its number is the same."""
    text = to_mermaid(graph("train", edge("train < mnist:v0", use_as)))
    (label,) = re.findall(r'n0 -->\|"([^"]*)"\| n1', text)
    assert not re.search(r"[^\w .,:/#;-]|^\d+\. |^- |(?<![^\W_])_|_(?![^\W_])", label)
    assert re.sub(r"#(\d+);", lambda code: chr(int(code[1])), label) == use_as


@pytest.mark.parametrize("write", [to_dot, to_mermaid])
def test_a_node_of_another_project_is_named_so(write: object) -> None:
    """Two nodes never look the same."""
    assert callable(write)
    drawn = graph("a:v0", nodes=[node("a:v0"), node("b:v0", at="ada/letters")])
    assert "letters/b:v0" in write(drawn)


def test_a_tree_grows_both_ways_from_its_root() -> None:
    """Each line says what the node did to the one above it, or was done to."""
    drawn = graph(
        "train",
        "prepare > mnist:v0",
        edge("train < mnist:v0", "train", "test"),
        "train > model:v0",
        "evaluate < model:v0",
    )
    assert to_tree(drawn).split("\n") == [
        "train (train)",
        "├── used mnist:v0 (dataset) as train, test",
        "│   └── logged by prepare (train)",
        "└── logged model:v0 (dataset)",
        "    └── used by evaluate (train)",
    ]


def test_what_is_met_again_is_not_gone_into_again() -> None:
    """It is named, and where it has more below it, the line says where that is."""
    assert to_tree(graph("end:v0", *DIAMOND)).split("\n") == [
        "end:v0 (dataset)",
        "└── logged by join (train)",
        "    ├── used a:v0 (dataset)",
        "    │   └── logged by left (train)",
        "    │       └── used raw:v0 (dataset)",
        "    │           └── logged by prepare (train)",
        "    └── used b:v0 (dataset)",
        "        └── logged by right (train)",
        "            └── used raw:v0 (dataset) [shown above]",
    ]


def test_edges_that_pass_the_root_are_told_below_the_tree() -> None:
    """No branch leads there, and none is lost; remarks come last."""
    drawn = graph("a:v0", "left < raw:v0", "left > a:v0", "join < a:v0", "join < raw:v0", hidden=1)
    assert to_tree(drawn).split("\n")[-2:] == [
        "join also used raw:v0.",
        "Hidden, because you may not see them: 1.",
    ]


def test_a_tree_can_do_without_lines() -> None:
    """For terminals that know ASCII only."""
    text = to_tree(graph("end:v0", *DIAMOND), plain=True)
    assert text.isascii()
    assert text.split("\n")[1:4] == [
        "`-- logged by join (train)",
        "    |-- used a:v0 (dataset)",
        "    |   `-- logged by left (train)",
    ]
