"""Notices: where a translation lags behind, and where there is none."""

import re
from dataclasses import dataclass

import pytest
from bs4 import BeautifulSoup
from markdown import Markdown

from hozon_docs.edits import Document, apply_edits
from hozon_docs.interface import words_in
from hozon_docs.markdown import Heading
from hozon_docs.notices import (
    Counterpart,
    alternate_edits,
    fallback_edits,
    place_notices,
    source_href,
    stale_edits,
)

SOURCE = Counterpart(language="en", href="../../en/guide/", url="https://x.example.org/en/guide/")
EXTENSIONS = [
    "admonition",
    "attr_list",
    "md_in_html",
    "tables",
    "toc",
    "pymdownx.details",
    "pymdownx.superfences",
    "pymdownx.tabbed",
]
EMPTY = re.compile(r"\s*<span data-docs-stale=\"[^\"]*\"></span>")


@dataclass(frozen=True, slots=True)
class Stale:
    """A unit that lags behind."""

    kind: str
    line: int
    last_line: int


def _html(markdown: str) -> str:
    return Markdown(extensions=EXTENSIONS).convert(markdown)


def _placed(markdown: str, *units: Stale, headings: tuple[Heading, ...] = ()) -> str:
    return place_notices(markdown, units=units, headings=headings, skipped=0)


# Text, the unit that is stale, and the element of the rendered page that must hold the notice.
UNITS = {
    "paragraph": ("# H {#h}\n\nOne\ntwo.\n\nThree.\n", Stale("paragraph", 3, 4), "h1 + p"),
    "item": ("- one\n- two\n    - three\n- four\n", Stale("item", 2, 2), "li:nth-of-type(2)"),
    "loose item": ("1. one\n\n2. two\n\n3. three\n", Stale("item", 3, 3), "ol > li:nth-child(2)"),
    "row": (
        "| a | b |\n| - | - |\n| c | d |\n| e | f |\n",
        Stale("row", 3, 3),
        "tbody tr:nth-child(1) td:nth-child(2)",
    ),
    "bare row": ("a | b\n--- | ---\nc | d\n", Stale("row", 3, 3), "td:nth-child(2)"),
    "row with a bar": (
        "| a | b |\n| - | - |\n| c | `d` e\\| |\n",
        Stale("row", 3, 3),
        "td:nth-child(2)",
    ),
    "head of a table": ("| a | b |\n| - | - |\n| c | d |\n", Stale("row", 1, 1), "th:nth-child(2)"),
    "quote": ("> one\n> two\n", Stale("paragraph", 1, 2), "blockquote > p"),
    "admonition's text": (
        '!!! note "T"\n    One.\n\n    Two.\n',
        Stale("paragraph", 2, 2),
        ".note",
    ),
    "admonition's title": ('!!! note "T"\n    One.\n', Stale("admonition", 1, 1), ".note"),
    "details": ('??? tip "T"\n    One.\n', Stale("details", 1, 1), "details.tip"),
    "tab": (
        '=== "A"\n\n    One.\n\n=== "B"\n\n    Two.\n',
        Stale("tab", 5, 5),
        ".tabbed-block:nth-of-type(2), .tabbed-content:nth-of-type(2)",
    ),
    "heading": ("# H {#h}\n\n## I {#i}\n\nText.\n", Stale("heading", 3, 3), "h2 + p"),
    "tight heading": ("# H {#h}\nText.\n", Stale("heading", 1, 1), "h1 + p"),
    "fence": ("a\n\n```python\nx = 1\n```\n\nb\n", Stale("fence", 3, 5), ".highlight + p"),
    "fence in a list": (
        "- a\n\n    ```python\n    x = 1\n    ```\n\n- b\n",
        Stale("fence", 3, 5),
        "li:nth-child(1) .highlight + p",
    ),
    "fence in a tab": (
        '=== "A"\n\n    ```python\n    x = 1\n    ```\n\n=== "B"\n\n    b\n',
        Stale("fence", 3, 5),
        ".highlight + p",
    ),
    "paragraph with attributes": ("One.\n{: .note }\n", Stale("paragraph", 1, 2), "p.note"),
    "raw HTML": ("<div>\na\n</div>\n\nb\n", Stale("html", 1, 3), "div + p"),
}


def _shape(html: str) -> list[tuple[str, str]]:
    """Give the elements of a page with their ids, but for the notice and a paragraph of its own."""
    soup = BeautifulSoup(html, "html.parser")
    for empty in soup.select("span[data-docs-stale]"):
        parent = empty.parent
        empty.extract()
        if parent is not None and parent.name == "p" and not parent.get_text(strip=True):
            parent.extract()
    return [(tag.name, str(tag.get("id", ""))) for tag in soup.find_all(name=True)]


@pytest.mark.parametrize("name", UNITS)
def test_the_notice_stands_at_its_unit(name: str) -> None:
    """A paragraph, an item and a cell hold it; a heading and a block have it below."""
    text, unit, place = UNITS[name]
    html = _html(_placed(text, unit))
    (empty,) = BeautifulSoup(html, "html.parser").select("span[data-docs-stale]")
    assert [
        tag for tag in BeautifulSoup(html, "html.parser").select(place) if str(empty) in str(tag)
    ]


