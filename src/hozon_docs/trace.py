"""What a block does while it runs: which of its lines are reached, and what it calls itself.

Owns the trace function. Refuses to know which callables are public, and to judge: the caller does.

A trace costs one Python call for each function that is entered while the block runs; lines are
reported for the block's own frames alone.

Invariants: a trace function that was there before (a debugger's) is put back; threads that the
block starts are watched, too.
"""

import ast
import contextlib
import dis
import functools
import inspect
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType, FrameType, TracebackType
from typing import Any, Self

from hozon_docs.markdown import Block

_NO_CODE = (ast.Global, ast.Nonlocal)
_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")
_ANYTHING = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS
_PASSING = frozenset(
    {functools.wraps.__code__.co_filename, contextlib.contextmanager.__code__.co_filename}
)
"""The files whose frames only pass a call on: `cached_property`, `ExitStack.enter_context`."""


@dataclass(frozen=True, slots=True)
class Code:
    """A block, compiled in its place."""

    block: Block
    """The block."""
    module: CodeType
    """Its code, with the page as its file and the page's line numbers."""
    own: frozenset[int]
    """The identities of its code and of every function in it; alive as long as `module` is."""

    def owns(self, frame: FrameType) -> bool:
        """Tell whether a frame executes code of this block.

        Args:
            frame: Any frame.

        Returns:
            Whether it does. The file alone would not tell: blocks of a group share a page, and a
            docstring shares a file with the code that it documents.
        """
        return id(frame.f_code) in self.own


def compile_block(block: Block) -> Code:
    """Compile a block so that every line that is ever reported is the page's.

    Args:
        block: The block.

    Returns:
        Its code.

    Raises:
        SyntaxError: It is no Python; file and line are the page's.
    """
    # The block's first line is the one below the fence.
    padded = "\n" * block.line + block.source
    module = compile(padded, str(block.page.path), "exec", dont_inherit=True)
    return Code(block, module, frozenset(map(id, _nested(module))))


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)


@dataclass(slots=True)
class Call:
    """A function that the block's own frames called."""

    code: CodeType
    """Its code."""
    used: bool = False
    """Whether a value of it was used there."""
    receivers: set[type] = field(default_factory=set)
    """The classes of its first arguments, or those classes themselves: of `self` and `cls`."""


