"""The `#>` lines of a block: where they stand, and what they ought to say.

Owns the reading of `#>` lines and their regeneration from what a run has written. Refuses to run
anything. The rule of the page is one: what a statement writes to standard output stands below it,
one `#>` line for each line that it wrote, however long, in the statement's own indentation. What a
compound statement writes by itself (a `with` that reports on leaving) stands below its end.

Invariants: only a comment that has its line to itself is an output line, never a piece of a string
(tokens decide, no pattern over text does); regenerating from a block's own run gives the block's
text back if and only if every output line is true and none is missing.
"""

import ast
import functools
import io
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

PREFIX = "#>"
"""What an output line begins with."""


@dataclass(frozen=True, slots=True)
class Written:
    """A piece of text that a run wrote to standard output."""

    line: int
    """The line of the block, counted from 1, that was being executed."""
    text: str
    """The text."""


def output_lines(source: str) -> dict[int, str]:
    """Find the output lines of a block.

    Args:
        source: The text of a block that can be tokenized.

    Returns:
        The output lines without their indentation, by their line in the block, counted from 1.
    """
    return {
        comment.start[0]: comment.string for comment in _claims(source) if _stands_alone(comment)
    }


def misplaced_claims(source: str) -> Iterator[tuple[int, str]]:
    """Find text that looks like output to a reader but that nothing compares.

    Args:
        source: The text of a block that compiles.

    Yields:
        The line in the block, counted from 1, and what is wrong there: a `#>` behind code, or a
        string that stands as a statement of its own below another.
    """
    for comment in _claims(source):
        if not _stands_alone(comment):
            yield comment.start[0], "a `#>` needs a line of its own, below the statement"
    for node in _nodes(source):
        for statement in _later_statements(node):
            value = statement.value if isinstance(statement, ast.Expr) else None
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield statement.lineno, "a string does not show output; write `#>` lines"


def regenerate(source: str, written: Iterable[Written]) -> str:
    """Write a block again, with the output lines that its run calls for.

    Args:
        source: The text of a block that compiles.
        written: What its run wrote, in order.

    Returns:
        The text as it ought to stand in the page.
    """
    old = output_lines(source)
    places = _statement_places(source)
    texts: defaultdict[int, defaultdict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for piece in written:
        # A thread may speak before the block does: its words stand below the first statement.
        end, indent = places.get(piece.line) or places[min(places)]
        texts[end][indent].append(piece.text)
    result: list[str] = []
    for number, line in enumerate(source.split("\n")[:-1], start=1):
        if number not in old:
            result.append(line)
        # Two statements may end in one line: the inner one has spoken first.
        for indent in sorted(texts[number], reverse=True):
            result += _as_output("".join(texts[number][indent]), indent=indent)
    return "\n".join([*result, ""])


@functools.lru_cache(maxsize=1)
def _claims(source: str) -> tuple[tokenize.TokenInfo, ...]:
    """Find the comments that look like output; a block is asked twice in a row."""
    return tuple(
        token
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT and token.string.startswith(PREFIX)
    )


@functools.lru_cache(maxsize=1)
def _nodes(source: str) -> tuple[ast.AST, ...]:
    """Give all nodes from the outside in; the same."""
    return tuple(ast.walk(ast.parse(source)))


def _stands_alone(comment: tokenize.TokenInfo) -> bool:
    return not comment.line[: comment.start[1]].strip()


def _later_statements(node: ast.AST) -> Iterator[ast.stmt]:
    """Give the statements of a body but the first, which may be a docstring."""
    for name in ("body", "orelse", "finalbody"):
        body = getattr(node, name, None)
        if isinstance(body, list):
            first = int(name == "body")
            yield from (statement for statement in body[first:] if isinstance(statement, ast.stmt))


def _statement_places(source: str) -> dict[int, tuple[int, int]]:
    """Map each line to the last line and the indentation of the innermost statement around it."""
    lines = source.split("\n")
    places: dict[int, tuple[int, int]] = {}
    # The walk goes from the outside in, so an inner statement overwrites the outer.
    for node in _nodes(source):
        if isinstance(node, ast.stmt):
            decorators = getattr(node, "decorator_list", [])
            first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
            last = node.end_lineno or node.lineno
            indent = len(lines[first - 1]) - len(lines[first - 1].lstrip())
            places.update(dict.fromkeys(range(first, last + 1), (last, indent)))
    return places


def _as_output(text: str, *, indent: int) -> list[str]:
    lines = text.removesuffix("\n").split("\n")
    return [f"{' ' * indent}{PREFIX} {line}".rstrip() for line in lines]
