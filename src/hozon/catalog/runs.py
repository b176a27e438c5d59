"""Runs and history in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from hozon.catalog.listings import AnyRow, SqlListing
from hozon.catalog.projects import ensure_project
from hozon.catalog.schema import history, projects, runs, sweeps
from hozon.model.access import Principal
from hozon.model.metadata import JsonObject
from hozon.model.names import EntityName, ProjectName, RunId, SweepId
from hozon.model.paths import ProjectPath, RunPath
from hozon.model.runs import Run, RunKey, RunState
from hozon.model.sweeps import SweepKey
from hozon.ports.paging import Listing

SELECT_RUNS = (
    select(
        runs.c.id,
        projects.c.entity,
        projects.c.name.label("project"),
        runs.c.run_id,
        runs.c.job_type,
        runs.c.state,
        runs.c.config,
        runs.c.summary,
        sweeps.c.sweep_id,
        runs.c.created_at,
        runs.c.deleted_at,
    )
    .select_from(runs)
    .join(projects, projects.c.id == runs.c.project_id)
    .outerjoin(sweeps, sweeps.c.id == runs.c.sweep_id)
)
"""What `decode_runs` reads."""

_LISTED = runs.c.deleted_at.is_(None)


class SqlRuns:
    """Runs within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Use the transaction of this connection."""
        self._connection = connection

    def find(self, path: RunPath, *, deleted: bool = False) -> Run | None:
        """Find a run; a deleted one only if that is wanted."""
        query = SELECT_RUNS.where(
            projects.c.entity == path.at.entity,
            projects.c.name == path.at.project,
            runs.c.run_id == path.run_id,
        )
        if not deleted:
            query = query.where(_LISTED)
        row = self._connection.execute(query).one_or_none()
        return _run(row) if row else None

    def add(
        self,
        path: RunPath,
        *,
        job_type: str | None,
        config: JsonObject,
        sweep: SweepKey | None,
        by: Principal,
        now: datetime,
    ) -> Run:
        """Make a running run."""
        made = insert(runs).values(
            project_id=ensure_project(self._connection, path.at, now=now),
            run_id=path.run_id,
            job_type=job_type,
            state=RunState.RUNNING,
            config=config,
            summary={},
            sweep_id=sweep,
            created_by=by.name,
            created_at=now,
        )
        key = self._connection.execute(made.returning(runs.c.id)).scalar_one()
        return _run(self._connection.execute(SELECT_RUNS.where(runs.c.id == key)).one())

    def set_config(self, key: RunKey, config: JsonObject) -> None:
        """Replace the configuration."""
        self._connection.execute(update(runs).where(runs.c.id == key).values(config=config))

    def set_summary(self, key: RunKey, summary: JsonObject) -> None:
        """Replace the summary."""
        self._connection.execute(update(runs).where(runs.c.id == key).values(summary=summary))

    def set_state(self, key: RunKey, state: RunState, *, now: datetime) -> None:
        """Record that the run ended."""
        self._connection.execute(
            update(runs).where(runs.c.id == key).values(state=state, finished_at=now)
        )

    def append_history(self, key: RunKey, row: JsonObject, *, step: int, now: datetime) -> None:
        """Add a row of metrics at a step."""
        self._connection.execute(
            insert(history).values(run_id=key, step=step, row=row, logged_at=now)
        )

    def listing(self, at: ProjectPath) -> Listing[Run]:
        """List the runs of a project, earliest first."""
        query = SELECT_RUNS.where(
            projects.c.entity == at.entity, projects.c.name == at.project, _LISTED
        )
        return SqlListing(self._connection, query, key=runs.c.id, decode=decode_runs)

    def in_sweep(self, key: SweepKey) -> Listing[Run]:
        """List the runs of a sweep, earliest first."""
        query = SELECT_RUNS.where(runs.c.sweep_id == key, _LISTED)
        return SqlListing(self._connection, query, key=runs.c.id, decode=decode_runs)

    def delete(self, key: RunKey, *, now: datetime) -> None:
        """Take a run out of every listing."""
        self._connection.execute(update(runs).where(runs.c.id == key).values(deleted_at=now))


def decode_runs(rows: Sequence[AnyRow]) -> list[Run]:
    """Turn rows of `SELECT_RUNS` into runs."""
    return [_run(row) for row in rows]


def _run(row: AnyRow) -> Run:
    """Turn a row of `SELECT_RUNS` into a run."""
    return Run(
        key=RunKey(row.id),
        at=ProjectPath(EntityName(row.entity), ProjectName(row.project)),
        id=RunId(row.run_id),
        job_type=row.job_type,
        state=RunState(row.state),
        config=row.config,
        summary=row.summary,
        sweep_id=SweepId(row.sweep_id) if row.sweep_id else None,
        created_at=row.created_at,
        deleted_at=row.deleted_at,
    )
