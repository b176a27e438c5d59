"""The configuration of a sweep: how it searches, what it tries, how it judges.

Owns reading and checking. Invariants: whatever is refused is named by its full path, such as
`parameters.lr.max`; a key that is not known is refused, never ignored.

Source: the published sweep configuration. `early_terminate`, `program` and `command` are not
offered; what refuses them says what to do instead.
"""

import math
import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hozon.errors import InvalidSweepError
from hozon.model.distributions import Bell, Choices, Curve, Domain, Scale, steps_between
from hozon.model.metadata import JsonObject, JsonValue, check_json_object

_KEYS = {"method", "metric", "parameters", "name", "description", "run_cap"}
_AGENT = "Give the program to the agent: hozon agent SWEEP -- python train.py."
_NOT_OFFERED: Final = {
    "early_terminate": "Let the program end a run that does not look good, and leave the key out.",
    "program": _AGENT,
    "command": _AGENT,
}
_BOUNDS = {"min", "max"}
_BELL = {"mu", "sigma"}
_DISTRIBUTIONS: Final[Mapping[str, set[str]]] = {
    "constant": {"value"},
    "categorical": {"values", "probabilities"},
    "categorical_w_probabilities": {"values", "probabilities"},
    "int_uniform": _BOUNDS,
    "uniform": _BOUNDS,
    "q_uniform": {*_BOUNDS, "q"},
    "log_uniform": _BOUNDS,
    "log_uniform_values": _BOUNDS,
    "q_log_uniform": {*_BOUNDS, "q"},
    "q_log_uniform_values": {*_BOUNDS, "q"},
    "inv_log_uniform": _BOUNDS,
    "inv_log_uniform_values": _BOUNDS,
    "normal": _BELL,
    "q_normal": {*_BELL, "q"},
    "log_normal": _BELL,
    "q_log_normal": {*_BELL, "q"},
}
"""Distribution → the keys that describe it."""

_MOST_NESTED = 16
_SUM_OF_WEIGHTS = 1e-6


class Method(StrEnum):
    """How a sweep chooses its points."""

    GRID = "grid"
    """All combinations, in order."""

    RANDOM = "random"
    """Each point by chance, without end."""

    BAYES = "bayes"
    """Each point from what came of those before, without end."""


class Goal(StrEnum):
    """Which end of a metric is the good one."""

    MINIMIZE = "minimize"
    """The smallest value wins; the default."""

    MAXIMIZE = "maximize"
    """The largest value wins."""


@dataclass(frozen=True, slots=True)
class SweepConfig:
    """What a sweep tries and how it judges."""

    method: Method
    """How it chooses its points."""

    metric: str | None
    """The key of the runs' summary that is compared; None for none."""

    goal: Goal
    """Which end of it wins."""

    target: float | None
    """The value of the metric that ends the search; None for none."""

    parameters: tuple[tuple[tuple[str, ...], Domain], ...]
    """Each parameter with its values, in the order given; a nested one has several names."""

    run_cap: int | None
    """How many points are tried at most; None for no limit."""

    source: JsonObject
    """The configuration as it was given."""

    @property
    def point_count(self) -> int | None:
        """How many points there are to try; None if there is no end."""
        counts = [self.run_cap] if self.run_cap is not None else []
        if self.method is Method.GRID:
            counts.append(math.prod(domain.count or 0 for _, domain in self.parameters))
        return min(counts, default=None)

    def grid_point(self, number: int) -> dict[str, JsonValue]:
        """Give the n-th point of the grid; the last parameter varies fastest.

        Args:
            number: 0 or more, below the size of the grid.

        Returns:
            A value for each parameter, nested ones in mappings.
        """
        chosen = list[JsonValue]()
        for _, domain in reversed(self.parameters):
            number, position = divmod(number, domain.count or 1)
            chosen.append(domain.nth(position))
        return self.nest(chosen[::-1])

    def random_point(self, number: int, *, seed: int) -> dict[str, JsonValue]:
        """Draw a point: the same for the same number and seed.

        Args:
            number: The number of the draw.
            seed: What tells this sweep from others.

        Returns:
            A value for each parameter, nested ones in mappings.
        """
        chance = random.Random(f"{seed}:{number}")  # noqa: S311  No secret hangs on it.
        return self.nest([domain.draw(chance.random()) for _, domain in self.parameters])

    def nest(self, values: list[JsonValue]) -> dict[str, JsonValue]:
        """Give each parameter its value, in the order of the parameters."""
        point: dict[str, JsonValue] = {}
        for (names, _), value in zip(self.parameters, values, strict=True):
            inner = point
            for name in names[:-1]:
                below = inner.setdefault(name, {})
                assert isinstance(below, dict)  # noqa: S101  For mypy: we have just made it.
                inner = below
            inner[names[-1]] = value
        return point

    def flatten(self, point: JsonObject) -> list[JsonValue]:
        """Read each parameter's value, in the order of the parameters; None where there is none."""
        values = list[JsonValue]()
        for names, _ in self.parameters:
            value: JsonValue = dict(point)
            for name in names:
                value = value.get(name) if isinstance(value, Mapping) else None
            values.append(value)
        return values


