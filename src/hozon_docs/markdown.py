"""Pages and what stands in them: Python blocks, other fences, headings.

Owns the reading of Markdown. pytest-examples finds the Python blocks, because what it finds is what
runs; markdown-it-py finds everything else. Refuses to run code, to compare pages and to know the
theme. What the site renders but pytest-examples does not find is the business of
`hozon_docs.rendered`.

Invariants: lines are counted from 1; a scan of the same text gives the same values in the order of
the page; a fault in a page is a finding, never an exception.
"""

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from pytest_examples import CodeExample, find_examples
from typing_extensions import override

from hozon_docs.findings import Finding

OPTIONS = frozenset({"title", "hl_lines", "linenums", "group", "skip", "raises"})
"""The options that a Python fence may carry; the last three only in braces, or it would not render
as code."""

_PYTHON = frozenset({"python", "py"})
_BRACED_OPTIONS = frozenset({"group", "skip", "raises"})
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
    translated: bool = True
    """Whether it stands in a language's tree; a README and a module do not."""

    @override
    def __str__(self) -> str:
        """Give the short name that messages use: `ja/guides/delete.md`, `README.md`."""
        name = f"{self.name}{self.path.suffix}"
        return f"{self.language}/{name}" if self.translated else name


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
    def name(self) -> str:
        """Give its title, or a word for having none."""
        return self.title or "untitled"

    @property
    def group(self) -> str:
        """Give the name of its group, whose blocks share a namespace and a world; often empty."""
        return self.options.get("group", "")

    @property
    def skip(self) -> str:
        """Give the reason for which it is not run; empty where it is."""
        return self.options.get("skip", "")

    @property
    def raises(self) -> str:
        """Give the error that ends it, as `Type: message`; empty where none does."""
        return self.options.get("raises", "")

    @property
    def last_line(self) -> int:
        """Give the line of its last line of code."""
        return self.line + self.source.count("\n")


@dataclass(frozen=True, slots=True)
class Fence:
    """One fenced block in another language than Python."""

    line: int
    """The line of its opening fence."""
    info: str
    """What follows its opening fence: `console`."""
    source: str
    """Its text."""

    @property
    def language(self) -> str:
        """Give the language that it names, in lower case; empty where it names none."""
        return language_of(self.info)

    @property
    def options(self) -> Mapping[str, str]:
        """Give what else its opening fence says."""
        return options_of(self.info)

    @property
    def name(self) -> str:
        """Give its title; the language where it has none."""
        return self.options.get("title", self.language)

    @property
    def skip(self) -> str:
        """Give the reason for which it is not run; empty where it is."""
        return self.options.get("skip", "")


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

    @property
    def parts(self) -> tuple[Block | Fence, ...]:
        """Give all its fences: Python first, then the others."""
        return (*self.blocks, *self.fences)


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
    text = page.path.read_text("utf-8-sig")  # As MkDocs does: editors of Windows write a mark.
    lines = text.split("\n")
    tokens = parser().parse(text)
    blocks: list[Block] = []
    findings: list[Finding] = []
    for example in examples_in(_without_quoted(lines, tokens)):
        # It also lower-cases what follows the fence: that is read from the page.
        info = lines[example.start_line - 1].strip().lstrip("`").strip()
        block = block_of(page, example, info=info)
        findings += [
            Finding(page.path, block.line, reason)
            for reason in (
                *_faults(block, language=language_of(info), before=blocks),
                *option_faults(block, info=info),
            )
        ]
        blocks.append(block)
    fences, headings = _structure(tokens)
    findings += [
        Finding(page.path, heading.line, _NO_ID.format(heading=heading))
        for heading in headings
        if page.translated and not heading.id
    ]
    findings += _repeated_ids(page, headings)
    return Scan(page, tuple(blocks), fences, headings, tuple(sorted(findings)))


def examples_in(lines: Sequence[str]) -> list[CodeExample]:
    """Let pytest-examples find the Python blocks of a text.

    Args:
        lines: The lines of the text, without line ends.

    Returns:
        What it finds, in the order of the text.
    """
    # Looking for blocks in many texts that have none would cost a file for each.
    if not any(line.lstrip().startswith("```") for line in lines):
        return []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.md"
        path.write_text("\n".join(lines), "utf-8")
        # `find_examples` promises no order.
        return sorted(find_examples(path), key=lambda example: example.start_line)


