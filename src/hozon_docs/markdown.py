"""Pages and what stands in them: Python blocks, other fences, headings.

Owns the reading of Markdown. pytest-examples finds the Python blocks, because what it finds is what
runs; markdown-it-py finds everything else. Refuses to run code, to compare pages and to know the
theme. What the site renders but pytest-examples does not find is the business of
`hozon_docs.rendered`.

Invariants: lines are counted from 1; a scan of the same text gives the same values in the order of
the page; a fault in a page is a finding, never an exception.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from pytest_examples import CodeExample, find_examples
from typing_extensions import override

from hozon_docs.findings import Finding

OPTIONS = frozenset({"title", "hl_lines", "linenums"})
"""The options that a Python fence may carry."""

_PYTHON = frozenset({"python", "py"})
_OTHER_ENDINGS = (".markdown", ".mdown", ".mkdn", ".mkd")
_OPTION = re.compile(r"""([\w-]+)=(?:"([^"]*)"|'([^']*)')""")
_BRACED = re.compile(r"\{[^{}]*\}\s*$")
_HEADING_ID = re.compile(r"\{:?[^{}]*#([\w.-]+)[^{}]*\}\s*$")
_CONTAINER = re.compile(r'(?:===[+!]?\s*"|!!!|\?\?\?\+?)')
_CONTAINER_INDENT = 4


@dataclass(frozen=True, slots=True)
class Page:
    """One Markdown file of one language."""

    language: str
    """The code of its language: `ja`."""
    name: str
    """Its place in the tree, the same in every language: `guides/delete`."""
    path: Path
    """The file."""

    @override
    def __str__(self) -> str:
        """Give the short name that messages and test ids use: `ja/guides/delete.md`."""
        return f"{self.language}/{self.name}.md"


@dataclass(frozen=True, slots=True)
class Block:
    """One Python block: what is run."""

    page: Page
    """The page in which it stands."""
    line: int
    """The line of its opening fence."""
    title: str
    """What names it within its page; empty where the page forgot it (a finding)."""
    options: Mapping[str, str] = field(hash=False)
    """What else its opening fence says."""
    source: str
    """Its text without the indentation of the fence; ends with a newline."""

    @property
    def id(self) -> str:
        """Give the name that tests show: `ja/guides/delete.md:45 delete_unaliased.py`."""
        return f"{self.page}:{self.line} {self.title or 'untitled'}"