def parse_sweep_config(config: object) -> SweepConfig:
    """Read and check a sweep configuration.

    Args:
        config: A mapping with `method`, `parameters` and, for `bayes`, `metric`.

    Returns:
        The configuration, checked.

    Raises:
        InvalidSweepError: A key is missing, unknown or malformed; the message names it.
        InvalidMetadataError: A value is none that JSON can carry.
    """
    source = check_json_object(config, what="sweep configuration")
    for key, hint in _NOT_OFFERED.items():
        if key in source:
            raise InvalidSweepError(f"{key} is not offered", hint=hint)
    _only(source, _KEYS, where="sweep configuration")
    try:
        method = Method(str(source.get("method")))
    except ValueError:
        raise InvalidSweepError(
            f"method is {source.get('method')!r}", hint="Use 'grid', 'random' or 'bayes'."
        ) from None
    for key in ("name", "description"):
        if not isinstance(source.get(key, ""), str):
            raise InvalidSweepError(f"{key} is {source[key]!r}", hint="Give it a text.")
    metric, goal, target = _metric(source, method)
    parameters = _parameters(_section(source, "parameters", where="parameters"), ())
    if method is Method.GRID:
        for names, domain in parameters:
            if domain.count is None:
                raise InvalidSweepError(
                    f"parameters.{'.parameters.'.join(names)} has no end of values",
                    hint="A grid needs 'values', whole numbers, or a distribution with bounds"
                    " and 'q'; or search with method 'random'.",
                )
    return SweepConfig(
        method=method,
        metric=metric,
        goal=goal,
        target=target,
        parameters=tuple(parameters),
        run_cap=_run_cap(source),
        source=source,
    )


def _metric(source: JsonObject, method: Method) -> tuple[str | None, Goal, float | None]:
    """Read the metric, which only `bayes` needs."""
    if source.get("metric") is None and method is not Method.BAYES:
        return None, Goal.MINIMIZE, None
    metric = _section(source, "metric", where="metric")
    _only(metric, {"name", "goal", "target"}, where="metric")
    name = metric.get("name")
    if not isinstance(name, str) or not name:
        raise InvalidSweepError("metric has no name", hint="Name a key of the runs' summary.")
    try:
        goal = Goal(str(metric.get("goal", Goal.MINIMIZE)))
    except ValueError:
        raise InvalidSweepError(
            f"metric.goal is {metric['goal']!r}", hint="Use 'minimize' or 'maximize'."
        ) from None
    target = _number(metric, "target", where="metric") if "target" in metric else None
    return name, goal, target


def _run_cap(source: JsonObject) -> int | None:
    """Read how many points are tried at most."""
    cap = source.get("run_cap")
    if cap is None:
        return None
    if isinstance(cap, bool) or not isinstance(cap, int) or cap < 1:
        raise InvalidSweepError(f"run_cap is {cap!r}", hint="Give it a whole number, 1 or more.")
    return cap


