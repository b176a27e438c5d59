"""What the sweeps of every catalog must do, and their points, as tests.

Owns the meaning of `hozon.ports.sweeps`; `hozon.testing.catalogs` makes it part of the contract of
a catalog. Refuses to own who gets a point: that is `hozon.services.sweep_points`.
"""

from dataclasses import replace

from hozon.model.names import SweepId
from hozon.model.paths import SweepPath
from hozon.model.sweeps import Point, PointState, SweepState
from hozon.ports.catalog import CatalogSession
from hozon.testing.records import AT, ELSEWHERE, LATER, NOW, make_run, make_sweep, read_all


class SweepContract:
    """The part of `hozon.testing.catalogs.CatalogContract` that is about sweeps."""

    def test_a_sweep_comes_back_equal(self, session: CatalogSession) -> None:
        """Its configuration is read as it was written."""
        made = make_sweep(session, "s1")
        assert session.sweeps.find(made.path) == made
        assert (made.state, made.seed) == (SweepState.RUNNING, 7)
        assert session.sweeps.find(SweepPath(AT, SweepId("absent"))) is None

    def test_sweeps_are_listed_earliest_first(self, session: CatalogSession) -> None:
        """Those of one project."""
        made = [make_sweep(session, name) for name in ("b", "a")]
        assert read_all(session.sweeps.listing(AT)) == made
        assert read_all(session.sweeps.listing(ELSEWHERE)) == []

    def test_points_are_counted_once_and_in_order(self, session: CatalogSession) -> None:
        """Counting goes on past the end of the grid: the caller knows its size."""
        sweep, other = make_sweep(session, "s1"), make_sweep(session, "s2")
        assert [session.sweeps.take_point(sweep.key) for _ in range(4)] == [0, 1, 2, 3]
        assert session.sweeps.progress(sweep.key).next_point == 4  # noqa: PLR2004  As taken.
        assert session.sweeps.progress(other.key).next_point == 0

    def test_the_state_of_a_sweep_is_replaced(self, session: CatalogSession) -> None:
        """Of that sweep alone."""
        sweep, other = make_sweep(session, "s1"), make_sweep(session, "s2")
        session.sweeps.set_state(sweep.key, SweepState.PAUSED)
        assert session.sweeps.progress(sweep.key).state is SweepState.PAUSED
        assert session.sweeps.progress(other.key).state is SweepState.RUNNING

    def test_a_point_comes_back_as_it_was_last_recorded(self, session: CatalogSession) -> None:
        """With its values, who holds it, and its run."""
        sweep = make_sweep(session, "s1")
        point = Point(3, {"rate": 1, "deep": {"a": None}}, "t1", NOW)
        session.points.add(sweep.key, point)
        assert session.points.find(sweep.key, 3) == point
        assert session.points.find(sweep.key, 4) is None
        run = make_run(session, "r1", sweep)
        later = replace(point, token="t" * 32, expires_at=LATER, attempts=2, run=run.key)
        session.points.replace(sweep.key, later)
        assert session.points.find(sweep.key, 3) == later
        assert (session.points.run_of(point), session.points.run_of(later)) == (None, run)

    def test_taken_points_are_listed_by_number(self, session: CatalogSession) -> None:
        """Those of one sweep that nobody came to an end with."""
        sweep, other = make_sweep(session, "s1"), make_sweep(session, "s2")
        for number in (2, 0, 1):
            session.points.add(sweep.key, Point(number, {}, "t", NOW))
        session.points.add(other.key, Point(0, {}, "t", NOW))
        done = Point(1, {}, "t", NOW, state=PointState.DONE)
        session.points.replace(sweep.key, done)
        assert [point.number for point in session.points.taken(sweep.key)] == [0, 2]

    def test_the_newest_points_come_with_their_runs(self, session: CatalogSession) -> None:
        """The last one first, and no more than wanted."""
        sweep = make_sweep(session, "s1")
        run = make_run(session, "r1", sweep)
        points = [Point(n, {}, "t", NOW, run=run.key if n == 1 else None) for n in range(3)]
        for point in points:
            session.points.add(sweep.key, point)
        assert session.points.newest(sweep.key, limit=2) == [(points[2], None), (points[1], run)]
