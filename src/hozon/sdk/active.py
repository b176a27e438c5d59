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
from pathlib import Path
from typing import Any, Final

from hozon.errors import HozonError, NoRunError
from hozon.model.metadata import check_description, check_json_object
from hozon.model.names import RunId, check_name
from hozon.model.paths import ProjectPath, RunPath
from hozon.model.runs import RunDetails, check_label, check_resume
from hozon.model.tags import check_tags
from hozon.sdk.artifact import Artifact
from hozon.sdk.beginning import begin, check_mode, pretend, returns_previous
from hozon.sdk.exits import forget_exit, last_words, watch_exit
from hozon.sdk.run import Run, end_with_process, is_at_work
from hozon.sdk.session import Session, close_sessions, current_session
from hozon.sdk.sweep_points import HeldPoint, join_point
from hozon.services.runs import RunRequest

ASSIGNMENT: Final[ContextVar[HeldPoint | None]] = ContextVar("assignment", default=None)
"""What an agent wants the next run to try; None outside agents."""

_FOR_DRAFT: Final[ContextVar[bool]] = ContextVar("for_draft", default=False)

_CURRENT: Final[list[Run]] = []


def init(  # noqa: PLR0913  The published parameters.
    entity: str | None = None,
    project: str | None = None,
    id: str | None = None,
    job_type: str | None = None,
    config: Mapping[str, Any] | None = None,
    *,
    name: str | None = None,
    group: str | None = None,
    tags: Sequence[str] | None = None,
    notes: str | None = None,
    resume: str | None = None,
    dir: str | Path | None = None,
    save_code: bool = False,
    reinit: bool | str | None = None,
    mode: str = "online",
) -> Run:
    """Begin a run, or go on with one, and make it the current one.

    Use it as a context manager, so that the run ends with the block: a run that is left open is
    ended with the process, which can then only print what could not be stored. Called by an agent
    of a sweep, the run takes the sweep's project, and its next point into its config; so does one
    in a program that `hozon agent` started.

    Args:
        entity: The owner of the project; by default `HOZON_ENTITY`, else the login name.
        project: The project; by default `HOZON_PROJECT`, else `uncategorized`.
        id: The run's name, unique in the project; by default made up.
        job_type: What kind of work it does, such as `train`; at most 128 characters.
        config: Its inputs, such as hyperparameters: JSON values. A run that goes on keeps the
            values that are not given anew.
        name: What to call it, a line of at most 128 characters; by default its id.
        group: The name that runs which belong together share, of at most 128 characters.
        tags: Its labels.
        notes: A note for people.
        resume: Whether to go on with a run that was begun before: `must` goes on with the run of
            this id, and it is an error if there is none; `allow` goes on with it, or begins it;
            `never`, and None, begin it, and it is an error if there is one. `auto` goes on with
            the run that was last begun with `auto` in this folder for this project, if it has not
            finished, and else begins one; with an id, it does what `allow` does.
        dir: The folder of the work: artifacts that the run uses are downloaded below it by
            default, `log_code` looks there, and `auto` goes by it. By default the working folder.
        save_code: Whether to store the script or notebook that runs, as `Run.log_code` would.
        reinit: What to do while another run is current: `finish_previous`, the default, also True,
            ends that; `return_previous`, also False, gives it back and begins none.
        mode: `online`, or `disabled` for a run that stores nothing, to try a program out.

    Returns:
        The run.

    Raises:
        InvalidNameError: A name breaks the rules.
        InvalidTagError: A tag breaks the rules.
        InvalidMetadataError: The config holds what JSON cannot carry.
        InputError: `resume`, `reinit` or `mode` is none of those above, `resume="must"` came
            without an id, or the name or group is no line of text.
        RunExistsError: A run of the project has this id, and is not to be resumed; or one had it
            and was deleted.
        RunNotFoundError: It is to be resumed, and there is none.
        RunHeldError: It is to be resumed, and another process works on it.

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

        Go on with a run: its history goes on at the next step.

        ```python
        import hozon

        with hozon.init(id="train-model", resume="must", config={"epochs": 3}) as run:
            print(run.resumed, run.step, run.config)
            #> True 2 {'learning_rate': 0.01, 'epochs': 3}
            run.log({"loss": 0.31})
        for row in hozon.Api().run("train-model").history():
            print(row["_step"], row["loss"])
            #> 0 0.61
            #> 1 0.42
            #> 2 0.31
        ```
    """
    if _CURRENT and returns_previous(reinit):
        return _CURRENT[0]
    session = current_session()
    default = session.settings.default_path
    at = ProjectPath.of(entity or default.entity, project or default.project)
    inputs = check_json_object(config, what="config")
    point = _assigned(session)
    if point is not None:
        at, inputs = point.sweep.at, {**inputs, **point.values}
    request = RunRequest(
        at=at,
        run_id=RunId(check_name(id, kind="run")) if id is not None else None,
        resume=check_resume(resume),
        job_type=check_name(job_type, kind="job type") if job_type is not None else None,
        config=inputs,
        details=RunDetails(
            name=check_label(name, what="name"),
            group=check_label(group, what="group"),
            tags=check_tags(tags),
            notes=check_description(notes, what="note"),
        ),
        sweep=point.sweep if point else None,
    )
    folder = Path(dir) if dir is not None else None
    is_online = check_mode(mode)
    if _CURRENT and _CURRENT[0].path == str(RunPath(at, request.run_id or RunId(""))):
        finish()  # It is to be resumed, which it cannot while it goes on.
    run = (
        begin(session, request, point=point, folder=folder, on_end=_has_ended)
        if is_online
        else pretend(session, request, folder=folder, on_end=_has_ended)
    )
    try:
        finish()
        if point is not None and is_online:
            point.begin(run._record.key)  # noqa: SLF001  A part of the run's own life.
        if save_code:
            run._log_script()  # noqa: SLF001  As above.
    except BaseException as error:
        run.__exit__(type(error), error, error.__traceback__)
        raise
    _CURRENT.append(run)
    watch_exit()
    return run


