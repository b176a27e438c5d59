"""What every catalog must do with runs, their holders and their history, as tests.

Owns the meaning of `hozon.ports.runs`; `hozon.testing.catalogs` makes it part of the contract of a
catalog. Refuses to own who may hold a run: that is `hozon.services.runs`.
"""

import math
from dataclasses import replace

import pytest

from hozon.errors import CatalogError
from hozon.model.names import RunId
from hozon.model.paths import RunPath
from hozon.model.runs import Hold, RunDetails, RunState
from hozon.model.tags import Tag
from hozon.ports.catalog import Catalog, CatalogSession
from hozon.ports.runs import HistoryRow, NewRun
from hozon.testing.records import ADA, AT, ELSEWHERE, LATER, NOW, make_run, make_sweep, read_all


class RunContract:
    """The part of `hozon.testing.catalogs.CatalogContract` that is about runs."""

    def test_a_run_tells_all_that_was_given(self, session: CatalogSession) -> None:
        """Every field comes back as it was written."""
        sweep = make_sweep(session, "s1")
        new = NewRun(job_type="train", config={"rate": 0.1}, sweep=sweep.key)
        made = session.runs.add(RunPath(AT, RunId("r1")), new, by=ADA, now=NOW)
        assert (str(made.path), made.job_type, made.sweep_id) == ("ada/digits/r1", "train", "s1")
        assert (made.state, made.config, made.summary) == (RunState.RUNNING, {"rate": 0.1}, {})
        assert (made.created_at, made.created_by) == (NOW, ADA.name)
        assert session.runs.find(made.path) == made
        assert session.runs.find(RunPath(ELSEWHERE, RunId("r1"))) is None

    def test_runs_are_read_by_their_keys(self, session: CatalogSession) -> None:
        """As many as are asked for, in that order, also those that were deleted."""
        made = [make_run(session, f"r{number}") for number in range(501)]
        session.runs.delete(made[0].key, now=LATER)
        gone = replace(made[0], deleted_at=LATER)
        assert session.runs.get_all(run.key for run in reversed(made)) == [*made[:0:-1], gone]
        assert session.runs.get_all([]) == []

    def test_what_may_change_of_a_run_is_replaced(self, session: CatalogSession) -> None:
        """Config, summary and state take the new value."""
        run = make_run(session, "r1")
        session.runs.set_config(run.key, {"rate": 1})
        session.runs.set_summary(run.key, {"loss": 2})
        session.runs.set_state(run.key, RunState.FAILED, now=LATER)
        found = session.runs.find(run.path)
        assert found is not None
        assert (found.config, found.summary) == ({"rate": 1}, {"loss": 2})
        assert found.state is RunState.FAILED

    def test_numbers_that_json_lacks_survive(self, session: CatalogSession) -> None:
        """NaN and infinity come back as what they were."""
        run = make_run(session, "r1")
        session.runs.set_summary(run.key, {"a": math.nan, "b": [math.inf, {"c": -math.inf}]})
        found = session.runs.find(run.path)
        assert found is not None
        assert str(found.summary) == "{'a': nan, 'b': [inf, {'c': -inf}]}"

    def test_a_step_is_logged_once(self, catalog: Catalog) -> None:
        """The history has one row a step."""
        with catalog.write() as session:
            run = make_run(session, "r1")
            session.runs.append_history(run.key, {"loss": math.nan}, step=0, now=NOW)
            session.runs.append_history(run.key, {"loss": 1}, step=1, now=NOW)
        with pytest.raises(CatalogError), catalog.write() as session:
            session.runs.append_history(run.key, {"loss": 2}, step=1, now=NOW)

    def test_a_row_of_the_history_can_be_replaced(self, session: CatalogSession) -> None:
        """That of its step alone; steps are listed in order, a part of them if that is wanted."""
        run, other = make_run(session, "r1"), make_run(session, "r2")
        assert session.runs.last_step(run.key) is None
        for step in (5, 0, 2):
            session.runs.append_history(run.key, {"loss": step}, step=step, now=NOW)
        session.runs.append_history(other.key, {"loss": 9}, step=9, now=NOW)
        session.runs.replace_history(run.key, {"loss": math.inf}, step=2, now=LATER)
        history = read_all(session.runs.history(run.key))
        assert session.runs.last_step(run.key) == history[-1].step
        assert history == [
            HistoryRow(0, {"loss": 0}, NOW),
            HistoryRow(2, {"loss": math.inf}, LATER),
            HistoryRow(5, {"loss": 5}, NOW),
        ]
        part = session.runs.history(run.key, first=1, end=5)
        assert [row.step for row in read_all(part)] == [2]
        assert part.count() == 1

    def test_a_run_has_one_holder(self, session: CatalogSession) -> None:
        """Only its token renews the hold; whoever takes the run has it, until it ends."""
        path = RunPath(AT, RunId("r1"))
        first = Hold(token="a" * 32, by="first", process="here-1", expires_at=NOW)
        other = replace(first, token="b" * 32, by="other")
        new = NewRun(job_type=None, config={}, hold=first)
        run = session.runs.add(path, new, by=ADA, now=NOW)
        assert run.hold == first
        assert session.runs.renew(run.key, token=first.token, expires_at=LATER)
        lost = {"loss": math.nan}
        assert not session.runs.renew(run.key, token=other.token, expires_at=NOW, summary=lost)
        assert session.runs.find(path) == replace(run, hold=replace(first, expires_at=LATER))
        assert session.runs.renew(run.key, token=first.token, expires_at=LATER, summary={"a": 1})
        found = session.runs.find(path)
        assert found is not None
        assert found.summary == {"a": 1}
        session.runs.set_state(run.key, RunState.FAILED, now=LATER, exit_code=3)
        ended = session.runs.find(path)
        assert ended is not None
        assert (ended.state, ended.hold, ended.finished_at, ended.exit_code) == (
            RunState.FAILED,
            None,
            LATER,
            3,
        )
        assert not session.runs.renew(run.key, token=first.token, expires_at=LATER)
        session.runs.take(run.key, other)
        assert session.runs.find(path) == replace(run, hold=other, summary={"a": 1})
        assert session.runs.renew(run.key, token=other.token, expires_at=LATER)

    def test_what_is_said_of_a_run_comes_back(self, session: CatalogSession) -> None:
        """Given when it begins, or later; and so do the rules of its summary, in their order."""
        said = RunDetails(name="é", group="g", tags=(Tag("a b"), Tag("c")), notes="long\ntext")
        new = NewRun(job_type=None, config={}, details=said)
        run = session.runs.add(RunPath(AT, RunId("r1")), new, by=ADA, now=NOW)
        assert (run.details, run.metrics) == (said, None)
        session.runs.set_metrics(run.key, {"loss/*": "min", "a": "max"})
        session.runs.describe(run.key, RunDetails())
        found = session.runs.find(run.path)
        assert found is not None
        assert found.details == RunDetails()
        assert list((found.metrics or {}).items()) == [("loss/*", "min"), ("a", "max")]

    def test_runs_are_listed_earliest_first(self, session: CatalogSession) -> None:
        """The runs of a project, and those of a sweep; of a project also the other way round."""
        sweep = make_sweep(session, "s1")
        made = [
            make_run(session, "b"),
            make_run(session, "a", sweep),
            make_run(session, "c", sweep),
        ]
        assert read_all(session.runs.listing(AT)) == made
        newest = session.runs.listing(AT, newest_first=True)
        assert read_all(newest) == made[::-1]
        second = newest.page(after=newest.page(after=None, limit=1)[0].key, limit=1)
        assert [item.value for item in second] == [made[1]]
        assert read_all(session.runs.in_sweep(sweep.key)) == made[1:]
        assert read_all(session.runs.listing(ELSEWHERE)) == []
