"""The units of a page: what a translator translates one by one, and where each stands.

Owns the cutting of a page into units (headings, paragraphs, rows of tables, heads of admonitions,
blocks of code and so on), what each holds that is the same in every language, and the digest of its
words. markdown-it-py reads the page. Refuses to compare: `hozon_docs.parity` does, and
`hozon_docs.freshness` compares with yesterday.

Invariants: units are in the order of the page, and their lines are counted from 1; the same text
gives the same units; a digest depends on the words alone, not on how they are broken into lines,
nor on where the unit stands.
"""

import functools
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from hozon_docs.comments import cut_comments
from hozon_docs.inline import Inline, one_line, read_html, read_inline
from hozon_docs.markdown import Page, language_of, parser


class Kind(StrEnum):
    """What a unit is on its page."""

    METADATA = "metadata"
    """A key of the front matter, and its value."""
    HEADING = "heading"
    """A heading."""
    PARAGRAPH = "paragraph"
    """A paragraph, in a list's item or a quotation, too."""
    ROW = "row"
    """A row of a table, the first one included."""
    ADMONITION = "admonition"
    """The head of an admonition; its body is units of its own."""
    DETAILS = "details"
    """The head of a details block."""
    TAB = "tab"
    """The head of a tab."""
    FENCE = "fence"
    """A fenced block, in whatever language."""
    CODE = "code"
    """An indented block."""
    HTML = "html"
    """A block of HTML."""
    COMMENT = "comment"
    """An HTML comment, which no reader sees."""
    DIRECTIVE = "directive"
    """A line for a program: `::: path` with its options, or `<!-- hozon_docs:… -->`."""
    RULE = "rule"
    """A line across the page."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of a page."""

    kind: Kind
    """What it is."""
    line: int
    """Its first line."""
    last_line: int
    """Its last line."""
    text: str
    """As it is written, without what encloses it; of a fence, its code."""
    words: str = ""
    """What of it is translated, in one line; empty where nothing is. Of code, its comments."""
    level: int = 0
    """Of a heading, 1 to 6."""
    id: str = ""
    """What names it in every language: the id of a heading, a key, `!!! note "…"`, the opening
    line of a fence."""
    within: tuple[str, ...] = ()
    """What it stands in, from the outside in: `("item 2 of a list", "tab")`."""
    codes: tuple[str, ...] = ()
    """Its inline code, its tags of HTML and its attribute lists, in order."""
    links: tuple[str, ...] = ()
    """The targets of its links and images, in order."""
    shape: tuple[int, ...] = ()
    """Of a row: how many rows and columns its table has, then the numbers of its filled cells."""
    cells: tuple[Inline, ...] = ()
    """Of a row: what each of its cells holds."""
    indent: int = 0
    """The column at which its first line begins: on it depends what belongs to an item."""
    glued: bool = False
    """Whether it begins a list or a table right below a paragraph, where MkDocs, unlike other
    readers of Markdown, takes it for a part of the paragraph."""

    @property
    def digest(self) -> str:
        """Give the digest of its words: 16 hexadecimal digits."""
        return hashlib.sha256(self.words.encode()).hexdigest()[:16]

    @property
    def language(self) -> str:
        """Give the language that a fence names; empty for other kinds."""
        return language_of(self.id) if self.kind is Kind.FENCE else ""


@dataclass(frozen=True, slots=True)
class Structure:
    """A page, cut into units."""

    page: Page
    """The page."""
    units: tuple[Unit, ...]
    """Its units, in order."""


def read_structure(page: Page) -> Structure:
    """Cut a page into units.

    Args:
        page: The page; its file must exist and be UTF-8.

    Returns:
        Its units.
    """
    return Structure(page, units_of(page.path.read_text("utf-8-sig")))


def units_of(text: str) -> tuple[Unit, ...]:
    """Cut a text in Markdown into units.

    Args:
        text: The text, as pages are written, with line feeds at the ends of its lines.

    Returns:
        Its units, in order.
    """
    return (*_metadata(text), *_Reader(text).read())


