"""The optimiser of Optuna: within bounds, better than chance, the same again."""

import pytest

from hozon.model.distributions import Choices
from hozon.model.sweep_config import SweepConfig, parse_sweep_config
from hozon.optimizers.tpe import TpeOptimizer
from hozon.ports.optimizers import Trial

CONFIG = parse_sweep_config(
    {
        "method": "bayes",
        "metric": {"name": "loss"},
        "parameters": {
            "rate": {"distribution": "log_uniform_values", "min": 1e-4, "max": 1.0},
            "depth": {"min": 1, "max": 8},
            "kind": {"values": ["a", 1, True], "probabilities": [0.5, 0.25, 0.25]},
            "deep": {"parameters": {"noise": {"distribution": "normal"}, "on": {"values": [0, 1]}}},
        },
    }
)


def tried(count: int) -> list[Trial]:
    """Give some trials, of which those with depth 3 are the good ones."""
    points = [CONFIG.random_point(number, seed=1) for number in range(count)]
    return [Trial(point, abs(float(str(point["depth"])) - 3), is_running=False) for point in points]


def is_within(config: SweepConfig, point: object) -> bool:
    """Tell whether a point has a value for each parameter that it may have."""
    assert isinstance(point, dict)
    values = config.flatten(point)
    domains = [domain for _, domain in config.parameters]
    rate, depth, kind, _, on = values
    assert isinstance(domains[2], Choices)
    return (
        isinstance(rate, float)
        and 1e-4 <= rate <= 1
        and depth in range(1, 9)
        and domains[2].place(kind) >= 0
        and on in {0, 1}
    )


@pytest.mark.parametrize("count", [0, 15])
def test_a_proposal_is_within_its_bounds(count: int) -> None:
    """Whether or not anything is known."""
    assert is_within(CONFIG, TpeOptimizer().propose(CONFIG, tried(count), seed=1))


def test_equal_seeds_and_trials_give_equal_points() -> None:
    """Nothing is remembered between two calls."""
    optimizer = TpeOptimizer()
    first = optimizer.propose(CONFIG, tried(12), seed=1)
    optimizer.propose(CONFIG, [], seed=2)
    assert optimizer.propose(CONFIG, tried(12), seed=1) == first


def test_it_learns_what_is_good() -> None:
    """Proposals lie near the good ones more often than chance would have it."""
    trials = tried(30)
    depths = [TpeOptimizer().propose(CONFIG, trials, seed=seed)["depth"] for seed in range(12)]
    assert sum(depth in {2, 3, 4} for depth in depths) > 8


def test_what_teaches_nothing_is_left_out() -> None:
    """Failures, and values that the parameters do not have; what still runs is known."""
    known = tried(11)
    point = dict(known[0].values)
    useless = [Trial(point, None, is_running=False), Trial({"rate": "x"}, 0.0, is_running=False)]
    proposed = TpeOptimizer().propose(CONFIG, [*known, *useless], seed=1)
    assert proposed == TpeOptimizer().propose(CONFIG, known, seed=1)
    running = [Trial(point, None, is_running=True)]
    assert is_within(CONFIG, TpeOptimizer().propose(CONFIG, [*known, *running], seed=1))
