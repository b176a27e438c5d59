"""Points of sweeps: handed out once, held by a lease, handed out again."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from hozon.errors import SweepLeaseError, SweepStateError
from hozon.model.metadata import JsonValue
from hozon.model.names import RunId
from hozon.model.paths import RunPath
from hozon.model.runs import Run, RunState
from hozon.model.sweep_config import SweepConfig, parse_sweep_config
from hozon.model.sweeps import MOST_ATTEMPTS, Sweep, SweepAction, SweepState
from hozon.ports.optimizers import Trial
from hozon.services.context import Context
from hozon.services.runs import HeldRun, RunRequest, begin_run, find_run, save_summary
from hozon.services.sweep_points import (
    Claim,
    NoPoint,
    begin_point,
    claim_point,
    close_claim,
    end_point,
    find_claim,
    renew_claim,
)
from hozon.services.sweeps import act_on_sweep, create_sweep, find_sweep
from hozon.testing.clocks import ManualClock
from worlds import AT

LEASE = timedelta(seconds=60)
GRID = {"method": "grid", "parameters": {"n": {"values": [0, 1, 2]}}}
RANDOM = {"method": "random", "parameters": {"n": {"min": 0.0, "max": 1.0}}}


class RememberingOptimizer:
    """Proposes the number of trials that it was told of."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.told: list[Trial] = []

    def propose(
        self,
        config: SweepConfig,  # noqa: ARG002  The signature is the port's.
        trials: Sequence[Trial],
        *,
        seed: int,  # noqa: ARG002  The same.
    ) -> dict[str, JsonValue]:
        """Remember, and propose."""
        self.told = list(trials)
        return {"n": len(trials)}


def made(context: Context, config: dict[str, Any] | None = None) -> Sweep:
    """Create a sweep."""
    return create_sweep(context, AT, parse_sweep_config(config or GRID), sweep_id=None)


def claim(context: Context, sweep: Sweep, **more: Any) -> Claim:  # noqa: ANN401  As given.
    """Take a point that is there."""
    found = claim_point(context, sweep, lease=LEASE, optimizer=more.get("optimizer"))
    assert isinstance(found, Claim)
    return found


def refused(context: Context, sweep: Sweep) -> NoPoint:
    """Ask for a point that is not there."""
    found = claim_point(context, sweep, lease=LEASE, optimizer=None)
    assert isinstance(found, NoPoint)
    return found


def begun(context: Context, claim: Claim) -> HeldRun:
    """Begin the run of a point."""
    request = RunRequest(AT, config=claim.point.values, sweep=claim.sweep)
    held = begin_run(context, request)
    begin_point(context, claim, held.run.key)
    return held


def end(context: Context, claim: Claim, held: HeldRun, state: RunState) -> RunState:
    """Let the run of a point end."""
    return end_point(context, claim, held, state, exit_code=int(state is not RunState.FINISHED))


def finish(context: Context, claim: Claim, **summary: float) -> Run:
    """Do all that an agent does with a point."""
    held = begun(context, claim)
    save_summary(context, held, summary)
    assert end(context, claim, held, RunState.FINISHED) is RunState.FINISHED
    return held.run


def state_of(context: Context, run: Run) -> RunState:
    """Read how a run ended."""
    return find_run(context, RunPath(AT, RunId(run.id))).state


def test_a_grid_is_walked_once_and_finishes(context: Context) -> None:
    """With the end of its last point, not before."""
    sweep = made(context)
    held = [claim(context, sweep) for _ in range(3)]
    assert [each.point.values for each in held] == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert refused(context, sweep) == NoPoint(SweepState.RUNNING, may_come=True)
    for each in held:
        assert find_sweep(context, sweep.path).state is SweepState.RUNNING
        finish(context, each)
    assert find_sweep(context, sweep.path).state is SweepState.FINISHED
    assert refused(context, sweep) == NoPoint(SweepState.FINISHED, may_come=False)


def test_a_silent_agent_loses_its_point(context: Context, clock: ManualClock) -> None:
    """Another gets the same values; the run of the first has failed, whatever it does later."""
    sweep = made(context, RANDOM)
    first = claim(context, sweep)
    late = begun(context, first)
    run = late.run
    clock.advance(LEASE)
    second = claim(context, sweep)
    assert (second.point.number, second.point.values) == (0, first.point.values)
    assert second.point.token != first.point.token
    assert state_of(context, run) is RunState.FAILED
    with pytest.raises(SweepLeaseError, match=r"Point 0 .* is in other hands"):
        renew_claim(context, first, lease=LEASE)
    with pytest.raises(SweepLeaseError):
        begin_point(context, first, run.key)
    assert end(context, first, late, RunState.FINISHED) is RunState.FAILED
    assert close_claim(context, first) is None
    assert state_of(context, finish(context, second)) is RunState.FINISHED
    assert claim(context, sweep).point.number == 1


def test_a_lease_that_is_renewed_holds(context: Context, clock: ManualClock) -> None:
    """For as long as its holder says so; a point that is tried needs none."""
    sweep = made(context)
    held = claim(context, sweep)
    for _ in range(3):
        clock.advance(LEASE * 0.9)
        assert renew_claim(context, held, lease=LEASE)
        assert claim(context, sweep).point.number != 0 if _ < 2 else True
    finish(context, held)
    assert not renew_claim(context, held, lease=LEASE)


