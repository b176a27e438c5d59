"""Runs: begin them or go on with them, record what they log, end them, find them.

Owns who may write what a run logs: the process that holds it. Invariant: every write of a run's own
life is refused, within the same transaction, once another process has gone on with the run; so the
steps of two processes never mix.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hozon.errors import RunExistsError, RunHeldError, RunLostError
from hozon.model.access import Action
from hozon.model.metadata import JsonObject
from hozon.model.missing import no_run, no_run_key, no_sweep
from hozon.model.names import RunId
from hozon.model.paths import ProjectPath, RunPath
from hozon.model.runs import UNTOLD, Hold, Resume, Run, RunDetails, RunKey, RunState
from hozon.model.sweeps import Sweep
from hozon.ports.catalog import CatalogSession
from hozon.ports.paging import Keyed, Listing, PageKey
from hozon.ports.runs import HistoryRow, NewRun
from hozon.services.access import authorize
from hozon.services.context import Context
from hozon.services.listing import CatalogListing
from hozon.services.processes import describe_process, has_left, this_process

RUN_LEASE: Final = timedelta(minutes=5)
"""How long a run belongs to a process that says nothing."""

_ID_CHARACTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
_ID_LENGTH = 8


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a program wants to begin, or to go on with."""

    at: ProjectPath
    """The project."""

    run_id: RunId | None = None
    """Its name; None makes one up."""

    resume: Resume | None = None
    """Whether to go on with a run that is there; None refuses, as `Resume.NEVER`."""

    job_type: str | None = None
    """What kind of work it does; None for none. A run that goes on keeps its own."""

    config: JsonObject | None = None
    """Its inputs; of a run that goes on, those that change or come in addition."""

    details: RunDetails = UNTOLD
    """What people say of it; a run that goes on keeps what is not said anew."""

    sweep: Sweep | None = None
    """The sweep that it belongs to; None for none."""


@dataclass(frozen=True, slots=True)
class HeldRun:
    """A run that this process holds."""

    run: Run
    """The run, as it was when the process took it."""

    token: str
    """Tells this holder from all others."""

    step: int
    """The step at which it goes on, 0 or more."""

    resumed: bool
    """Whether it was there before."""


def new_id() -> str:
    """Make up an id for a run or a sweep: 8 random digits and lower-case letters."""
    return "".join(secrets.choice(_ID_CHARACTERS) for _ in range(_ID_LENGTH))


def begin_run(context: Context, request: RunRequest) -> HeldRun:
    """Begin a run, or go on with one.

    Args:
        context: The capabilities, and on whose behalf to act.
        request: What is wanted.

    Returns:
        The running run, which this process holds from now on.

    Raises:
        ProjectNotFoundError: They may not see the project.
        AccessDeniedError: They may see the project, and not write to it.
        SweepNotFoundError: The sweep is of another project.
        RunExistsError: A run of the project has this id, or had it and was deleted, and is not to
            be resumed.
        RunNotFoundError: It is to be resumed, and there is none.
        RunHeldError: It is to be resumed, and another process still works on it.

    Concurrency:
        Of several processes that want to go on with a run, one does; the others are refused.
    """
    path = RunPath(request.at, request.run_id or RunId(new_id()))
    with context.catalog.write() as session:
        authorize(session, context, Action.WRITE, request.at)
        if request.sweep is not None and request.sweep.path.at != request.at:
            raise no_sweep(request.sweep.path)
        now = context.catalog.now()
        hold = _new_hold(now)
        known = session.runs.find(path, deleted=True)
        if known is None:
            return _begin(session, context, path, request, hold)
        _check_resumable(known, request.resume, now=now)
        config = {**known.config, **(request.config or {})}
        session.runs.take(known.key, hold)
        session.runs.set_config(known.key, config)
        session.runs.describe(known.key, request.details.over(known.details))
        taken = session.runs.find(path)
        last = session.runs.last_step(known.key)
    assert taken is not None  # noqa: S101  It was found above, in the same transaction.
    return HeldRun(taken, hold.token, 0 if last is None else last + 1, resumed=True)


def keep_run(context: Context, held: HeldRun) -> bool:
    """Say that the process of a run is alive.

    Returns:
        False when another process has taken the run, or it has ended.

    Raises:
        RunNotFoundError: They may not see the project any more.
        AccessDeniedError: They may not write to it any more.
    """
    with context.catalog.write() as session:
        return extend_hold(session, context, held)


