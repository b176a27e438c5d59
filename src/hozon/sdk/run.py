"""`Run`: a piece of work that is going on, which logs metrics and artifacts.

Owns the life of a run in this process. Invariant: when the run has ended, everything that it logged
is stored or an error says why not.
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from hozon.errors import RunFinishedError, RunLostError
from hozon.model.run_metrics import read_rules
from hozon.model.runs import Run as RunRecord
from hozon.model.runs import RunState
from hozon.sdk.collecting import collect_if_due
from hozon.sdk.journal import Journal
from hozon.sdk.notebooks import card, run_facts
from hozon.sdk.run_artifacts import RunArtifacts
from hozon.sdk.run_facts import RunFacts
from hozon.sdk.run_metrics import RunMetrics
from hozon.sdk.session import Session
from hozon.sdk.values import LiveMapping

_INTERRUPTED = 130
"""The exit code of a program that Ctrl-C ended, as shells have it."""


class Run(RunFacts, RunMetrics, RunArtifacts):
    """A run that is going on. `hozon.init` makes one.

    Used as a context manager it ends with the block: as `finished`; as `failed` if the block
    raised; as `killed` if it was interrupted, such as with Ctrl-C.

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
        journal: Journal,
        *,
        on_end: Callable[[], None],
        step: int = 0,
        resumed: bool = False,
        folder: Path | None = None,
    ) -> None:
        """Wrap a run that has begun or gone on.

        Args:
            session: The connections.
            record: What is known of it.
            journal: Where it writes.
            on_end: Is called when it has ended.
            step: The step at which it goes on, 0 or more.
            resumed: Whether it was there before.
            folder: The folder of the work; None for the one in which the program is.
        """
        self._session = session
        self._record = record
        self._journal = journal
        self._on_end = on_end
        self._state = record.state
        self._exit_code = record.exit_code
        self._outcome: tuple[RunState, int] | None = None
        self._details = record.details
        self._rules = read_rules(record.metrics)
        self._step, self._row = step, None
        self._resumed = resumed
        self._home = folder
        self._folder = folder or Path.cwd()
        self._process = os.getpid()
        self._owner = threading.current_thread()
        self._uploader = ThreadPoolExecutor(1, thread_name_prefix=f"hozon-{record.id}")
        self._logged = []
        self._stopped = threading.Event()
        self._config = LiveMapping(
            record.config, what="config", save=self._save_config, finite=True
        )
        self._summary = LiveMapping(
            record.summary, what="summary", save=self._save_summary, finite=False
        )

    def _repr_html_(self) -> str:
        """Show it as a table in a notebook."""
        now = replace(
            self._record, state=self._state, config=dict(self._config), summary=dict(self._summary)
        )
        return card(f"Run {self.path}", run_facts(now, self._details))

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
            self._end(*_outcome_of(error))
        except Exception as ours:  # noqa: BLE001  The block's exception matters more.
            error.add_note(f"While the run ended: {ours}")

    def __repr__(self) -> str:
        """Show the path and the state."""
        return f"<Run {self.path} ({self.state})>"

    def finish(self, exit_code: int | None = None) -> None:
        """End the run: wait until everything is stored, then record that it finished.

        Calling it again does nothing.

        Args:
            exit_code: With which exit code the work ended: 0, the default, for well; any other
                number records the run as failed.

        Raises:
            RunLostError: Another process has gone on with the run.
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
        self._end(RunState.FAILED if exit_code else RunState.FINISHED, exit_code or 0)
        if was_running and self._state is RunState.FINISHED and self._journal.key is not None:
            collect_if_due(self._session)

    def _end(self, state: RunState, exit_code: int) -> None:
        """Wait for uploads and record the end, once."""
        if self._state is not RunState.RUNNING or self._process != os.getpid():
            return  # A forked child that leaves the block does not end its parent's run.
        # The first word counts: an interrupted end is not finished later as if all were well.
        self._outcome = self._outcome or (state, exit_code)
        failures: list[Exception] = []
        for artifact in self._logged:
            try:
                artifact.wait()
            except Exception as error:  # noqa: BLE001  Whatever it was, the run has to end.
                failures.append(error)
        self._uploader.shutdown()
        outcome, code = self._outcome
        if failures and outcome is RunState.FINISHED:
            outcome, code = RunState.FAILED, 1
        try:
            ended = self._journal.end(outcome, exit_code=code)
        except RunLostError as error:  # It goes on elsewhere: here it has ended all the same.
            failures.append(error)
            ended = RunState.FAILED
        self._state = ended
        self._exit_code = code if ended is outcome else 1
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
        if self._journal.refusal is not None:
            raise self._journal.refusal


def _outcome_of(error: BaseException) -> tuple[RunState, int]:
    """Tell how a run ends whose block raised, and with which exit code."""
    if isinstance(error, KeyboardInterrupt):
        return RunState.KILLED, _INTERRUPTED
    if isinstance(error, SystemExit):
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
        return (RunState.FAILED if code else RunState.FINISHED), code
    return RunState.FAILED, 1


def is_at_work(run: Run) -> bool:
    """Tell whether another thread, which the process will wait for, still works with a run.

    Args:
        run: The run.
    """
    owner = run._owner  # noqa: SLF001  A part of the run's own life.
    return owner is not threading.current_thread() and owner.is_alive() and not owner.daemon


def end_with_process(run: Run, error: BaseException | None) -> None:
    """End a run that the program left open when it ended.

    Args:
        run: The run.
        error: The exception that ended the program; None if it came to its end.

    Raises:
        HozonError: An artifact could not be stored; the run is recorded as failed.
    """
    outcome = _outcome_of(error) if error is not None else (RunState.FINISHED, 0)
    run._end(*outcome)  # noqa: SLF001  As above.
