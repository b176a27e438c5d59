"""Sweeps: groups of runs over a grid of parameters, judged by one metric.

Owns the sweep configuration, the order of the grid and the choice of the best run. Refuses to own
scheduling. Invariant: a `SweepConfig` holds at least one point and a metric.

Source: the published sweep configuration (`method`, `metric`, `parameters`), of which this release
knows the grid.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from hozon.errors import InvalidSweepError
from hozon.model.metadata import JsonObject, JsonValue, check_json_object
from hozon.model.names import SweepId
from hozon.model.paths import ProjectPath, SweepPath
from hozon.model.runs import Run, comparable

SweepKey = NewType("SweepKey", int)
"""A sweep's key in the catalog."""


class Goal(StrEnum):
    """Which end of a metric is the good one."""

    MINIMIZE = "minimize"
    """The smallest value wins; the default."""

    MAXIMIZE = "maximize"
    """The largest value wins."""


@dataclass(frozen=True, slots=True)
class SweepConfig:
    """What a sweep tries and how it judges."""

    metric: str
    """The key of the runs' summary that is compared."""

    goal: Goal
    """Which end of it wins."""

    parameters: tuple[tuple[str, tuple[JsonValue, ...]], ...]
    """Each parameter with its values, in the order given."""

    source: JsonObject
    """The configuration as it was given."""

    @property
    def point_count(self) -> int:
        """How many points the grid has, 1 or more."""
        return math.prod(len(values) for _, values in self.parameters)

    def point(self, number: int) -> dict[str, JsonValue]:
        """Give the n-th point of the grid; the last parameter varies fastest.

        Args:
            number: 0 or more, below `point_count`.

        Returns:
            A value for each parameter.
        """
        chosen: dict[str, JsonValue] = {}
        for name, values in reversed(self.parameters):
            number, position = divmod(number, len(values))
            chosen[name] = values[position]
        return {name: chosen[name] for name, _ in self.parameters}


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

    @property
    def path(self) -> SweepPath:
        """The full path."""
        return SweepPath(self.at, self.id)


def parse_sweep_config(config: object) -> SweepConfig:
    """Read and check a sweep configuration.

    Args:
        config: A mapping with `method` (`grid`), `metric` (`name`, and `goal`, by default
            `minimize`) and `parameters` (name → `values`, a list, or `value`).

    Returns:
        The configuration, checked.

    Raises:
        InvalidSweepError: A key is missing, unknown or malformed; the message names it.
        InvalidMetadataError: A value is none that JSON can carry.
    """
    source = check_json_object(config, what="sweep configuration")
    _only(source, {"method", "metric", "parameters", "name"}, where="sweep configuration")
    if source.get("method") != "grid":
        raise InvalidSweepError(
            f"method is {source.get('method')!r}", hint="This release walks a 'grid'."
        )
    metric = _section(source, "metric")
    _only(metric, {"name", "goal"}, where="metric")
    name = metric.get("name")
    if not isinstance(name, str) or not name:
        raise InvalidSweepError("metric has no name", hint="Name a key of the runs' summary.")
    try:
        goal = Goal(str(metric.get("goal", Goal.MINIMIZE)))
    except ValueError:
        raise InvalidSweepError(
            f"metric.goal is {metric['goal']!r}", hint="Use 'minimize' or 'maximize'."
        ) from None
    parameters = _section(source, "parameters")
    return SweepConfig(
        metric=name,
        goal=goal,
        parameters=tuple((key, _values(key, spec)) for key, spec in parameters.items()),
        source=source,
    )


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
    sign = 1 if goal is Goal.MINIMIZE else -1
    scored = [
        (sign * score, run)
        for run in runs
        if (score := comparable(run.summary, metric)) is not None
    ]
    return min(scored, key=lambda pair: pair[0])[1] if scored else None


def _section(source: JsonObject, key: str) -> JsonObject:
    """Get a mapping that must be there and must not be empty."""
    section = source.get(key)
    if not isinstance(section, Mapping) or not section:
        raise InvalidSweepError(
            f"{key} is {'missing' if section is None else repr(section)}",
            hint=f"Give {key!r} a dict with at least one key.",
        )
    return section


def _values(key: str, spec: JsonValue) -> tuple[JsonValue, ...]:
    """Read the values of one parameter."""
    where = f"parameters.{key}"
    if isinstance(spec, Mapping):
        _only(spec, {"values", "value"}, where=where)
        if "value" in spec and "values" not in spec:
            return (spec["value"],)
        values = spec.get("values")
        if isinstance(values, list) and values:
            return tuple(values)
    raise InvalidSweepError(
        f"{where} is {spec!r}", hint="Give it 'values', a list with something in it, or 'value'."
    )


def _only(section: JsonObject, known: set[str], *, where: str) -> None:
    """Refuse keys that would otherwise be ignored silently."""
    unknown = sorted(set(section) - known)
    if unknown:
        raise InvalidSweepError(
            f"{where} has the unknown key {unknown[0]!r}",
            hint=f"Known keys are {', '.join(sorted(known))}.",
        )