def log_metrics(
    context: Context, held: HeldRun, row: JsonObject, *, step: int, summary: JsonObject, again: bool
) -> None:
    """Store the row of a step and bring the summary up to date, both or neither.

    Args:
        context: The capabilities.
        held: The run.
        row: Everything that was logged at this step.
        step: The step, 0 or more.
        summary: The summary, the row included.
        again: Whether the step has a row already, which this one replaces.

    Raises:
        RunLostError: Another process has gone on with the run.
        RunNotFoundError: They may not see the project any more.
        AccessDeniedError: They may not write to it any more.
    """
    with context.catalog.write() as session:
        check_held(session, context, held, summary=summary)
        store = session.runs.replace_history if again else session.runs.append_history
        store(held.run.key, row, step=step, now=context.catalog.now())


def save_config(context: Context, held: HeldRun, config: JsonObject) -> None:
    """Replace the configuration of a run; see `log_metrics` for errors."""
    with context.catalog.write() as session:
        check_held(session, context, held)
        session.runs.set_config(held.run.key, config)


def save_summary(context: Context, held: HeldRun, summary: JsonObject) -> None:
    """Replace the summary of a run; see `log_metrics` for errors."""
    with context.catalog.write() as session:
        check_held(session, context, held, summary=summary)


def save_metrics(context: Context, held: HeldRun, metrics: JsonObject) -> None:
    """Replace the rules of a run's summary; see `log_metrics` for errors."""
    with context.catalog.write() as session:
        check_held(session, context, held)
        session.runs.set_metrics(held.run.key, metrics)


def describe_run(context: Context, key: RunKey, details: RunDetails) -> None:
    """Replace what people say of a run, whether it goes on or not.

    Raises:
        RunNotFoundError: They may not see it.
        AccessDeniedError: They may not write to its project.
    """
    with context.catalog.write() as session:
        authorize_run(session, context, key)
        session.runs.describe(key, details)


def update_run(
    context: Context, run: Run, *, config: JsonObject, summary: JsonObject, details: RunDetails
) -> Run:
    """Replace what can be changed of a run that has ended, all or nothing.

    Args:
        context: The capabilities.
        run: The run.
        config: Its inputs.
        summary: Its results.
        details: What people say of it.

    Returns:
        The run as it is now.

    Raises:
        RunNotFoundError: It has been deleted, or they may not see it.
        AccessDeniedError: They may not write to its project.
        RunHeldError: A process works on it, and config or summary were to change.
    """
    with context.catalog.write() as session:
        authorize(session, context, Action.WRITE, run.path.at, missing=no_run(run.path))
        now = context.catalog.now()
        known = session.runs.find(run.path)
        if known is None:
            raise no_run(run.path)
        if _is_other(config, known.config) or _is_other(summary, known.summary):
            _check_let_go(known, now=now)
            session.runs.set_config(run.key, config)
            session.runs.set_summary(run.key, summary)
        session.runs.describe(run.key, details)
        changed = session.runs.find(run.path)
    assert changed is not None  # noqa: S101  It was found above, in the same transaction.
    return changed.seen_at(now)


def end_run(context: Context, held: HeldRun, state: RunState, *, exit_code: int) -> None:
    """Record that a run ended, how, and with which exit code; see `log_metrics` for errors."""
    with context.catalog.write() as session:
        check_held(session, context, held)
        now = context.catalog.now()
        session.runs.set_state(held.run.key, state, now=now, exit_code=exit_code)


def find_run(context: Context, path: RunPath, *, deleted: bool = False) -> Run:
    """Find a run by its path.

    Args:
        context: The capabilities.
        path: The path.
        deleted: Whether a deleted run will do, for lineage.

    Raises:
        RunNotFoundError: There is no such run.
    """
    with context.catalog.read() as session:
        authorize(session, context, Action.READ, path.at, missing=no_run(path))
        run = session.runs.find(path, deleted=deleted)
        now = context.catalog.now()
    if run is None:
        raise no_run(path)
    return run.seen_at(now)


def read_history(
    context: Context, key: RunKey, *, first: int | None = None, end: int | None = None
) -> Listing[HistoryRow]:
    """List what a run logged, in the order of steps.

    Args:
        context: The capabilities.
        key: The run.
        first: The first step to list, 0 or more; None for the very first.
        end: The step before which the list ends; None for all.
    """
    return CatalogListing(
        context,
        lambda s: s.runs.history(key, first=first, end=end),
        at=lambda s: s.access.project_of_run(key),
    )


class SeenRuns(CatalogListing[Run]):
    """A list of runs, each as it stands when its page is read.

    Args:
        context: The capabilities.
        query: Chooses the list within a session.
        at: The project.
    """

    def __init__(
        self,
        context: Context,
        query: Callable[[CatalogSession], Listing[Run]],
        *,
        at: ProjectPath,
    ) -> None:
        """Remember what to ask, and whose clock tells who fell silent."""
        super().__init__(context, query, at=at)
        self._now = context.catalog.now

    def page(self, *, after: PageKey | None, limit: int) -> list[Keyed[Run]]:
        """Read what follows a key."""
        found, now = super().page(after=after, limit=limit), self._now()
        return [Keyed(item.key, item.value.seen_at(now)) for item in found]


