"""What a run that is going on logs as numbers: its history, its summary and its configuration.

Owns the step. Invariants: steps only go up, and each has one row; what is shown is what is stored.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hozon.errors import InputError
from hozon.model.metadata import JsonObject, check_json_object
from hozon.model.run_metrics import SummaryRule, check_metric, check_summary_rule, summarise
from hozon.sdk.histories import History
from hozon.sdk.journal import Journal
from hozon.sdk.session import Session
from hozon.sdk.values import LiveMapping


class RunMetrics:
    """What a run logs as numbers."""

    _session: Session
    _journal: Journal
    _config: LiveMapping
    _summary: LiveMapping
    _rules: dict[str, SummaryRule]
    _step: int
    _row: JsonObject | None

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

    @property
    def step(self) -> int:
        """The step that the next call of `log` writes to, 0 or more."""
        return self._step

    def log(
        self, data: Mapping[str, Any], step: int | None = None, commit: bool | None = None
    ) -> None:
        """Add metrics to the history; the summary takes the values over.

        Each call is a step of its own, unless `step` or `commit` say otherwise. What is logged is
        stored at once, also while a step is still open.

        Args:
            data: Metric → value: numbers (NaN and infinity allowed), text, lists, dicts.
            step: The step to write to, 0 or more. It may stay the same or go up, not down. It
                stays open for more, unless `commit` is True.
            commit: Whether the step is complete; by default it is, if `step` is left out.

        Raises:
            RunFinishedError: The run has ended.
            RunLostError: This process was silent for five minutes, and another has gone on with
                the run.
            InputError: The step is no whole number, or below the one that was reached.
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

            Put what belongs together into one step, though it comes from several places.

            ```python
            import hozon

            with hozon.init(id="two-places") as run:
                run.log({"loss": 0.5}, commit=False)
                run.log({"accuracy": 0.9})
                run.log({"loss": 0.4}, step=10)
            for row in hozon.Api().run("two-places").history():
                print(row["_step"], row.get("loss"), row.get("accuracy"))
                #> 0 0.5 0.9
                #> 10 0.4 None
            ```
        """
        self._check_running("log")
        row = check_json_object(data, what="logged data", finite=False)
        number = self._step if step is None else self._check_step(step)
        before = self._row if number == self._step else None
        merged = {**(before or {}), **row}
        summary = summarise(self._summary, row, self._rules)
        self._journal.log(merged, step=number, summary=summary, again=before is not None)
        self._summary._show(summary)  # noqa: SLF001  Stored together with the row.
        done = step is None if commit is None else commit
        self._step, self._row = (number + 1, None) if done else (number, merged)

    def define_metric(self, name: str, summary: str = "last") -> None:
        """Say what the summary keeps of a metric.

        It holds for what is logged from now on, also after the run was resumed.

        Args:
            name: The metric, or a pattern such as `loss/*` for all that begin so.
            summary: `last`, the default; `min` or `max`, for which NaN never counts; or `none`.

        Raises:
            RunFinishedError: The run has ended.
            RunLostError: Another process has gone on with the run.
            InputError: The name is empty, or there is no such summary.

        Examples:
            Keep the best accuracy, and the last loss.

            ```python
            import hozon

            with hozon.init(job_type="train") as run:
                run.define_metric("accuracy", summary="max")
                for accuracy, loss in ((0.88, 0.5), (0.93, 0.3), (0.91, 0.2)):
                    run.log({"accuracy": accuracy, "loss": loss})
            print(run.state, run.summary)
            #> finished {'accuracy': 0.93, 'loss': 0.2}
            ```
        """
        self._check_running("define a metric")
        chosen = {check_metric(name): check_summary_rule(summary)}
        rules = {kept: rule for kept, rule in self._rules.items() if kept != name} | chosen
        self._journal.save_rules(rules)
        self._rules = rules

    def history(
        self, keys: Sequence[str] | None = None, samples: int | None = None
    ) -> list[dict[str, Any]]:
        """Read what was logged so far, a dict for each step; see `scan_history` for many steps.

        Args:
            keys: Metrics; rows that lack one of them are left out, and so are other metrics. None
                for all.
            samples: The most rows to give, 1 or more, evenly spaced; None for all.

        Returns:
            The rows by step, each with `_step`, and `_timestamp` in seconds since 1970, UTC.

        Raises:
            InputError: `samples` is below 1.

        Examples:
            Look back while the run goes on.

            ```python
            import hozon

            with hozon.init(job_type="train") as run:
                for loss in (0.8, 0.5, 0.42):
                    run.log({"loss": loss})
                print([(row["_step"], row["loss"]) for row in run.history()])
                #> [(0, 0.8), (1, 0.5), (2, 0.42)]
            print(run.state)
            #> finished
            ```
        """
        return History(self._session, self._journal.key).rows(keys, samples=samples)

    def scan_history(
        self,
        keys: Sequence[str] | None = None,
        page_size: int = 1000,
        min_step: int | None = None,
        max_step: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Read what was logged so far, row by row; memory does not grow with the number of steps.

        Args:
            keys: As for `history`.
            page_size: How many rows to fetch at a time, 1 or more.
            min_step: The first step to read; None for the very first.
            max_step: The step before which to stop; None for all.

        Yields:
            The rows, in the order of steps, as `history` gives them.

        Raises:
            InputError: `page_size` is below 1.

        Examples:
            Read the steps from the second on.

            ```python
            import hozon

            with hozon.init(job_type="train") as run:
                for loss in (0.8, 0.5, 0.42):
                    run.log({"loss": loss})
                print([row["loss"] for row in run.scan_history(min_step=1)])
                #> [0.5, 0.42]
            print(run.state)
            #> finished
            ```
        """
        history = History(self._session, self._journal.key)
        return history.scan(keys, page_size=page_size, first=min_step, end=max_step)

    def _check_step(self, step: object) -> int:
        """Accept a step that does not go back."""
        if not isinstance(step, int) or isinstance(step, bool) or step < 0:
            raise InputError(f"step is {step!r}", hint="Give a whole number, 0 or more.")
        if step < self._step:
            raise InputError(
                f"step is {step}, and the run has reached {self._step}",
                hint="Steps only go up. Log metrics of their own pace in a key of their own, such"
                " as 'epoch', and leave step out.",
            )
        return step

    def _check_running(self, what: str) -> None:
        """Refuse to record anything for a run that has ended, or that is another process's."""
        raise NotImplementedError

    def _save_config(self, config: JsonObject) -> None:
        self._check_running("change its config")
        self._journal.save_config(config)

    def _save_summary(self, summary: JsonObject) -> None:
        self._check_running("change its summary")
        self._journal.save_summary(summary)
