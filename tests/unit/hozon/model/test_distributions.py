"""Distributions: what values parameters take."""

import math
import random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hozon.errors import InvalidSweepError
from hozon.model.distributions import Bell, Choices, Curve, Domain, Steps
from hozon.model.sweep_config import parse_sweep_config

UNITS = st.floats(min_value=0, max_value=1, exclude_max=True)
BOUNDS = st.floats(min_value=-1e6, max_value=1e6)
POSITIVE = st.floats(min_value=1e-6, max_value=1e6)


def domain(**spec: Any) -> Domain:  # noqa: ANN401  As anybody may write it.
    """Read one parameter."""
    config = parse_sweep_config({"method": "random", "parameters": {"a": spec}})
    return config.parameters[0][1]


@given(low=BOUNDS, high=BOUNDS, unit=UNITS)
def test_even_values_stay_within_their_bounds(low: float, high: float, unit: float) -> None:
    """Whatever the bounds are."""
    low, high = sorted((low, high))
    assert low <= domain(min=low, max=high).draw(unit) <= high  # type: ignore[operator]


@pytest.mark.parametrize("kind", ["log_uniform_values", "inv_log_uniform_values"])
@given(low=POSITIVE, high=POSITIVE, unit=UNITS)
def test_values_by_magnitude_stay_within_their_bounds(
    kind: str, low: float, high: float, unit: float
) -> None:
    """Rounding in the logarithm does not leave them."""
    low, high = sorted((low, high))
    drawn = domain(distribution=kind, min=low, max=high)
    assert low <= drawn.draw(unit) <= high  # type: ignore[operator]


@pytest.mark.parametrize("kind", ["q_uniform", "q_log_uniform_values"])
@given(low=POSITIVE, high=POSITIVE, step=st.sampled_from([0.1, 0.25, 1, 3, 1e-5]), unit=UNITS)
def test_rounded_values_are_multiples_within_their_bounds(
    kind: str, low: float, high: float, step: float, unit: float
) -> None:
    """Written as people write them: no 0.30000000000000004."""
    low, high = sorted((low, high))
    assume(math.floor(high / step) - math.ceil(low / step) > 1)
    value = domain(distribution=kind, min=low, max=high, q=step).draw(unit)
    assert isinstance(value, (int, float))
    assert low <= value <= high
    assert value == float(f"{round(value / step) * step:.12g}")


@given(low=st.integers(), more=st.integers(min_value=0), unit=UNITS)
def test_whole_numbers_stay_within_their_bounds(low: int, more: int, unit: float) -> None:
    """As whole numbers, however large."""
    assume(abs(low) + more < 10**300)
    value = domain(min=low, max=low + more).draw(unit)
    assert type(value) is int
    assert low <= value <= low + more


@pytest.mark.parametrize("kind", ["normal", "q_normal", "log_normal", "q_log_normal"])
@given(mu=st.floats(-3, 3), sigma=st.floats(0.1, 2), unit=UNITS)
def test_normal_values_are_numbers(kind: str, mu: float, sigma: float, unit: float) -> None:
    """Finite ones; by their logarithm never below 0."""
    value = domain(distribution=kind, mu=mu, sigma=sigma).draw(unit)
    assert isinstance(value, (int, float))
    assert math.isfinite(value)
    assert value >= 0 or "log" not in kind
    assert type(value) is int or not kind.startswith("q_")


@given(low=POSITIVE, high=POSITIVE, unit=UNITS)
def test_a_value_leads_back_to_its_number(low: float, high: float, unit: float) -> None:
    """So that an optimiser learns from what was tried."""
    low, high = sorted((low, high))
    assume(high > 2 * low)
    for drawn in (Curve(low, high), domain(distribution="log_uniform_values", min=low, max=high)):
        assert isinstance(drawn, Curve)
        assert drawn.unit(drawn.draw(unit)) == pytest.approx(unit, abs=1e-6)


@pytest.mark.parametrize(
    ("spec", "read"),
    [
        ({"value": None}, Choices((None,))),
        ({"values": [1, "a"], "probabilities": [0.25, 0.75]}, Choices((1, "a"), (0.25, 0.75))),
        ({"min": 1, "max": 3}, Steps(1, 3)),
        ({"min": 1, "max": 3.0}, Curve(1, 3.0)),
        ({"distribution": "q_uniform", "min": 0, "max": 1, "q": 0.25}, Steps(0, 4, 0.25)),
        ({"distribution": "q_uniform", "min": 1, "max": 3}, Steps(1, 3)),
        ({"distribution": "normal"}, Bell(0, 1)),
        ({"distribution": "log_uniform", "min": 0, "max": 0}, Curve(1, 1)),
    ],
    ids=str,
)
def test_a_parameter_is_read(spec: dict[str, Any], read: Domain) -> None:
    """With the published defaults."""
    found = domain(**spec)
    if isinstance(found, Curve) and isinstance(read, Curve):
        assert (found.low, found.high) == (read.low, read.high)
    else:
        assert found == read


def test_published_exponents_are_exponents() -> None:
    """`log_uniform` takes logarithms, `log_uniform_values` the values themselves."""
    curve = domain(distribution="log_uniform", min=-2, max=0)
    assert isinstance(curve, Curve)
    assert (curve.low, curve.high) == (math.exp(-2), 1)
    inverse = domain(distribution="inv_log_uniform", min=0, max=2)
    assert isinstance(inverse, Curve)
    assert (inverse.low, inverse.high) == (math.exp(-2), 1)


