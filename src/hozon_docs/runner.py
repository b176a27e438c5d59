"""Running one block as a reader would.

Owns the execution of a block on pytest-examples' `run_code`, the capture of what it prints, and the
process around it. Refuses to judge the run (`hozon_docs.verdict` does), and to know the world that
a block needs: the caller sets it up around the call.

How the measured faults of pytest-examples 0.0.18 are cured:

- The block is compiled in place, with the page as its file and the page's line numbers. So a
  SyntaxError and a warning point at the page, and no frame has to be forged: forging one is what
  ends the whole session on CPython 3.11 with pytest 8.4 and later, and what drops the library's
  own frames.
- The loader keeps whatever the block raises, SystemExit and KeyboardInterrupt included, so that
  nothing is swallowed.
- Output is whatever reaches standard output while the block runs, by `print` or otherwise; the
  block's text is regenerated from it and compared as a whole.

- An interrupt from the keyboard is not the block's: it ends the session.

Invariants: `sys.modules["__main__"]`, `sys.argv`, the working directory, the environment, standard
output and the handlers of the root logger are after a run what they were before; nothing that a
block raises escapes.
"""

import contextlib
import inspect
import io
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import FrameType, ModuleType
from typing import NoReturn, TypeAlias
from unittest.mock import patch

from pytest_examples import CodeExample
from pytest_examples.config import ExamplesConfig
from pytest_examples.run_code import run_code
from typing_extensions import override

from hozon_docs.markdown import Block
from hozon_docs.output import Written
from hozon_docs.trace import Code, Trace, compile_block

Around: TypeAlias = Callable[[Code, ModuleType], AbstractContextManager[object]]
"""Gives what surrounds a block while it runs, by its code and the module in which it runs."""


@dataclass(frozen=True, slots=True)
class Run:
    """What came of executing a block."""

    block: Block
    """The block."""
    written: tuple[Written, ...]
    """What it wrote to standard output; lines are counted within the block."""
    raised: BaseException | None
    """What it raised, or None."""
    code: Code | None
    """What was executed; None where the block does not compile."""
    trace: Trace | None
    """What was reached and called, if that was watched and the block compiles."""


@dataclass(slots=True)
class Namespace:
    """The module and the environment in which the blocks of a group run, one after the other."""

    module: ModuleType = field(default_factory=lambda: ModuleType("__main__"))
    """The module: a function of an earlier block sees what a later one assigns."""

    variables: dict[str, str | None] = field(default_factory=dict[str, str | None])
    """The environment variables that the blocks changed, None where they removed one: whoever runs
    them in one process meets them in each block, too."""

    @contextlib.contextmanager
    def environment(self) -> Iterator[None]:
        """Go on in the environment as the blocks before left it, and remember what changes.

        Concurrency: Changes the environment of the process; whoever calls it puts it back.
        """
        before = dict(os.environ)
        for name, value in self.variables.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        try:
            yield
        finally:
            self.variables = {
                name: os.environ.get(name)
                for name in before.keys() | os.environ.keys()
                if os.environ.get(name) != before.get(name)
            }


