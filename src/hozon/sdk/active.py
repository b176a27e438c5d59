"""The current run of the process, and the module-level functions that act on it.

Owns which run is current and what the sweep agent hands to the next run. Invariant: at most one
run of this process is current; a run that the program forgot is ended when the process ends.
"""

import atexit
import os
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from hozon.errors import HozonError, NoRunError
from hozon.model.metadata import check_json_object
from hozon.model.names import RunId, check_name
from hozon.model.paths import ProjectPath
from hozon.model.runs import RunState
from hozon.sdk.artifact import Artifact
from hozon.sdk.run import Run, end_with_process, is_at_work
from hozon.sdk.session import Session, close_sessions, current_session
from hozon.sdk.sweep_points import HeldPoint, join_point
from hozon.services.runs import end_run, start_run

ASSIGNMENT: Final[ContextVar[HeldPoint | None]] = ContextVar("assignment", default=None)
"""What an agent wants the next run to try; None outside agents."""

_FOR_DRAFT: Final[ContextVar[bool]] = ContextVar("for_draft", default=False)

_CURRENT: Final[list[Run]] = []


def init(
    entity: str | None = None,
    project: str | None = None,
    id: str | None = None,
    job_type: str | None = None,
    config: Mapping[str, Any] | None = None,
) -> Run:
    """Begin a run and make it the current one.

    Use it as a context manager, so that the run ends with the block: a run that is left open is
    ended with the process, which can then only print what could not be stored. A run that is
    current already is ended first. Called by an agent of a sweep, the run takes the sweep's
    project, and its next point into its config; so does one in a program that `hozon agent`
    started.

    Args:
        entity: The owner of the project; by default `HOZON_ENTITY`, else the login name.
        project: The project; by default `HOZON_PROJECT`, else `uncategorized`.
        id: The run's name, unique in the project; by default made up.
        job_type: What kind of work it does, such as `train`; at most 128 characters.
        config: Its inputs, such as hyperparameters: JSON values.

    Returns:
        The run.

    Raises:
        InvalidNameError: A name breaks the rules.
        InvalidMetadataError: The config holds what JSON cannot carry.
        RunExistsError: A run of the project has this id.

    Examples:
        Name the run, so that it can be found again.

        ```python
        import hozon

        with hozon.init(id="train-longer", job_type="train", config={"epochs": 5}) as run:
            print(run.path, run.config["epochs"])
            #> ada/digits/train-longer 5
        print(run.state)
        #> finished
        ```
    """
    session = current_session()
    default = session.settings.default_path
    at = ProjectPath.of(entity or default.entity, project or default.project)
    run_id = RunId(check_name(id, kind="run")) if id is not None else None
    if job_type is not None:
        job_type = check_name(job_type, kind="job type")
    inputs = check_json_object(config, what="config")
    point = _assigned(session)
    if point is not None:
        at, inputs = point.sweep.at, {**inputs, **point.values}
    record = start_run(
        session.context,
        at,
        run_id=run_id,
        job_type=job_type,
        config=inputs,
        sweep=point.sweep if point else None,
    )
    try:
        finish()
        if point is not None:
            point.begin(record.key)
    except BaseException:
        end_run(session.context, record.key, RunState.FAILED)
        raise
    run = Run(session, record, on_end=_CURRENT.clear, point=point)
    _CURRENT.append(run)
    return run


def log(data: Mapping[str, Any]) -> None:
    """Add a row of metrics to the history of the current run; see `Run.log`.

    Args:
        data: Metric → value.

    Raises:
        NoRunError: There is no current run.
        InvalidMetadataError: A value is none that can be stored.

    Examples:
        The summary keeps the last value of each metric.

        ```python
        import hozon

        with hozon.init(job_type="evaluate") as run:
            for accuracy in (0.91, 0.93):
                hozon.log({"accuracy": accuracy})
        print(run.state, run.summary)
        #> finished {'accuracy': 0.93}
        ```
    """
    current_run("log").log(data)


def log_artifact(
    artifact: Artifact,
    *,
    aliases: Sequence[str] | None = None,
    tags: Sequence[str] | None = None,
) -> Artifact:
    """Store an artifact with the current run; see `Run.log_artifact`.

    Args:
        artifact: A draft.
        aliases: Names to give the version beside `latest`.
        tags: Labels to give the version beside those of the draft.

    Returns:
        The artifact itself.

    Raises:
        NoRunError: There is no current run.
        ArtifactFinalizedError: The artifact has been logged already.

    Examples:
        Log a version with an alias of its own.

        ```python
        import hozon

        with hozon.init(job_type="prepare") as run:
            artifact = hozon.Artifact("mnist", type="dataset")
            with artifact.new_file("labels.csv") as file:
                file.write("0001.png,7")
            hozon.log_artifact(artifact, aliases=["tiny"])
        print(artifact.name, artifact.aliases)
        #> mnist:v3 ['latest', 'tiny']
        print(artifact.logged_by().id == run.id)
        #> True
        ```
    """
    return current_run("log_artifact").log_artifact(artifact, aliases=aliases, tags=tags)


