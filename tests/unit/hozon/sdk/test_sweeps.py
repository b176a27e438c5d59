"""Sweeps: create one, walk its grid, find its best run."""

import math
import sys
from collections.abc import Callable
from typing import Any

import pytest

import hozon
from hozon.errors import (
    InputError,
    InvalidNameError,
    InvalidSweepError,
    MissingExtraError,
    NoRunError,
    SweepExistsError,
    SweepNotFoundError,
    SweepStateError,
)
from hozon.sdk.public.sweep import Sweep
from hozon.sdk.run import Run

CONFIG: dict[str, Any] = {
    "method": "grid",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"a": {"values": [1, 2]}, "b": {"values": ["x", "y"]}, "c": {"value": 7}},
}
Results = Callable[..., Sweep]


@pytest.fixture
def results() -> Results:
    """Give a function that runs a sweep whose runs have these losses; None logs none."""

    def run(*losses: object, goal: str = "minimize") -> Sweep:
        left = list(losses)

        def function() -> None:
            with hozon.init() as run:
                loss = left.pop(0)
                run.log({"other": 1} if loss is None else {"loss": loss})

        sweep_id = hozon.sweep(
            {
                "method": "grid",
                "metric": {"name": "loss", "goal": goal},
                "parameters": {"n": {"values": list(range(len(losses)))}},
            }
        )
        hozon.agent(sweep_id, function)
        return hozon.Api().sweep(sweep_id)

    return run


def test_a_sweep_tells_what_it_was_given() -> None:
    """Names, configuration, and how runs are ranked."""
    assert hozon.sweep(CONFIG, entity="bob", project="letters", id="s1") == "s1"
    sweep = hozon.Api().sweep("bob/letters/s1")
    assert (sweep.id, sweep.entity, sweep.project) == ("s1", "bob", "letters")
    assert (sweep.config, sweep.order) == (CONFIG, "+summary_metrics.loss")
    assert repr(sweep) == "<Sweep bob/letters/s1>"
    assert (len(sweep.runs), sweep.best_run()) == (0, None)


def test_maximizing_is_ranked_the_other_way() -> None:
    """A minus stands for largest first."""
    sweep_id = hozon.sweep({**CONFIG, "metric": {"name": "accuracy", "goal": "maximize"}})
    assert hozon.Api().sweep(sweep_id).order == "-summary_metrics.accuracy"


def test_faults_are_refused_before_anything_is_stored() -> None:
    """A bad configuration, a bad name, a taken id."""
    with pytest.raises(InvalidSweepError):
        hozon.sweep({**CONFIG, "method": "magic"}, id="s1")
    with pytest.raises(InvalidNameError, match="sweep name"):
        hozon.sweep(CONFIG, id="a/b")
    with pytest.raises(SweepNotFoundError):
        hozon.Api().sweep("s1")
    hozon.sweep(CONFIG, id="s1")
    with pytest.raises(SweepExistsError, match="sweep ada/digits/s1 already"):
        hozon.sweep(CONFIG, id="s1")


def test_an_agent_walks_the_grid_in_order() -> None:
    """Each run has its point in the config, beside its own, and belongs to the sweep."""
    seen = []

    def function() -> None:
        with hozon.init(project="elsewhere", config={"own": 1, "a": 0}) as run:
            seen.append((run.config.a, run.config.b, run.config.c, run.config.own))
            assert (run.project, run.sweep_id) == ("digits", "s1")

    hozon.agent(hozon.sweep(CONFIG, id="s1"), function)
    assert seen == [(1, "x", 7, 1), (1, "y", 7, 1), (2, "x", 7, 1), (2, "y", 7, 1)]
    assert [run.sweep_id for run in hozon.Api().sweep("s1").runs] == ["s1"] * 4


def test_agents_share_a_sweep() -> None:
    """Each tries as many as it may; no point is tried twice."""
    points: list[tuple[int, str]] = []

    def function() -> None:
        with hozon.init() as run:
            points.append((run.config.a, run.config.b))

    sweep_id = hozon.sweep(CONFIG)
    tried = []
    for count in (1, 2, 5, None):
        hozon.agent(sweep_id, function, count=count)
        tried.append(len(points))
    assert tried == [1, 3, 4, 4]
    assert len(set(points)) == 4


@pytest.mark.parametrize("path", ["s1", "letters/s1", "bob/letters/s1"])
def test_a_sweep_of_another_project_is_named(path: str) -> None:
    """By a path or by arguments; the run goes into the project of the sweep."""
    hozon.sweep(CONFIG, entity="bob", project="letters", id="s1")

    def function() -> None:
        with hozon.init() as run:
            assert run.path.startswith("bob/letters/")

    hozon.agent(path, function, count=1, entity="bob", project="letters")
    assert len(hozon.Api().sweep("bob/letters/s1").runs) == 1