@pytest.mark.parametrize("name", UNITS)
def test_the_notice_breaks_nothing(name: str) -> None:
    """Lists, tables, tabs and the ids of headings are what they were."""
    text, unit, _ = UNITS[name]
    # A tight item becomes no loose one, and a table no second table.
    assert _shape(_html(_placed(text, unit))) == _shape(_html(text))


def test_many_notices_keep_their_lines() -> None:
    """Lines that one notice adds do not move the others."""
    text = "# H {#h}\n\nOne.\n\n```python\nx = 1\n```\n\nTwo.\n"
    units = [Stale("heading", 1, 1), Stale("paragraph", 3, 3), Stale("fence", 5, 7)]
    placed = _placed(text, *units, Stale("paragraph", 9, 9))
    assert placed.count("data-docs-stale") == 4
    assert EMPTY.sub("", placed).split() == text.split()
    assert re.search(r"Two\. <span", placed)


def test_front_matter_counts_but_is_not_touched() -> None:
    """Lines are those of the file, of which MkDocs hands over the rest."""
    units = [Stale("paragraph", 1, 3), Stale("paragraph", 7, 7)]
    placed = place_notices("# H {#h}\n\nOne.\n", units=units, headings=(), skipped=4)
    assert placed == '# H {#h}\n\nOne. <span data-docs-stale=""></span>\n'


def test_the_notice_leads_to_the_nearest_heading() -> None:
    """The reader comes to the same place in the source, in their words."""
    headings = (Heading(1, 1, "h", "H"), Heading(5, 2, "i", "I"), Heading(9, 2, "j", "J"))
    text = "# H {#h}\n\nOne.\n\n## I {#i}\n\nTwo.\n\n## J {#j}\n"
    html = _html(_placed(text, Stale("paragraph", 7, 7), headings=headings))
    edits = stale_edits(html, words=words_in("ja"), counterpart=SOURCE, around="ja")
    (notice,) = BeautifulSoup(apply_edits(html, edits), "html.parser").select(".docs-stale")
    assert notice.get_text() == "この翻訳の後に、英語の本文が変わりました。 英語で読む"
    link = notice.find("a")
    assert link is not None
    assert (link["href"], link["hreflang"]) == ("../../en/guide/#i", "en")
    assert "data-docs-stale" not in apply_edits(html, edits)


def test_a_notice_in_english_says_so() -> None:
    """A page in a language without a catalog marks the words as English."""
    html = '<span data-docs-stale=""></span>'
    edits = stale_edits(html, words=words_in("de"), counterpart=SOURCE, around="de")
    assert '<span class="docs-stale" lang="en">' in apply_edits(html, edits)


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("", "../en/"),
        ("guide/", "../../en/guide/"),
        ("guides/delete/", "../../../en/guides/delete/"),
        ("guides/delete.html", "../../en/guides/delete.html"),
    ],
)
def test_the_source_is_reached_under_any_prefix(url: str, href: str) -> None:
    """The way goes up to the root of the site and down again."""
    assert source_href(url, source="en") == href


HEAD = """<html lang="ja"><head><meta charset="utf-8"><title>T</title>
<link rel="canonical" href="https://x.example.org/ja/guide/">
<link rel="alternate" hreflang="ja" href="https://x.example.org/ja/guide/">
<link rel="alternate " hreflang="en" href="https://x.example.org/en/guide/">
<link rel="alternate" type="application/rss+xml" href="feed.xml">
</head><body><article class="c"><h1>T</h1></article></body></html>
"""


def _fallback(html: str = HEAD) -> BeautifulSoup:
    document = Document(html)
    edits = fallback_edits(document, words=words_in("ja"), counterpart=SOURCE)
    return BeautifulSoup(apply_edits(html, edits), "html.parser")


def test_an_untranslated_page_tells_its_readers() -> None:
    """The notice is in their language; the text is said to be in the source's."""
    article = _fallback().find("article")
    assert article is not None
    assert article["lang"] == "en"
    notice = article.select_one(".docs-fallback")
    assert notice is not None
    assert (notice["lang"], notice.get_text()) == (
        "ja",
        "このページはまだ翻訳していません。英語で表示しています。",
    )


def test_an_untranslated_page_tells_search_engines() -> None:
    """Its true address is the source's, it is not to be indexed, and it is no translation."""
    soup = _fallback()
    assert [link["href"] for link in soup.select("link[rel=canonical]")] == [SOURCE.url]
    assert [meta["content"] for meta in soup.select("meta[name=robots]")] == ["noindex"]
    assert soup.select("link[hreflang]") == []
    assert len(soup.select("link[type='application/rss+xml']")) == 1


def test_a_theme_without_an_article_gets_the_notice_too() -> None:
    """The page's main part, or all of it, holds the text otherwise."""
    html = HEAD.replace('<article class="c">', "").replace("</article>", "")
    body = _fallback(html).find("body")
    assert body is not None
    assert body["lang"] == "en"
    assert body.select_one(".docs-fallback") is not None


def test_a_page_promises_no_translation_that_is_missing() -> None:
    """The other alternates stay."""
    html = apply_edits(HEAD, alternate_edits(Document(HEAD), missing={"ja"}))
    soup = BeautifulSoup(html, "html.parser")
    assert [link["hreflang"] for link in soup.select("link[hreflang]")] == ["en"]