def _parameters(
    section: JsonObject, above: tuple[str, ...]
) -> list[tuple[tuple[str, ...], Domain]]:
    """Read parameters, those within parameters included."""
    found = list[tuple[tuple[str, ...], Domain]]()
    for name, spec in section.items():
        names = (*above, name)
        where = f"parameters.{'.parameters.'.join(names)}"
        if not isinstance(spec, Mapping) or not spec:
            raise InvalidSweepError(
                f"{where} is {spec!r}",
                hint="Give it a dict with 'value', 'values', 'min' and 'max', or a distribution.",
            )
        if "parameters" not in spec:
            found.append((names, _domain(spec, where)))
            continue
        _only(spec, {"parameters"}, where=where)
        if len(names) >= _MOST_NESTED:
            raise InvalidSweepError(
                f"{where} is nested too deeply", hint=f"Nest up to {_MOST_NESTED} levels."
            )
        found += _parameters(_section(spec, "parameters", where=f"{where}.parameters"), names)
    return found


def _domain(spec: JsonObject, where: str) -> Domain:
    """Read what values one parameter may take."""
    kind = spec.get("distribution", _usual(spec))
    if not isinstance(kind, str) or kind not in _DISTRIBUTIONS:
        if "distribution" not in spec:
            known = {key for keys in _DISTRIBUTIONS.values() for key in keys}
            _only(spec, known, where=where)
            raise InvalidSweepError(
                f"{where} is {dict(spec)!r}",
                hint="Give it 'value', 'values', both 'min' and 'max', or a 'distribution'.",
            )
        raise InvalidSweepError(
            f"{where}.distribution is {kind!r}",
            hint=f"Known distributions are {', '.join(_DISTRIBUTIONS)}.",
        )
    _only(spec, {*_DISTRIBUTIONS[kind], "distribution"}, where=where)
    if kind == "constant":
        if "value" not in spec:
            raise InvalidSweepError(f"{where}.value is missing", hint="Give the value.")
        return Choices((spec["value"],))
    if "categorical" in kind:
        return _choices(spec, where)
    if "normal" in kind:
        return _bell(kind, spec, where)
    return _curve(kind, spec, where)


def _usual(spec: JsonObject) -> str | None:
    """Tell the distribution of a parameter that names none."""
    if "value" in spec:
        return "constant"
    if "values" in spec:
        return "categorical"
    if set(spec) >= _BOUNDS:
        are_whole = all(type(spec[key]) is int for key in _BOUNDS)
        return "int_uniform" if are_whole else "uniform"
    return None


def _choices(spec: JsonObject, where: str) -> Choices:
    """Read values, and how likely they are."""
    values = spec.get("values")
    if not isinstance(values, list) or not values:
        raise InvalidSweepError(
            f"{where}.values is {values!r}", hint="Give it a list with something in it."
        )
    weights = spec.get("probabilities")
    if weights is None:
        return Choices(tuple(values))
    numbers = [
        float(weight)
        for weight in (weights if isinstance(weights, list) else [])
        if isinstance(weight, (int, float)) and not isinstance(weight, bool) and 0 <= weight <= 1
    ]
    is_whole = isinstance(weights, list) and len(numbers) == len(weights) == len(values)
    if not is_whole or abs(math.fsum(numbers) - 1) > _SUM_OF_WEIGHTS:
        raise InvalidSweepError(
            f"{where}.probabilities is {weights!r}",
            hint="Give it a number from 0 to 1 for each of the values, with a sum of 1.",
        )
    return Choices(tuple(values), tuple(numbers))


def _bell(kind: str, spec: JsonObject, where: str) -> Bell:
    """Read a normal distribution."""
    mu, sigma = (
        _number(spec, key, where=where) if key in spec else default
        for key, default in (("mu", 0), ("sigma", 1))
    )
    scale = Scale.LOG if "log" in kind else Scale.LINEAR
    if sigma <= 0:
        raise InvalidSweepError(f"{where}.sigma is {sigma!r}", hint="Give it more than 0.")
    try:  # Forty times sigma is farther out than a float can draw.
        farthest = math.exp(mu + 40 * sigma) if scale is Scale.LOG else abs(mu) + 40 * sigma
    except OverflowError:
        farthest = math.inf
    if not math.isfinite(farthest):
        raise InvalidSweepError(
            f"{where}.sigma is {sigma!r}, which leads to values without end",
            hint="Give a smaller 'mu' or 'sigma'.",
        )
    return Bell(mu, sigma, scale, _step(spec, where) if kind.startswith("q_") else None)


