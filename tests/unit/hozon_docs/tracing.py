"""Tracing a small block in the tests; nothing here knows Hozon."""

import contextlib
from pathlib import Path
from textwrap import dedent

from hozon_docs.markdown import Block, Page
from hozon_docs.trace import Trace, compile_block

FENCE = 10
"""The line of the opening fence: what a trace says is in lines of the page."""


def block_in_a_page(source: str) -> Block:
    """Give a block whose opening fence stands in line `FENCE`."""
    page = Page(language="en", name="guide", path=Path("guide.md").absolute())
    return Block(page=page, line=FENCE, title="a.py", options={}, source=dedent(source).lstrip())


def traced(source: str, **names: object) -> Trace:
    """Run a block to its end, whatever it raises, and give its trace."""
    code = compile_block(block_in_a_page(source))
    with Trace(code) as trace, contextlib.suppress(Exception):
        exec(code.module, {"__name__": "__main__", **names})  # noqa: S102 -- running code is the purpose
    return trace


def unreached(source: str) -> list[int]:
    """List the lines of a block, counted from 1, whose statements were never executed."""
    return [line - FENCE for line in traced(source).unreached()]
