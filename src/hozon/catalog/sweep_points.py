"""Points of sweeps in SQL."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, insert, select, update

from hozon.catalog.listings import AnyRow
from hozon.catalog.runs import SELECT_RUNS, decode_runs
from hozon.catalog.schema import runs, sweep_points
from hozon.model.runs import Run, RunKey
from hozon.model.sweeps import Point, PointState, SweepKey

_C = sweep_points.c


class SqlPoints:
    """Points within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Use the transaction of this connection."""
        self._connection = connection

    def find(self, key: SweepKey, number: int) -> Point | None:
        """Find a point that was handed out."""
        query = select(sweep_points).where(_C.sweep_id == key, _C.number == number)
        row = self._connection.execute(query).one_or_none()
        return _point(row) if row else None

    def add(self, key: SweepKey, point: Point) -> None:
        """Record a point that is handed out for the first time."""
        made = insert(sweep_points).values(
            sweep_id=key, number=point.number, point=point.values, **_changing(point)
        )
        self._connection.execute(made)

    def replace(self, key: SweepKey, point: Point) -> None:
        """Record what became of a point."""
        same = (_C.sweep_id == key) & (_C.number == point.number)
        self._connection.execute(update(sweep_points).where(same).values(**_changing(point)))

    def taken(self, key: SweepKey) -> Sequence[Point]:
        """List the points that are taken, by number."""
        query = (
            select(sweep_points)
            .where(_C.sweep_id == key, _C.state == PointState.TAKEN)
            .order_by(_C.number)
        )
        return [_point(row) for row in self._connection.execute(query)]

    def newest(self, key: SweepKey, *, limit: int) -> Sequence[tuple[Point, Run | None]]:
        """List the points that were handed out last, each with its run, the last one first."""
        chosen = select(sweep_points).where(_C.sweep_id == key).order_by(_C.number.desc())
        points = [_point(row) for row in self._connection.execute(chosen.limit(limit))]
        theirs = select(_C.run_id).where(_C.sweep_id == key).order_by(_C.number.desc()).limit(limit)
        rows = self._connection.execute(SELECT_RUNS.where(runs.c.id.in_(theirs))).all()
        known = {run.key: run for run in decode_runs(rows)}
        return [(point, known.get(point.run) if point.run else None) for point in points]

    def run_of(self, point: Point) -> Run | None:
        """Give the run that tries a point."""
        if point.run is None:
            return None
        rows = self._connection.execute(SELECT_RUNS.where(runs.c.id == point.run)).all()
        return decode_runs(rows)[0]


def _changing(point: Point) -> Mapping[str, object]:
    """Give what changes of a point while it is tried."""
    return {
        "state": point.state,
        "token": point.token,
        "expires_at": point.expires_at,
        "attempts": point.attempts,
        "run_id": point.run,
    }


def _point(row: AnyRow) -> Point:
    """Turn a row into a point."""
    return Point(
        number=row.number,
        values=row.point,
        token=row.token,
        expires_at=row.expires_at,
        state=PointState(row.state),
        attempts=row.attempts,
        run=RunKey(row.run_id) if row.run_id is not None else None,
    )