def run_block(
    block: Block,
    *,
    directory: Path,
    namespace: Namespace | None = None,
    watch: bool = True,
    around: Around | None = None,
) -> Run:
    """Execute a block in a process that is put back afterwards.

    Args:
        block: The block.
        directory: An empty folder to be its working directory, or that of the block before it in
            its group.
        namespace: The namespace of its group; one of its own where None.
        watch: Whether to trace what it reaches and calls.
        around: What surrounds it while it runs; what that raises is no fault of the block.

    Returns:
        What it wrote and raised. Nothing that a block raises escapes.

    Raises:
        KeyboardInterrupt: The process was interrupted meanwhile, whatever the block made of it.

    Concurrency: Changes the working directory and standard output of the process meanwhile, so one
        block at a time in each process.
    """
    try:
        code = compile_block(block)
    except (SyntaxError, ValueError) as error:
        return Run(block, (), error, None, None)
    namespace = namespace or Namespace()
    loader = _InPlaceLoader(code, namespace, watch=watch, around=around)
    recorder = _Recorder(code)
    with (
        _process_restored(directory, name=block.name),
        namespace.environment(),
        contextlib.redirect_stdout(recorder),
        _interrupts_told(),
    ):
        run_code(
            example=CodeExample.create(block.source, path=block.page.path, start_line=block.line),
            # No frame has this name, so `run_code` never forges one.
            python_file=directory / f"{block.page.path.stem}_{block.line}.py",
            loader=loader,
            config=ExamplesConfig(),
            enable_print_mock=False,
            print_callback=None,
            include_print=None,
            module_globals=None,
            call=None,
        )
    return Run(block, tuple(recorder.written), loader.raised, code, loader.trace)


class _InPlaceLoader(Loader):
    """Executes a block with its page as the file, and keeps what it raises."""

    def __init__(
        self, code: Code, namespace: Namespace, *, watch: bool, around: Around | None
    ) -> None:
        self.raised: BaseException | None = None
        self.trace = Trace(code) if watch else None
        self._code = code
        self._namespace = namespace
        self._around = around or _nothing_around

    @override
    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self._namespace.module

    @override
    def exec_module(self, module: ModuleType) -> None:
        with self._around(self._code, module):
            try:
                with self.trace or contextlib.nullcontext():
                    exec(self._code.module, module.__dict__)  # noqa: S102 -- running the page's code is the purpose
            except BaseException as error:  # noqa: BLE001 -- SystemExit and KeyboardInterrupt are faults of the block, too
                self.raised = error


def _nothing_around(code: Code, module: ModuleType) -> AbstractContextManager[object]:
    del code, module
    return contextlib.nullcontext()


class _Recorder(io.TextIOBase):
    """A standard output that knows which line of the block was at work."""

    def __init__(self, code: Code) -> None:
        self.written: list[Written] = []
        self._code = code

    @override
    def writable(self) -> bool:
        return True

    @override
    def write(self, text: str) -> int:
        self.written.append(Written(self._line(inspect.currentframe()), text))
        return len(text)

    def _line(self, frame: FrameType | None) -> int:
        while frame is not None and not self._code.owns(frame):
            frame = frame.f_back
        if frame is not None:
            return frame.f_lineno - self._code.block.line
        # A thread that the block started: it belongs to the last line that spoke.
        return self.written[-1].line if self.written else 1


@contextlib.contextmanager
def _process_restored(directory: Path, *, name: str) -> Iterator[None]:
    main = sys.modules["__main__"]
    try:
        with (
            patch.dict(os.environ),
            patch.object(sys, "argv", [name]),
            patch.object(os, "_exit", _exit_for(os.getpid(), leave=os._exit)),
            _fresh_logging(),
            contextlib.chdir(directory),
        ):
            yield
    finally:
        sys.modules["__main__"] = main


def _exit_for(process: int, *, leave: Callable[[int], NoReturn]) -> Callable[[int], NoReturn]:
    """Give an `os._exit` that spares one process: with status 0, the session would seem to pass."""

    def leave_or_fail(status: int) -> NoReturn:
        if os.getpid() != process:
            leave(status)
        raise SystemExit(f"os._exit({status}) would end the session; a block comes to its end")

    return leave_or_fail


@contextlib.contextmanager
def _fresh_logging() -> Iterator[None]:
    """Take the handlers from the root logger: with those of pytest, `basicConfig` does nothing."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers[:] = []
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


@contextlib.contextmanager
def _interrupts_told() -> Iterator[None]:
    """Raise an interrupt again that a block, or what runs it, took for its own."""
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    told = threading.Event()

    def interrupt(number: int, frame: FrameType | None) -> None:
        told.set()
        signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if told.is_set():
        raise KeyboardInterrupt
