"""Points of sweeps: who tries which, until when, and what becomes of it.

Owns leases of points. Invariants: a point is in one hand at a time, and whoever lost it can end
nothing in its name; a point that is handed out again has the values that it had; a point is tried
when its run has ended, well or not, and both are recorded in one transaction.
"""

import math
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hozon.errors import SweepLeaseError, SweepStateError
from hozon.model.access import Action
from hozon.model.metadata import JsonValue
from hozon.model.missing import no_run_key, no_sweep
from hozon.model.runs import Run, RunKey, RunState, comparable
from hozon.model.sweep_config import Method
from hozon.model.sweeps import (
    MOST_ATTEMPTS,
    Point,
    PointState,
    Sweep,
    SweepState,
    best_run,
    reached,
)
from hozon.ports.catalog import CatalogSession
from hozon.ports.optimizers import MOST_TRIALS, Optimizer, Trial
from hozon.services.access import authorize
from hozon.services.context import Context
from hozon.services.runs import HeldRun, check_held, extend_hold

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Claim:
    """A point that somebody holds."""

    sweep: Sweep
    """The sweep that it is of."""

    point: Point
    """The point as it was handed out."""


@dataclass(frozen=True, slots=True)
class NoPoint:
    """Why there is no point."""

    state: SweepState
    """Where the sweep stands."""

    may_come: bool
    """Whether there may be one later: the sweep is paused, or others may give theirs up."""


def claim_point(
    context: Context, sweep: Sweep, *, lease: timedelta, optimizer: Optimizer | None
) -> Claim | NoPoint:
    """Hand out a point: one that a silent agent had, otherwise the next.

    Args:
        context: The capabilities.
        sweep: The sweep.
        lease: How long the point is held without a word from the holder, more than 0.
        optimizer: What proposes points; needed for the method `bayes`.

    Raises:
        SweepNotFoundError: They may not see it.
        AccessDeniedError: They may not write to its project.

    Concurrency:
        Agents may ask at once, from anywhere: no point is in two hands.
    """
    with context.catalog.write() as session:
        _authorize(session, context, sweep)
        now = context.catalog.now()
        state = _settle(session, sweep)
        if state is not SweepState.RUNNING:
            return NoPoint(state, may_come=state is SweepState.PAUSED)
        point = _take_over(session, sweep, now=now, lease=lease)
        if point is None:
            state = _settle(session, sweep)  # The last point may just have been given up.
            if state is not SweepState.RUNNING:
                return NoPoint(state, may_come=False)
            if _is_used_up(session, sweep):
                return NoPoint(state, may_come=True)
            number = session.sweeps.take_point(sweep.key)
            values = _values(session, sweep, number, optimizer)
            point = Point(number, values, _new_token(), now + lease)
            session.points.add(sweep.key, point)
        return Claim(sweep, point)


def renew_claim(context: Context, claim: Claim, *, lease: timedelta) -> bool:
    """Say that the holder of a point is at work.

    Returns:
        Whether there is anything left to hold: a point that is tried needs no lease.

    Raises:
        SweepLeaseError: The point is in other hands by now.
        SweepStateError: The sweep was canceled.
    """
    with context.catalog.write() as session:
        _authorize(session, context, claim.sweep)
        point = _held(session, claim)
        if point.state is not PointState.TAKEN:
            return False
        if session.sweeps.progress(claim.sweep.key).state is SweepState.CANCELED:
            raise canceled(claim.sweep)
        later = replace(point, expires_at=context.catalog.now() + lease)
        session.points.replace(claim.sweep.key, later)
        return True


def find_claim(context: Context, sweep: Sweep, *, number: int, token: str) -> Claim | None:
    """Find the point that an agent started this process for.

    Returns:
        The claim; None if a run tries the point already.

    Raises:
        SweepLeaseError: The point is in other hands by now.
    """
    with context.catalog.read() as session:
        _authorize(session, context, sweep)
        found = session.points.find(sweep.key, number)
    if found is None or found.token != token:
        raise _lost(sweep, number)
    return Claim(sweep, found) if found.run is None else None


def begin_point(context: Context, claim: Claim, run: RunKey) -> None:
    """Record which run tries a point.

    Raises:
        SweepLeaseError: The point is in other hands by now.
        RunNotFoundError: There is no such run in the project of the sweep.
    """
    with context.catalog.write() as session:
        _authorize(session, context, claim.sweep)
        # Whoever may work on the sweep ends the run of a point, and reads it.
        if session.access.project_of_run(run) != claim.sweep.path.at:
            raise no_run_key(run)
        session.points.replace(claim.sweep.key, replace(_held(session, claim), run=run))


def end_point(
    context: Context, claim: Claim, held: HeldRun, state: RunState, *, exit_code: int
) -> RunState:
    """Record that the run of a point ended, and with it the point.

    Args:
        context: The capabilities.
        claim: The point.
        held: The run.
        state: How the run ended.
        exit_code: With which exit code.

    Returns:
        How the run ended: `FAILED`, whatever was asked, if the point is in other hands by now.

    Raises:
        RunLostError: Another process has gone on with the run.
    """
    with context.catalog.write() as session:
        _authorize(session, context, claim.sweep)
        now = context.catalog.now()
        key = held.run.key
        point = session.points.find(claim.sweep.key, claim.point.number)
        if point is None or point.token != claim.point.token:
            if extend_hold(session, context, held):  # Whoever took the point over ended the run.
                session.runs.set_state(key, RunState.FAILED, now=now, exit_code=exit_code or 1)
            return RunState.FAILED
        check_held(session, context, held)
        session.runs.set_state(key, state, now=now, exit_code=exit_code)
        session.points.replace(claim.sweep.key, replace(point, state=PointState.DONE))
        _settle(session, claim.sweep)
        return state