@dataclass(slots=True)
class Trace:
    """What a run of one block showed; a context manager around that run."""

    code: Code
    """The block that is watched."""
    reached: set[int] = field(default_factory=set)
    """The lines of the page that were executed."""
    called: dict[int, Call] = field(default_factory=dict)
    """What the block's own frames called, by the identity of the code: that of two files may be
    equal."""
    raised: set[type[BaseException]] = field(default_factory=set)
    """The kinds of exceptions that came up to the block's own frames."""
    _before: Any = None

    def __enter__(self) -> Self:
        """Begin to watch."""
        self._before = sys.gettrace(), threading.gettrace()
        threading.settrace(self._enter_frame)
        sys.settrace(self._enter_frame)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop watching, and put back who watched before."""
        ours, others = self._before
        sys.settrace(ours)
        threading.settrace(others)

    def unreached(self) -> list[int]:
        """List the statements that were never executed.

        Returns:
            The first line of each in the page, in order; not those within one that is listed.
        """
        offset = self.code.block.line
        tree = ast.parse(self.code.block.source)
        return [offset + line for line in self._missed(tree, offset)]

    def _missed(self, node: ast.AST, offset: int) -> Iterator[int]:
        for statement, first, last in _statements(node):
            lines = range(offset + first, offset + last + 1)
            if _is_silent(statement, node) or not self.reached.isdisjoint(lines):
                yield from self._missed(statement, offset)
            else:
                yield first

    def _enter_frame(self, frame: FrameType, event: str, argument: object) -> Any:  # noqa: ANN401 -- what a trace function returns has no closer type
        del event, argument
        if self.code.owns(frame):
            return self._step
        caller = asker(frame, self.code)
        if caller is not None:
            call = self.called.setdefault(id(frame.f_code), Call(frame.f_code))
            call.used = call.used or uses_value(caller)
            if frame.f_code.co_argcount:
                first = frame.f_locals.get(frame.f_code.co_varnames[0])
                call.receivers.add(first if isinstance(first, type) else type(first))
        return None

    def _step(self, frame: FrameType, event: str, argument: Any) -> Any:  # noqa: ANN401 -- the same
        if event == "line":
            self.reached.add(frame.f_lineno)
        elif event == "exception":
            self.raised.add(argument[0])
        return self._step


def crowded(source: str) -> Iterator[int]:
    """Find the statements that nobody can watch, because another one begins their line.

    Args:
        source: The text of a block that compiles.

    Yields:
        The line of each in the block, counted from 1; `...` and other constants do nothing, and
        may stand anywhere.
    """
    lines = source.encode().split(b"\n")
    for node in ast.walk(ast.parse(source)):
        constant = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not isinstance(node, ast.stmt) or constant:
            continue
        if lines[node.lineno - 1][: node.col_offset].strip():
            yield node.lineno


def _statements(node: ast.AST) -> Iterator[tuple[ast.AST, int, int]]:
    """Give the statements of a body, each with the lines of its own head or text."""
    for name in _BODIES:
        for child in getattr(node, name, None) or ():
            if isinstance(child, ast.stmt):
                inner = [first for _, first, _ in _statements(child)]
                last = min(inner) - 1 if inner else child.end_lineno or child.lineno
                yield child, child.lineno, max(last, child.lineno)
            elif isinstance(child, ast.ExceptHandler | ast.match_case):
                yield from _statements(child)


def _is_silent(statement: ast.AST, parent: ast.AST) -> bool:
    """Tell whether a statement makes no code of its own, or code that reports no line."""
    if isinstance(statement, (*_NO_CODE, ast.Try)):
        return True
    if isinstance(statement, ast.While):
        return isinstance(statement.test, ast.Constant)
    if isinstance(statement, ast.AnnAssign) and statement.value is None:
        return not isinstance(parent, ast.Module | ast.ClassDef)
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def asker(frame: FrameType, code: Code) -> FrameType | None:
    """Give the frame of a block that asks for a call, if one does.

    Args:
        frame: The frame that is called.
        code: The block.

    Returns:
        The block's own frame; that of a decorator in between, which only passes the call on, does
        not count. None where somebody else asks.
    """
    caller = frame.f_back
    while caller is not None and id(caller.f_code) not in code.own:
        if not _may_pass_on(caller.f_code):
            return None  # What nearly every call in a library comes to: it has to be quick.
        caller = caller.f_back
    called = frame
    while caller is not None and (above := called.f_back) is not caller:
        if above is None or not _passes_on(above, called.f_code):
            return None
        called = above
    return caller


def _may_pass_on(code: CodeType) -> bool:
    """Tell whether code could be a decorator's: it takes anything, and holds something."""
    takes_anything = code.co_flags & _ANYTHING == _ANYTHING
    return (takes_anything and bool(code.co_freevars)) or code.co_filename in _PASSING


def _passes_on(frame: FrameType, code: CodeType) -> bool:
    """Tell whether a frame is that of a decorator around a function."""
    return frame.f_code.co_filename in _PASSING or any(
        getattr(frame.f_locals.get(name), "__code__", None) is code
        for name in frame.f_code.co_freevars
    )


def uses_value(caller: FrameType) -> bool:
    """Tell whether a frame does anything with what the call that it is in will return.

    Args:
        caller: The frame that calls.

    Returns:
        Whether it does; False where it throws the value away.
    """
    return _following(caller.f_code, caller.f_lasti) != "POP_TOP"


@functools.lru_cache(maxsize=256)
def _following(code: CodeType, offset: int) -> str:
    """Give the name of the instruction after an offset; a loop asks again and again."""
    instructions = dis.get_instructions(code)
    return next((one.opname for one in instructions if one.offset > offset), "")
