"""`Sweep`: a group of runs, judged by one metric."""

from typing import Any

from hozon.model.metadata import check_json_object
from hozon.model.sweeps import Goal
from hozon.model.sweeps import Sweep as SweepRecord
from hozon.sdk.pages import Paginator
from hozon.sdk.public.run import Run
from hozon.sdk.session import Session
from hozon.services.sweeps import find_best_run, list_sweep_runs

_PER_PAGE = 100


class Sweep:
    """A record of a sweep. `Api.sweep` returns it.

    Examples:
        Read what is known of a sweep.

        ```python
        import hozon

        sweep = hozon.Api().sweep("lr-search")
        print(sweep.entity, sweep.project, sweep.id)
        #> ada digits lr-search
        print(sweep.config["method"], sweep.config["parameters"])
        #> grid {'learning_rate': {'values': [0.1, 0.01, 0.001]}}
        print(sweep.order)
        #> +summary_metrics.loss
        for run in sweep.runs:
            print(run.config, run.summary)
            #> {'learning_rate': 0.1} {'loss': 0.42}
            #> {'learning_rate': 0.01} {'loss': 0.17}
            #> {'learning_rate': 0.001} {'loss': 0.58}
        ```
    """

    def __init__(self, session: Session, record: SweepRecord) -> None:
        """Wrap a sweep that the catalog holds."""
        self._session = session
        self._record = record

    def __repr__(self) -> str:
        """Show the path."""
        return f"<Sweep {self._record.path}>"

    @property
    def id(self) -> str:
        """The sweep's name within its project."""
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
    def config(self) -> dict[str, Any]:
        """The configuration as it was given; a copy."""
        return dict(check_json_object(self._record.config.source, what="sweep configuration"))

    @property
    def order(self) -> str:
        """How runs are ranked: `+` (smallest first) or `-` and `summary_metrics.<metric>`."""
        sign = "+" if self._record.config.goal is Goal.MINIMIZE else "-"
        return f"{sign}summary_metrics.{self._record.config.metric}"

    @property
    def runs(self) -> Paginator[Run]:
        """All runs of the sweep, earliest first."""
        return Paginator(
            list_sweep_runs(self._session.context, self._record),
            lambda record: Run(self._session, record),
            per_page=_PER_PAGE,
        )

    def best_run(self) -> Run | None:
        """Find the run with the best value of the sweep's metric.

        Returns:
            The best run; of those that tie the earliest; None if no run has a number there. A
                run without the metric, or with NaN, never wins.

        Examples:
            Download the model of the best run.

            ```python
            import hozon

            best = hozon.Api().sweep("lr-search").best_run()
            model = best.logged_artifacts()[0]
            print(best.summary, model.name, model.metadata)
            #> {'loss': 0.17} sweep-classifier:v1 {'learning_rate': 0.01}
            print(model.download())
            #> artifacts/sweep-classifier-v1
            ```
        """
        best = find_best_run(self._session.context, self._record)
        return Run(self._session, best) if best else None
