"""Sweeps: create them, hand out their points, find their best run."""

from hozon.errors import SweepExistsError, SweepNotFoundError
from hozon.model.metadata import JsonValue
from hozon.model.names import SweepId
from hozon.model.paths import ProjectPath, SweepPath
from hozon.model.runs import Run
from hozon.model.sweeps import Sweep, SweepConfig, best_run
from hozon.ports.paging import Listing
from hozon.services.context import Context
from hozon.services.runs import SeenRuns, new_id

_PAGE = 500


def create_sweep(
    context: Context, at: ProjectPath, config: SweepConfig, *, sweep_id: SweepId | None
) -> Sweep:
    """Create a sweep.

    Args:
        context: The capabilities, and on whose behalf to act.
        at: The project.
        config: What it tries and how it judges.
        sweep_id: Its name; None makes one up.

    Raises:
        SweepExistsError: A sweep of the project has this id.
    """
    path = SweepPath(at, sweep_id or SweepId(new_id()))
    with context.catalog.write() as session:
        if session.sweeps.find(path) is not None:
            raise SweepExistsError(
                f"There is a sweep {path} already", hint="Choose another id, or leave id out."
            )
        return session.sweeps.add(at, path.sweep_id, config, context.catalog.now())


def find_sweep(context: Context, path: SweepPath) -> Sweep:
    """Find a sweep by its path.

    Raises:
        SweepNotFoundError: There is no such sweep.
    """
    with context.catalog.read() as session:
        sweep = session.sweeps.find(path)
    if sweep is None:
        raise SweepNotFoundError(
            f"There is no sweep {path}", hint="Use the id that hozon.sweep returned."
        )
    return sweep


def next_point(context: Context, sweep: Sweep) -> dict[str, JsonValue] | None:
    """Hand out the next point of a grid.

    Returns:
        A value for each parameter; None when all points were handed out.

    Concurrency:
        Several agents may ask at once: each point is handed out once.
    """
    with context.catalog.write() as session:
        number = session.sweeps.take_point(sweep.key)
    return sweep.config.point(number) if number < sweep.config.point_count else None


def list_sweep_runs(context: Context, sweep: Sweep) -> Listing[Run]:
    """List the runs of a sweep, earliest first."""
    return SeenRuns(context, lambda s: s.runs.in_sweep(sweep.key))


def find_best_run(context: Context, sweep: Sweep) -> Run | None:
    """Choose the run of a sweep with the best metric; see `hozon.model.sweeps.best_run`."""
    listing, runs, after = list_sweep_runs(context, sweep), list[Run](), None
    while page := listing.page(after=after, limit=_PAGE):
        runs.extend(item.value for item in page)
        after = page[-1].key
    return best_run(runs, metric=sweep.config.metric, goal=sweep.config.goal)
