"""Sweeps in SQL."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from hozon.catalog.projects import ensure_project
from hozon.catalog.schema import projects, sweeps
from hozon.model.names import SweepId
from hozon.model.paths import ProjectPath, SweepPath
from hozon.model.sweeps import Sweep, SweepConfig, SweepKey, parse_sweep_config


class SqlSweeps:
    """Sweeps within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Use the transaction of this connection."""
        self._connection = connection

    def find(self, path: SweepPath) -> Sweep | None:
        """Find a sweep."""
        query = (
            select(sweeps.c.id, sweeps.c.config, sweeps.c.created_at)
            .join_from(sweeps, projects)
            .where(
                projects.c.entity == path.at.entity,
                projects.c.name == path.at.project,
                sweeps.c.sweep_id == path.sweep_id,
            )
        )
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        config = parse_sweep_config(row.config)
        return Sweep(SweepKey(row.id), path.at, path.sweep_id, config, row.created_at)

    def add(self, at: ProjectPath, sweep_id: SweepId, config: SweepConfig, now: datetime) -> Sweep:
        """Make a sweep."""
        made = insert(sweeps).values(
            project_id=ensure_project(self._connection, at, now=now),
            sweep_id=sweep_id,
            config=config.source,
            next_point=0,
            created_at=now,
        )
        key = self._connection.execute(made.returning(sweeps.c.id)).scalar_one()
        return Sweep(SweepKey(key), at, sweep_id, config, now)

    def take_point(self, key: SweepKey) -> int:
        """Give the number of the next grid point, each once."""
        taken = (
            update(sweeps)
            .where(sweeps.c.id == key)
            .values(next_point=sweeps.c.next_point + 1)
            .returning(sweeps.c.next_point - 1)
        )
        return int(self._connection.execute(taken).scalar_one())
