"""Sweeps in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from hozon.catalog.listings import AnyRow, SqlListing
from hozon.catalog.projects import ensure_project
from hozon.catalog.schema import projects, sweeps
from hozon.model.names import EntityName, ProjectName, SweepId
from hozon.model.paths import ProjectPath, SweepPath
from hozon.model.sweep_config import SweepConfig, parse_sweep_config
from hozon.model.sweeps import Sweep, SweepKey, SweepState
from hozon.ports.paging import Listing
from hozon.ports.sweeps import Progress

_SELECT = select(
    sweeps.c.id,
    projects.c.entity,
    projects.c.name.label("project"),
    sweeps.c.sweep_id,
    sweeps.c.config,
    sweeps.c.created_at,
    sweeps.c.state,
    sweeps.c.seed,
).join_from(sweeps, projects)


class SqlSweeps:
    """Sweeps within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Use the transaction of this connection."""
        self._connection = connection

    def find(self, path: SweepPath) -> Sweep | None:
        """Find a sweep."""
        query = _SELECT.where(
            projects.c.entity == path.at.entity,
            projects.c.name == path.at.project,
            sweeps.c.sweep_id == path.sweep_id,
        )
        row = self._connection.execute(query).one_or_none()
        return _sweep(row) if row else None

    def add(
        self, at: ProjectPath, sweep_id: SweepId, config: SweepConfig, *, seed: int, now: datetime
    ) -> Sweep:
        """Make a running sweep."""
        made = insert(sweeps).values(
            project_id=ensure_project(self._connection, at, now=now),
            sweep_id=sweep_id,
            config=config.source,
            next_point=0,
            created_at=now,
            state=SweepState.RUNNING,
            seed=seed,
        )
        key = self._connection.execute(made.returning(sweeps.c.id)).scalar_one()
        return Sweep(SweepKey(key), at, sweep_id, config, now, seed=seed)

    def listing(self, at: ProjectPath) -> Listing[Sweep]:
        """List the sweeps of a project, earliest first."""
        query = _SELECT.where(projects.c.entity == at.entity, projects.c.name == at.project)
        return SqlListing(self._connection, query, key=sweeps.c.id, decode=_sweeps)

    def progress(self, key: SweepKey) -> Progress:
        """Tell how far a sweep has come."""
        query = select(sweeps.c.state, sweeps.c.next_point).where(sweeps.c.id == key)
        row = self._connection.execute(query).one()
        return Progress(SweepState(row.state), row.next_point)

    def set_state(self, key: SweepKey, state: SweepState) -> None:
        """Record where a sweep stands."""
        self._connection.execute(update(sweeps).where(sweeps.c.id == key).values(state=state))

    def take_point(self, key: SweepKey) -> int:
        """Give the number of the next point, each once."""
        taken = (
            update(sweeps)
            .where(sweeps.c.id == key)
            .values(next_point=sweeps.c.next_point + 1)
            .returning(sweeps.c.next_point - 1)
        )
        return int(self._connection.execute(taken).scalar_one())


def _sweeps(rows: Sequence[AnyRow]) -> list[Sweep]:
    """Turn rows of `_SELECT` into sweeps."""
    return [_sweep(row) for row in rows]


def _sweep(row: AnyRow) -> Sweep:
    """Turn a row of `_SELECT` into a sweep."""
    return Sweep(
        key=SweepKey(row.id),
        at=ProjectPath(EntityName(row.entity), ProjectName(row.project)),
        id=SweepId(row.sweep_id),
        config=parse_sweep_config(row.config),
        created_at=row.created_at,
        state=SweepState(row.state),
        seed=row.seed,
    )