def test_only_the_first_run_takes_the_point() -> None:
    """A function may begin another run, which is none of the sweep."""

    def function() -> None:
        with hozon.init() as first:
            assert first.sweep_id == "s1"
        with hozon.init() as second:
            assert second.sweep_id is None

    hozon.agent(hozon.sweep(CONFIG, id="s1"), function, count=1)
    with hozon.init() as later:
        assert later.sweep_id is None


def test_an_agent_ends_a_run_that_the_function_left_open() -> None:
    """As finished."""
    hozon.agent(hozon.sweep(CONFIG, id="s1"), lambda: hozon.init(id="r1"), count=1)
    assert hozon.Api().run("r1").state == "finished"


@pytest.mark.parametrize("in_block", [True, False], ids=["in a block", "left open"])
def test_an_agent_ends_with_the_exception_if_nothing_went_well(*, in_block: bool) -> None:
    """The run has failed, whether the function ended it or not."""

    def function() -> None:
        run = hozon.init(id="r1")
        if in_block:
            with run:
                raise ZeroDivisionError
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        hozon.agent(hozon.sweep(CONFIG, id="s1"), function, count=1)
    assert hozon.Api().run("r1").state == "failed"
    assert len(hozon.Api().sweep("s1").runs) == 1
    with hozon.init() as later:
        assert later.sweep_id is None


def test_an_agent_goes_on_after_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    """The traceback is logged, the run has failed, and its point is not tried again."""
    seen = []

    def function() -> None:
        with hozon.init() as run:
            seen.append((run.config.a, run.config.b))
            if run.config.b == "x":
                raise ZeroDivisionError("by b")

    hozon.agent(hozon.sweep(CONFIG, id="s1"), function)
    assert seen == [(1, "x"), (1, "y"), (2, "x"), (2, "y")]
    states = [run.state for run in hozon.Api().sweep("s1").runs]
    assert states == ["failed", "finished", "failed", "finished"]
    assert caplog.text.count("ZeroDivisionError: by b") == 2
    assert "Point 0 of the sweep ada/digits/s1 failed" in caplog.text
    assert hozon.Api().sweep("s1").state == "FINISHED"


def test_three_failures_in_a_row_end_an_agent() -> None:
    """With the last of them; another agent may try what is left."""

    def function() -> None:
        with hozon.init() as run:
            raise ValueError(run.config.b)

    sweep_id = hozon.sweep(CONFIG)
    with pytest.raises(ValueError, match="x"):
        hozon.agent(sweep_id, function)
    sweep = hozon.Api().sweep(sweep_id)
    assert (len(sweep.runs), sweep.state) == (3, "RUNNING")


def test_a_point_that_no_run_took_goes_to_no_other() -> None:
    """A function that raises before it begins a run leaves nothing for later runs to take."""

    def function() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        hozon.agent(hozon.sweep(CONFIG, id="s1"), function)
    with hozon.init() as later:
        assert (later.sweep_id, dict(later.config)) == (None, {})


def test_a_function_that_begins_no_run_is_named() -> None:
    """Otherwise the point would vanish without a trace."""
    with pytest.raises(NoRunError, match="sweep s1 began no run") as caught:
        hozon.agent(hozon.sweep(CONFIG, id="s1"), lambda: None)
    assert "hozon.init()" in caught.value.hint


def test_faults_of_an_agent_are_named() -> None:
    """An unknown sweep, a count below 1, no function."""
    with pytest.raises(InputError, match="no function"):
        hozon.agent("absent")
    with pytest.raises(SweepNotFoundError, match="no sweep ada/digits/absent"):
        hozon.agent("absent", lambda: None)
    with pytest.raises(InputError, match="count is 0"):
        hozon.agent("absent", lambda: None, count=0)


@pytest.mark.parametrize(
    ("losses", "goal", "best"),
    [
        ((3, 1, 2), "minimize", 1),
        ((3, 1, 2), "maximize", 0),
        ((0, -5, -1), "minimize", 1),
        ((math.nan, None, 2, 3), "minimize", 2),
        ((math.nan, None, -2, -3), "maximize", 2),
        ((1, 0, 0), "minimize", 1),
        ((1, 1, 0), "maximize", 0),
        (("text", True, 9), "minimize", 2),
    ],
    ids=str,
)
def test_the_best_run_wins(
    results: Results, losses: tuple[object, ...], goal: str, best: int
) -> None:
    """By the goal; who has no number never wins, and the earliest of equals does."""
    winner = results(*losses, goal=goal).best_run()
    assert winner is not None
    assert winner.config["n"] == best


def test_without_a_number_nobody_wins(results: Results) -> None:
    """Not even the run that is alone."""
    assert results(math.nan, None).best_run() is None


def test_an_agent_leaves_a_run_that_is_not_its_own_alone() -> None:
    """A function that raises before it begins a run fails nobody else's."""
    sweep_id = hozon.sweep(CONFIG)

    def function() -> None:
        raise ValueError("too early")

    with hozon.init(id="outer") as outer:
        with pytest.raises(ValueError, match="too early"):
            hozon.agent(sweep_id, function)
        assert outer.state == "running"
        outer.log({"a": 1})


