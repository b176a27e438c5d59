"""Sweeps, and the points of them that were handed out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hozon.model.names import SweepId
from hozon.model.paths import ProjectPath, SweepPath
from hozon.model.runs import Run
from hozon.model.sweep_config import SweepConfig
from hozon.model.sweeps import Point, Sweep, SweepKey, SweepState
from hozon.ports.paging import Listing


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sweep has come."""

    state: SweepState
    """Where it stands."""

    next_point: int
    """The number of the point to hand out next."""


class SweepRecords(Protocol):
    """Sweeps."""

    def find(self, path: SweepPath) -> Sweep | None:
        """Find a sweep."""
        ...

    def add(
        self, at: ProjectPath, sweep_id: SweepId, config: SweepConfig, *, seed: int, now: datetime
    ) -> Sweep:
        """Make a running sweep; its id is free."""
        ...

    def listing(self, at: ProjectPath) -> Listing[Sweep]:
        """List the sweeps of a project, earliest first."""
        ...

    def progress(self, key: SweepKey) -> Progress:
        """Tell how far a sweep has come."""
        ...

    def set_state(self, key: SweepKey, state: SweepState) -> None:
        """Record where a sweep stands."""
        ...

    def take_point(self, key: SweepKey) -> int:
        """Give the number of the next point, each once, counting from 0 without end."""
        ...


class PointRecords(Protocol):
    """The points of sweeps that were handed out.

    Refuses to own who gets one; that is `hozon.services.sweep_points`.
    """

    def find(self, key: SweepKey, number: int) -> Point | None:
        """Find a point that was handed out."""
        ...

    def add(self, key: SweepKey, point: Point) -> None:
        """Record a point that is handed out for the first time."""
        ...

    def replace(self, key: SweepKey, point: Point) -> None:
        """Record what became of a point."""
        ...

    def taken(self, key: SweepKey) -> Sequence[Point]:
        """List the points that are taken, by number."""
        ...

    def newest(self, key: SweepKey, *, limit: int) -> Sequence[tuple[Point, Run | None]]:
        """List the points that were handed out last, each with its run, the last one first."""
        ...

    def run_of(self, point: Point) -> Run | None:
        """Give the run that tries a point, also when it was deleted; None before it begins."""
        ...
