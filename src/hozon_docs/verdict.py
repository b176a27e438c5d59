"""Whether the run of a block proves it, and what to say where it does not.

Owns the judgement and the message of a failure. Refuses to run anything, and to know pytest: a
failure is an exception that any runner reports as one failed test.

A block is proven when it ends as it says (by itself, or with the error that `raises="…"` names),
when every statement of it was executed, and when writing its output again from the run gives the
very text of the page.

Invariant: a block that is not proven raises `BlockFailedError`, whose message names the page and
the line, and shows the code with that line marked.
"""

import difflib
import itertools
import traceback
from collections.abc import Iterator
from pathlib import Path

from hozon_docs.findings import shown
from hozon_docs.markdown import Block
from hozon_docs.output import misplaced_claims, regenerate
from hozon_docs.runner import Run
from hozon_docs.trace import crowded

_DIFF_LINES = 200
"""How much of a difference a message shows: a loop that never stops printing fills no terminal."""


class BlockFailedError(AssertionError):
    """A block is not what its page says; the message tells all."""


def proven_source(run: Run) -> str:
    """Give the text that the block ought to have, by its run.

    Args:
        run: What came of executing it.

    Returns:
        The block's text with the output lines of this run.

    Raises:
        BlockFailedError: The block ended otherwise than it says, or claims output in a way that
            nothing compares.
    """
    _check_end(run)
    block = run.block
    for line, reason in misplaced_claims(block.source):
        raise BlockFailedError(_message(block, line=block.line + line, reason=f"{reason}."))
    return regenerate(block.source, run.written)


def check_output(run: Run) -> None:
    """Hold what a block shows to its run.

    Args:
        run: What came of executing it.

    Raises:
        BlockFailedError: As `proven_source`, or its page shows other output than the run gave. The
            message names the page, the line, the code and both outputs.
    """
    actual = proven_source(run)
    if actual != run.block.source:
        raise BlockFailedError(_output_message(run.block, actual=actual))


def check_reached(run: Run) -> None:
    """Hold a block to having executed all its statements.

    Args:
        run: What came of executing it, and the later blocks of its group.

    Raises:
        BlockFailedError: A statement was never executed, or nobody can tell whether it was.
    """
    for line in crowded(run.block.source) if run.trace else ():
        reason = "nobody can tell whether this whole line was executed; give each statement its own"
        raise BlockFailedError(_message(run.block, line=run.block.line + line, reason=f"{reason}."))
    for line in run.trace.unreached() if run.trace else ():
        reason = "this statement was never executed, so it proves nothing; take it away or reach it"
        raise BlockFailedError(_message(run.block, line=line, reason=f"{reason}."))


def check_run(run: Run) -> None:
    """Hold a block that stands by itself to its run.

    Args:
        run: What came of executing it.

    Raises:
        BlockFailedError: As `check_output` and `check_reached`.
    """
    check_output(run)
    check_reached(run)


def summary_of(error: BaseException) -> str:
    """Give the last line of a traceback, with the name that an author would write.

    Args:
        error: What was raised.

    Returns:
        `Type: message`, or `Type` alone where there is no message.
    """
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _check_end(run: Run) -> None:
    block, error = run.block, run.raised
    if error is None and block.raises:
        reason = f"raised nothing, but says that it ends with {block.raises}"
        raise BlockFailedError(_message(block, line=block.last_line, reason=f"{reason}."))
    if error is not None and not (block.raises and summary_of(error) == block.raises):
        raise BlockFailedError(_raised_message(run, error)) from error


def _raised_message(run: Run, error: BaseException) -> str:
    block = run.block
    page = str(block.page.path)
    if isinstance(error, SyntaxError) and error.filename == page:
        return _message(block, line=error.lineno or block.line, reason=f"SyntaxError: {error.msg}")
    frames = list(traceback.walk_tb(error.__traceback__))
    own = [
        i for i, (frame, _) in enumerate(frames) if run.code is not None and run.code.owns(frame)
    ]
    line = frames[own[-1]][1] if own else block.line
    # The first frames are the runner's.
    shown_frames = traceback.extract_tb(error.__traceback__)[own[0] if own else 0 :]
    summary = "".join(traceback.format_exception_only(error)).strip()
    reason = f"raised {summary}"
    if block.raises:
        reason += f"\n  but says that it ends with {block.raises}"
    message = _message(block, line=line, reason=reason)
    trace = "".join(_frame_lines(shown_frames))
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
    told = list(itertools.islice(diff, _DIFF_LINES + 1))
    if len(told) > _DIFF_LINES:
        told[-1] = "… and more"
    hint = "Correct the code, or rewrite the output: pytest --docs-update"
    return "\n".join([message, "", *told, "", hint])


def _message(block: Block, *, line: int, reason: str) -> str:
    code = [
        f"{'>' if number == line else ' '} {number:4} | {text}".rstrip()
        for number, text in enumerate(block.source.split("\n")[:-1], start=block.line + 1)
    ]
    heading = f"{shown(block.page.path)}:{line}: {block.title or 'untitled'}: {reason}"
    return "\n".join([heading, "", *code])