def test_choices_are_as_likely_as_wanted() -> None:
    """Also when the sum falls short of 1 by a rounding; what is impossible never comes."""
    chance = random.Random(1)  # noqa: S311  No secret hangs on it.
    weighted = domain(values=["a", "b", "c"], probabilities=[0.1, 0.9, 0])
    drawn = [weighted.draw(chance.random()) for _ in range(1000)]
    assert 60 < drawn.count("a") < 140
    assert "c" not in drawn
    assert Choices(("a", "b"), (0.9, 0.0)).draw(0.95) == "a"


def test_equal_values_of_other_types_are_others() -> None:
    """1, True and 1.0 are three values."""
    choices = Choices((1, True, 1.0))
    assert [choices.place(value) for value in (1, True, 1.0, 2)] == [0, 1, 2, -1]


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"min": 1}, "parameters.a is {'min': 1}"),
        ({"min": 2, "max": 1}, "parameters.a.max is 1, below min, which is 2"),
        ({"min": "1", "max": 2}, "parameters.a.min is '1'"),
        ({"min": True, "max": 2}, "parameters.a.min is True"),
        ({"min": 0, "max": 10**400}, "parameters.a.max is 1000"),
        ({"distribution": "uniform", "max": 2}, "parameters.a.min is missing"),
        ({"distribution": "int_uniform", "min": 0.5, "max": 2}, "parameters.a.min is 0.5"),
        ({"distribution": "beta"}, "parameters.a.distribution is 'beta'"),
        ({"distribution": "uniform", "min": 0, "max": 1, "q": 1}, "unknown key 'q'"),
        ({"distribution": "q_uniform", "min": 0, "max": 1, "q": 0}, "parameters.a.q is 0"),
        ({"distribution": "q_uniform", "min": 0.1, "max": 0.9}, "parameters.a.q is 1, of which"),
        ({"distribution": "log_uniform_values", "min": 0, "max": 1}, "parameters.a.min is 0"),
        ({"distribution": "log_uniform", "min": 0, "max": 1000}, "too large for exponents"),
        ({"distribution": "normal", "sigma": 0}, "parameters.a.sigma is 0"),
        ({"distribution": "log_normal", "sigma": 99}, "parameters.a.sigma is 99"),
        ({"values": [1, 2], "probabilities": [0.5, 0.6]}, "parameters.a.probabilities is"),
        ({"values": [1, 2], "probabilities": [1]}, "parameters.a.probabilities is"),
        ({"distribution": "constant"}, "parameters.a.value is missing"),
        ({"parameters": {"b": {"min": 2, "max": "x"}}}, "parameters.a.parameters.b.max is 'x'"),
        ({"parameters": {}}, "parameters.a.parameters is {}"),
        ({"parameters": {"b": {"value": 1}}, "value": 1}, "unknown key 'value'"),
    ],
    ids=str,
)
def test_faults_of_a_parameter_are_named(spec: dict[str, Any], said: str) -> None:
    """By their full path."""
    with pytest.raises(InvalidSweepError) as caught:
        domain(**spec)
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"early_terminate": {"type": "hyperband"}}, "early_terminate is not offered"),
        ({"program": "train.py"}, "program is not offered"),
        ({"run_cap": 0}, "run_cap is 0"),
        ({"run_cap": True}, "run_cap is True"),
        ({"name": 1}, "name is 1"),
        ({"metric": {"name": "loss", "target": "x"}}, "metric.target is 'x'"),
        ({"method": "grid"}, "parameters.a has no end of values"),
    ],
    ids=str,
)
def test_faults_of_a_search_are_named(change: dict[str, Any], said: str) -> None:
    """What is not offered says what to do instead."""
    config = {"method": "random", "parameters": {"a": {"min": 0.0, "max": 1}}, **change}
    with pytest.raises(InvalidSweepError) as caught:
        parse_sweep_config(config)
    assert said in caught.value.message


def test_a_draw_is_the_same_each_time() -> None:
    """By its number and the seed of the sweep, and nested as it was described."""
    inner = {"rate": {"min": 0.0, "max": 1.0}, "kind": {"value": "adam"}}
    config = parse_sweep_config(
        {"method": "random", "parameters": {"optimizer": {"parameters": inner}}}
    )
    first = config.random_point(3, seed=1)
    assert first == config.random_point(3, seed=1)
    assert first not in (config.random_point(4, seed=1), config.random_point(3, seed=2))
    assert config.flatten(first) == [*first["optimizer"].values()]  # type: ignore[union-attr]
    assert config.flatten({"optimizer": 1}) == [None, None]


def test_a_grid_of_steps_ends() -> None:
    """Whole numbers and multiples are walked like lists; a cap ends the walk sooner."""
    parameters = {
        "a": {"min": 1, "max": 2},
        "b": {"distribution": "q_uniform", "min": 0.1, "max": 0.3, "q": 0.1},
    }
    config = parse_sweep_config({"method": "grid", "parameters": parameters})
    assert config.point_count == 6
    assert [tuple(config.grid_point(number).values()) for number in range(6)] == [
        (1, 0.1),
        (1, 0.2),
        (1, 0.3),
        (2, 0.1),
        (2, 0.2),
        (2, 0.3),
    ]
    capped = parse_sweep_config({"method": "grid", "parameters": parameters, "run_cap": 4})
    assert capped.point_count == 4
