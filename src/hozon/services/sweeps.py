"""Sweeps: create them, pause and end them, find their best run."""

import secrets

from hozon.errors import InputError, SweepExistsError
from hozon.model.access import Action
from hozon.model.missing import no_sweep
from hozon.model.names import SweepId
from hozon.model.paths import ProjectPath, SweepPath
from hozon.model.runs import Run
from hozon.model.sweep_config import SweepConfig
from hozon.model.sweeps import Order, Sweep, SweepAction, best_by, change_state
from hozon.ports.paging import Listing
from hozon.services.access import authorize
from hozon.services.context import Context
from hozon.services.listing import CatalogListing
from hozon.services.runs import SeenRuns, new_id

_PAGE = 500
_SEED_BITS = 31


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
        ProjectNotFoundError: They may not see the project.
        AccessDeniedError: They may see the project, and not write to it.
        SweepExistsError: A sweep of the project has this id.
    """
    path = SweepPath(at, sweep_id or SweepId(new_id()))
    with context.catalog.write() as session:
        authorize(session, context, Action.WRITE, at)
        if session.sweeps.find(path) is not None:
            raise SweepExistsError(
                f"There is a sweep {path} already", hint="Choose another id, or leave id out."
            )
        seed = secrets.randbits(_SEED_BITS)
        return session.sweeps.add(at, path.sweep_id, config, seed=seed, now=context.catalog.now())


def find_sweep(context: Context, path: SweepPath) -> Sweep:
    """Find a sweep by its path.

    Raises:
        SweepNotFoundError: There is no such sweep.
    """
    with context.catalog.read() as session:
        authorize(session, context, Action.READ, path.at, missing=no_sweep(path))
        sweep = session.sweeps.find(path)
    if sweep is None:
        raise no_sweep(path)
    return sweep


def act_on_sweep(context: Context, path: SweepPath, action: SweepAction) -> Sweep:
    """Pause, resume, stop or cancel a sweep.

    Returns:
        The sweep as it is now.

    Raises:
        SweepNotFoundError: There is no such sweep, or they may not see it.
        AccessDeniedError: They may not write to its project.
        SweepStateError: It has ended, or there is nothing to resume.
    """
    with context.catalog.write() as session:
        authorize(session, context, Action.WRITE, path.at, missing=no_sweep(path))
        sweep = session.sweeps.find(path)
        if sweep is not None:
            session.sweeps.set_state(sweep.key, change_state(sweep, action))
    return find_sweep(context, path)


def list_sweeps(context: Context, at: ProjectPath) -> Listing[Sweep]:
    """List the sweeps of a project, earliest first."""
    return CatalogListing(context, lambda s: s.sweeps.listing(at), at=at)


def list_sweep_runs(context: Context, sweep: Sweep) -> Listing[Run]:
    """List the runs of a sweep, earliest first."""
    return SeenRuns(context, lambda s: s.runs.in_sweep(sweep.key), at=sweep.path.at)


def find_best_run(context: Context, sweep: Sweep, order: Order | None = None) -> Run | None:
    """Choose the best run of a sweep; see `hozon.model.sweeps.best_by`.

    Args:
        context: The capabilities.
        sweep: The sweep.
        order: By what runs are ranked; by default its metric and its goal.

    Raises:
        InputError: The sweep has no metric, and no order is given.
    """
    order = order or sweep_order(sweep)
    if order is None:
        raise InputError(
            f"The sweep {sweep.path} has no metric", hint="Say by what to rank: give an order."
        )
    listing, runs, after = list_sweep_runs(context, sweep), list[Run](), None
    while page := listing.page(after=after, limit=_PAGE):
        runs.extend(item.value for item in page)
        after = page[-1].key
    return best_by(runs, order)


def sweep_order(sweep: Sweep) -> Order | None:
    """Tell by what a sweep ranks its runs; None if it has no metric."""
    if sweep.config.metric is None:
        return None
    return Order("summary_metrics", sweep.config.metric, sweep.config.goal)