def _curve(kind: str, spec: JsonObject, where: str) -> Domain:
    """Read a distribution between two bounds."""
    low, high = (_number(spec, key, where=where) for key in ("min", "max"))
    if low > high:
        raise InvalidSweepError(
            f"{where}.max is {high!r}, below min, which is {low!r}", hint="Swap the two."
        )
    if kind == "int_uniform" and not all(type(spec[key]) is int for key in _BOUNDS):
        wrong = "min" if type(spec["min"]) is not int else "max"
        raise InvalidSweepError(
            f"{where}.{wrong} is {spec[wrong]!r}", hint="Give 'int_uniform' whole numbers."
        )
    scale = Scale.LOG if "log" in kind else Scale.LINEAR
    if scale is Scale.LOG and kind.endswith("_values"):
        if low <= 0:
            raise InvalidSweepError(
                f"{where}.min is {low!r}", hint=f"Give {kind!r} a min that is more than 0."
            )
    elif scale is Scale.LOG:
        low, high = _exponents(kind, low, high, where)
    if kind != "int_uniform" and not kind.startswith("q_"):
        return Curve(low, high, scale)
    step = 1 if kind == "int_uniform" else _step(spec, where)
    steps = steps_between(low, high, step)
    if steps is None:
        raise InvalidSweepError(
            f"{where}.q is {step!r}, of which there is no multiple from {low!r} to {high!r}",
            hint="Give a smaller 'q', or bounds that are farther apart.",
        )
    return Curve(low, high, scale, steps) if scale is Scale.LOG else steps


def _exponents(kind: str, low: float, high: float, where: str) -> tuple[float, float]:
    """Turn exponents, which the published distribution takes, into bounds of values."""
    if kind == "inv_log_uniform":
        low, high = -high, -low
    try:
        bounds = math.exp(low), math.exp(high)
    except OverflowError:
        bounds = 0.0, 0.0
    if bounds[0] <= 0:
        raise InvalidSweepError(
            f"{where} is {kind!r} with min and max that are too large for exponents",
            hint=f"Name the values themselves, with the distribution '{kind}_values'.",
        )
    return bounds


def _step(spec: JsonObject, where: str) -> float:
    """Read what values are rounded to multiples of."""
    step = _number(spec, "q", where=where) if "q" in spec else 1
    if step <= 0:
        raise InvalidSweepError(f"{where}.q is {step!r}", hint="Give it more than 0.")
    return step


def _number(spec: JsonObject, key: str, *, where: str) -> float:
    """Read a number that must be there."""
    value = spec.get(key)
    try:
        is_number = type(value) in {int, float} and math.isfinite(value)  # type: ignore[arg-type]
    except OverflowError:
        is_number = False
    if not is_number:
        said = "missing" if key not in spec else repr(value)
        raise InvalidSweepError(f"{where}.{key} is {said}", hint="Give it a number.")
    return value  # type: ignore[return-value]


def _section(source: JsonObject, key: str, *, where: str) -> JsonObject:
    """Get a mapping that must be there and must not be empty."""
    section = source.get(key)
    if not isinstance(section, Mapping) or not section:
        raise InvalidSweepError(
            f"{where} is {'missing' if section is None else repr(section)}",
            hint=f"Give {key!r} a dict with at least one key.",
        )
    return section


def _only(section: JsonObject, known: Collection[str], *, where: str) -> None:
    """Refuse keys that would otherwise be ignored silently."""
    unknown = sorted(set(section) - set(known))
    if unknown:
        raise InvalidSweepError(
            f"{where} has the unknown key {unknown[0]!r}",
            hint=f"Known keys are {', '.join(sorted(known))}.",
        )
