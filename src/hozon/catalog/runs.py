"""Runs and history in SQL."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from hozon.catalog.batches import batches
from hozon.catalog.listings import AnyRow, SqlListing
from hozon.catalog.projects import ensure_project
from hozon.catalog.schema import history, projects, runs, sweeps
from hozon.model.access import Principal
from hozon.model.metadata import JsonObject
from hozon.model.names import EntityName, ProjectName, RunId, SweepId
from hozon.model.paths import ProjectPath, RunPath
from hozon.model.runs import Hold, Run, RunDetails, RunKey, RunState
from hozon.model.sweeps import SweepKey
from hozon.model.tags import Tag
from hozon.ports.paging import Listing
from hozon.ports.runs import HistoryRow, NewRun

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
        runs.c.created_by,
        runs.c.deleted_at,
        runs.c.name,
        runs.c.run_group,
        runs.c.tags,
        runs.c.notes,
        runs.c.metrics,
        runs.c.exit_code,
        runs.c.finished_at,
        runs.c.holder,
        runs.c.held_by,
        runs.c.held_in,
        runs.c.held_until,
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

    def get_all(self, keys: Iterable[RunKey]) -> Sequence[Run]:
        """Read runs that are known to exist, some hundred at a time."""
        found: list[Run] = []
        for batch in batches(keys):
            rows = self._connection.execute(SELECT_RUNS.where(runs.c.id.in_(batch))).all()
            read = {run.key: run for run in decode_runs(rows)}
            found += [read[key] for key in batch]
        return found

    def add(self, path: RunPath, new: NewRun, *, by: Principal, now: datetime) -> Run:
        """Make a running run."""
        made = insert(runs).values(
            project_id=ensure_project(self._connection, path.at, now=now),
            run_id=path.run_id,
            job_type=new.job_type,
            state=RunState.RUNNING,
            config=new.config,
            summary={},
            sweep_id=new.sweep,
            created_by=by.name,
            created_at=now,
            **_described(new.details),
            **_held(new.hold),
        )
        key = self._connection.execute(made.returning(runs.c.id)).scalar_one()
        return _run(self._connection.execute(SELECT_RUNS.where(runs.c.id == key)).one())

    def take(self, key: RunKey, hold: Hold) -> None:
        """Make a run that nobody holds a running one of this holder."""
        taken = update(runs).where(runs.c.id == key)
        self._connection.execute(
            taken.values(state=RunState.RUNNING, exit_code=None, finished_at=None, **_held(hold))
        )

    def renew(
        self,
        key: RunKey,
        *,
        token: str,
        expires_at: datetime,
        summary: JsonObject | None = None,
    ) -> bool:
        """Extend a hold, and replace the summary if one is given, in one statement."""
        changed = {} if summary is None else {"summary": summary}
        renewed = (
            update(runs)
            .where(runs.c.id == key, runs.c.holder == token, runs.c.state == RunState.RUNNING)
            .values(held_until=expires_at, **changed)
        )
        return self._connection.execute(renewed).rowcount == 1

    def set_config(self, key: RunKey, config: JsonObject) -> None:
        """Replace the configuration."""
        self._connection.execute(update(runs).where(runs.c.id == key).values(config=config))

    def set_summary(self, key: RunKey, summary: JsonObject) -> None:
        """Replace the summary."""
        self._connection.execute(update(runs).where(runs.c.id == key).values(summary=summary))

    def set_metrics(self, key: RunKey, metrics: JsonObject) -> None:
        """Replace the rules by which the summary takes metrics over."""
        self._connection.execute(update(runs).where(runs.c.id == key).values(metrics=metrics))

    def describe(self, key: RunKey, details: RunDetails) -> None:
        """Replace what people say of it."""
        changed = update(runs).where(runs.c.id == key)
        self._connection.execute(changed.values(**_described(details)))

    def set_state(
        self, key: RunKey, state: RunState, *, now: datetime, exit_code: int | None = None
    ) -> None:
        """Record that the run ended; nobody holds it any more."""
        ended = update(runs).where(runs.c.id == key)
        self._connection.execute(
            ended.values(state=state, finished_at=now, exit_code=exit_code, **_held(None))
        )

    def append_history(self, key: RunKey, row: JsonObject, *, step: int, now: datetime) -> None:
        """Add a row of metrics at a step."""
        self._connection.execute(
            insert(history).values(run_id=key, step=step, row=row, logged_at=now)
        )

    def replace_history(self, key: RunKey, row: JsonObject, *, step: int, now: datetime) -> None:
        """Replace the row of metrics of a step."""
        self._connection.execute(
            update(history)
            .where(history.c.run_id == key, history.c.step == step)
            .values(row=row, logged_at=now)
        )

    def last_step(self, key: RunKey) -> int | None:
        """Tell the last step that has a row."""
        query = select(func.max(history.c.step)).where(history.c.run_id == key)
        last = self._connection.execute(query).scalar_one()
        return None if last is None else int(last)

    def history(
        self, key: RunKey, *, first: int | None = None, end: int | None = None
    ) -> Listing[HistoryRow]:
        """List what was logged, in the order of steps."""
        query = select(history.c.step.label("id"), history.c.row, history.c.logged_at).where(
            history.c.run_id == key
        )
        if first is not None:
            query = query.where(history.c.step >= first)
        if end is not None:
            query = query.where(history.c.step < end)
        return SqlListing(self._connection, query, key=history.c.step, decode=_decode_history)

    def listing(self, at: ProjectPath, *, newest_first: bool = False) -> Listing[Run]:
        """List the runs of a project, in the order in which they were made."""
        query = SELECT_RUNS.where(
            projects.c.entity == at.entity, projects.c.name == at.project, _LISTED
        )
        return SqlListing(
            self._connection,
            query,
            key=runs.c.id,
            decode=decode_runs,
            newest_first=newest_first,
        )

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
        created_by=EntityName(row.created_by),
        deleted_at=row.deleted_at,
        details=RunDetails(
            name=row.name,
            group=row.run_group,
            tags=tuple(Tag(tag) for tag in row.tags),
            notes=row.notes,
        ),
        metrics=row.metrics,
        hold=_hold(row),
        finished_at=row.finished_at,
        exit_code=row.exit_code,
    )


def _hold(row: AnyRow) -> Hold | None:
    """Tell who holds a run of `SELECT_RUNS`."""
    if row.holder is None:
        return None
    return Hold(token=row.holder, by=row.held_by, process=row.held_in, expires_at=row.held_until)


def _held(hold: Hold | None) -> Mapping[str, object]:
    """Give the columns that say who holds a run."""
    if hold is None:
        return dict.fromkeys(("holder", "held_by", "held_in", "held_until"))
    return {
        "holder": hold.token,
        "held_by": hold.by,
        "held_in": hold.process,
        "held_until": hold.expires_at,
    }


def _described(details: RunDetails) -> Mapping[str, object]:
    """Give the columns of what people say of a run."""
    return {
        "name": details.name,
        "run_group": details.group,
        "tags": details.tags,
        "notes": details.notes,
    }


def _decode_history(rows: Sequence[AnyRow]) -> list[HistoryRow]:
    """Turn rows of the history into values."""
    return [HistoryRow(step=row.id, row=row.row, logged_at=row.logged_at) for row in rows]
