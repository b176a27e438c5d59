"""Runs: pieces of work that log and use artifacts.

Owns what is known of a run. Refuses to own its history, which only the catalog holds.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from hozon.model.metadata import JsonObject
from hozon.model.names import RunId, SweepId
from hozon.model.paths import ProjectPath, RunPath

RunKey = NewType("RunKey", int)
"""A run's key in the catalog."""


class RunState(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    """It has begun and not ended."""

    FINISHED = "finished"
    """It ended by itself."""

    FAILED = "failed"
    """It ended with an exception."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run as the catalog holds it."""

    key: RunKey
    """Its key in the catalog."""

    at: ProjectPath
    """The project that it belongs to."""

    id: RunId
    """Its name within the project."""

    job_type: str | None
    """What kind of work it does, such as `train`; None for none."""

    state: RunState
    """Where it stands."""

    config: JsonObject
    """Its inputs: hyperparameters and the like."""

    summary: JsonObject
    """Its results: by default the last value of each logged metric. NaN is allowed."""

    sweep_id: SweepId | None
    """The sweep that it belongs to; None for none."""

    created_at: datetime
    """When it began, UTC."""

    deleted_at: datetime | None = None
    """When it was taken out of every listing, UTC; None unless it was."""

    @property
    def path(self) -> RunPath:
        """The full path."""
        return RunPath(self.at, self.id)


def comparable(summary: JsonObject, metric: str) -> float | None:
    """Read a metric of a summary, when it is a number that can be compared.

    Args:
        summary: The results of a run.
        metric: The key to read.

    Returns:
        The number; None for NaN, for what is no number, and for nothing.
    """
    value = summary.get(metric)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    # An int may be too large for `math.isnan`, and is never NaN.
    return None if isinstance(value, float) and math.isnan(value) else value
