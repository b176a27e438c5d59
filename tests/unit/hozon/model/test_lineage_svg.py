"""A graph as a picture: well-formed, by itself, and readable by eye and by ear."""

import re
from xml.etree import ElementTree as ET

import pytest

from graphs import DIAMOND, edge, graph, node
from hozon.model.lineage_graph import Graph
from hozon.model.lineage_svg import draw_svg, shortened

SVG = "{http://www.w3.org/2000/svg}"


def drawn(picture: Graph) -> ET.Element:
    """Draw a graph, and read the picture as XML."""
    return ET.fromstring(draw_svg(picture))  # noqa: S314  We drew it.


def texts(picture: Graph) -> list[str]:
    """List what is written in a picture."""
    return [str(text.text) for text in drawn(picture).iter(f"{SVG}text")]


def test_every_node_and_edge_is_drawn() -> None:
    """A shape with two lines of text for a node; a line and an arrow for an edge."""
    picture = graph("raw:v0", *DIAMOND)
    root = drawn(picture)
    assert len(list(root.iter(f"{SVG}rect"))) == len(picture.nodes)
    assert len(list(root.iter(f"{SVG}path"))) == 2 * len(picture.edges)
    assert sorted(texts(picture)) == sorted(
        line for found in picture.nodes for line in (found.name, found.note)
    )


def test_a_picture_has_a_title_and_a_description() -> None:
    """Whoever listens hears of every edge; the ids are those that the picture refers to."""
    root = drawn(graph("train", "train < mnist:v0", "train > model:v0"))
    title, about = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert about is not None
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {about.get('id')}"
    assert title.text == "Lineage of ada/digits/train"
    assert about.text == "Runs: 1, artifacts: 2. train used mnist:v0; train logged model:v0."


def test_two_pictures_share_no_id() -> None:
    """They may stand in one page; the same graph gives the same picture."""
    one, other = graph("train", "train < a:v0"), graph("train", "train < b:v0")
    ids = [re.findall(r' id="([^"]+)"', draw_svg(each)) for each in (one, other)]
    assert set(ids[0]).isdisjoint(ids[1])
    assert draw_svg(one) == draw_svg(graph("train", "train < a:v0"))


def test_a_picture_asks_for_nothing_from_elsewhere() -> None:
    """No address but that of the language itself, no script, no style that reaches a page."""
    text = draw_svg(graph("raw:v0", *DIAMOND))
    assert re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<script|href|url\(|@import|\bon\w+=", text)
    (style,) = re.findall(r"<style>(.*)</style>", text)
    rules = re.sub(r"@media \([^)]*\)\{(.*)\}", r"\1", style)
    assert re.findall(r"([^{}]+)\{[^{}]*\}", rules) == ["svg:root", "svg:root"]


def test_a_picture_takes_the_colour_of_the_text() -> None:
    """Whatever is drawn or written has no colour of its own."""
    root = drawn(graph("raw:v0", *DIAMOND))
    colours = {
        value for part in root.iter() for key in ("fill", "stroke") if (value := part.get(key))
    }
    assert colours == {"none", "currentColor"}


def test_what_may_be_markup_is_escaped() -> None:
    """In text, and in titles."""
    picture = graph("train", edge("train < mnist:v0", '<b>&"', "x" * 40))
    assert any(text.startswith('<b>&"') for text in texts(picture))
    titles = [title.text for title in drawn(picture).iter(f"{SVG}title")]
    assert f'<b>&", {"x" * 40}' in titles


def test_the_root_and_the_deleted_stand_out() -> None:
    """By a thick line and by a broken one; runs have round sides."""
    gone = node("mnist:v0", state="DELETED", is_deleted=True)
    picture = graph("train", nodes=[gone, node("train")])
    shapes = {
        str(group.findtext(f"{SVG}title")): group.find(f"{SVG}rect")
        for group in drawn(picture).iter(f"{SVG}g")
    }
    train, mnist = (
        shapes["ada/digits/train (train)"],
        shapes["ada/digits/mnist:v0 (dataset, deleted)"],
    )
    assert train is not None
    assert mnist is not None
    assert (train.get("stroke-width"), mnist.get("stroke-width")) == ("3", None)
    assert (train.get("stroke-dasharray"), mnist.get("stroke-dasharray")) == (None, "5 4")
    assert float(str(train.get("rx"))) * 2 == float(str(train.get("height")))


def test_long_names_keep_how_they_begin_and_end() -> None:
    """The title has all of it."""
    name = f"{'very-' * 20}long:v12"
    picture = graph(name, nodes=[node(name)])
    (short, _) = texts(picture)
    assert re.fullmatch(r"very-very-.*….*long:v12", short)
    assert len(short) == 28
    assert name in draw_svg(picture)


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "a…d"),
        ("保存保存保存", 7, "保存…存"),
        ("保存保存保存", 6, "保…存"),
        ("abcdefg", 6, "abc…fg"),
    ],
)
def test_wide_letters_count_twice(text: str, most: int, short: str) -> None:
    """They take as much room as two."""
    assert shortened(text, most) == short


def test_remarks_stand_below_the_picture() -> None:
    """What the graph does not show, it says; the picture is large enough for it."""
    bare, told = graph("a:v0"), graph("a:v0", hidden=3, is_cut=True)
    assert texts(told)[-2:] == list(told.remarks)
    heights = [float(str(drawn(each).get("viewBox")).split()[3]) for each in (bare, told)]
    lowest = max(float(str(text.get("y"))) for text in drawn(told).iter(f"{SVG}text"))
    assert heights[0] < lowest < heights[1]


def test_a_picture_can_stand_in_markdown() -> None:
    """No line of it is empty, which would end it there."""
    assert all(line.strip() for line in draw_svg(graph("raw:v0", *DIAMOND)).split("\n"))
