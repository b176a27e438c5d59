"""How a run of this process begins: anew, where another left off, or without storing anything.

Owns the choice. Refuses to own which run is current.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hozon.bootstrap import SystemClock
from hozon.errors import InputError
from hozon.model.names import RunId
from hozon.model.runs import Resume, RunKey, RunState
from hozon.model.runs import Run as RunRecord
from hozon.sdk.journal import CatalogJournal, NoJournal, PointJournal
from hozon.sdk.resuming import LastRun
from hozon.sdk.run import Run
from hozon.sdk.session import Session
from hozon.sdk.sweep_points import HeldPoint
from hozon.services.runs import RunRequest, begin_run, new_id


def begin(
    session: Session,
    request: RunRequest,
    *,
    point: HeldPoint | None,
    folder: Path | None,
    on_end: Callable[[], None],
) -> Run:
    """Begin a run, or go on with one.

    Args:
        session: The connections.
        request: What is wanted.
        point: The point of a sweep that it tries; None for none.
        folder: The folder of the work; None for the working folder.
        on_end: Is called when the run has ended.

    Raises:
        HozonError: As `begin_run` does; or the last run cannot be remembered.
    """
    last = None
    if request.resume is Resume.AUTO:
        last = LastRun(session, request.at, folder or Path.cwd())
        request = replace(request, run_id=request.run_id or last.find(), resume=Resume.ALLOW)
    elif request.resume is Resume.MUST and request.run_id is None:
        raise InputError("resume is 'must' without an id", hint="Give the id of the run.")
    held = begin_run(session.context, request)
    journal = CatalogJournal(session, held) if point is None else PointJournal(session, held, point)
    run = Run(
        session,
        held.run,
        journal,
        on_end=on_end,
        step=held.step,
        resumed=held.resumed,
        folder=folder,
    )
    try:
        if last is not None:
            last.note(held.run.id)
    except BaseException as error:
        run.__exit__(type(error), error, error.__traceback__)
        raise
    return run


def pretend(
    session: Session, request: RunRequest, *, folder: Path | None, on_end: Callable[[], None]
) -> Run:
    """Begin a run that stores nothing.

    Args:
        session: Where artifacts are looked up.
        request: What it looks like.
        folder: The folder of the work; None for the working folder.
        on_end: Is called when the run has ended.
    """
    record = RunRecord(
        key=RunKey(0),
        at=request.at,
        id=request.run_id or RunId(new_id()),
        job_type=request.job_type,
        state=RunState.RUNNING,
        config=request.config or {},
        summary={},
        sweep_id=request.sweep.id if request.sweep else None,
        created_at=SystemClock().now(),
        created_by=session.settings.user,
        details=request.details,
    )
    return Run(session, record, NoJournal(), on_end=on_end, folder=folder)


def check_mode(mode: object) -> bool:
    """Accept what `init` is given as `mode`; tell whether anything is stored.

    Raises:
        InputError: It is neither `online` nor `disabled`.
    """
    if mode not in {"online", "disabled"}:
        raise InputError(f"mode is {mode!r}", hint="Use 'online' or 'disabled'.")
    return mode == "online"


def returns_previous(reinit: object) -> bool:
    """Accept what `init` is given as `reinit`; tell whether the current run is given back.

    Raises:
        InputError: It is none of the known values.
    """
    if reinit is None or reinit is True or reinit == "finish_previous":
        return False
    if reinit is False or reinit == "return_previous":
        return True
    raise InputError(
        f"reinit is {reinit!r}",
        hint="Use 'finish_previous' or 'return_previous': a process has one run at a time.",
    )
