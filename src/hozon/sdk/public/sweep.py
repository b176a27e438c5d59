"""`Sweep`: a group of runs, judged by one metric."""

from typing import Any

from hozon.model.metadata import check_json_object
from hozon.model.sweeps import Sweep as SweepRecord
from hozon.model.sweeps import SweepAction, parse_order
from hozon.sdk.notebooks import card
from hozon.sdk.pages import Paginator
from hozon.sdk.public.run import Run
from hozon.sdk.session import Session
from hozon.services.sweeps import (
    act_on_sweep,
    find_best_run,
    find_sweep,
    list_sweep_runs,
    sweep_order,
)

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
        print(sweep.name, sweep.state, sweep.expected_run_count)
        #> lr-search FINISHED 3
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

    def _repr_html_(self) -> str:
        """Show it as a table in a notebook."""
        return card(
            f"Sweep {self._record.path}",
            [
                ("name", None if self.name == self.id else self.name),
                ("state", self.state),
                ("order", self.order),
                ("points", self.expected_run_count),
                ("runs", len(self.runs)),
                ("config", self.config),
            ],
        )

    @property
    def id(self) -> str:
        """The sweep's name within its project."""
        return self._record.id

    @property
    def name(self) -> str:
        """What the configuration calls it; by default its id."""
        return str(self._record.config.source.get("name") or self._record.id)

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
    def state(self) -> str:
        """Where it stands now: `RUNNING`, `PAUSED`, `STOPPED`, `CANCELED` or `FINISHED`."""
        return str(find_sweep(self._session.context, self._record.path).state)

    @property
    def expected_run_count(self) -> int | None:
        """How many points there are to try; None if there is no end."""
        return self._record.config.point_count

    @property
    def order(self) -> str | None:
        """How runs are ranked: `+` (smallest first) or `-` and `summary_metrics.<metric>`.

        None for a sweep without a metric.
        """
        order = sweep_order(self._record)
        return str(order) if order else None

    @property
    def runs(self) -> Paginator[Run]:
        """All runs of the sweep, earliest first; those of killed agents, too."""
        return Paginator(
            list_sweep_runs(self._session.context, self._record),
            lambda record: Run(self._session, record),
            per_page=_PER_PAGE,
        )

    def best_run(self, order: str | None = None) -> Run | None:
        """Find the run with the best value of the sweep's metric.

        Args:
            order: By what to rank instead: `+` for the smallest or `-` for the largest, then
                `summary_metrics.` or `config.` and a key, such as `-summary_metrics.accuracy`.

        Returns:
            The best run; of those that tie the earliest; None if no run has a number there. A
                run without the metric, or with NaN, never wins.

        Raises:
            InputError: The order is not understood; or there is none, and the sweep has no metric.

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

            Rank by something else.

            ```python
            import hozon

            sweep = hozon.Api().sweep("lr-search")
            print(sweep.best_run("-summary_metrics.loss").config)
            #> {'learning_rate': 0.001}
            ```
        """
        chosen = parse_order(order) if order is not None else None
        best = find_best_run(self._session.context, self._record, chosen)
        return Run(self._session, best) if best else None

    def pause(self) -> None:
        """Hand out no points until the sweep is resumed; runs that have begun go on.

        Agents wait.

        Raises:
            SweepStateError: The sweep has ended.

        Examples:
            Pause, and go on.

            ```python
            import hozon

            config = {"method": "random", "parameters": {"rate": {"min": 0.0, "max": 1.0}}}
            sweep = hozon.Api().sweep(hozon.sweep(config))
            sweep.pause()
            print(sweep.state)
            #> PAUSED
            sweep.resume()
            print(sweep.state)
            #> RUNNING
            ```
        """
        self._act(SweepAction.PAUSE)

    def resume(self) -> None:
        """Hand out points again.

        Raises:
            SweepStateError: The sweep has ended.

        Examples:
            Only a paused sweep is resumed; what has finished stays so.

            ```python
            import hozon

            try:
                hozon.Api().sweep("lr-search").resume()
            except hozon.errors.SweepStateError as error:
                print(error.message)
                #> The sweep ada/digits/lr-search is FINISHED and cannot resume
            ```
        """
        self._act(SweepAction.RESUME)

    def stop(self) -> None:
        """Hand out no more points, for good; runs that have begun go on.

        Raises:
            SweepStateError: The sweep has ended already.

        Examples:
            An agent of a stopped sweep has nothing to do.

            ```python
            import hozon


            def train() -> None:
                with hozon.init() as run:
                    run.log({"loss": run.config["rate"]})
                print(run.state, 0 <= run.summary["loss"] <= 1)
                #> finished True
                #> finished True


            config = {"method": "random", "parameters": {"rate": {"min": 0.0, "max": 1.0}}}
            sweep = hozon.Api().sweep(hozon.sweep(config))
            hozon.agent(sweep.id, train, count=2)
            sweep.stop()
            hozon.agent(sweep.id, train)
            print(sweep.state, len(sweep.runs))
            #> STOPPED 2
            ```
        """
        self._act(SweepAction.STOP)

    def cancel(self) -> None:
        """Hand out no more points, for good, and end the runs that have begun.

        Agents hear of it when they next renew the lease of their point, four times in
        `HOZON_SWEEP_LEASE`. `hozon agent` then ends its program. A function is not interrupted: its
        run refuses to record anything more, with `hozon.errors.SweepStateError`, and is recorded as
        failed.

        Raises:
            SweepStateError: The sweep has finished.

        Examples:
            Cancel a search that leads nowhere.

            ```python
            import hozon

            config = {"method": "random", "parameters": {"rate": {"min": 0.0, "max": 1.0}}}
            sweep = hozon.Api().sweep(hozon.sweep(config))
            sweep.cancel()
            print(sweep.state)
            #> CANCELED
            ```
        """
        self._act(SweepAction.CANCEL)

    def _act(self, action: SweepAction) -> None:
        """Ask something of the sweep."""
        self._record = act_on_sweep(self._session.context, self._record.path, action)
