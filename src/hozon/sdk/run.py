"""`Run`: a piece of work that is going on, which logs metrics and artifacts.

Owns the life of a run in this process. Invariants: artifacts become versions in the order in which
they were logged; when the run has ended, everything that it logged is stored or an error says why
not.
"""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

from hozon.errors import InputError, RunFinishedError
from hozon.model.aliases import check_aliases
from hozon.model.metadata import JsonObject, check_json_object
from hozon.model.names import TypeName, check_name
from hozon.model.paths import ArtifactPath, CollectionPath
from hozon.model.runs import Run as RunRecord
from hozon.model.runs import RunState
from hozon.model.tags import check_tags
from hozon.sdk.artifact import Artifact, open_version
from hozon.sdk.collecting import collect_if_due
from hozon.sdk.errors import ArtifactNotLoggedError
from hozon.sdk.progress import progress_bar
from hozon.sdk.session import Session
from hozon.sdk.sweep_points import HeldPoint
from hozon.sdk.values import LiveMapping
from hozon.services.commit import CommitRequest, CommitResult, commit_version
from hozon.services.lineage import record_use
from hozon.services.resolve import resolve_version
from hozon.services.runs import end_run, log_metrics, save_config, save_summary


class Run:
    """A run that is going on. `hozon.init` makes one.

    Used as a context manager it ends with the block: as `finished`, or as `failed` if the block
    raised.

    Concurrency:
        One thread uses a run at a time. Artifacts are stored by a thread of the run's own.

    Examples:
        Read what a run knows of itself while it goes on.

        ```python
        import hozon

        with hozon.init(id="evaluate", job_type="evaluate") as run:
            print(run.id, run.job_type, run.state)
            #> evaluate evaluate running
            print(run.entity, run.project, run.path)
            #> ada digits ada/digits/evaluate
        print(run.state)
        #> finished
        ```

        A block that raises ends its run as failed.

        ```python
        import hozon

        try:
            with hozon.init(id="diverge", job_type="train") as run:
                raise ValueError("the loss is not a number")
        except ValueError as error:
            print(run.id, run.state, error)
            #> diverge failed the loss is not a number
        ```
    """

    def __init__(
        self,
        session: Session,
        record: RunRecord,
        on_end: Callable[[], None],
        point: HeldPoint | None = None,
    ) -> None:
        """Wrap a run that the catalog holds; `on_end` is called when it ends."""
        self._point = point
        self._session = session
        self._record = record
        self._on_end = on_end
        self._state = record.state
        self._outcome: RunState | None = None
        self._step = 0
        self._process = os.getpid()
        self._owner = threading.current_thread()
        self._uploader = ThreadPoolExecutor(1, thread_name_prefix=f"hozon-{record.id}")
        self._logged: list[Artifact] = []
        self._config = LiveMapping(
            record.config, what="config", save=self._save_config, finite=True
        )
        self._summary = LiveMapping(
            record.summary, what="summary", save=self._save_summary, finite=False
        )

    def __enter__(self) -> Self:
        """Begin the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the run with the block. The block's exception is never replaced by ours."""
        if error is None:
            self.finish()
            return
        try:
            self._end(RunState.FAILED)
        except Exception as ours:  # noqa: BLE001  The block's exception matters more.
            error.add_note(f"While the run ended: {ours}")

    def __repr__(self) -> str:
        """Show the path and the state."""
        return f"<Run {self.path} ({self.state})>"

    @property
    def id(self) -> str:
        """The run's name within its project."""
        return self._record.id

    @property
    def entity(self) -> str:
        """The owner of the project."""
        return self._record.at.entity

    @property
    def project(self) -> str:
        """The project."""
        return self._record.at.project

    @property
    def path(self) -> str:
        """The full path, `entity/project/run_id`."""
        return str(self._record.path)

    @property
    def job_type(self) -> str | None:
        """What kind of work it does, such as `train`; None for none."""
        return self._record.job_type

    @property
    def sweep_id(self) -> str | None:
        """The sweep that it belongs to; None for none.

        Examples:
            A run that begins in the function of an agent belongs to the sweep.

            ```python
            import hozon


            def train() -> None:
                with hozon.init() as run:
                    print(run.sweep_id, run.config)
                    #> depth-search {'depth': 2}
                print(run.state)
                #> finished


            parameters = {"depth": {"values": [2, 4]}}
            metric = {"name": "accuracy", "goal": "maximize"}
            sweep_id = hozon.sweep(
                {"method": "grid", "metric": metric, "parameters": parameters},
                id="depth-search",
            )
            hozon.agent(sweep_id, train, count=1)
            ```
        """
        return self._record.sweep_id

    @property
    def state(self) -> str:
        """`running`, `finished` or `failed`."""
        return str(self._state)

    @property
    def config(self) -> LiveMapping:
        """The run's inputs, a mapping whose keys read as attributes; changes are stored.

        Examples:
            Keys read as attributes, and every change is stored.

            ```python
            import hozon

            with hozon.init(id="tune", config={"epochs": 2}) as run:
                run.config.epochs += 1
                run.config["optimizer"] = "sgd"
            recorded = hozon.Api().run("tune")
            print(recorded.state, recorded.config)
            #> finished {'epochs': 3, 'optimizer': 'sgd'}
            ```
        """
        return self._config

    @property
    def summary(self) -> LiveMapping:
        """The run's results: the last value of each metric; changes are stored.

        Examples:
            Keep the best value instead of the last one.

            ```python
            import hozon

            with hozon.init(id="tune") as run:
                best = 0.0
                for accuracy in (0.88, 0.93, 0.91):
                    run.log({"accuracy": accuracy})
                    best = max(best, accuracy)
                run.summary["best_accuracy"] = best
            recorded = hozon.Api().run("tune")
            print(recorded.state, recorded.summary)
            #> finished {'accuracy': 0.91, 'best_accuracy': 0.93}
            ```
        """
        return self._summary

    def log(self, data: Mapping[str, Any]) -> None:
        """Add a row of metrics to the history; the summary takes the values over.

        Args:
            data: Metric → value: numbers (NaN and infinity allowed), text, lists, dicts.

        Raises:
            RunFinishedError: The run has ended.
            InvalidMetadataError: A value is none that can be stored.

        Examples:
            The summary takes over what is new, and keeps the rest.

            ```python
            import hozon

            with hozon.init(job_type="train") as run:
                for loss in (0.8, 0.5, 0.42):
                    run.log({"loss": loss})
                run.log({"accuracy": 0.93})
            print(run.state, run.summary)
            #> finished {'loss': 0.42, 'accuracy': 0.93}
            ```
        """
        self._check_running("log")
        row = check_json_object(data, what="logged data", finite=False)
        summary = {**self._summary, **row}
        log_metrics(self._session.context, self._record.key, row, step=self._step, summary=summary)
        self._step += 1
        self._summary._show(summary)  # noqa: SLF001  Stored together with the row.

    def log_artifact(
        self,
        artifact: Artifact,
        *,
        aliases: Sequence[str] | None = None,
        tags: Sequence[str] | None = None,
    ) -> Artifact:
        """Store an artifact as the next version of the collection of its name.

        It returns at once and stores in the background; `artifact.wait()` waits, and so does the
        end of the run. Content equal to that of `latest` makes no new version; content equal to
        that of an older version moves `latest` and the aliases back to it. `artifact.log_outcome`
        tells which.

        Args:
            artifact: A draft; it is frozen from now on.
            aliases: Names to give the version beside `latest`.
            tags: Labels to give the version beside those of the draft, and beside those that a
                version with the same content has.

        Returns:
            The artifact itself.

        Raises:
            RunFinishedError: The run has ended.
            InputError: What was given is no `Artifact`.
            ArtifactFinalizedError: The artifact has been logged already.
            InvalidAliasError: An alias breaks the rules.
            InvalidTagError: A tag breaks the rules.

        Examples:
            The end of the run waits until everything is stored.

            ```python
            import hozon

            with hozon.init(job_type="train") as run:
                model = hozon.Artifact("tree", type="model", metadata={"depth": 2})
                with model.new_file("tree.txt") as file:
                    file.write("depth 2")
                run.log_artifact(model, aliases=["small"], tags=["first try"])
            print(model.name, model.aliases, model.tags)
            #> tree:v0 ['latest', 'small'] ['first try']
            ```
        """
        self._check_running("log_artifact")
        if not isinstance(artifact, Artifact):
            raise InputError(
                f"log_artifact was given a {type(artifact).__name__}",
                hint="Make an Artifact, add files to it, and log that.",
            )
        artifact._start_logging(  # noqa: SLF001  A run and its artifacts share the upload.
            self._session,
            self._record.at,
            run=self._record.key,
            aliases=check_aliases(aliases),
            tags=check_tags(tags),
            history_step=self._step - 1 if self._step else None,
            submit=self._submit,
        )
        self._logged.append(artifact)
        return artifact

    def link_artifact(
        self, artifact: Artifact, target_path: str, aliases: Sequence[str] | None = None
    ) -> Artifact:
        """Let a version stand in a portfolio; a draft is logged by this run first.

        It waits until the artifact is logged. See `Artifact.link`.

        Args:
            artifact: A version, or a draft.
            target_path: `[[entity/]project/]portfolio`; by default of this run's project.
            aliases: Names to give the link beside `latest`.

        Returns:
            The link: a version of the portfolio.

        Raises:
            RunFinishedError: The run has ended.
            InputError: What was given is no `Artifact`.
            InvalidPathError: The path is malformed, or names a version.
            InvalidNameError: A part of the path breaks the rules for names.
            InvalidAliasError: An alias breaks the rules.
            CollectionKindError: The name is one under which versions are logged.
            TypeConflictError: The portfolio holds links to artifacts of another type.
            ProtectedAliasError: Another link of the portfolio has an alias that is protected.
            VersionStateError: The version has been deleted.

        Examples:
            Log a model, and offer it to the team at once.

            ```python
            import hozon

            with hozon.init(job_type="train") as run:
                model = hozon.Artifact("tree", type="model")
                with model.new_file("tree.txt") as file:
                    file.write("depth 2")
                link = run.link_artifact(model, "team-models", aliases=["candidate"])
            print(link.name, link.aliases, link.source_name)
            #> team-models:v0 ['candidate', 'latest'] tree:v0
            print(run.state)
            #> finished
            ```
        """
        self._check_running("link_artifact")
        if not isinstance(artifact, Artifact):
            raise InputError(
                f"link_artifact was given a {type(artifact).__name__}",
                hint="Give a version, or a draft to log first.",
            )
        target = CollectionPath.parse(target_path, default=self._record.at)
        names = check_aliases(aliases)  # Before anything is logged.
        try:
            artifact.wait()
        except ArtifactNotLoggedError:
            self.log_artifact(artifact).wait()
        return artifact.link(str(target), names)

    def use_artifact(self, artifact_or_name: str | Artifact, type: str | None = None) -> Artifact:
        """Get a version and record that this run uses it.

        Args:
            artifact_or_name: A logged artifact, or a path `[[entity/]project/]name[:version]`
                with a version or an alias; by default of this run's project, and `latest`.
            type: What it must be; None for anything.

        Returns:
            The artifact, ready to be downloaded.

        Raises:
            RunFinishedError: The run has ended.
            NotFoundError: There is no such artifact, version or alias.
            TypeConflictError: It is of another type.
            ArtifactNotLoggedError: The artifact given is a draft.

        Examples:
            Train on a version, and record that.

            ```python
            from pathlib import Path

            import hozon

            with hozon.init(id="train-again", job_type="train") as run:
                dataset = run.use_artifact("mnist:candidate", type="dataset")
                rows = (Path(dataset.download()) / "labels.csv").read_text().split()
            recorded = hozon.Api().run("train-again")
            print(recorded.state, [used.name for used in recorded.used_artifacts()])
            #> finished ['mnist:v2']
            print(len(rows), "rows")
            #> 4 rows
            ```
        """
        self._check_running("use_artifact")
        context = self._session.context
        if isinstance(artifact_or_name, Artifact):
            path = ArtifactPath.parse(artifact_or_name.qualified_name, default=self._record.at)
        else:
            path = ArtifactPath.parse(artifact_or_name, default=self._record.at)
        wanted = TypeName(check_name(type, kind="type")) if type is not None else None
        version = resolve_version(context, path, type_name=wanted)
        drawn = record_use(context, self._record.key, version.content_id)
        return open_version(self._session, version, edge_left_out=not drawn)

    def finish(self) -> None:
        """End the run: wait until everything is stored, then record that it finished.

        Calling it again does nothing.

        Raises:
            HozonError: An artifact could not be stored; the run is recorded as failed.

        Examples:
            End a run that was begun without a `with` block.

            ```python
            import hozon

            run = hozon.init(job_type="prepare")
            artifact = hozon.Artifact("mnist", type="dataset")
            with artifact.new_file("labels.csv") as file:
                file.write("0001.png,7")
            run.log_artifact(artifact)
            run.finish()
            print(artifact.name, run.state)
            #> mnist:v3 finished
            ```
        """
        was_running = self._state is RunState.RUNNING
        self._end(RunState.FINISHED)
        if was_running and self._state is RunState.FINISHED:
            collect_if_due(self._session)

    def _submit(self, request: CommitRequest) -> Future[CommitResult]:
        """Store in the background, in the order of calls."""
        try:
            return self._uploader.submit(self._commit, request)
        except RuntimeError as error:  # Python takes no more work while it ends.
            raise RunFinishedError(
                f"The process of the run {self.path} is ending and stores nothing more",
                hint="Let the main thread wait for the threads that log.",
            ) from error

    def _commit(self, request: CommitRequest) -> CommitResult:
        """Store one artifact, with a bar if it takes long."""
        size = request.contents.size
        with progress_bar(f"Uploading {request.collection.name}", total_bytes=size) as progress:
            return commit_version(self._session.context, request, progress=progress)

    def _end(self, state: RunState) -> None:
        """Wait for uploads and record the end, once."""
        if self._state is not RunState.RUNNING or self._process != os.getpid():
            return  # A forked child that leaves the block does not end its parent's run.
        # The first word counts: an interrupted end is not finished later as if all were well.
        self._outcome = self._outcome or state
        failures: list[Exception] = []
        for artifact in self._logged:
            try:
                artifact.wait()
            except Exception as error:  # noqa: BLE001  Whatever it was, the run has to end.
                failures.append(error)
        self._uploader.shutdown()
        outcome = RunState.FAILED if failures else self._outcome
        if self._point is None:
            end_run(self._session.context, self._record.key, outcome)
        else:
            outcome = self._point.end_run(self._record.key, outcome)
        self._state = outcome
        self._on_end()
        if failures:
            raise failures[0]

    def _check_running(self, what: str) -> None:
        """Refuse to record anything for a run that has ended, or that is another process's."""
        if self._process != os.getpid():
            raise RunFinishedError(
                f"The run {self.path} belongs to the process that began it and cannot {what} here",
                hint="Begin a run of this process with hozon.init().",
            )
        if self._state is not RunState.RUNNING:
            raise RunFinishedError(
                f"The run {self.path} has {self.state} and cannot {what}",
                hint="Begin another run with hozon.init().",
            )
        if self._point is not None and self._point.refusal is not None:
            raise self._point.refusal

    def _save_config(self, config: JsonObject) -> None:
        self._check_running("change its config")
        save_config(self._session.context, self._record.key, config)

    def _save_summary(self, summary: JsonObject) -> None:
        self._check_running("change its summary")
        save_summary(self._session.context, self._record.key, summary)


def is_at_work(run: Run) -> bool:
    """Tell whether another thread, which the process will wait for, still works with a run.

    Args:
        run: The run.
    """
    owner = run._owner  # noqa: SLF001  A part of the run's own life.
    return owner is not threading.current_thread() and owner.is_alive() and not owner.daemon


def end_with_process(run: Run, *, failed: bool) -> None:
    """End a run that the program left open when it ended.

    Args:
        run: The run.
        failed: Whether the program ended with an exception.

    Raises:
        HozonError: An artifact could not be stored; the run is recorded as failed.
    """
    run._end(RunState.FAILED if failed else RunState.FINISHED)  # noqa: SLF001  As above.