def authorize_run(
    session: CatalogSession,
    context: Context,
    key: RunKey,
    *,
    action: Action = Action.WRITE,
    beside: ProjectPath | None = None,
) -> None:
    """Refuse to do something with a run in whose project they may not.

    Args:
        session: The transaction in which it is done.
        context: On whose behalf.
        key: The run.
        action: What is to be done.
        beside: The project in which they may, as was found out before; None for none.

    Raises:
        RunNotFoundError: They may not see it, or there is none.
        AccessDeniedError: They may see it, and not do this.
    """
    at = session.access.project_of_run(key)
    if at is None:
        raise no_run_key(key)
    if at != beside:
        authorize(session, context, action, at, missing=no_run_key(key))


def check_held(
    session: CatalogSession, context: Context, held: HeldRun, *, summary: JsonObject | None = None
) -> None:
    """Refuse to write for a run that another process has gone on with; say that this one lives.

    Args:
        session: A writing session; what else it does counts only while the run is held.
        context: The capabilities.
        held: The run.
        summary: What replaces its summary in the same statement; None leaves it.

    Raises:
        RunLostError: Another process has gone on with the run, or it has ended.
        RunNotFoundError: They may not see the project any more.
        AccessDeniedError: They may not write to it any more.
    """
    if not extend_hold(session, context, held, summary=summary):
        raise RunLostError(
            f"Another process has gone on with the run {held.run.path}, or ended it",
            hint="This process was silent for too long. What it logged before is kept; begin"
            " another run for what follows.",
        )


def extend_hold(
    session: CatalogSession, context: Context, held: HeldRun, *, summary: JsonObject | None = None
) -> bool:
    """Extend the hold of this process, and replace the summary if one is given.

    Returns:
        False when another process has gone on with the run, or it has ended.

    Raises:
        RunNotFoundError: They may not see the project any more.
        AccessDeniedError: They may not write to it any more.
    """
    path = held.run.path
    authorize(session, context, Action.WRITE, path.at, missing=no_run(path))
    expires_at = context.catalog.now() + RUN_LEASE
    return session.runs.renew(
        held.run.key, token=held.token, expires_at=expires_at, summary=summary
    )


def _new_hold(now: datetime) -> Hold:
    """Let this process hold a run."""
    return Hold(
        token=secrets.token_hex(16),
        by=describe_process(),
        process=this_process(),
        expires_at=now + RUN_LEASE,
    )


def _begin(
    session: CatalogSession, context: Context, path: RunPath, request: RunRequest, hold: Hold
) -> HeldRun:
    """Begin a run whose id is free."""
    if request.resume is Resume.MUST:
        raise no_run(path)
    new = NewRun(
        job_type=request.job_type,
        config=request.config or {},
        sweep=request.sweep.key if request.sweep else None,
        details=request.details,
        hold=hold,
    )
    run = session.runs.add(path, new, by=context.principal, now=context.catalog.now())
    return HeldRun(run, hold.token, 0, resumed=False)


def _check_resumable(known: Run, resume: Resume | None, *, now: datetime) -> None:
    """Refuse to go on with a run that is not to be resumed, was deleted, or is at work."""
    if known.deleted_at is not None:
        raise RunExistsError(
            f"There was a run {known.path} already", hint="Choose another id, or leave id out."
        )
    if resume in (None, Resume.NEVER):
        raise RunExistsError(
            f"There is a run {known.path} already",
            hint="Choose another id or leave id out; resume='must' goes on with the run.",
        )
    _check_let_go(known, now=now)


def _check_let_go(run: Run, *, now: datetime) -> None:
    """Refuse to touch a run that a process works on."""
    if run.seen_at(now).state is not RunState.RUNNING or run.hold is None:
        return
    if has_left(run.hold.process):
        return  # It was killed, and nobody need wait until that shows.
    raise RunHeldError(
        f"The run {run.path} is going on in {run.hold.by}",
        hint="Wait until it has ended, or end that process. A process that says nothing loses the"
        f" run after {RUN_LEASE.total_seconds() / 60:g} minutes.",
    )


def _is_other(new: JsonObject, known: JsonObject) -> bool:
    """Tell whether values differ as they are written: NaN is not equal to itself."""
    return json.dumps(new, sort_keys=True) != json.dumps(known, sort_keys=True)
