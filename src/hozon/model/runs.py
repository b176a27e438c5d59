"""Runs: pieces of work that log and use artifacts.

Owns what is known of a run, and the rule by which a run whose process fell silent has crashed.
Refuses to own its history, which only the catalog holds. Invariant: a run has one holder at most.
"""

import math
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType, Self

from hozon.errors import InputError
from hozon.model.metadata import JsonObject
from hozon.model.names import EntityName, RunId, SweepId
from hozon.model.paths import ProjectPath, RunPath
from hozon.model.tags import Tag

RunKey = NewType("RunKey", int)
"""A run's key in the catalog."""

MAX_LABEL_LENGTH = 128
"""How many characters the display name and the group of a run may have."""


class RunState(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    """It has begun and not ended, and its process is heard of."""

    FINISHED = "finished"
    """It ended by itself."""

    FAILED = "failed"
    """It ended with an exception, or with an exit code that is not 0."""

    KILLED = "killed"
    """It was interrupted, as with Ctrl-C."""

    CRASHED = "crashed"
    """It has not ended, and its process has fallen silent. No run is recorded so: it is read so."""


class Resume(StrEnum):
    """What to do where a run of the id is there, or is not."""

    ALLOW = "allow"
    """Go on with it, or begin it."""

    MUST = "must"
    """Go on with it; that it is missing is an error."""

    NEVER = "never"
    """Begin it; that it is there is an error."""

    AUTO = "auto"
    """Go on with the last run that was begun here so and has not finished, or begin one."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Which process a run belongs to, as long as that is heard of."""

    token: str
    """Tells the holder from all others; 32 hexadecimal digits."""

    by: str
    """The process, for people."""

    process: str
    """The process, for programs of the same machine."""

    expires_at: datetime
    """Until when the hold lasts without a word from the process, UTC."""


@dataclass(frozen=True, slots=True)
class RunDetails:
    """What people say of a run; all of it can be changed."""

    name: str | None = None
    """What to call it; None for its id."""

    group: str | None = None
    """The name that runs which belong together share; None for none."""

    tags: tuple[Tag, ...] = ()
    """Labels, sorted."""

    notes: str | None = None
    """A note for people; None for none."""

    def over(self, older: "RunDetails") -> "RunDetails":
        """Take from older details what these leave open."""
        return RunDetails(
            name=older.name if self.name is None else self.name,
            group=older.group if self.group is None else self.group,
            tags=self.tags or older.tags,
            notes=older.notes if self.notes is None else self.notes,
        )


UNTOLD: Final = RunDetails()
"""What people say of a run when they say nothing."""


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

    created_by: EntityName
    """Who began it."""

    deleted_at: datetime | None = None
    """When it was taken out of every listing, UTC; None unless it was."""

    details: RunDetails = UNTOLD
    """What people say of it."""

    metrics: JsonObject | None = None
    """How its summary takes metrics over: name or pattern → rule; see `run_metrics`."""

    hold: Hold | None = None
    """The process that it belongs to while it is running; None otherwise."""

    finished_at: datetime | None = None
    """When it ended last, UTC; None as long as it has not."""

    exit_code: int | None = None
    """With which code it ended, 0 for well; None as long as it has not."""

    @property
    def path(self) -> RunPath:
        """The full path."""
        return RunPath(self.at, self.id)

    def seen_at(self, now: datetime) -> Self:
        """Give the run as it stands at a moment: whose process fell silent has crashed.

        Args:
            now: The catalog's time, UTC.
        """
        if self.state is not RunState.RUNNING:
            return self
        if self.hold is not None and now < self.hold.expires_at:
            return self
        return replace(self, state=RunState.CRASHED)


def check_label(text: object, *, what: str) -> str | None:
    """Accept the display name or the group of a run: a line of text.

    Args:
        text: 1 to 128 printable characters; None for none.
        what: What it is, for the message.

    Returns:
        The text, unchanged.

    Raises:
        InputError: It is no such text.
    """
    if text is None:
        return None
    if isinstance(text, str) and 0 < len(text) <= MAX_LABEL_LENGTH and text.isprintable():
        return text
    raise InputError(
        f"The {what} is {text!r}",
        hint=f"Give a line of 1 to {MAX_LABEL_LENGTH} characters.",
    )


def check_resume(resume: object) -> Resume | None:
    """Accept what `init` is given as `resume`.

    Args:
        resume: `allow`, `must`, `never`, `auto`, or None.

    Raises:
        InputError: It is none of these.
    """
    if resume is None:
        return None
    try:
        return Resume(str(resume))
    except ValueError:
        raise InputError(
            f"resume is {resume!r}", hint="Use 'allow', 'must', 'never' or 'auto', or leave it out."
        ) from None


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
