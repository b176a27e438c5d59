"""Whether the blocks notice when the package stops doing what they show.

Owns the trying of one block against its stubs, and the judgement of all results together. Refuses
to know how a block is run and judged: the caller gives that as a function.

A stub is killed where the block, or the project's statement about it, fails. One that survives
shows that the block proves nothing about the callable. A stub that never acted is no mutant. After
all its stubs a block is tried without one, so that no result comes from what an attempt left
behind.

Invariants: an attempt that does not end in time is ended and counts as killed, where the system can
interrupt one; the signal and its timer are put back.
"""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from types import FrameType, ModuleType
from typing import TypeAlias

from hozon_docs.config import Config
from hozon_docs.findings import DocsError, Finding, shown
from hozon_docs.inventory import Inventory
from hozon_docs.ledger import MutantResult, text_digest
from hozon_docs.pages import file_of
from hozon_docs.runner import Around, Run
from hozon_docs.stubs import Planted, Stub, planted, stubs_for
from hozon_docs.trace import Code

Attempt: TypeAlias = Callable[[Around], str | None]
"""Runs a block from the beginning, in a fresh world, after the earlier blocks of its group, and
judges it; gives the reason why it failed, or None where it passed."""

BOUND_S = 12.0
"""How long an attempt may take, in seconds, its world included."""
_REASON_LENGTH = 200
_CAN_INTERRUPT = hasattr(signal, "setitimer")


class _OverdueError(BaseException):
    """An attempt takes too long; no handler of a block catches it by accident."""


def try_stubs(
    run: Run,
    inventory: Inventory,
    attempt: Attempt,
    *,
    config: Config,
    package: str,
    bound_s: float = BOUND_S,
) -> list[MutantResult]:
    """Try a block against every stub of what it calls.

    Args:
        run: What came of the block without a stub; it must have been watched, and proven.
        inventory: The public names.
        attempt: Runs and judges the block again.
        config: Where the documentation lives.
        package: The digest of the documented packages.
        bound_s: How long an attempt may take, in seconds.

    Returns:
        A result for each stub that acted, not sealed yet.

    Raises:
        DocsError: The block fails without a stub after all these attempts: one of them left
            something behind, so that the results say nothing. Mend the world of the block.

    Concurrency: Uses the process's timer and SIGALRM where it is called in the main thread.
    """
    tried = [(stub, *_tried(attempt, stub, bound_s=bound_s)) for stub in stubs_for(run, inventory)]
    reason = _attempted(attempt, _nothing_planted, bound_s=bound_s) if tried else ""
    if reason:
        raise DocsError(
            f"{shown(run.block.page.path)}:{run.block.line}: {run.block.name}: fails without a "
            f"stub, too, after it was tried with some ({reason}); a world has to be as new after "
            "whatever happened in the one before."
        )
    return [
        MutantResult(
            page=file_of(config, run.block.page),
            line=run.block.line,
            title=run.block.name,
            text=text_digest(run.block.source),
            package=package,
            name=stub.name,
            stub=stub.kind,
            outcome="killed" if reason else "survived",
            reason=reason,
        )
        for stub, acted, reason in tried
        if acted
    ]


def score(results: Sequence[MutantResult]) -> float:
    """Give the share of stubs that the blocks noticed.

    Args:
        results: What came of them.

    Returns:
        From 0 to 1; 1 where there are none.
    """
    killed = sum(one.outcome == "killed" for one in results)
    return killed / len(results) if results else 1.0


def mutant_findings(results: Sequence[MutantResult], *, config: Config) -> list[Finding]:
    """Find the blocks that prove too little, if there are too many.

    Args:
        results: What came of the stubs.
        config: Which share has to be noticed.

    Returns:
        A finding for each survivor where the score is below that share; else none.
    """
    if score(results) >= config.mutation_score:
        return []
    return [
        Finding(
            config.root / one.page,
            one.line,
            f"{one.title}: passes although {one.name} {one.stub}; print or state something that "
            "depends on it.",
        )
        for one in _survivors(results)
    ]


def describe_mutants(results: Sequence[MutantResult]) -> list[str]:
    """Tell about the mutants in a few lines.

    Args:
        results: What came of them.

    Returns:
        A sentence with the figures, then a line for each survivor.
    """
    survivors = _survivors(results)
    return [
        f"{len(results) - len(survivors)} of {len(results)} mutants killed ({score(results):.1%}).",
        *(
            f"survived {one.page}:{one.line}: {one.title}: {one.name} {one.stub}"
            for one in survivors
        ),
    ]


def _survivors(results: Sequence[MutantResult]) -> list[MutantResult]:
    return [one for one in results if one.outcome == "survived"]


def _tried(attempt: Attempt, stub: Stub, *, bound_s: float) -> tuple[bool, str]:
    """Tell whether a stub acted, and how the block noticed it; empty where it did not."""
    plantings: list[Planted] = []

    @contextlib.contextmanager
    def around(code: Code, namespace: ModuleType) -> Iterator[None]:
        with planted(stub, code, namespace) as planting:
            plantings.append(planting)
            yield

    reason = _attempted(attempt, around, bound_s=bound_s)
    return any(planting.acted for planting in plantings), reason


def _nothing_planted(code: Code, namespace: ModuleType) -> AbstractContextManager[object]:
    del code, namespace
    return contextlib.nullcontext()


def _attempted(attempt: Attempt, around: Around, *, bound_s: float) -> str:
    """Give the first line of the reason why an attempt failed; empty where it passed."""
    overdue = threading.Event()
    reason = None
    with contextlib.suppress(_OverdueError), _alarm(overdue, after_s=bound_s):
        reason = attempt(around)
    if overdue.is_set():
        reason = f"did not end within {bound_s:g} s"
    return (reason or "").split("\n", 1)[0][:_REASON_LENGTH]


@contextlib.contextmanager
def _alarm(overdue: threading.Event, *, after_s: float) -> Iterator[None]:
    """Interrupt the main thread after a time, and again until it listens."""
    if threading.current_thread() is not threading.main_thread() or not _CAN_INTERRUPT:
        yield
        return
    ended = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        if not ended:
            overdue.set()
            raise _OverdueError

    handler = signal.signal(signal.SIGALRM, interrupt)
    timer = signal.setitimer(signal.ITIMER_REAL, after_s, after_s)
    try:
        yield
    finally:
        ended = True
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, handler)
