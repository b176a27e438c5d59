"""Runs: begin them, record what they log, end them, find them."""

import secrets

from hozon.errors import RunExistsError, RunNotFoundError
from hozon.model.metadata import JsonObject
from hozon.model.names import RunId
from hozon.model.paths import ProjectPath, RunPath
from hozon.model.runs import Run, RunKey, RunState
from hozon.model.sweeps import Sweep
from hozon.services.context import Context

_ID_CHARACTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
_ID_LENGTH = 8


def new_id() -> str:
    """Make up an id for a run or a sweep: 8 random digits and lower-case letters."""
    return "".join(secrets.choice(_ID_CHARACTERS) for _ in range(_ID_LENGTH))


def start_run(
    context: Context,
    at: ProjectPath,
    *,
    run_id: RunId | None,
    job_type: str | None,
    config: JsonObject,
    sweep: Sweep | None,
) -> Run:
    """Begin a run.

    Args:
        context: The capabilities, and on whose behalf to act.
        at: The project.
        run_id: Its name; None makes one up.
        job_type: What kind of work it does; None for none.
        config: Its inputs.
        sweep: The sweep that it belongs to; None for none.

    Returns:
        The running run.

    Raises:
        RunExistsError: A run of the project has this id, or had it and was deleted.
    """
    path = RunPath(at, run_id or RunId(new_id()))
    with context.catalog.write() as session:
        known = session.runs.find(path, deleted=True)
        if known is not None:
            there = "is" if known.deleted_at is None else "was"
            raise RunExistsError(
                f"There {there} a run {path} already", hint="Choose another id, or leave id out."
            )
        return session.runs.add(
            path,
            job_type=job_type,
            config=config,
            sweep=sweep.key if sweep else None,
            by=context.principal,
            now=context.catalog.now(),
        )


def log_metrics(
    context: Context, key: RunKey, row: JsonObject, *, step: int, summary: JsonObject
) -> None:
    """Add a row to the history of a run and bring its summary up to date, both or neither."""
    with context.catalog.write() as session:
        session.runs.append_history(key, row, step=step, now=context.catalog.now())
        session.runs.set_summary(key, summary)


def save_config(context: Context, key: RunKey, config: JsonObject) -> None:
    """Replace the configuration of a run."""
    with context.catalog.write() as session:
        session.runs.set_config(key, config)


def save_summary(context: Context, key: RunKey, summary: JsonObject) -> None:
    """Replace the summary of a run."""
    with context.catalog.write() as session:
        session.runs.set_summary(key, summary)


def end_run(context: Context, key: RunKey, state: RunState) -> None:
    """Record that a run ended, and how."""
    with context.catalog.write() as session:
        session.runs.set_state(key, state, now=context.catalog.now())


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
        run = session.runs.find(path, deleted=deleted)
    if run is None:
        raise RunNotFoundError(
            f"There is no run {path}", hint="List the runs of the project with Api().runs()."
        )
    return run
