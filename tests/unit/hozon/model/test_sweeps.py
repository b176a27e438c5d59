"""The sweep configuration, the order of the grid and the choice of the best run."""

import math
from datetime import UTC, datetime
from typing import Any

import pytest

from hozon.errors import InvalidSweepError
from hozon.model.distributions import Choices
from hozon.model.metadata import JsonValue
from hozon.model.names import EntityName, RunId
from hozon.model.paths import ProjectPath
from hozon.model.runs import Run, RunKey, RunState
from hozon.model.sweep_config import Goal, parse_sweep_config
from hozon.model.sweeps import best_run

GOOD: dict[str, Any] = {
    "method": "grid",
    "metric": {"name": "loss", "goal": "maximize"},
    "parameters": {"rate": {"values": [0.1, 0.2]}, "seed": {"value": 7}, "depth": {"values": [1]}},
}


def run(name: str, **summary: JsonValue) -> Run:
    """Give a run with this summary."""
    return Run(
        key=RunKey(0),
        at=ProjectPath.of("ada", "digits"),
        id=RunId(name),
        job_type=None,
        state=RunState.FINISHED,
        config={},
        summary=summary,
        sweep_id=None,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        created_by=EntityName("ada"),
    )


def test_a_configuration_is_read() -> None:
    """Metric, goal and parameters, in the order given."""
    config = parse_sweep_config(GOOD)
    assert (config.metric, config.goal) == ("loss", Goal.MAXIMIZE)
    assert config.parameters == (
        (("rate",), Choices((0.1, 0.2))),
        (("seed",), Choices((7,))),
        (("depth",), Choices((1,))),
    )
    assert config.source == GOOD


def test_the_smallest_value_wins_by_default() -> None:
    """Without a goal the metric is a loss."""
    assert parse_sweep_config({**GOOD, "metric": {"name": "loss"}}).goal is Goal.MINIMIZE


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"method": "magic"}, "method is 'magic'"),
        ({"method": None}, "method is None"),
        ({"method": "bayes", "metric": None}, "metric is missing"),
        ({"metric": "loss"}, "metric is 'loss'"),
        ({"metric": {"goal": "minimize"}}, "metric has no name"),
        ({"metric": {"name": ""}}, "metric has no name"),
        ({"metric": {"name": "loss", "goal": "best"}}, "metric.goal is 'best'"),
        ({"metric": {"name": "loss", "gaol": "minimize"}}, "unknown key 'gaol'"),
        ({"parameters": {}}, "parameters is {}"),
        ({"parameters": {"rate": [1]}}, r"parameters.rate is \[1\]"),
        ({"parameters": {"rate": {"values": []}}}, "parameters.rate.values is"),
        ({"parameters": {"rate": {"min": 0}}}, "parameters.rate is {'min': 0}"),
        ({"parameters": {"rate": {"value": 1, "values": 2}}}, "rate has the unknown key 'values'"),
        ({"programme": "x.py"}, "unknown key 'programme'"),
    ],
    ids=str,
)
def test_faults_of_a_configuration_are_named(change: dict[str, object], said: str) -> None:
    """No key is ignored silently."""
    with pytest.raises(InvalidSweepError, match=said):
        parse_sweep_config({**GOOD, **change})


def test_the_last_parameter_varies_fastest() -> None:
    """The grid is walked like nested loops over the parameters."""
    config = parse_sweep_config(
        {**GOOD, "parameters": {"a": {"values": [1, 2]}, "b": {"values": ["x", "y", "z"]}}}
    )
    points = [config.grid_point(number) for number in range(config.point_count)]
    assert [(point["a"], point["b"]) for point in points] == [
        (1, "x"),
        (1, "y"),
        (1, "z"),
        (2, "x"),
        (2, "y"),
        (2, "z"),
    ]


@pytest.mark.parametrize(("goal", "winner"), [(Goal.MINIMIZE, "b"), (Goal.MAXIMIZE, "c")])
def test_the_goal_decides_which_end_wins(goal: Goal, winner: str) -> None:
    """Negative values are values like any other."""
    runs = [run("a", loss=0), run("b", loss=-3.5), run("c", loss=2)]
    best = best_run(runs, metric="loss", goal=goal)
    assert best is not None
    assert best.id == winner


@pytest.mark.parametrize("goal", Goal)
def test_runs_without_a_number_never_win(goal: Goal) -> None:
    """NaN, text, truth values, lists and absence are no results."""
    runs = [
        run("nan", loss=math.nan),
        run("text", loss="0"),
        run("bool", loss=True),
        run("list", loss=[1]),
        run("none", loss=None),
        run("absent"),
        run("good", loss=1),
    ]
    best = best_run(runs, metric="loss", goal=goal)
    assert best is not None
    assert best.id == "good"
    assert best_run(runs[:-1], metric="loss", goal=goal) is None


@pytest.mark.parametrize("goal", Goal)
def test_the_earliest_of_equals_wins(goal: Goal) -> None:
    """A tie is decided the same way every time."""
    best = best_run([run("a", loss=1), run("b", loss=1.0)], metric="loss", goal=goal)
    assert best is not None
    assert best.id == "a"


def test_infinity_is_a_result() -> None:
    """It compares, so it may win or lose."""
    runs = [run("a", loss=math.inf), run("b", loss=1), run("c", loss=-math.inf)]
    best = best_run(runs, metric="loss", goal=Goal.MINIMIZE)
    assert best is not None
    assert best.id == "c"


def test_a_number_too_large_for_a_float_is_a_result() -> None:
    """Whole numbers have no end in Python nor in JSON."""
    best = best_run([run("a", loss=10**400), run("b", loss=1)], metric="loss", goal=Goal.MAXIMIZE)
    assert best is not None
    assert best.id == "a"


def test_without_runs_nobody_wins() -> None:
    """An empty sweep has no best run."""
    assert best_run([], metric="loss", goal=Goal.MINIMIZE) is None
