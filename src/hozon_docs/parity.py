"""Whether a translation says the same as its source.

Owns the comparison of two scans of one page, and of the sets of pages. Refuses to look at prose:
words are for people, structure and code are for this module.

Only prose and comments are translated. So the pages of two languages agree in their names; their
headings in level and id; their Python blocks in position, title, syntax tree and printed output;
their other fences byte for byte.

Invariants: a page never differs from itself; every finding names both files and both lines.
"""

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from hozon_docs.findings import Finding, shown
from hozon_docs.markdown import Block, Fence, Heading, Page, Scan
from hozon_docs.output import output_lines

_SILENT = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
)


def compare_page_sets(source: Iterable[Page], translation: Iterable[Page]) -> list[Finding]:
    """Compare the pages that exist in two languages.

    Args:
        source: The pages of the source language.
        translation: The pages of another.

    Returns:
        A finding for every page that only one of them has.
    """
    ours = {page.name: page for page in source}
    theirs = {page.name: page for page in translation}
    missing = [
        Finding(ours[name].path, 1, "has no translation among the others; translate it.")
        for name in sorted(ours.keys() - theirs.keys())
        if theirs
    ]
    extra = [
        Finding(theirs[name].path, 1, "has no source page; rename it, or write its source.")
        for name in sorted(theirs.keys() - ours.keys())
    ]
    if ours and not theirs:
        first = min(ours.values(), key=lambda page: page.name)
        missing = [Finding(first.path, 1, "is not translated, nor is any other page.")]
    return missing + extra


def compare_scans(source: Scan, translation: Scan) -> list[Finding]:
    """Compare one page in two languages.

    Args:
        source: The page in the source language.
        translation: The same page in another.

    Returns:
        What differs, in the order of the translation's lines. Each finding points at the
        translation and names the place in the source.
    """
    pair = _Pair(source, translation)
    return sorted([*pair.headings(), *pair.blocks(), *pair.fences()])


class _Pair:
    """The comparison of one pair of scans."""

    def __init__(self, source: Scan, translation: Scan) -> None:
        self._source = source
        self._translation = translation

    def headings(self) -> Iterator[Finding]:
        for ours, theirs in zip_longest(self._source.headings, self._translation.headings):
            if ours is None or theirs is None:
                yield self._unpaired("heading", ours, theirs)
                return
            if (ours.level, ours.id) != (theirs.level, theirs.id):
                said, wanted = (f"{'#' * h.level} {{#{h.id}}}" for h in (theirs, ours))
                yield self._differs(theirs.line, ours.line, f"the heading is {said}, not {wanted}")
                return

    def fences(self) -> Iterator[Finding]:
        for ours, theirs in zip_longest(self._source.fences, self._translation.fences):
            if ours is None or theirs is None:
                yield self._unpaired("fence", ours, theirs)
                return
            if ours.info != theirs.info:
                reason = f"the fence says {theirs.info!r}, not {ours.info!r}"
                yield self._differs(theirs.line, ours.line, reason)
            elif ours.source != theirs.source:
                offset = _first_difference(ours.source.split("\n"), theirs.source.split("\n")) + 1
                reason = f"the {ours.info or 'plain'} block differs, and is to be equal to the byte"
                yield self._differs(theirs.line + offset, ours.line + offset, reason)

    def blocks(self) -> Iterator[Finding]:
        for ours, theirs in zip_longest(self._source.blocks, self._translation.blocks):
            if ours is None or theirs is None:
                yield self._unpaired("Python block", ours, theirs)
                return
            if ours.title != theirs.title:
                reason = f"the block's title is {theirs.title!r}, not {ours.title!r}"
                yield self._differs(theirs.line, ours.line, reason)
                return
            yield from self._code(ours, theirs)
            yield from self._output(ours, theirs)

    def _code(self, ours: Block, theirs: Block) -> Iterator[Finding]:
        trees = [_tree(block) for block in (ours, theirs)]
        if trees[0] != trees[1]:
            lines = _code_lines(ours), _code_lines(theirs)
            at = _first_difference([text for _, text in lines[0]], [text for _, text in lines[1]])
            our_line, _ = lines[0][min(at, len(lines[0]) - 1)]
            their_line, _ = lines[1][min(at, len(lines[1]) - 1)]
            wanted, said = _line(ours, our_line), _line(theirs, their_line)
            reason = f"{theirs.title}: the code is `{said}`, not `{wanted}`"
            yield self._differs(theirs.line + their_line, ours.line + our_line, reason)

    def _output(self, ours: Block, theirs: Block) -> Iterator[Finding]:
        if None in (_tree(ours), _tree(theirs)):
            return
        wanted, said = output_lines(ours.source), output_lines(theirs.source)
        for our, their in zip_longest(wanted.items(), said.items(), fillvalue=(0, "nothing")):
            if our[1] != their[1]:
                reason = f"{theirs.title}: the output is `{their[1]}`, not `{our[1]}`"
                yield self._differs(theirs.line + their[0], ours.line + our[0], reason)
                return

    def _differs(self, line: int, source_line: int, reason: str) -> Finding:
        source = f"{shown(self._source.page.path)}:{source_line}"
        text = f"{reason} as in {source}; only prose and comments are translated."
        return Finding(self._translation.page.path, line, text)

    def _unpaired(
        self,
        kind: str,
        ours: Block | Fence | Heading | None,
        theirs: Block | Fence | Heading | None,
    ) -> Finding:
        if theirs is not None:
            source = shown(self._source.page.path)
            reason = f"this {kind} has no partner in {source}:1; remove it, or add it there."
            return Finding(self._translation.page.path, theirs.line, reason)
        place = f"{shown(self._source.page.path)}:{ours.line if ours else 1}"
        return Finding(self._translation.page.path, 1, f"lacks the {kind} of {place}; add it.")


def _tree(block: Block) -> str | None:
    """Give the syntax tree without positions; None where the code does not compile."""
    try:
        return ast.dump(ast.parse(block.source))
    except SyntaxError:
        return None


def _code_lines(block: Block) -> list[tuple[int, str]]:
    """Give the lines that hold code, without comments and spacing; never an empty list."""
    texts: dict[int, str] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(block.source).readline):
            if token.type not in _SILENT and token.string:
                comment_free = texts.get(token.start[0], "")
                texts[token.start[0]] = f"{comment_free} {token.string}".strip()
    except (tokenize.TokenError, SyntaxError):
        return list(enumerate(block.source.split("\n"), start=1))
    return list(texts.items()) or [(1, "")]


def _line(block: Block, number: int) -> str:
    return block.source.split("\n")[number - 1].strip()


def _first_difference(ours: Sequence[str], theirs: Sequence[str]) -> int:
    pairs = enumerate(zip_longest(ours, theirs))
    return next((i for i, (one, other) in pairs if one != other), 0)
