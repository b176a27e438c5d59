"""The prose of a page: what a reader reads, and what a translator translates.

Owns the passages (headings, paragraphs, items, cells, titles, comments in blocks of code) as they
are read, the pairing of the passages of two languages, and the page as a linter should see it.
`hozon_docs.structure` cuts the page. Refuses to judge a word: `hozon_docs.terms`,
`hozon_docs.prose` and `hozon_docs.linters` do.

Invariants: lines are those of the page; what is not prose (code, addresses, front matter, `:::`
directives, HTML) is in no passage, or stands in its text as `CODE`.
"""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from markdown_it import MarkdownIt

from hozon_docs import structure
from hozon_docs.comments import cut_comments
from hozon_docs.markdown import Page, parser
from hozon_docs.structure import Unit, units_of

CODE = "\N{OBJECT REPLACEMENT CHARACTER}"
"""What stands in a passage's text for a piece of inline code, or for an address."""

_ATTRIBUTES = re.compile(r"\s*\{:?\s*[#.][^{}]*\}")
_ADDRESS = re.compile(r"https?://[\w./?=&%#:~+@!$'*,;-]+(?<![.,;:])")
_CELLS = " | "
_SECTION = re.compile(r"^\w[\w ]*:\n(?= +\S)((?: +\S.*(?:\n|$)|\n(?= ))+)", re.MULTILINE)
_ENTRY = re.compile(r"^(?: {4})?\*{0,2}[\w.]+(?: \([^)\n]*\))?:(?: |$)", re.MULTILINE)
_INDENTED = re.compile(r"^ +", re.MULTILINE)


class Kind(StrEnum):
    """What a passage is on its page."""

    HEADING = "heading"
    """A heading, without its id."""
    PARAGRAPH = "paragraph"
    """A paragraph that stands in no list."""
    ITEM = "item"
    """A paragraph of a list's item."""
    CELL = "cell"
    """A cell of a table."""
    TITLE = "title"
    """The title of an admonition, a details block or a tab."""
    COMMENT = "comment"
    """A comment in a block of code."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One piece of prose."""

    kind: Kind
    """What it is."""
    line: int
    """Its first line."""
    section: str
    """The id of the heading above it, or its own; empty above the first."""
    markdown: str
    """As it is written, without `{#id}` and the like."""
    text: str
    """As it is read, with `CODE` for each inline code and each address."""
    codes: tuple[str, ...]
    """What stands at each `CODE`."""
    links: tuple[str, ...]
    """The text of each link."""

    def line_of(self, offset: int) -> int:
        """Tell in which line of the page a place of the text stands.

        Args:
            offset: The place, from 0 to the length of `text`.

        Returns:
            The line, counted from 1.
        """
        return self.line + self.text.count("\n", 0, offset)


Pair = tuple[tuple[Passage, ...], tuple[Passage, ...]]
"""Passages of the source, and those of the translation that say the same."""


def read_passages(page: Page) -> tuple[Passage, ...]:
    """Read the prose of a page.

    Args:
        page: The page; its file must exist and be UTF-8.

    Returns:
        Its passages, in the order of the page.
    """
    return passages_of(page.path.read_text("utf-8-sig"))


def passages_of(text: str) -> tuple[Passage, ...]:
    """Read the prose of a text in Markdown.

    Args:
        text: The text, as pages are written.

    Returns:
        Its passages, in the order of the text.
    """
    section, passages = "", []
    # A comment may stand in one language alone, and headings without an id are known by a number.
    seen = (unit for unit in units_of(text) if unit.kind is not structure.Kind.COMMENT)
    for number, unit in enumerate(seen):
        if unit.kind is structure.Kind.HEADING:
            section = unit.id or str(number)
        passages += [_passage(*part, section=section) for part in _parts(unit)]
    return tuple(passages)


def passages_of_docstring(text: str) -> tuple[Passage, ...]:
    """Read the prose of a docstring.

    Args:
        text: The docstring, in Google style, without the indentation of the code.

    Returns:
        Its passages, without the names of the sections and those that their items begin with. Lines
        are counted from 1, but not those of the docstring.
    """
    return passages_of(_SECTION.sub(_plain, text))


def _plain(section: re.Match[str]) -> str:
    """Take the indentation, which would be that of code, and the names out of a section."""
    return "\n" + _INDENTED.sub("", _ENTRY.sub("\n", section[1])) + "\n"