def log(data: Mapping[str, Any], step: int | None = None, commit: bool | None = None) -> None:
    """Add metrics to the history of the current run; see `Run.log`.

    Args:
        data: Metric → value.
        step: The step to write to; by default the next one.
        commit: Whether the step is complete.

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
    current_run("log").log(data, step=step, commit=commit)


def log_artifact(
    artifact: Artifact | str | Path,
    name: str | None = None,
    type: str | None = None,
    aliases: Sequence[str] | None = None,
    tags: Sequence[str] | None = None,
) -> Artifact:
    """Store an artifact with the current run; see `Run.log_artifact`.

    Args:
        artifact: A draft, or a local file or folder.
        name: What to call the artifact of a file or folder.
        type: Of what type it is; by default `unspecified`.
        aliases: Names to give the version beside `latest`.
        tags: Labels to give the version beside those of the draft.

    Returns:
        The artifact.

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
    run = current_run("log_artifact")
    return run.log_artifact(artifact, name=name, type=type, aliases=aliases, tags=tags)


def use_artifact(
    artifact_or_name: str | Artifact, type: str | None = None, *, use_as: str | None = None
) -> Artifact:
    """Get a version and record that the current run uses it; see `Run.use_artifact`.

    Args:
        artifact_or_name: A logged artifact, or a path.
        type: What it must be; None for anything.
        use_as: What the run uses it as; None for nothing in particular.

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
    return current_run("use_artifact").use_artifact(artifact_or_name, type=type, use_as=use_as)


def finish(exit_code: int | None = None) -> None:
    """End the current run, if there is one; see `Run.finish`.

    Args:
        exit_code: With which exit code the work ended; 0, the default, for well.

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
        _CURRENT[0].finish(exit_code)


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
        _has_ended()
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
    with run_for_draft(current_session().settings.default_path) as run:
        run.log_artifact(artifact)


@contextmanager
def run_for_draft(at: ProjectPath, run_id: str | None = None) -> Iterator[Run]:
    """Begin a run of job type `auto` to log a draft with, or go on with one that is there.

    It takes no point of a sweep: that is for the run that the program itself begins. When the block
    ends, all is stored; Ctrl-C stops what is under way, which then makes no version.

    Args:
        at: The project.
        run_id: The run to go on with; None to begin one.

    Raises:
        RunNotFoundError: There is no run of this id.
        RunHeldError: Another process works on it.
        RunExistsError: It was deleted.
    """
    token = _FOR_DRAFT.set(True)
    try:
        with init(
            at.entity,
            at.project,
            run_id,
            job_type="auto" if run_id is None else None,
            resume=None if run_id is None else "must",
        ) as run:
            try:
                yield run
                run._wait_for_uploads()  # noqa: SLF001  A part of the run's own life.
            except KeyboardInterrupt:
                run._stop_uploads()  # noqa: SLF001  As above.
                raise
    finally:
        _FOR_DRAFT.reset(token)


def _has_ended() -> None:
    """Make room for the next run."""
    _CURRENT.clear()
    forget_exit()


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
    try:
        if _CURRENT:
            end_with_process(_CURRENT[0], last_words())
        teardown()
    except HozonError as error:
        sys.stderr.write(f"hozon: {error}\n")


atexit.register(_end_with_process)
# Python closes its thread pools, without which nothing can be uploaded, before `atexit` functions
# are called. This hook comes earlier, and there is no public one.
threading._register_atexit(_end_with_process)  # type: ignore[attr-defined]  # noqa: SLF001
if hasattr(os, "register_at_fork"):
    # A run belongs to the process that began it: a child must not end it.
    os.register_at_fork(after_in_child=_has_ended)
