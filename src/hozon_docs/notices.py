"""What a page says about its own language: units that lag behind, and pages not translated yet.

Owns the notices, where they stand, and what the head of an untranslated page tells search engines.
Refuses to know what is stale, and which pages are missing: it is told.

A notice at a stale unit takes two steps. An empty element goes into the Markdown, where units have
lines; it becomes the notice in the built page, so that neither the search index nor the table of
contents holds it.

Invariants: a notice adds to a page and takes nothing away; it begins no new list, table or tab and
ends none; headings keep their ids.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bs4 import Tag

from hozon_docs.edits import Document, Edit
from hozon_docs.interface import Message, Words, render
from hozon_docs.markdown import Heading

_EMPTY = '<span data-docs-stale="{}"></span>'
_FILLED = re.compile('<span data-docs-stale="([^"]*)"></span>')

_APART = frozenset({"code", "comment", "directive", "fence", "heading", "html", "rule"})
"""Units that cannot hold a notice: it stands below them, in a paragraph of its own."""
_HEADS = frozenset({"admonition", "details", "tab"})
"""Units that begin a body: the notice is its first paragraph."""
_BODY_INDENT = "    "

_PREFIX = re.compile(r"[ \t>]*")
_ITEM = re.compile(r"(?:[-*+]|\d+[.)])[ \t]+")
_ATTRIBUTES = re.compile(r"^[ \t>]*\{:?[^{}]*\}[ \t]*$")
_CELL_END = re.compile(r"(?<!\\)\|[ \t]*$")


class Unit(Protocol):
    """A unit of a translation, as far as a notice needs to know it."""

    @property
    def kind(self) -> str:
        """Give what it is: `paragraph`, `row`, `heading`, `fence` and so on."""
        ...

    @property
    def line(self) -> int:
        """Give its first line in the file, counted from 1."""
        ...

    @property
    def last_line(self) -> int:
        """Give its last line in the file."""
        ...


@dataclass(frozen=True, slots=True)
class Counterpart:
    """The same page in the language that it is translated from."""

    language: str
    """The code of that language."""
    href: str
    """Its address, relative to the translated page."""
    url: str
    """Its whole address; empty where nobody knows where the site will stand."""


def source_href(url: str, *, source: str) -> str:
    """Lead from a page to its source, under whatever prefix the site stands.

    Args:
        url: The page's place below its language: `guides/delete/`.
        source: The language that it is translated from.

    Returns:
        The relative address.
    """
    return f"{'../' * (url.count('/') + 1)}{source}/{url}"


def place_notices(
    markdown: str, *, units: Iterable[Unit], headings: Sequence[Heading], skipped: int
) -> str:
    """Put an empty element at each stale unit.

    Args:
        markdown: The page without its front matter.
        units: The stale units.
        headings: The headings of the page.
        skipped: How many lines of the file come before `markdown`.

    Returns:
        The page, ready to be rendered.
    """
    lines = markdown.split("\n")
    # From the end, so that the lines of earlier units keep their numbers.
    for unit in sorted(units, key=lambda unit: (unit.last_line, unit.line), reverse=True):
        empty = _EMPTY.format(_anchor(headings, unit.line))
        first, last = unit.line - skipped - 1, unit.last_line - skipped - 1
        if first < 0 or last >= len(lines):
            continue  # Front matter is no text that a reader sees.
        if unit.kind in _HEADS:
            lines[first + 1 : first + 1] = ["", _indent(lines[first]) + _BODY_INDENT + empty, ""]
        elif unit.kind in _APART:
            lines[last + 1 : last + 1] = ["", _indent(lines[first]) + empty, ""]
        else:
            _append(lines, first, last, empty)
    return "\n".join(lines)


def _anchor(headings: Sequence[Heading], line: int) -> str:
    """Give the id of the heading above a line; empty where there is none."""
    return next((one.id for one in reversed(headings) if one.line <= line and one.id), "")


def _indent(line: str) -> str:
    """Give the indentation of what follows a line within the same container."""
    match = _PREFIX.match(line)
    prefix = match[0] if match else ""
    return prefix + _BODY_INDENT if _ITEM.match(line[len(prefix) :]) else prefix


def _append(lines: list[str], first: int, last: int, empty: str) -> None:
    """Put the element at the end of a unit's text, inside the last cell of a row."""
    while last > first and _ATTRIBUTES.match(lines[last]):
        last -= 1  # Attributes count only in the last line of their block.
    line = lines[last].rstrip()
    cell = _CELL_END.search(line)
    if cell:
        lines[last] = f"{line[: cell.start()].rstrip()} {empty} {line[cell.start() :]}"
    else:
        lines[last] = f"{line} {empty}"


def stale_edits(html: str, *, words: Words, counterpart: Counterpart, around: str) -> list[Edit]:
    """Turn the empty elements of a built page into notices.

    Args:
        html: The built page.
        words: The reader's language.
        counterpart: The source.
        around: The language of the page.

    Returns:
        The replacements.
    """
    source = words.name_of(counterpart.language)
    values = {
        "lang": words.language if words.language != around else None,
        "source": counterpart.language,
        "text": words.say(Message.STALE, {"source": source}),
        "link": words.say(Message.SEE_SOURCE, {"source": source}),
    }
    return [
        Edit(
            *match.span(), render("stale", {**values, "href": _with_anchor(counterpart, match[1])})
        )
        for match in _FILLED.finditer(html)
    ]


def _with_anchor(counterpart: Counterpart, anchor: str) -> str:
    return f"{counterpart.href}#{anchor}" if anchor else counterpart.href


def fallback_edits(document: Document, *, words: Words, counterpart: Counterpart) -> list[Edit]:
    """Say that a page is shown in the source language, to readers, voices and search engines.

    Args:
        document: The built page, with the text of the source.
        words: The reader's language.
        counterpart: The source, which is the page's one true address.

    Returns:
        A notice, the language of the text, its canonical address, and `noindex`.
    """
    soup = document.soup
    edits: list[Edit] = []
    article = soup.find("article") or soup.find("main") or soup.find("body")
    if isinstance(article, Tag):
        opening = document.opening(article)
        source = words.name_of(counterpart.language)
        text = words.say(Message.FALLBACK, {"source": source})
        notice = render("fallback", {"lang": words.language, "text": text})
        tag = f'{opening.text.removesuffix(">")} lang="{counterpart.language}">'
        edits.append(Edit(opening.start, opening.end, tag + notice))
    title = soup.find("title")
    if isinstance(title, Tag):
        place = document.start(title)
        edits.append(Edit(place, place, '<meta name="robots" content="noindex">'))
    canonical = soup.select_one("link[rel=canonical]")
    if canonical is not None and counterpart.url:
        opening = document.opening(canonical)
        link = render("canonical", {"url": counterpart.url})
        edits.append(Edit(opening.start, opening.end, link))
    return [*edits, *alternate_edits(document)]


def alternate_edits(document: Document, *, missing: Collection[str] | None = None) -> list[Edit]:
    """Take away the links that promise search engines a translation that is not there.

    Args:
        document: The built page.
        missing: The languages that do not have the page; None for all.

    Returns:
        The removals.
    """
    edits: list[Edit] = []
    for link in document.soup.select("link[rel~=alternate][hreflang]"):
        if missing is None or link.get("hreflang") in missing:
            opening = document.opening(link)
            edits.append(Edit(opening.start, opening.end, ""))
    return edits