def test_a_run_made_for_a_draft_takes_no_point() -> None:
    """A point is for the run that the function itself begins."""
    sweep_id = hozon.sweep(CONFIG)

    def function() -> None:
        artifact = hozon.Artifact("notes", type="text")
        with artifact.new_file("notes.txt") as file:
            file.write("before the run")
        artifact.save()
        with hozon.init():
            pass

    hozon.agent(sweep_id, function, count=1)
    auto, tried = hozon.Api().runs()
    assert (auto.job_type, auto.config, auto.sweep_id) == ("auto", {}, None)
    assert (tried.config, tried.sweep_id) == ({"a": 1, "b": "x", "c": 7}, sweep_id)


def test_an_agent_takes_its_arguments_in_the_published_order() -> None:
    """Function, entity, project, count."""
    sweep_id = hozon.sweep(CONFIG, "bob", "letters")

    def function() -> None:
        with hozon.init():
            pass

    hozon.agent(sweep_id, function, "bob", "letters", 1)
    assert len(hozon.Api().sweep(f"bob/letters/{sweep_id}").runs) == 1


def test_runs_are_ranked_by_any_order(results: Results) -> None:
    """By a metric or by a parameter, from either end."""
    sweep = results(3, 1, 2)
    for order, best in (
        ("-summary_metrics.loss", 0),
        ("+summary_metrics.loss", 1),
        ("-config.n", 2),
    ):
        winner = sweep.best_run(order)
        assert winner is not None
        assert winner.config["n"] == best
    assert sweep.best_run("+config.absent.n") is None
    for wrong in ("loss", "+loss", "+config.", "config.n"):
        with pytest.raises(InputError, match="order is"):
            sweep.best_run(wrong)


def test_a_search_without_a_metric_needs_an_order() -> None:
    """Nested parameters are named with dots."""

    def function() -> None:
        with hozon.init():
            pass

    inner = {"rate": {"distribution": "q_uniform", "min": 0, "max": 1, "q": 0.5}}
    parameters = {"optimizer": {"parameters": inner}}
    sweep_id = hozon.sweep({"method": "grid", "parameters": parameters, "name": "Rates"})
    hozon.agent(sweep_id, function)
    sweep = hozon.Api().sweep(sweep_id)
    assert (sweep.order, sweep.name, sweep.expected_run_count) == (None, "Rates", 3)
    with pytest.raises(InputError, match="has no metric"):
        sweep.best_run()
    best = sweep.best_run("-config.optimizer.rate")
    assert best is not None
    assert best.config == {"optimizer": {"rate": 1.0}}


def test_a_search_by_bayes_runs() -> None:
    """Each run has a point within the bounds."""

    def function() -> None:
        with hozon.init() as run:
            run.log({"loss": (run.config.x - 0.5) ** 2})

    config = {
        "method": "bayes",
        "metric": {"name": "loss"},
        "parameters": {"x": {"min": 0.0, "max": 1.0}},
        "run_cap": 12,
    }
    sweep = hozon.Api().sweep(hozon.sweep(config))
    hozon.agent(sweep.id, function)
    tried = [run.config["x"] for run in sweep.runs]
    assert (len(set(tried)), sweep.state) == (12, "FINISHED")
    assert all(0 <= x <= 1 for x in tried)


def test_bayes_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Optuna is not installed."""
    monkeypatch.setitem(sys.modules, "hozon.optimizers.tpe", None)
    config = {"method": "bayes", "metric": {"name": "a"}, "parameters": {"x": {"value": 1}}}
    with pytest.raises(MissingExtraError, match="needs Optuna"):
        hozon.agent(hozon.sweep(config), lambda: None)


def log_for_ever(run: Run) -> None:
    """Log until somebody refuses."""
    while True:
        run.log({"loss": 1})


def test_a_run_of_a_canceled_sweep_records_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once its agent knows; it has failed, and the agent returns."""
    monkeypatch.setenv("HOZON_SWEEP_LEASE", "0.04")
    begun = []

    def function() -> None:
        begun.append(1)
        with hozon.init(id="r1") as run:
            hozon.Api().sweep("s1").cancel()
            with pytest.raises(SweepStateError, match="was canceled"):
                log_for_ever(run)

    hozon.agent(hozon.sweep(CONFIG, id="s1"), function)
    assert (hozon.Api().run("r1").state, len(begun)) == ("failed", 1)


def test_an_agent_waits_while_the_sweep_is_paused(monkeypatch: pytest.MonkeyPatch) -> None:
    """And goes on when it is resumed."""
    monkeypatch.setenv("HOZON_SWEEP_LEASE", "2s")
    waited = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        hozon.Api().sweep("s1").resume()

    def function() -> None:
        with hozon.init() as run:
            if run.config.a == 1 and run.config.b == "x":
                hozon.Api().sweep("s1").pause()

    monkeypatch.setattr("hozon.sdk.sweep_points.time.sleep", wait)
    hozon.agent(hozon.sweep(CONFIG, id="s1"), function)
    assert (waited, len(hozon.Api().sweep("s1").runs)) == ([0.5], 4)