def use_artifact(artifact_or_name: str | Artifact, type: str | None = None) -> Artifact:
    """Get a version and record that the current run uses it; see `Run.use_artifact`.

    Args:
        artifact_or_name: A logged artifact, or a path.
        type: What it must be; None for anything.

    Returns:
        The artifact, ready to be downloaded.

    Raises:
        NoRunError: There is no current run.
        NotFoundError: There is no such artifact, version or alias.

    Examples:
        The version remembers who used it.

        ```python
        import hozon

        with hozon.init(id="train-again", job_type="train") as run:
            dataset = hozon.use_artifact("mnist:reviewed", type="dataset")
        print(run.state, [user.id for user in dataset.used_by()])
        #> finished ['train-model', 'train-again']
        ```
    """
    return current_run("use_artifact").use_artifact(artifact_or_name, type=type)


def finish() -> None:
    """End the current run, if there is one; see `Run.finish`.

    Raises:
        HozonError: An artifact could not be stored; the run is recorded as failed.

    Examples:
        End a run that was begun without a `with` block.

        ```python
        import hozon

        run = hozon.init(job_type="evaluate")
        print(run.state)
        #> running
        hozon.finish()
        print(run.state)
        #> finished
        ```
    """
    if _CURRENT:
        _CURRENT[0].finish()


def teardown() -> None:
    """End the current run and close all connections.

    Programs need not call it: it is called when the process ends. The next call of anything opens
    connections again.

    Raises:
        HozonError: An artifact could not be stored; connections are closed all the same.

    Examples:
        What was logged is stored, and can be looked up afterwards.

        ```python
        import hozon

        run = hozon.init(id="evaluate")
        hozon.teardown()
        print(run.state)
        #> finished
        print(hozon.Api().run("evaluate").path)
        #> ['ada', 'digits', 'evaluate']
        ```
    """
    try:
        finish()
    finally:
        _CURRENT.clear()
        close_sessions()


def current_run(what: str) -> Run:
    """Give the current run.

    Args:
        what: What it is needed for, for the message.

    Raises:
        NoRunError: There is none.
    """
    if not _CURRENT:
        raise NoRunError(
            f"hozon.{what} needs a run, and none is going on",
            hint="Begin one: with hozon.init() as run: …",
        )
    return _CURRENT[0]


@contextmanager
def ending_run() -> Iterator[None]:
    """End a run that the block began and left open; as failed, if the block raises."""
    before = _CURRENT[:]
    try:
        yield
    except BaseException as error:
        if before != _CURRENT:
            _CURRENT[0].__exit__(type(error), error, error.__traceback__)
        raise
    if before != _CURRENT:
        finish()


def log_draft(artifact: Artifact) -> None:
    """Log a draft with the current run, or with a run of job type `auto` made for it."""
    if _CURRENT:
        _CURRENT[0].log_artifact(artifact)
        return
    token = _FOR_DRAFT.set(True)  # A point is for the run that the program itself begins.
    try:
        with init(job_type="auto") as run:
            run.log_artifact(artifact)
    finally:
        _FOR_DRAFT.reset(token)


def _assigned(session: Session) -> HeldPoint | None:
    """Give the point that the next run is to try; None if there is none, or a run has it."""
    if _FOR_DRAFT.get():
        return None
    point = ASSIGNMENT.get()
    if point is None:
        return join_point(session)
    return None if point.taken else point


def _end_with_process() -> None:
    """End what the program left open; say so where nobody can catch an error any more."""
    if _CURRENT and is_at_work(_CURRENT[0]):
        return  # Its thread will end it. This is called again when all threads have ended.
    # What an interactive session raised along the way says nothing about its end.
    raised = getattr(sys, "last_value", None) is not None and not hasattr(sys, "ps1")
    try:
        if _CURRENT:
            end_with_process(_CURRENT[0], failed=raised)
        teardown()
    except HozonError as error:
        sys.stderr.write(f"hozon: {error}\n")


atexit.register(_end_with_process)
# Python closes its thread pools, without which nothing can be uploaded, before `atexit` functions
# are called. This hook comes earlier, and there is no public one.
threading._register_atexit(_end_with_process)  # type: ignore[attr-defined]  # noqa: SLF001
if hasattr(os, "register_at_fork"):
    # A run belongs to the process that began it: a child must not end it.
    os.register_at_fork(after_in_child=_CURRENT.clear)