def _without_quoted(lines: Sequence[str], tokens: Iterable[Token]) -> list[str]:
    """Empty the fences that show Markdown: what stands in them is text, not blocks of the page.

    pytest-examples takes the first three backticks of a longer fence for a fence, and then the rest
    of the page for its content.
    """
    kept = list(lines)
    for token in tokens:
        if token.type == "fence" and token.map and token.markup != "```":
            for number in range(*token.map):
                kept[number] = ""
    return kept


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


def options_of(info: str) -> dict[str, str]:
    """Give the options of a fence.

    Args:
        info: What follows the opening fence.

    Returns:
        What stands as `key="value"`, in the order of the fence.
    """
    return {key: double or single for key, double, single in _OPTION.findall(info)}


def block_of(page: Page, example: CodeExample, *, info: str) -> Block:
    """Make a block of what pytest-examples found.

    Args:
        page: Where it was found.
        example: What was found.
        info: What follows the opening fence, as written.

    Returns:
        The block.
    """
    options = options_of(info)
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
    if block.source.lstrip().startswith("```"):
        # pytest-examples takes what follows an empty block for its code, up to the next fence.
        yield "a Python block without a line of code; write one, or take the block away."
    if not block.title:
        yield 'a Python block without a title; add title="a_name.py".'
    for earlier in before:
        if block.title and earlier.title == block.title:
            yield (
                f"the title {block.title!r} is taken by the block in line {earlier.line}; "
                "give each block of a page a name of its own."
            )


def option_faults(block: Block, *, info: str) -> Iterator[str]:
    """Say what is wrong with the options of a block.

    Args:
        block: The block.
        info: What follows its opening fence, as written.

    Yields:
        A reason for each fault.
    """
    for option in sorted(block.options.keys() - OPTIONS):
        yield (
            f"the option {option!r} does not exist; a Python block takes "
            f"{', '.join(sorted(OPTIONS))}."
        )
    for option in sorted(block.options.keys() & _BRACED_OPTIONS):
        if "{" not in info:
            yield f"the option {option!r} is only rendered in braces; write {{.python {option}=…}}."
        if not block.options[option].strip():
            yield f"the option {option!r} says nothing; give it a value, or take it away."
    words = _OPTION.sub("", info).replace("{", " ").replace("}", " ").split()
    for word in words[1:]:
        if word.split("=")[0] == "skip":
            yield 'a skip without a reason; write {.python skip="the reason"}.'
        elif not word.startswith((".", "#")):
            yield f'{word!r} is not understood; an option is written key="value".'


def _structure(tokens: Sequence[Token]) -> tuple[tuple[Fence, ...], tuple[Heading, ...]]:
    fences: list[Fence] = []
    headings: list[Heading] = []
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        line = token.map[0] + 1 if token.map else 1
        if token.type == "fence" and not language_of(token.info).startswith("py"):
            fences.append(Fence(line, token.info.strip(), token.content))
        if token.type == "heading_open" and following is not None:
            headings.append(_heading(following.content, level=int(token.tag[1]), line=line))
    return tuple(fences), tuple(headings)


def _repeated_ids(page: Page, headings: Iterable[Heading]) -> Iterator[Finding]:
    lines: dict[str, int] = {}
    for heading in headings:
        if heading.id and heading.id in lines:
            reason = f"the id {heading.id!r} is taken by the heading in line {lines[heading.id]}"
            yield Finding(page.path, heading.line, f"{reason}; give each heading an id of its own.")
        lines.setdefault(heading.id, heading.line)


def _heading(content: str, *, level: int, line: int) -> Heading:
    match = _HEADING_ID.search(content)
    words = _BRACED.sub("", content).strip()
    return Heading(line=line, level=level, id=match[1] if match else "", text=words)


def parser() -> MarkdownIt:
    """Make a parser that reads pages as MkDocs does: tabs, admonitions, details, front matter.

    Returns:
        The parser.
    """
    made = MarkdownIt("commonmark", {"html": True}).enable("table")
    made.block.ruler.before(
        "code", "container", _container, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    made.block.ruler.before("code", "front_matter", _front_matter)
    return made


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
    opening = state.push("container_open", "", 1)
    opening.info, opening.map = head, [start, start + 1]
    body = start + 1
    indent = state.blkIndent + _CONTAINER_INDENT
    while body < end and (state.isEmpty(body) or state.sCount[body] >= indent):
        body += 1
    outer_indent, outer_end = state.blkIndent, state.lineMax
    state.blkIndent, state.lineMax = indent, body
    state.md.block.tokenize(state, start + 1, body)
    state.blkIndent, state.lineMax = outer_indent, outer_end
    state.push("container_close", "", -1)
    state.line = body
    return True
