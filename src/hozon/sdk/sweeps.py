"""Sweeps: create one, and walk its grid."""

from collections.abc import Callable, Mapping
from typing import Any

from hozon.errors import InputError, NoRunError
from hozon.model.names import SweepId, check_name
from hozon.model.paths import ProjectPath, SweepPath
from hozon.model.sweeps import parse_sweep_config
from hozon.sdk.active import ASSIGNMENT, Assignment, ending_run
from hozon.sdk.session import current_session
from hozon.services.sweeps import create_sweep, find_sweep, next_point


def sweep(
    config: Mapping[str, Any],
    entity: str | None = None,
    project: str | None = None,
    id: str | None = None,
) -> str:
    """Create a sweep: a group of runs over a grid of parameters, judged by one metric.

    Args:
        config: `method` (`grid`), `metric` (`name`, and `goal`: `minimize`, the default, or
            `maximize`) and `parameters` (name → `values` or `value`).
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
    function: Callable[[], object],
    entity: str | None = None,
    project: str | None = None,
    count: int | None = None,
) -> None:
    """Try the points of a sweep that nobody has tried, in the order of the grid.

    For each point it calls the function, in which `hozon.init` begins a run that has the point in
    its config. If the function raises, the run is recorded as failed and the agent stops with
    that exception.

    Args:
        sweep_id: What `hozon.sweep` returned, or a path `[[entity/]project/]sweep_id`.
        function: Does one run; takes no arguments.
        entity: The owner of the project; by default `HOZON_ENTITY`, else the login name.
        project: The project; by default `HOZON_PROJECT`, else `uncategorized`.
        count: How many points to try at most, 1 or more; None for all that are left.

    Raises:
        SweepNotFoundError: There is no such sweep.
        InputError: `count` is below 1.
        NoRunError: The function ended without calling `hozon.init`.

    Concurrency:
        Agents in several processes may share a sweep: each point is tried once.

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
    session = current_session()
    default = session.settings.default_path
    at = ProjectPath.of(entity or default.entity, project or default.project)
    found = find_sweep(session.context, SweepPath.parse(sweep_id, default=at))
    tried = 0
    while count is None or tried < count:
        point = next_point(session.context, found)
        if point is None:
            return
        _try(Assignment(found, point), function)
        tried += 1


def _try(assignment: Assignment, function: Callable[[], object]) -> None:
    """Let the function try one point, and end the run that it began."""
    token = ASSIGNMENT.set(assignment)
    try:
        with ending_run():
            function()
    finally:
        ASSIGNMENT.reset(token)
    if not assignment.taken:
        raise NoRunError(
            f"The function of the agent of sweep {assignment.sweep.id} began no run",
            hint="Call hozon.init() in it, so that the grid point is recorded.",
        )
