"""Sweeps: create one, and try its points.

Owns what an agent does when the function fails. Invariant: no exception of a function is lost: it
is raised, or logged with its traceback, and its run is recorded as failed.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from hozon.errors import InputError, NoRunError
from hozon.model.names import SweepId, check_name
from hozon.model.paths import ProjectPath, SweepPath
from hozon.model.sweep_config import parse_sweep_config
from hozon.sdk.active import ASSIGNMENT, ending_run
from hozon.sdk.session import current_session
from hozon.sdk.sweep_points import HeldPoint, PointQueue
from hozon.services.sweeps import create_sweep, find_sweep

MOST_FAILURES: Final = 3
"""After how many failures in a row an agent stops."""

_LOG = logging.getLogger(__name__)


def sweep(
    config: Mapping[str, Any],
    entity: str | None = None,
    project: str | None = None,
    id: str | None = None,
) -> str:
    """Create a sweep: a group of runs over points of a search, judged by one metric.

    Args:
        config: `method` (`grid`, `random` or `bayes`) and `parameters` (name → `value`, `values`,
            `min` and `max`, a `distribution`, or `parameters` within it); as needed `metric`
            (`name`; `goal`, by default `minimize`; `target`), which `bayes` requires, `run_cap`,
            `name` and `description`.
        entity: The owner of the project; by default `HOZON_ENTITY`, else the login name.
        project: The project; by default `HOZON_PROJECT`, else `uncategorized`.
        id: The sweep's name, unique in the project; by default made up.

    Returns:
        The sweep's id, for `hozon.agent` and `Api.sweep`.

    Raises:
        InvalidSweepError: The configuration has a missing, unknown or malformed key.
        InvalidNameError: A name breaks the rules.
        SweepExistsError: A sweep of the project has this id.

    Examples:
        Describe a grid of three points.

        ```python
        import hozon

        sweep_id = hozon.sweep(
            {
                "method": "grid",
                "metric": {"name": "accuracy", "goal": "maximize"},
                "parameters": {"depth": {"values": [2, 4, 8]}},
            },
            id="depth-search",
        )
        print(sweep_id, hozon.Api().sweep(sweep_id).order)
        #> depth-search -summary_metrics.accuracy
        ```
    """
    parsed = parse_sweep_config(config)
    session = current_session()
    default = session.settings.default_path
    at = ProjectPath.of(entity or default.entity, project or default.project)
    sweep_id = SweepId(check_name(id, kind="sweep")) if id is not None else None
    return create_sweep(session.context, at, parsed, sweep_id=sweep_id).id


def agent(
    sweep_id: str,
    function: Callable[[], object] | None = None,
    entity: str | None = None,
    project: str | None = None,
    count: int | None = None,
) -> None:
    """Try points of a sweep, one after the other, until none is left.

    For each point it calls the function, in which `hozon.init` begins a run that has the point in
    its config. If the function raises, the run is recorded as failed, the traceback is logged, and
    the agent goes on. It stops with the exception after three failures in a row, or if not one of
    its points went well. While the sweep is paused, or other agents try the last points, it waits.
    When the sweep is canceled, the run may record nothing more and is recorded as failed; the agent
    then returns as soon as the function does.

    Args:
        sweep_id: What `hozon.sweep` returned, or a path `[[entity/]project/]sweep_id`.
        function: Does one run; takes no arguments. For a program, use `hozon agent`.
        entity: The owner of the project; by default `HOZON_ENTITY`, else the login name.
        project: The project; by default `HOZON_PROJECT`, else `uncategorized`.
        count: How many points to try at most, 1 or more; None for all that are left.

    Raises:
        SweepNotFoundError: There is no such sweep.
        InputError: `count` is below 1, or there is no function.
        NoRunError: The function ended without calling `hozon.init`.
        MissingExtraError: The sweep uses `bayes`, and Optuna is not installed.

    Concurrency:
        Agents in several processes, on one machine or many, may share a sweep: no point is tried by
        two at once. What a killed agent had is tried again when `HOZON_SWEEP_LEASE` is over.

    Examples:
        Try two points now; another agent may try the rest.

        ```python
        import hozon


        def train() -> None:
            with hozon.init(job_type="train") as run:
                run.log({"accuracy": 1 - 1 / run.config["depth"]})
            print(run.config, run.summary, run.state)
            #> {'depth': 2} {'accuracy': 0.5} finished
            #> {'depth': 4} {'accuracy': 0.75} finished


        sweep_id = hozon.sweep(
            {
                "method": "grid",
                "metric": {"name": "accuracy", "goal": "maximize"},
                "parameters": {"depth": {"values": [2, 4, 8]}},
            }
        )
        hozon.agent(sweep_id, train, count=2)
        ```
    """
    if count is not None and count < 1:
        raise InputError(f"count is {count}", hint="Try 1 or more points, or leave count out.")
    if function is None:
        raise InputError(
            "agent was given no function",
            hint="Give one, or run a program: hozon agent SWEEP -- python train.py.",
        )
    session = current_session()
    default = session.settings.default_path
    at = ProjectPath.of(entity or default.entity, project or default.project)
    found = find_sweep(session.context, SweepPath.parse(sweep_id, default=at))
    points = PointQueue(session, found)
    tried = in_a_row = 0
    failure: Exception | None = None
    went_well = False
    while (count is None or tried < count) and (held := points.next()) is not None:
        tried += 1
        error = _try(held, function)
        if error is None:
            went_well, in_a_row = True, 0
            continue
        if held.refusal is not None and points.is_canceled:
            return
        failure, in_a_row = error, in_a_row + 1
        if in_a_row == MOST_FAILURES:
            raise failure
        _LOG.error(
            "Point %d of the sweep %s failed: %s",
            held.claim.point.number,
            found.path,
            dict(held.values),
            exc_info=error,
        )
    if failure is not None and not went_well:
        raise failure


def _try(held: HeldPoint, function: Callable[[], object]) -> Exception | None:
    """Let the function try one point, and end the run that it began."""
    token = ASSIGNMENT.set(held)
    try:
        with held, ending_run():
            function()
    except Exception as error:  # noqa: BLE001  Whatever it was, the next point may go well.
        return error
    finally:
        ASSIGNMENT.reset(token)
    if not held.taken:
        raise NoRunError(
            f"The function of the agent of sweep {held.sweep.id} began no run",
            hint="Call hozon.init() in it, so that the grid point is recorded.",
        )
    return None