def test_a_point_that_no_run_began_is_handed_out_again(context: Context) -> None:
    """At once: its agent has let go of it."""
    sweep = made(context)
    assert close_claim(context, claim(context, sweep)) is None
    assert claim(context, sweep).point.number == 0


def test_a_run_that_did_not_end_by_itself_has_failed(context: Context) -> None:
    """Its point counts as tried."""
    sweep = made(context)
    held = claim(context, sweep)
    run = begun(context, held).run
    closed = close_claim(context, held)
    assert closed is not None
    assert (closed.key, closed.state) == (run.key, RunState.FAILED)
    assert claim(context, sweep).point.number == 1


def test_a_point_that_kills_its_agents_is_given_up(context: Context, clock: ManualClock) -> None:
    """After three attempts; the sweep then finishes without it."""
    sweep = made(context, {**GRID, "run_cap": 1})
    for attempt in range(MOST_ATTEMPTS):
        assert claim(context, sweep).point.attempts == attempt + 1
        clock.advance(LEASE)
    assert refused(context, sweep) == NoPoint(SweepState.FINISHED, may_come=False)


def test_a_cap_ends_a_search_without_end(context: Context) -> None:
    """After so many points."""
    sweep = made(context, {**RANDOM, "run_cap": 2})
    for _ in range(2):
        finish(context, claim(context, sweep))
    assert find_sweep(context, sweep.path).state is SweepState.FINISHED


@pytest.mark.parametrize(("goal", "ends"), [("minimize", 0.1), ("maximize", 0.9)])
def test_a_target_ends_a_search(context: Context, goal: str, ends: float) -> None:
    """As soon as a run that ended well has reached it."""
    metric = {"name": "loss", "goal": goal, "target": ends}
    sweep = made(context, {**RANDOM, "metric": metric})
    finish(context, claim(context, sweep), loss=0.5)
    assert find_sweep(context, sweep.path).state is SweepState.RUNNING
    finish(context, claim(context, sweep), loss=ends)
    assert find_sweep(context, sweep.path).state is SweepState.FINISHED


def test_a_paused_sweep_hands_out_nothing_until_resumed(context: Context) -> None:
    """What has begun goes on."""
    sweep = made(context)
    held = claim(context, sweep)
    act_on_sweep(context, sweep.path, SweepAction.PAUSE)
    assert refused(context, sweep) == NoPoint(SweepState.PAUSED, may_come=True)
    assert renew_claim(context, held, lease=LEASE)
    act_on_sweep(context, sweep.path, SweepAction.RESUME)
    assert claim(context, sweep).point.number == 1


def test_a_stopped_sweep_hands_out_nothing(context: Context) -> None:
    """What has begun goes on, and the sweep stays stopped."""
    sweep = made(context)
    held = claim(context, sweep)
    act_on_sweep(context, sweep.path, SweepAction.STOP)
    assert refused(context, sweep) == NoPoint(SweepState.STOPPED, may_come=False)
    assert renew_claim(context, held, lease=LEASE)
    finish(context, held)
    assert find_sweep(context, sweep.path).state is SweepState.STOPPED


def test_a_canceled_sweep_tells_the_holders_of_its_points(context: Context) -> None:
    """When they next say that they are at work."""
    sweep = made(context)
    held = claim(context, sweep)
    act_on_sweep(context, sweep.path, SweepAction.CANCEL)
    with pytest.raises(SweepStateError, match="was canceled"):
        renew_claim(context, held, lease=LEASE)


@pytest.mark.parametrize("action", list(SweepAction))
def test_what_is_canceled_stays_so(context: Context, action: SweepAction) -> None:
    """Canceling again changes nothing; all else is refused."""
    sweep = made(context)
    act_on_sweep(context, sweep.path, SweepAction.CANCEL)
    if action is SweepAction.CANCEL:
        assert act_on_sweep(context, sweep.path, action).state is SweepState.CANCELED
        return
    with pytest.raises(SweepStateError, match=f"is CANCELED and cannot {action}"):
        act_on_sweep(context, sweep.path, action)


def test_a_program_finds_its_point_until_a_run_has_it(context: Context) -> None:
    """By number and token; without the token there is none."""
    sweep = made(context)
    held = claim(context, sweep)
    number, token = held.point.number, held.point.token
    assert find_claim(context, sweep, number=number, token=token) == held
    with pytest.raises(SweepLeaseError):
        find_claim(context, sweep, number=number, token="f" * 32)
    begun(context, held)
    assert find_claim(context, sweep, number=number, token=token) is None


def test_an_optimizer_is_told_what_came_of_the_points(context: Context) -> None:
    """Earliest first; what still runs as running, what failed without a score."""
    metric = {"name": "loss"}
    sweep = made(context, {**RANDOM, "method": "bayes", "metric": metric})
    optimizer = RememberingOptimizer()
    finish(context, claim(context, sweep, optimizer=optimizer), loss=0.5)
    failed = claim(context, sweep, optimizer=optimizer)
    end(context, failed, begun(context, failed), RunState.FAILED)
    finish(context, claim(context, sweep, optimizer=optimizer), loss=float("nan"))
    claim(context, sweep, optimizer=optimizer)
    assert claim(context, sweep, optimizer=optimizer).point.values == {"n": 4}
    assert [(each.values, each.score, each.is_running) for each in optimizer.told] == [
        ({"n": 0}, 0.5, False),
        ({"n": 1}, None, False),
        ({"n": 2}, None, False),
        ({"n": 3}, None, True),
    ]
