"""Notebooks: what is shown is escaped, small, and of the notebook's own colours."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser

import numpy as np
import pytest

import hozon
from hozon.sdk.notebooks import MAX_COLUMNS, MAX_ROWS, MAX_TEXT, card, grid

LogText = Callable[..., hozon.Artifact]

EVIL = "<script>alert('&')</script>"
VOID = {"br"}


class Reader(HTMLParser):
    """Reads tags and text, and holds tags to be closed in order."""

    def __init__(self, html: str) -> None:
        """Read all of it."""
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a tag; nothing leads elsewhere, and nothing runs."""
        self.tags.append(tag)
        assert {name for name, _ in attrs} <= {"style", "scope"}
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the tag that was opened last."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.texts.append(data)


KNOWN = {"div", "strong", "table", "thead", "tbody", "tr", "th", "td", "p", "br"}


def assert_harmless(html: str) -> Reader:
    """Hold a page to the rules for all of them."""
    read = Reader(html)
    assert set(read.tags) <= KNOWN
    assert "color" not in html
    assert "url(" not in html
    assert len(html) < 60_000
    return read


@pytest.fixture
def shown() -> Iterator[dict[str, object]]:
    """Give one of everything that is shown, with a script in every text that takes one."""
    with hozon.init(id="r1", name=EVIL, group=EVIL, job_type="train", notes=EVIL) as run:
        run.config.update({EVIL: [EVIL], "deep": {EVIL: EVIL}})
        run.summary[EVIL] = EVIL
        draft = hozon.Artifact("mnist", type="dataset", description=EVIL, metadata={EVIL: EVIL})
        with draft.new_file("data.txt") as file:
            file.write("one")
        html_of_draft = draft._repr_html_()
        run.log_artifact(draft, aliases=["<b>bold<!--b>"]).wait()
        api = hozon.Api()
        collection = api.artifact_collection("dataset", "mnist")
        collection.description = EVIL
        collection.save()
        sweep = hozon.sweep(
            {"name": EVIL, "method": "grid", "parameters": {EVIL: {"values": [EVIL]}}}
        )
        yield {
            "draft": html_of_draft,
            "open run": run,
            "run": api.run("r1"),
            "artifact": api.artifact("mnist"),
            "link": api.artifact("mnist").link("shared"),
            "collection": collection,
            "sweep": api.sweep(sweep),
            "table": hozon.Table([EVIL, "b"], [[EVIL, {EVIL: EVIL}], [EVIL, {"x": [EVIL]}]]),
        }


@pytest.mark.parametrize(
    "name",
    ["draft", "open run", "run", "artifact", "link", "collection", "sweep", "table"],
)
def test_every_text_is_escaped(shown: dict[str, object], name: str) -> None:
    """A script is text, wherever it was planted, and is shown as it was written."""
    thing = shown[name]
    html = thing if isinstance(thing, str) else thing._repr_html_()  # type: ignore[attr-defined]
    read = assert_harmless(html)
    assert any(EVIL in text for text in read.texts)
    if name in ("run", "open run"):
        for label in ("name", "group", "notes", "config", "summary"):
            assert EVIL in read.texts[read.texts.index(label) + 1]


def test_what_is_known_is_shown(log_text: LogText) -> None:
    """Paths, types and numbers; what is not set is left out."""
    with hozon.init(id="r1", config={"rate": 0.1}) as run:
        log_text(run, "one", "best")
        assert "running" in Reader(run._repr_html_()).texts
    texts = Reader(hozon.Api().run("r1")._repr_html_()).texts
    assert texts[0] == "Run ada/digits/r1"
    assert {"finished", "rate: 0.1"} <= set(texts)
    assert "group" not in texts
    artifact = Reader(hozon.Api().artifact("mnist")._repr_html_()).texts
    assert artifact[0] == "Artifact ada/digits/mnist:v0"
    assert {"best, latest", "COMMITTED", "3"} <= set(artifact)
    collection = Reader(hozon.Api().artifact_collection("dataset", "mnist")._repr_html_()).texts
    assert {"Collection ada/digits/mnist", "dataset", "best, latest"} <= set(collection)
    project = Reader(hozon.Api().project("digits")._repr_html_()).texts
    assert (project[0], "created" in project) == ("Project ada/digits", True)
    assert Reader(hozon.Api().project("empty")._repr_html_()).texts == ["Project ada/empty"]


def test_a_long_table_shows_its_first_rows() -> None:
    """And says how many more rows and columns there are."""
    names = [f"c{number}" for number in range(MAX_COLUMNS + 1)]
    table = hozon.Table(names, [[number] * len(names) for number in range(MAX_ROWS + 2)])
    read = assert_harmless(table._repr_html_())
    assert read.texts[0] == "Table of 22 rows"
    assert read.tags.count("tr") == MAX_ROWS + 1
    assert read.tags.count("td") == MAX_ROWS * MAX_COLUMNS
    assert read.texts[-1] == "… and 2 more rows and 1 more column"
    assert "c0 (number)" in read.texts
    whole = assert_harmless(hozon.Table(["a"], [[1]])._repr_html_())
    assert whole.texts == ["Table of 1 row", "a (number)", "1"]


def test_no_more_rows_are_read_than_are_shown() -> None:
    """A table of a million rows costs as much as one of twenty."""

    def rows() -> Iterator[list[int]]:
        for number in range(MAX_ROWS):
            yield [number]
        raise AssertionError("read on")

    assert "999,980" in grid("t", ["a"], rows(), total=10**6).replace("999980", "999,980")


@pytest.mark.parametrize(
    "value",
    [
        "x" * 10**6,
        ["x" * 10**5] * 10**3,
        {f"k{number}": "x" * 10**5 for number in range(1000)},
        {"deep": [[["x" * 10**4] * 100] * 100] * 100},
        b"x" * 10**6,
        np.zeros((1000, 1000)),
        list(range(10**6)),
    ],
    ids=["text", "list", "mapping", "nested", "bytes", "array", "numbers"],
)
def test_large_values_stay_small(value: object) -> None:
    """Whatever a cell, a config or a note holds."""
    for html in (card("t", [("a", value)]), grid("t", ["a"], [[value]], total=1)):
        assert_harmless(html)
        assert len(html) < 20 * MAX_TEXT


def test_values_are_shown_as_people_write_them() -> None:
    """Texts bare, times to the second, NaN as what it is; media by what they are."""
    moment = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
    facts = [("a", "t"), ("b", moment), ("c", float("nan")), ("d", None), ("e", 0), ("f", [])]
    assert Reader(card("x", facts)).texts == [
        *["x", "a", "t", "b", "2026-01-02 03:04:05 UTC"],
        *["c", "nan", "e", "0"],
    ]
    image = hozon.Image(np.zeros((2, 2, 3), dtype="uint8"), caption=EVIL)
    read = assert_harmless(hozon.Table(["image"], [[image]])._repr_html_())
    assert re.search(r"<Image .*script", read.texts[-1])