@dataclass(frozen=True, slots=True)
class Fence:
    """One fenced block in another language than Python."""

    line: int
    """The line of its opening fence."""
    info: str
    """What follows its opening fence: `console`."""
    source: str
    """Its text."""


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading."""

    line: int
    """Its line."""
    level: int
    """1 to 6."""
    id: str
    """The id that it gives itself with `{#id}`; empty where it gives none."""
    text: str
    """Its words, as written."""


@dataclass(frozen=True, slots=True)
class Scan:
    """Everything that the checks want to know of one page."""

    page: Page
    """The page."""
    blocks: tuple[Block, ...]
    """Its Python blocks."""
    fences: tuple[Fence, ...]
    """Its other fences."""
    headings: tuple[Heading, ...]
    """Its headings."""
    findings: tuple[Finding, ...]
    """What is wrong with the page by itself."""


def find_pages(tree: Path, *, language: str) -> list[Page]:
    """List the pages of one language.

    Args:
        tree: The folder with the language's pages.
        language: The code of the language.

    Returns:
        The pages in the order of their names; none where the folder does not exist.
    """
    names = {path.relative_to(tree).with_suffix("").as_posix(): path for path in tree.rglob("*.md")}
    return [Page(language=language, name=name, path=names[name]) for name in sorted(names)]


def find_strays(tree: Path) -> list[Finding]:
    """Find files that MkDocs takes for pages and that no check would read.

    Args:
        tree: The folder with the language's pages.

    Returns:
        A finding for each Markdown file with another ending than `.md`.
    """
    return [
        Finding(path, 1, "MkDocs renders this page, but nothing runs it; rename it to end in .md.")
        for ending in _OTHER_ENDINGS
        for path in sorted(tree.rglob(f"*{ending}"))
    ]


def scan(page: Page) -> Scan:
    """Read a page.

    Args:
        page: The page; its file must exist and be UTF-8.

    Returns:
        Its blocks, fences and headings, and what is wrong with them.
    """
    text = page.path.read_text("utf-8")
    lines = text.split("\n")
    blocks: list[Block] = []
    findings: list[Finding] = []
    # `find_examples` promises no order.
    for example in sorted(find_examples(page.path), key=lambda example: example.start_line):
        # It also lower-cases what follows the fence: that is read from the page.
        info = lines[example.start_line - 1].strip().lstrip("`").strip()
        block = _block(page, example, info=info)
        findings += [
            Finding(page.path, block.line, reason)
            for reason in _faults(block, language=language_of(info), before=blocks)
        ]
        blocks.append(block)
    fences, headings = _structure(text)
    findings += [
        Finding(page.path, heading.line, _NO_ID.format(heading=heading))
        for heading in headings
        if not heading.id
    ]
    return Scan(page, tuple(blocks), fences, headings, tuple(sorted(findings)))


_NO_ID = (
    "the heading {heading.text!r} has no explicit id; end it with {{#an-id}}, the same in every "
    "language."
)


def language_of(info: str) -> str:
    """Give the language that a fence names.

    Args:
        info: What follows the opening fence, in any of the spellings that render: `python`,
            `{.python title="…"}`, `python {title="…"}`.

    Returns:
        The language in lower case; empty where none is named.
    """
    words = info.strip().strip("{}").split()
    return words[0].lstrip(".").strip("{}").lower() if words else ""


def _block(page: Page, example: CodeExample, *, info: str) -> Block:
    options = {key: double or single for key, double, single in _OPTION.findall(info)}
    return Block(
        page=page,
        line=example.start_line,
        title=options.get("title", ""),
        options=options,
        source=example.source,
    )


def _faults(block: Block, *, language: str, before: list[Block]) -> Iterator[str]:
    if language not in _PYTHON:
        yield f"a {language} block is not run; write it as a python block with `#>` lines."
    if not block.title:
        yield 'a Python block without a title; add title="a_name.py".'
    for earlier in before:
        if block.title and earlier.title == block.title:
            yield (
                f"the title {block.title!r} is taken by the block in line {earlier.line}; "
                "give each block of a page a name of its own."
            )
    for option in sorted(block.options.keys() - OPTIONS):
        yield (
            f"the option {option!r} does not exist; a Python block takes "
            f"{', '.join(sorted(OPTIONS))}. No block can be skipped."
        )


def _structure(text: str) -> tuple[tuple[Fence, ...], tuple[Heading, ...]]:
    fences: list[Fence] = []
    headings: list[Heading] = []
    tokens = _parser().parse(text)
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        line = token.map[0] + 1 if token.map else 1
        if token.type == "fence" and not language_of(token.info).startswith("py"):
            fences.append(Fence(line, token.info.strip(), token.content))
        if token.type == "heading_open" and following is not None:
            headings.append(_heading(following.content, level=int(token.tag[1]), line=line))
    return tuple(fences), tuple(headings)


def _heading(content: str, *, level: int, line: int) -> Heading:
    match = _HEADING_ID.search(content)
    words = _BRACED.sub("", content).strip()
    return Heading(line=line, level=level, id=match[1] if match else "", text=words)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    parser.block.ruler.before(
        "code", "container", _container, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    parser.block.ruler.before("code", "front_matter", _front_matter)
    return parser


def _front_matter(state: StateBlock, start: int, end: int, _silent: bool) -> bool:  # noqa: FBT001 -- the parser calls rules by position
    """Skip the metadata at the head of a page, which is not Markdown."""
    if start != 0 or state.src[state.bMarks[0] : state.eMarks[0]] != "---":
        return False
    for line in range(1, end):
        if state.src[state.bMarks[line] : state.eMarks[line]] == "---":
            state.line = line + 1
            return True
    return False


def _container(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 -- the parser calls rules by position
    """Read the body of a tab, an admonition or a details block as Markdown.

    CommonMark knows none of them and would take their indented bodies for code.
    """
    head = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    if state.is_code_block(start) or not _CONTAINER.match(head):
        return False
    if silent:
        return True
    body = start + 1
    indent = state.blkIndent + _CONTAINER_INDENT
    while body < end and (state.isEmpty(body) or state.sCount[body] >= indent):
        body += 1
    outer_indent, outer_end = state.blkIndent, state.lineMax
    state.blkIndent, state.lineMax = indent, body
    state.md.block.tokenize(state, start + 1, body)
    state.blkIndent, state.lineMax = outer_indent, outer_end
    state.line = body
    return True
