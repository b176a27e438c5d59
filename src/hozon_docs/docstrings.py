"""Blocks in the docstrings of the documented packages.

Owns the reading of one module: which docstring a block stands in, and what names it. Refuses to
import the module, and to run anything. pytest-examples finds the blocks, as in a page.

pytest-examples 0.0.18 looks for docstrings by their quotes, and takes the end of any other string
for the beginning of one. So it is given the docstrings alone, in their lines.

Invariants: a block is named by the object whose docstring holds it, so it has a title without
saying one; lines are those of the module.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from hozon_docs.findings import Finding
from hozon_docs.markdown import (
    Block,
    Page,
    Scan,
    block_of,
    examples_in,
    language_of,
    option_faults,
)

_MODULES = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_ASSIGNMENTS = (ast.Assign, ast.AnnAssign)


@dataclass(frozen=True, slots=True)
class _Docstring:
    """One docstring of a module."""

    owner: str
    """What it documents, within the module: `Artifact.add_file`."""
    first: int
    """Its first line."""
    last: int
    """Its last line."""
    value: str
    """What Python makes of it, and the reference shows."""


def scan_module(page: Page) -> Scan:
    """Read the docstrings of a module.

    Args:
        page: The module as a page; its file must exist and be UTF-8.

    Returns:
        Its blocks, and what is wrong with them. It has no headings and no other fences: their
        checks are those of the pages that render the docstrings.
    """
    text = page.path.read_text("utf-8-sig")
    lines = text.split("\n")
    docstrings = list(_docstrings(ast.parse(text), owner=""))
    blocks: list[Block] = []
    findings: list[Finding] = []
    numbers: Counter[str] = Counter()
    for found, info in _found(page, lines, docstrings):
        docstring = next(d for d in docstrings if d.first <= found.line <= d.last)
        owner = docstring.owner
        numbers[owner] += 1
        block = replace(found, title=_title(page, owner, number=numbers[owner]))
        reasons = (*_faults(block, info=info), *_escapes(block, docstring))
        findings += [Finding(page.path, block.line, reason) for reason in reasons]
        blocks.append(block)
    return Scan(page, tuple(blocks), (), (), tuple(findings))


def _found(
    page: Page, lines: list[str], docstrings: list[_Docstring]
) -> Iterator[tuple[Block, str]]:
    """Give every block with what follows its opening fence."""
    kept = {number for one in docstrings for number in range(one.first, one.last + 1)}
    alone = [line if number in kept else "" for number, line in enumerate(lines, start=1)]
    for example in examples_in(alone):
        info = lines[example.start_line - 1].strip().lstrip("`").strip()
        yield block_of(page, example, info=info), info


def _docstrings(node: ast.AST, *, owner: str) -> Iterator[_Docstring]:
    """Give the docstrings of a module, its classes and functions, and of what they assign."""
    body = getattr(node, "body", [])
    for before, statement in zip([None, *body], body, strict=False):
        text = _text_of(statement)
        if text is not None:
            name = _assigned(before) if before is not None else ""
            if before is None or name:
                full = ".".join(part for part in (owner, name) if part)
                last = statement.end_lineno or statement.lineno
                yield _Docstring(full, statement.lineno, last, text)
        if isinstance(statement, _MODULES):
            inner = ".".join(part for part in (owner, getattr(statement, "name", "")) if part)
            yield from _docstrings(statement, owner=inner)


def _text_of(statement: ast.stmt) -> str | None:
    """Give the text that stands as a statement of its own; None where it is another one."""
    value = statement.value if isinstance(statement, ast.Expr) else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def _escapes(block: Block, docstring: _Docstring) -> Iterator[str]:
    """Find a block that reads otherwise in the module than in the reference."""
    shown = {line.strip() for line in docstring.value.split("\n")}
    if any(line.strip() not in shown for line in block.source.split("\n")):
        yield 'a backslash, which a docstring takes for its own; begin the docstring with r""".'


def _assigned(statement: ast.stmt) -> str:
    """Give the name that a statement assigns; empty where it assigns none."""
    if isinstance(statement, _ASSIGNMENTS):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        return next((target.id for target in targets if isinstance(target, ast.Name)), "")
    return ""


def _title(page: Page, owner: str, *, number: int) -> str:
    name = owner or Path(page.name).name
    return name if number == 1 else f"{name}#{number}"


def _faults(block: Block, *, info: str) -> Iterator[str]:
    yield from option_faults(block, info=info)
    if language_of(info) not in {"python", "py"}:
        yield f"a {language_of(info)} block is not run; write it as a python block with `#>` lines."
