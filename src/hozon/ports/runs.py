"""Runs and their history, as services write and read them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hozon.model.access import Principal
from hozon.model.metadata import JsonObject
from hozon.model.paths import ProjectPath, RunPath
from hozon.model.runs import UNTOLD, Hold, Run, RunDetails, RunKey, RunState
from hozon.model.sweeps import SweepKey
from hozon.ports.paging import Listing


@dataclass(frozen=True, slots=True)
class NewRun:
    """What is known of a run when it begins."""

    job_type: str | None
    """What kind of work it does; None for none."""

    config: JsonObject
    """Its inputs."""

    sweep: SweepKey | None = None
    """The sweep that it belongs to; None for none."""

    details: RunDetails = UNTOLD
    """What people say of it."""

    hold: Hold | None = None
    """The process that it belongs to; None for a run that nobody will go on with."""


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """What a run logged at one step."""

    step: int
    """Which step, 0 or more."""

    row: JsonObject
    """Metric → value; NaN is allowed."""

    logged_at: datetime
    """When it was logged last, UTC."""


class RunRecords(Protocol):
    """Runs and their history."""

    def find(self, path: RunPath, *, deleted: bool = False) -> Run | None:
        """Find a run that has not been deleted; with `deleted` also one that has."""
        ...

    def get_all(self, keys: Iterable[RunKey]) -> Sequence[Run]:
        """Read runs that are known to exist, deleted ones included, in the order of the keys."""
        ...

    def add(self, path: RunPath, new: NewRun, *, by: Principal, now: datetime) -> Run:
        """Make a running run; its id is free."""
        ...

    def take(self, key: RunKey, hold: Hold) -> None:
        """Make a run that nobody holds a running one of this holder, as if it had never ended."""
        ...

    def renew(
        self,
        key: RunKey,
        *,
        token: str,
        expires_at: datetime,
        summary: JsonObject | None = None,
    ) -> bool:
        """Extend a hold, and replace the summary if one is given.

        Returns:
            False if the run is not running, or held by another; nothing is changed then.
        """
        ...

    def set_config(self, key: RunKey, config: JsonObject) -> None:
        """Replace the configuration."""
        ...

    def set_summary(self, key: RunKey, summary: JsonObject) -> None:
        """Replace the summary."""
        ...

    def set_metrics(self, key: RunKey, metrics: JsonObject) -> None:
        """Replace the rules by which the summary takes metrics over."""
        ...

    def describe(self, key: RunKey, details: RunDetails) -> None:
        """Replace what people say of it."""
        ...

    def set_state(
        self, key: RunKey, state: RunState, *, now: datetime, exit_code: int | None = None
    ) -> None:
        """Record that the run ended, how and when; nobody holds it any more."""
        ...

    def append_history(self, key: RunKey, row: JsonObject, *, step: int, now: datetime) -> None:
        """Add a row of metrics at a step, 0 or more and unique within the run."""
        ...

    def replace_history(self, key: RunKey, row: JsonObject, *, step: int, now: datetime) -> None:
        """Replace the row of metrics of a step that has one."""
        ...

    def last_step(self, key: RunKey) -> int | None:
        """Tell the last step that has a row; None when none has."""
        ...

    def history(
        self, key: RunKey, *, first: int | None = None, end: int | None = None
    ) -> Listing[HistoryRow]:
        """List what was logged, in the order of steps.

        Args:
            key: The run.
            first: The first step to list; None for the very first.
            end: The step before which the list ends; None for all.
        """
        ...

    def listing(self, at: ProjectPath, *, newest_first: bool = False) -> Listing[Run]:
        """List the runs of a project that have not been deleted, in the order of their making.

        Args:
            at: The project.
            newest_first: Whether the run that was made last comes first.
        """
        ...

    def in_sweep(self, key: SweepKey) -> Listing[Run]:
        """List the runs of a sweep that have not been deleted, earliest first."""
        ...

    def delete(self, key: RunKey, *, now: datetime) -> None:
        """Take a run out of every listing; its id stays taken, and its edges are kept."""
        ...
