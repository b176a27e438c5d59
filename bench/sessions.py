"""Sessions of pytest and their time.

Owns the starting of sessions, the order of rounds, and the arithmetic. Refuses to know a tool by
name, and to show anything.

What a block costs is the time of a session with the blocks, less that of a session of the same
tool over one page without a block, divided by the number of blocks. So the start of Python, the
plug-ins and an empty report count for nobody; finding, running, checking and reporting do.

Invariants: sessions of all tools take turns, and each round begins with another tool, so that a
machine that is slow for a while is slow for all; the first round counts for nothing; a session in
which another number of tests passed than there should is an error, never a figure.
"""

import json
import os
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.blocks import Page, make_pages
from bench.tools import Tool

BARE = "bare exec"
"""The name of the floor, which is no session."""

_OPTIONS = ("-q", "--disable-plugin-autoload", "-p", "no:cacheprovider", "--basetemp=tmp")
_PASSED = re.compile(r"\b(\d+) passed\b")
_NONE_COLLECTED = 5
_MS = 1000


class MeasurementError(Exception):
    """What was measured is not what should have been; the message names the next step."""


@dataclass(frozen=True, slots=True)
class Duration:
    """How long something took."""

    wall_s: float
    """Seconds on the wall clock."""
    cpu_s: float
    """Seconds of processor time, children included."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one block costs with a tool."""

    name: str
    """The tool."""
    cpu_min_ms: float
    """Processor time in milliseconds, from the fastest sessions; the steadiest of the figures."""
    cpu_median_ms: float
    """The same from the sessions in the middle."""
    wall_min_ms: float
    """Time on the wall clock in milliseconds, from the fastest sessions."""
    wall_median_ms: float
    """The same from the sessions in the middle."""


@dataclass(frozen=True, slots=True)
class _Projects:
    """A tool in its two folders."""

    tool: Tool
    full: Path
    empty: Path


def measure(
    tools: Sequence[Tool],
    *,
    blocks: int,
    rounds: int,
    folder: Path,
    tell: Callable[[str], None],
) -> list[Cost]:
    """Measure tools side by side.

    Args:
        tools: Which; at least one.
        blocks: How many blocks each runs, 1 or more.
        rounds: How many rounds count, 1 or more; one more runs before them.
        folder: An empty folder.
        tell: Is told what begins.

    Returns:
        The cost of the floor, then of each tool.

    Raises:
        MeasurementError: A session did not pass, or a tool is not installed.
    """
    pages, none = make_pages(blocks), make_pages(0)
    projects = [_projects(tool, folder / str(at), pages, none) for at, tool in enumerate(tools)]
    floor: list[Duration] = []
    full: dict[str, list[Duration]] = {tool.name: [] for tool in tools}
    empty: dict[str, list[Duration]] = {tool.name: [] for tool in tools}
    for number in range(rounds + 1):
        tell(f"round {number} of {rounds}" if number else "a round that does not count")
        floor.append(run_bare(pages))
        for one in _turned(projects, number):
            empty[one.tool.name].append(run_session(one.tool, one.empty, pages=none))
            full[one.tool.name].append(run_session(one.tool, one.full, pages=pages))
    counted = slice(1, None)
    nothing = [Duration(0, 0)]
    return [
        cost_of(BARE, floor[counted], nothing, blocks=1),
        *(cost_of(name, full[name][counted], empty[name][counted], blocks=blocks) for name in full),
    ]


def _projects(tool: Tool, folder: Path, pages: Sequence[Page], none: Sequence[Page]) -> _Projects:
    made = _Projects(tool, folder / "full", folder / "empty")
    tool.set_up(made.full, pages)
    tool.set_up(made.empty, none)
    return made


def _turned(projects: Sequence[_Projects], by: int) -> Iterator[_Projects]:
    at = by % len(projects)
    yield from projects[at:]
    yield from projects[:at]


def cost_of(name: str, full: Sequence[Duration], empty: Sequence[Duration], *, blocks: int) -> Cost:
    """Work out what one block costs.

    Args:
        name: With what.
        full: Times with the blocks; at least one.
        empty: Times without; at least one.
        blocks: How many blocks there were.

    Returns:
        The cost: the fastest less the fastest, and the middle less the middle.
    """

    def per_block(middle: Callable[[Iterator[float]], float], part: str) -> float:
        with_blocks, without = (
            middle(getattr(one, part) for one in durations) for durations in (full, empty)
        )
        return (with_blocks - without) / blocks * _MS

    return Cost(
        name=name,
        cpu_min_ms=per_block(min, "cpu_s"),
        cpu_median_ms=per_block(statistics.median, "cpu_s"),
        wall_min_ms=per_block(min, "wall_s"),
        wall_median_ms=per_block(statistics.median, "wall_s"),
    )


def run_session(tool: Tool, folder: Path, *, pages: Sequence[Page]) -> Duration:
    """Run one session of a tool.

    Args:
        tool: The tool.
        folder: Its project.
        pages: What stands there.

    Returns:
        How long the process took, its start included.

    Raises:
        MeasurementError: Not every block passed; the message holds the end of the report.
    """
    tool.clean(folder)
    command = [sys.executable, "-m", "pytest", *_OPTIONS, *tool.arguments]
    done, took = run_timed(command, folder=folder, environment=_environment())
    passed = _PASSED.search(done.stdout)
    expected = tool.expected(pages)
    right = int(passed[1]) if passed else 0
    if done.returncode not in {0, _NONE_COLLECTED} or right != expected:
        raise MeasurementError(
            f"{tool.name}: {right} tests passed instead of {expected}; repair what the report says "
            f"and measure again.\n\n{(done.stdout + done.stderr)[-2000:]}"
        )
    return took


def run_timed(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str]
) -> tuple[subprocess.CompletedProcess[str], Duration]:
    """Run a command and take its time.

    Args:
        command: The command.
        folder: Its working directory.
        environment: All its variables.

    Returns:
        What came of it, and how long it took.

    Concurrency: Processor time is that of all children that end meanwhile; one at a time.
    """
    before, begin = _children_s(), time.perf_counter()
    done = subprocess.run(  # noqa: S603 -- our own interpreter, no shell
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done, Duration(time.perf_counter() - begin, _children_s() - before)


def run_bare(pages: Sequence[Page]) -> Duration:
    """Run the code of all blocks with nothing around it.

    Args:
        pages: Which hold it; at least one block.

    Returns:
        How long one block took.
    """
    done = subprocess.run(  # noqa: S603 -- our own interpreter, no shell
        [sys.executable, str(Path(__file__).with_name("bare.py"))],
        input=json.dumps([block for page in pages for block in page.blocks]),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    return Duration(*json.loads(done.stdout))


def _children_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _environment() -> dict[str, str]:
    """Give the variables of a session: those of this process but for what steers pytest."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return {**ours, "PYTHONUTF8": "1", "NO_COLOR": "1"}