def close_claim(context: Context, claim: Claim) -> Run | None:
    """Let go of a point whose holder has ended, whatever it came to.

    A run that did not end by itself has failed. A point that no run began is handed out again.

    Returns:
        The run; None if none began, or if the point is in other hands by now.
    """
    with context.catalog.write() as session:
        _authorize(session, context, claim.sweep)
        now = context.catalog.now()
        point = session.points.find(claim.sweep.key, claim.point.number)
        if point is None or point.token != claim.point.token:
            return None
        if point.state is PointState.TAKEN and point.run is None:
            session.points.replace(claim.sweep.key, replace(point, expires_at=now))
        elif point.state is PointState.TAKEN:
            _fail(session, point, now=now)
            session.points.replace(claim.sweep.key, replace(point, state=PointState.DONE))
            _settle(session, claim.sweep)
        return session.points.run_of(point)


def _authorize(session: CatalogSession, context: Context, sweep: Sweep) -> None:
    """Let only those work on a sweep who may write to its project."""
    path = sweep.path
    authorize(session, context, Action.WRITE, path.at, missing=no_sweep(path))


def canceled(sweep: Sweep) -> SweepStateError:
    """Say that a sweep was canceled."""
    return SweepStateError(
        f"The sweep {sweep.path} was canceled", hint="Let the program end; its run has failed."
    )


def _held(session: CatalogSession, claim: Claim) -> Point:
    """Get a point that nobody else got since it was claimed."""
    point = session.points.find(claim.sweep.key, claim.point.number)
    if point is None or point.token != claim.point.token or point.state is PointState.LOST:
        raise _lost(claim.sweep, claim.point.number)
    return point


def _lost(sweep: Sweep, number: int) -> SweepLeaseError:
    """Say that a point is in other hands."""
    return SweepLeaseError(
        f"Point {number} of the sweep {sweep.path} is in other hands by now",
        hint="Set HOZON_SWEEP_LEASE to a longer time if agents are silent for long.",
    )


def _take_over(
    session: CatalogSession, sweep: Sweep, *, now: datetime, lease: timedelta
) -> Point | None:
    """Take the first point whose holder is silent; give up those that nobody brings to an end."""
    for point in session.points.taken(sweep.key):
        if point.expires_at > now:
            continue
        _fail(session, point, now=now)
        if point.attempts >= MOST_ATTEMPTS:
            session.points.replace(sweep.key, replace(point, state=PointState.LOST))
            continue
        again = Point(
            point.number, point.values, _new_token(), now + lease, attempts=point.attempts + 1
        )
        session.points.replace(sweep.key, again)
        return again
    return None


def _fail(session: CatalogSession, point: Point, *, now: datetime) -> None:
    """Record that the run of a point did not end by itself."""
    run = session.points.run_of(point)
    if run is not None and run.state is RunState.RUNNING:
        session.runs.set_state(run.key, RunState.FAILED, now=now, exit_code=1)


def _settle(session: CatalogSession, sweep: Sweep) -> SweepState:
    """Record that a sweep has finished, if it has; tell where it stands."""
    state = session.sweeps.progress(sweep.key).state
    if state not in {SweepState.RUNNING, SweepState.PAUSED}:
        return state
    is_over = _is_used_up(session, sweep) and not session.points.taken(sweep.key)
    if is_over or _has_reached_target(session, sweep):
        session.sweeps.set_state(sweep.key, SweepState.FINISHED)
        return SweepState.FINISHED
    return state


def _is_used_up(session: CatalogSession, sweep: Sweep) -> bool:
    """Tell whether every point was handed out at least once."""
    count = sweep.config.point_count
    return count is not None and session.sweeps.progress(sweep.key).next_point >= count


def _has_reached_target(session: CatalogSession, sweep: Sweep) -> bool:
    """Tell whether a run that ended well is as good as the target."""
    config = sweep.config
    if config.target is None or config.metric is None:
        return False
    ended = (run for run in _runs(session, sweep) if run.state is RunState.FINISHED)
    return reached(sweep, best_run(ended, metric=config.metric, goal=config.goal))


def _runs(session: CatalogSession, sweep: Sweep) -> Iterator[Run]:
    """Read the runs of a sweep, page by page."""
    listing, after = session.runs.in_sweep(sweep.key), None
    while page := listing.page(after=after, limit=_PAGE):
        yield from (item.value for item in page)
        after = page[-1].key


def _values(
    session: CatalogSession, sweep: Sweep, number: int, optimizer: Optimizer | None
) -> dict[str, JsonValue]:
    """Choose the values of a point."""
    config = sweep.config
    if config.method is Method.GRID:
        return config.grid_point(number)
    if config.method is Method.RANDOM or optimizer is None:
        return config.random_point(number, seed=sweep.seed)
    trials = [
        Trial(
            values=point.values,
            score=_score(sweep, run),
            is_running=point.state is PointState.TAKEN,
        )
        for point, run in reversed(session.points.newest(sweep.key, limit=MOST_TRIALS))
    ]
    return optimizer.propose(config, trials, seed=(sweep.seed + number) % 2**32)


def _score(sweep: Sweep, run: Run | None) -> float | None:
    """Read what came of a point, if an optimiser can learn from it."""
    if run is None or run.state is not RunState.FINISHED or sweep.config.metric is None:
        return None
    score = comparable(run.summary, sweep.config.metric)
    try:
        return score if score is not None and math.isfinite(score) else None
    except OverflowError:  # A whole number that no float can hold.
        return None


def _new_token() -> str:
    """Make up what only the holder of a point knows."""
    return secrets.token_hex(16)