_TAB = 4
_FRONT = "---"
_DIRECTIVE = ":::"
_PLACEHOLDER = "<!-- hozon_docs:"
_COMMENTS = re.compile(r"(?:<!--(?:(?!-->).)*-->\s*)+", re.DOTALL)
_ATTRIBUTES = re.compile(r"\s*\{:?[ \t]*(?:[.#]|[\w-]+=)[^{}]*\}\s*$")
_ID = re.compile(r"#([\w.-]+)\s*")
_HEAD = re.compile(r'(!!!|\?\?\?\+?|===[+!]{0,2})\s*([^"]*?)\s*(?:"(.*)")?\s*$')
_HEADS = {"!": Kind.ADMONITION, "?": Kind.DETAILS, "=": Kind.TAB}
_BARS = re.compile(r"(?<!\\)\|")


@functools.cache
def _parser() -> MarkdownIt:
    return parser()


def _metadata(text: str) -> Iterator[Unit]:
    """Read the front matter; what is no mapping is one unit without a key."""
    lines = text.split("\n")
    if lines[0] != _FRONT or _FRONT not in lines[1:]:
        return
    end = lines.index(_FRONT, 1)
    body = "\n".join(lines[1:end])
    try:
        root = yaml.compose(body, yaml.SafeLoader)
    except yaml.YAMLError:
        root = None
    if not isinstance(root, yaml.MappingNode):
        yield Unit(Kind.METADATA, 1, end + 1, body)
        return
    for key, value in root.value:
        line = key.start_mark.line + 2
        source = body[value.start_mark.index : value.end_mark.index].rstrip()
        words = one_line(str(value.value)) if value.tag.endswith(":str") else ""
        last_line = line + body[key.start_mark.index : value.start_mark.index].count("\n")
        yield Unit(
            kind=Kind.METADATA,
            line=line,
            last_line=last_line + source.count("\n"),
            text=source,
            words=words,
            id=str(key.value),
        )


class _Reader:
    """Goes through the tokens of a page once."""

    def __init__(self, text: str) -> None:
        self._tokens = _parser().parse(text)
        self._lines = text.split("\n")
        self._within: list[str] = []
        self._items: list[tuple[str, int]] = []
        self._item_line = 0
        self._glued = False
        self._previous: Unit | None = None

    def read(self) -> Iterator[Unit]:
        for number, token in enumerate(self._tokens):
            self._descend(token)
            for unit in self._read(token, number):
                line = self._lines[unit.line - 1].expandtabs(_TAB)
                self._previous = replace(
                    unit,
                    within=tuple(self._within),
                    indent=len(line) - len(line.lstrip()),
                    glued=self._glued,
                )
                self._glued = False
                yield self._previous
                if token.type == "container_open":
                    self._within.append(str(unit.kind))

    def _descend(self, token: Token) -> None:
        """Follow the tokens into what encloses others, and out of it."""
        if token.type in {"bullet_list_open", "ordered_list_open", "table_open"}:
            self._glued = self._follows_a_paragraph(token)
        if token.type == "bullet_list_open":
            self._items.append(("list", 0))
        elif token.type == "ordered_list_open":
            self._items.append(("numbered list", int(token.attrs.get("start", 1)) - 1))
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            self._items.pop()
        elif token.type == "list_item_open":
            name, number = self._items[-1]
            self._items[-1] = name, number + 1
            self._within.append(f"item {number + 1} of a {name}")
            self._item_line = token.map[0] + 1 if token.map else 0
        elif token.type == "blockquote_open":
            self._within.append("quotation")
        elif token.type in {"list_item_close", "blockquote_close", "container_close"}:
            self._within.pop()

    def _follows_a_paragraph(self, token: Token) -> bool:
        above = self._previous
        return (
            above is not None
            and above.kind is Kind.PARAGRAPH
            and above.within == tuple(self._within)
            and token.map is not None
            and above.last_line == token.map[0]
            # A list may follow the first line of an item.
            and above.line != self._item_line
        )

    def _read(self, token: Token, number: int) -> Iterator[Unit]:
        if not token.map:
            return
        first, last = token.map[0] + 1, token.map[1]
        match token.type:
            case "heading_open":
                yield _heading(self._tokens[number + 1], level=int(token.tag[1]))
            case "paragraph_open":
                yield self._paragraph(self._tokens[number + 1])
            case "table_open":
                yield from self._rows(number)
            case "container_open":
                yield _head(token.info, line=first)
            case "fence":
                yield _fence(token)
            case "code_block":
                yield Unit(Kind.CODE, first, last, token.content)
            case "html_block":
                yield _html(token.content, line=first)
            case "hr":
                yield Unit(Kind.RULE, first, last, "")

    def _paragraph(self, inline: Token) -> Unit:
        first, last = inline.map or (0, 0)
        lines = self._lines[first:last]
        if inline.content.startswith(_DIRECTIVE):
            # Its options are told apart by their indentation, which the parser takes away.
            text = "\n".join(line.expandtabs(_TAB).rstrip() for line in lines)
            return Unit(Kind.DIRECTIVE, first + 1, last, text)
        read = read_inline([inline])
        # A directive may follow a paragraph without an empty line between them.
        directives = [line.strip() for line in lines if line.lstrip().startswith(_DIRECTIVE)]
        return Unit(
            kind=Kind.PARAGRAPH,
            line=first + 1,
            last_line=last,
            text=inline.content,
            words=read.words,
            codes=(*read.codes, *directives),
            links=read.links,
        )

    def _rows(self, number: int) -> Iterator[Unit]:
        """Read a table whole: each of its rows knows how many there are."""
        end = next(
            place
            for place, token in enumerate(self._tokens[number:], start=number)
            if token.type == "table_close"
        )
        rows: list[list[Token]] = []
        for token in self._tokens[number:end]:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(token)
        for row in rows:
            first, last = row[0].map or (0, 0)
            filled = [place for place, cell in enumerate(row, start=1) if cell.content.strip()]
            written = _cells_in(self._lines[first])
            read = read_inline(row)
            yield Unit(
                kind=Kind.ROW,
                line=first + 1,
                last_line=last,
                text=" | ".join(cell.content for cell in row),
                words=read.words,
                codes=read.codes,
                links=read.links,
                cells=tuple(read_inline([cell]) for cell in row),
                # The parser drops the cells that the first row has no column for.
                shape=(len(rows), len(row), *filled, *range(len(row) + 1, written + 1)),
            )


