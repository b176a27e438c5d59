"""Sweeps: groups of runs over points of a search, judged by one metric.

Owns the life of a sweep and of its points, and the choice of the best run. Refuses to own the
configuration, which is in `hozon.model.sweep_config`, and who hands points out. Invariants: a point
is in one hand at a time; what ended is never handed out again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NewType

from hozon.errors import InputError, SweepStateError
from hozon.model.metadata import JsonObject, JsonValue
from hozon.model.names import SweepId
from hozon.model.paths import ProjectPath, SweepPath
from hozon.model.runs import Run, RunKey, comparable
from hozon.model.sweep_config import Goal, SweepConfig

SweepKey = NewType("SweepKey", int)
"""A sweep's key in the catalog."""

MOST_ATTEMPTS: Final = 3
"""How often a point is handed out, before it counts as lost."""


class SweepState(StrEnum):
    """Where a sweep stands."""

    RUNNING = "RUNNING"
    """Agents get points."""

    PAUSED = "PAUSED"
    """Agents wait until it is resumed; runs that have begun go on."""

    STOPPED = "STOPPED"
    """Agents get no more points; runs that have begun go on. For good."""

    CANCELED = "CANCELED"
    """Agents get no more points, and end the runs that have begun. For good."""

    FINISHED = "FINISHED"
    """All points were tried, or the target was reached."""


class SweepAction(StrEnum):
    """What can be asked of a sweep."""

    PAUSE = "pause"
    """Hand out no points for now."""

    RESUME = "resume"
    """Hand out points again."""

    STOP = "stop"
    """Hand out no more points."""

    CANCEL = "cancel"
    """Hand out no more points, and end what has begun."""


_ACTIONS: Final[Mapping[SweepAction, tuple[SweepState, frozenset[SweepState]]]] = MappingProxyType(
    {
        SweepAction.PAUSE: (SweepState.PAUSED, frozenset({SweepState.RUNNING})),
        SweepAction.RESUME: (SweepState.RUNNING, frozenset({SweepState.PAUSED})),
        SweepAction.STOP: (
            SweepState.STOPPED,
            frozenset({SweepState.RUNNING, SweepState.PAUSED}),
        ),
        SweepAction.CANCEL: (
            SweepState.CANCELED,
            frozenset({SweepState.RUNNING, SweepState.PAUSED, SweepState.STOPPED}),
        ),
    }
)
"""Action → where it leads, and from where; where it leads, it changes nothing."""


class PointState(StrEnum):
    """Where a point stands."""

    TAKEN = "TAKEN"
    """An agent tries it, for as long as its lease runs."""

    DONE = "DONE"
    """Its run ended, well or not."""

    LOST = "LOST"
    """It was handed out as often as a point is, and nobody came to an end with it."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sweep as the catalog holds it."""

    key: SweepKey
    """Its key in the catalog."""

    at: ProjectPath
    """The project that it belongs to."""

    id: SweepId
    """Its name within the project."""

    config: SweepConfig
    """What it tries and how it judges."""

    created_at: datetime
    """When it was created, UTC."""

    state: SweepState = SweepState.RUNNING
    """Where it stood when it was read."""

    seed: int = 0
    """What its random points are drawn from."""

    @property
    def path(self) -> SweepPath:
        """The full path."""
        return SweepPath(self.at, self.id)


@dataclass(frozen=True, slots=True)
class Point:
    """A point that was handed out, as the catalog holds it."""

    number: int
    """Its place in the order of the sweep, from 0."""

    values: JsonObject
    """A value for each parameter."""

    token: str
    """Who holds it: whoever knows this; at most 32 characters."""

    expires_at: datetime
    """Until when it is held without a word from the holder, UTC."""

    state: PointState = PointState.TAKEN
    """Where it stands."""

    attempts: int = 1
    """How often it was handed out."""

    run: RunKey | None = None
    """The run that tries it; None before that begins."""


@dataclass(frozen=True, slots=True)
class Order:
    """By what runs are ranked."""

    source: str
    """`summary_metrics` or `config`."""

    key: str
    """What of it is compared."""

    goal: Goal
    """Which end wins."""

    def __str__(self) -> str:
        """Write the order as `parse_order` reads it."""
        return f"{'+' if self.goal is Goal.MINIMIZE else '-'}{self.source}.{self.key}"


def parse_order(text: str) -> Order:
    """Read by what runs are ranked.

    Args:
        text: `+` (the smallest wins) or `-`, then `summary_metrics.` or `config.`, then a key.

    Raises:
        InputError: It is written otherwise.
    """
    source, _, key = text[1:].partition(".")
    if text[:1] not in {"+", "-"} or source not in {"summary_metrics", "config"} or not key:
        raise InputError(
            f"order is {text!r}",
            hint="Write '+summary_metrics.loss' for the smallest loss, '-config.lr' for the"
            " largest lr.",
        )
    return Order(source, key, Goal.MINIMIZE if text[0] == "+" else Goal.MAXIMIZE)


def change_state(sweep: Sweep, action: SweepAction) -> SweepState:
    """Tell where an action leads a sweep.

    Args:
        sweep: The sweep as it is.
        action: What is asked.

    Raises:
        SweepStateError: The sweep has ended, or is not paused.
    """
    to, allowed = _ACTIONS[action]
    if sweep.state is not to and sweep.state not in allowed:
        raise SweepStateError(
            f"The sweep {sweep.path} is {sweep.state} and cannot {action}",
            hint="Create another sweep with hozon.sweep(); its runs and its best run stay.",
        )
    return to


def best_run(runs: Iterable[Run], *, metric: str, goal: Goal) -> Run | None:
    """Choose the run with the best metric.

    Args:
        runs: The candidates, earliest first.
        metric: The key of the summary to compare.
        goal: Which end wins.

    Returns:
        The winner; the earliest of those that tie; None when no run has a number there. NaN,
        text and absence never win.
    """
    return best_by(runs, Order("summary_metrics", metric, goal))


def best_by(runs: Iterable[Run], order: Order) -> Run | None:
    """Choose the run that comes first in an order; see `best_run`.

    Args:
        runs: The candidates, earliest first.
        order: By what they are ranked.
    """
    sign = 1 if order.goal is Goal.MINIMIZE else -1
    scored = [(sign * score, run) for run in runs if (score := _score(run, order)) is not None]
    return min(scored, key=lambda pair: pair[0])[1] if scored else None


def reached(sweep: Sweep, best: Run | None) -> bool:
    """Tell whether the best run of a sweep is as good as its target."""
    config = sweep.config
    if config.target is None or config.metric is None or best is None:
        return False
    score = comparable(best.summary, config.metric)
    if score is None:
        return False
    return score <= config.target if config.goal is Goal.MINIMIZE else score >= config.target


def _score(run: Run, order: Order) -> float | None:
    """Read what of a run is compared; dots lead into nested parameters."""
    values = run.summary if order.source == "summary_metrics" else run.config
    if order.key in values:
        return comparable(values, order.key)
    *outer, last = order.key.split(".")
    inner: JsonValue = dict(values)
    for name in outer:
        inner = inner.get(name) if isinstance(inner, Mapping) else None
    return comparable(inner, last) if isinstance(inner, Mapping) else None