_TITLES = frozenset({structure.Kind.ADMONITION, structure.Kind.DETAILS, structure.Kind.TAB})


def _parts(unit: Unit) -> Iterator[tuple[Kind, int, str]]:
    """Give what is prose in a unit, each part with its kind and its line."""
    match unit.kind:
        case structure.Kind.HEADING:
            yield Kind.HEADING, unit.line, unit.text
        case structure.Kind.PARAGRAPH:
            listed = any(place.startswith("item ") for place in unit.within)
            yield Kind.ITEM if listed else Kind.PARAGRAPH, unit.line, unit.text
        case structure.Kind.ROW:
            yield from ((Kind.CELL, unit.line, cell) for cell in unit.text.split(_CELLS))
        case structure.Kind.FENCE:
            for line, comment in cut_comments(unit.text, language=unit.language).comments:
                yield Kind.COMMENT, unit.line + line, comment
        case kind if kind in _TITLES and unit.text:
            yield Kind.TITLE, unit.line, unit.text


@functools.cache
def _parser() -> MarkdownIt:
    return parser()


def _passage(kind: Kind, line: int, written: str, *, section: str) -> Passage:
    markdown = _ATTRIBUTES.sub("", written)
    text: list[str] = []
    codes: list[str] = []
    links: list[str] = []
    begun = 0
    (inline,) = _parser().parseInline(markdown)
    for token in inline.children or ():
        if token.type in {"code_inline", "html_inline"}:
            if token.type == "code_inline":
                codes.append(token.content)
                text.append(CODE)
        elif token.type in {"softbreak", "hardbreak"}:
            text.append("\n")
        elif token.type == "link_open":
            begun = len(text)
        elif token.type == "link_close":
            links.append("".join(text[begun:]))
        elif token.type in {"text", "image"}:
            codes += _ADDRESS.findall(token.content)
            text.append(_ADDRESS.sub(CODE, token.content))
    return Passage(
        kind=kind,
        line=line,
        section=section,
        markdown=markdown,
        text="".join(text),
        codes=tuple(codes),
        links=tuple(links),
    )


def pair_passages(source: Sequence[Passage], translation: Sequence[Passage]) -> Iterator[Pair]:
    """Find out which passages of two languages say the same.

    Passages are paired one by one. A section that has other passages in the translation (which is
    a finding of `hozon_docs.parity`) is compared as a whole, so that one missing paragraph does not
    set every later one against the wrong partner.

    Args:
        source: The passages of the source page.
        translation: Those of the same page in another language.

    Yields:
        What stands against what. A section that only one page has is left out.
    """
    theirs = _sections(translation)
    for section, ours in _sections(source).items():
        partners = theirs.get(section)
        if partners is None:
            continue
        if [one.kind for one in ours] == [one.kind for one in partners]:
            yield from (((our,), (their,)) for our, their in zip(ours, partners, strict=True))
        else:
            yield ours, partners


def _sections(passages: Sequence[Passage]) -> dict[str, tuple[Passage, ...]]:
    groups = groupby(passages, key=lambda passage: passage.section)
    return {section: tuple(group) for section, group in groups}


def prose_only(text: str) -> str:
    """Give a page as a linter of prose should see it.

    Linters know neither MkDocs' containers nor its directives, and should not judge code.

    Args:
        text: The page.

    Returns:
        A page of the same number of lines, on which only prose is left: headings, paragraphs,
        items and table rows in plain Markdown; titles of containers as small headings; comments as
        paragraphs.
    """
    lines = text.split("\n")
    kept = [""] * len(lines)
    for passage in passages_of(text):
        at = passage.line - 1
        if passage.kind is Kind.CELL:
            kept[at] = lines[at].strip()
            if at + 1 < len(lines) and set(lines[at + 1].strip()) <= set("|:- "):
                # The line of dashes below the first row is what makes a table of the rows.
                kept[at + 1] = lines[at + 1].strip()
            continue
        for offset, line in enumerate(passage.markdown.split("\n")):
            kept[at + offset] = ("" if offset else _MARKS.get(passage.kind, "")) + line
    return "\n".join(kept)


_MARKS = {Kind.HEADING: "# ", Kind.TITLE: "###### ", Kind.ITEM: "- "}