def _cells_in(line: str) -> int:
    """Count the cells of a row as it is written."""
    return len(_BARS.split(line.strip().removeprefix("|").removesuffix("|")))


def _heading(inline: Token, *, level: int) -> Unit:
    first, last = inline.map or (0, 0)
    if inline.content.startswith(_DIRECTIVE):
        return Unit(Kind.DIRECTIVE, first + 1, last, inline.content, level=level)
    attributes = _ATTRIBUTES.search(inline.content)
    named = _ID.search(attributes[0]) if attributes else None
    read = read_inline([inline])
    # The id is compared by itself; what stands beside it is compared with the code.
    beside = _ID.sub("", read.codes[-1], count=1).strip() if named else ""
    return Unit(
        kind=Kind.HEADING,
        line=first + 1,
        last_line=last,
        text=inline.content,
        words=_ATTRIBUTES.sub("", read.words),
        level=level,
        id=named[1] if named else "",
        codes=(*read.codes[:-1], *([beside] if beside else [])) if named else read.codes,
        links=read.links,
    )


def _head(info: str, *, line: int) -> Unit:
    """Read the head of an admonition, a details block or a tab."""
    match = _HEAD.match(info)
    mark, classes, title = match.groups() if match else (info, "", None)
    shown = "" if title is None else '"…"' if title.strip() else '""'
    read = read_inline(_parser().parseInline(title or ""))
    return Unit(
        kind=_HEADS[info[0]],
        line=line,
        last_line=line,
        text=title or "",
        words=read.words,
        id=" ".join(part for part in (mark, *classes.split(), shown) if part),
        codes=read.codes,
        links=read.links,
    )


def _fence(token: Token) -> Unit:
    first, last = token.map or (0, 0)
    comments = cut_comments(token.content, language=language_of(token.info)).comments
    return Unit(
        kind=Kind.FENCE,
        line=first + 1,
        last_line=last,
        text=token.content,
        words=one_line(" ".join(text for _, text in comments)),
        id=one_line(token.info),
    )


def _html(content: str, *, line: int) -> Unit:
    text = content.strip()
    last_line = line + text.count("\n")
    if text.startswith(_PLACEHOLDER):
        return Unit(Kind.DIRECTIVE, line, last_line, text)
    if _COMMENTS.fullmatch(text):
        return Unit(Kind.COMMENT, line, last_line, text)
    read = read_html(text)
    return Unit(
        kind=Kind.HTML,
        line=line,
        last_line=last_line,
        text=text,
        words=read.words,
        codes=read.codes,
        links=read.links,
    )
