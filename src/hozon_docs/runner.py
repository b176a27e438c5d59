"""Running one block as a reader would, and judging the run.

Owns the execution of a block on pytest-examples' `run_code`, the capture of what it prints, and the
message of a failure. Refuses to know the world that a block needs (the caller sets it up around the
call) and pytest (a failure is an exception that any runner reports as one failed test).

How the measured faults of pytest-examples 0.0.18 are cured:

- The block is compiled in place, with the page as its file and the page's line numbers. So a
  SyntaxError and a warning point at the page, and no frame has to be forged: forging one is what
  ends the whole session on CPython 3.11 with pytest 8.4 and later, and what drops the library's
  own frames.
- The loader keeps whatever the block raises, SystemExit and KeyboardInterrupt included, so that
  nothing is swallowed.
- Output is whatever reaches standard output while the block runs, by `print` or otherwise; the
  block's text is regenerated from it and compared as a whole.

Invariants: `sys.modules["__main__"]`, the working directory, the environment and standard output
are after a run what they were before; a block that is not proven raises `BlockFailedError`.
"""

import contextlib
import difflib
import inspect
import io
import os
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.abc import Loader
from pathlib import Path
from types import FrameType, ModuleType
from unittest.mock import patch

from pytest_examples import CodeExample
from pytest_examples.config import ExamplesConfig
from pytest_examples.run_code import run_code
from typing_extensions import override

from hozon_docs.findings import shown
from hozon_docs.markdown import Block
from hozon_docs.output import Written, misplaced_claims, regenerate


class BlockFailedError(AssertionError):
    """A block raised, or prints something else than its page says; the message tells all."""


@dataclass(frozen=True, slots=True)
class Run:
    """What came of executing a block."""

    block: Block
    """The block."""
    written: tuple[Written, ...]
    """What it wrote to standard output; lines are counted within the block."""
    raised: BaseException | None
    """What it raised, or None."""


def run_block(block: Block, *, directory: Path) -> Run:
    """Execute a block in a process that is put back afterwards.

    Args:
        block: The block.
        directory: An empty folder to be its working directory.

    Returns:
        What it wrote and raised. Nothing that a block raises escapes.

    Concurrency: Changes the working directory and standard output of the process meanwhile, so one
        block at a time in each process.
    """
    loader = _InPlaceLoader(block)
    recorder = _Recorder(block)
    with _process_restored(directory), contextlib.redirect_stdout(recorder):
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
    return Run(block, tuple(recorder.written), loader.raised)


def proven_source(run: Run) -> str:
    """Give the text that the block ought to have, by its run.

    Args:
        run: What came of executing it.

    Returns:
        The block's text with the output lines of this run.

    Raises:
        BlockFailedError: The block raised, or claims output in a way that nothing compares.
    """
    if run.raised is not None:
        raise BlockFailedError(_raised_message(run.block, run.raised)) from run.raised
    for line, reason in misplaced_claims(run.block.source):
        raise BlockFailedError(_message(run.block, line=run.block.line + line, reason=f"{reason}."))
    return regenerate(run.block.source, run.written)


def check_run(run: Run) -> None:
    """Hold a block to its run.

    Args:
        run: What came of executing it.

    Raises:
        BlockFailedError: The block raised, or its page shows other output than the run gave. The
            message names the page, the line, the code and both outputs.
    """
    actual = proven_source(run)
    if actual != run.block.source:
        raise BlockFailedError(_output_message(run.block, actual=actual))


class _InPlaceLoader(Loader):
    """Executes a block with its page as the file, and keeps what it raises."""

    def __init__(self, block: Block) -> None:
        self.raised: BaseException | None = None
        self._block = block

    @override
    def exec_module(self, module: ModuleType) -> None:
        page = str(self._block.page.path)
        # The block's first line is the one below the fence.
        padded = "\n" * self._block.line + self._block.source
        try:
            exec(compile(padded, page, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 -- running the page's code is the purpose
        except BaseException as error:  # noqa: BLE001 -- SystemExit and KeyboardInterrupt are faults of the block, too
            self.raised = error


class _Recorder(io.TextIOBase):
    """A standard output that knows which line of the block was at work."""

    def __init__(self, block: Block) -> None:
        self.written: list[Written] = []
        self._block = block

    @override
    def writable(self) -> bool:
        return True

    @override
    def write(self, text: str) -> int:
        self.written.append(Written(self._line(inspect.currentframe()), text))
        return len(text)

    def _line(self, frame: FrameType | None) -> int:
        page = str(self._block.page.path)
        while frame is not None and frame.f_code.co_filename != page:
            frame = frame.f_back
        if frame is not None:
            return frame.f_lineno - self._block.line
        # A thread that the block started: it belongs to the last line that spoke.
        return self.written[-1].line if self.written else 1


@contextlib.contextmanager
def _process_restored(directory: Path) -> Iterator[None]:
    main = sys.modules["__main__"]
    try:
        with patch.dict(os.environ), contextlib.chdir(directory):
            yield
    finally:
        sys.modules["__main__"] = main


def _raised_message(block: Block, error: BaseException) -> str:
    page = str(block.page.path)
    if isinstance(error, SyntaxError) and error.filename == page:
        return _message(block, line=error.lineno or block.line, reason=f"SyntaxError: {error.msg}")
    frames = traceback.extract_tb(error.__traceback__)
    # The first frames are the runner's.
    start = next((i for i, frame in enumerate(frames) if frame.filename == page), 0)
    lines = [frame.lineno for frame in frames if frame.filename == page]
    summary = "".join(traceback.format_exception_only(error)).strip()
    trace = "".join(_frame_lines(frames[start:]))
    message = _message(block, line=(lines or [block.line])[-1] or 1, reason=f"raised {summary}")
    return f"{message}\n\nTraceback (most recent call last):\n{trace}{summary}"


def _frame_lines(frames: list[traceback.FrameSummary]) -> Iterator[str]:
    for frame in frames:
        yield f'  File "{shown(Path(frame.filename))}", line {frame.lineno}, in {frame.name}\n'
        yield f"    {frame.line}\n"


def _output_message(block: Block, *, actual: str) -> str:
    expected_lines, actual_lines = block.source.split("\n"), actual.split("\n")
    pairs = zip([*expected_lines, ""], [*actual_lines, ""], strict=False)
    first = next((i for i, (one, other) in enumerate(pairs) if one != other), 0)
    # Where the page breaks off too early, its last line is the one to look at.
    line = block.line + 1 + min(first, len(expected_lines) - 2)
    diff = difflib.unified_diff(
        expected_lines[:-1], actual_lines[:-1], "the page says", "the run printed", n=2, lineterm=""
    )
    message = _message(block, line=line, reason="prints something else than its page says.")
    hint = "Correct the code, or rewrite the output: pytest tests/docs --docs-update"
    return "\n".join([message, "", *diff, "", hint])


def _message(block: Block, *, line: int, reason: str) -> str:
    code = [
        f"{'>' if number == line else ' '} {number:4} | {text}".rstrip()
        for number, text in enumerate(block.source.split("\n")[:-1], start=block.line + 1)
    ]
    heading = f"{shown(block.page.path)}:{line}: {block.title or 'untitled'}: {reason}"
    return "\n".join([heading, "", *code])
