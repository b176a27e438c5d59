"""Distributions: what values a parameter of a sweep may take, and how likely each of them is.

Owns how a number between 0 and 1 becomes a value, and back. Refuses to own where the number comes
from: a generator, or an optimiser. Invariants: a value lies within the bounds that were given, and
on a multiple of `q` where there is one; equal numbers give equal values.

Source: the published names of distributions. Where they leave it open, the multiples of `q` within
`min` and `max` are the only values: rounding never leaves the bounds.
"""

import json
import math
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate
from statistics import NormalDist

from hozon.model.metadata import JsonValue

_ALMOST_ONE = math.nextafter(1.0, 0.0)
_LEAST = 5e-324


class Scale(StrEnum):
    """What of a value is evenly, or normally, distributed."""

    LINEAR = "linear"
    """The value itself."""

    LOG = "log"
    """Its natural logarithm."""


@dataclass(frozen=True, slots=True)
class Choices:
    """One of some values."""

    values: tuple[JsonValue, ...]
    """What to choose from, one or more."""

    weights: tuple[float, ...] | None = None
    """How likely each value is, with a sum of 1; None for equally."""

    @property
    def count(self) -> int:
        """How many values there are."""
        return len(self.values)

    def nth(self, position: int) -> JsonValue:
        """Give the value at a position."""
        return self.values[position]

    def draw(self, number: float) -> JsonValue:
        """Turn a number, 0 or more and below 1, into a value."""
        if self.weights is None:
            return self.values[int(number * len(self.values))]
        for value, bound in zip(self.values, accumulate(self.weights), strict=True):
            if number < bound:
                return value
        # The sum may fall short of 1 by a rounding.
        return next(v for v, w in zip(self.values[::-1], self.weights[::-1], strict=True) if w)

    def place(self, value: JsonValue) -> int:
        """Give the position of a value; -1 if it is none of them."""
        # 1 and True are equal to Python, but not to whoever wrote the configuration.
        wanted = json.dumps(value, sort_keys=True)
        texts = (json.dumps(each, sort_keys=True) for each in self.values)
        return next((at for at, text in enumerate(texts) if text == wanted), -1)


@dataclass(frozen=True, slots=True)
class Steps:
    """The multiples of a step between two bounds, each equally likely."""

    first: int
    """The lowest value, in steps."""

    last: int
    """The highest value, in steps; `first` or more."""

    step: int | float = 1
    """The step, more than 0."""

    @property
    def count(self) -> int:
        """How many values there are."""
        return self.last - self.first + 1

    def nth(self, position: int) -> JsonValue:
        """Give the value at a position."""
        return times(self.first + position, self.step)

    def draw(self, number: float) -> JsonValue:
        """Turn a number, 0 or more and below 1, into a value."""
        # Whole numbers have no bounds: a float would lose the last digits of a large one.
        numerator, denominator = number.as_integer_ratio()
        return self.nth(numerator * self.count // denominator)

    def place(self, value: JsonValue) -> int:
        """Give the position of the value that is nearest; -1 if it is no number."""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return -1
        return min(max(nearest(value, self.step), self.first), self.last) - self.first


@dataclass(frozen=True, slots=True)
class Curve:
    """Numbers between two bounds, evenly distributed by their value or by their logarithm."""

    low: float
    """The lowest value."""

    high: float
    """The highest value, finite."""

    scale: Scale = Scale.LINEAR
    """What is evenly distributed; with `LOG`, both bounds are more than 0."""

    steps: Steps | None = None
    """The multiples to which values are rounded; None for no rounding."""

    @property
    def count(self) -> int | None:
        """How many values there are; None if there is no telling."""
        return self.steps.count if self.steps else None

    def nth(self, position: int) -> JsonValue:
        """Give the value at a position, where values are rounded."""
        if self.steps is None:
            raise ValueError(f"{self} has no positions")
        return self.steps.nth(position)

    def draw(self, number: float) -> JsonValue:
        """Turn a number, from 0 to 1, into a value."""
        low, high = self._ends()
        # Not low + number * (high - low): the difference may be too large for a float.
        value = low * (1 - number) + high * number
        if self.scale is Scale.LOG:
            value = math.exp(value)
        value = min(max(value, self.low), self.high)
        return self.steps.nth(self.steps.place(value)) if self.steps else value

    def unit(self, value: JsonValue) -> float | None:
        """Give the number, from 0 to 1, that becomes a value; None if there is none."""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        low, high = self._ends()
        within = min(max(value, self.low), self.high)
        at = math.log(within) if self.scale is Scale.LOG else within
        return min(max((at / 2 - low / 2) / (high / 2 - low / 2), 0.0), 1.0) if high > low else 0.0

    def _ends(self) -> tuple[float, float]:
        """Give the bounds of what is evenly distributed."""
        if self.scale is Scale.LOG:
            return math.log(self.low), math.log(self.high)
        return self.low, self.high


@dataclass(frozen=True, slots=True)
class Bell:
    """Numbers around a mean, normally distributed by their value or by their logarithm."""

    mu: float
    """The mean."""

    sigma: float
    """The standard deviation, more than 0."""

    scale: Scale = Scale.LINEAR
    """What is normally distributed."""

    step: int | float | None = None
    """What values are rounded to multiples of; None for no rounding."""

    @property
    def count(self) -> None:
        """There is no telling how many values there are."""
        return

    def nth(self, position: int) -> JsonValue:
        """Refuse: values have no positions."""
        raise ValueError(f"{self} has no position {position}")

    def draw(self, number: float) -> JsonValue:
        """Turn a number, from 0 to 1, into a value."""
        number = min(max(number, _LEAST), _ALMOST_ONE)
        value = NormalDist(self.mu, self.sigma).inv_cdf(number)
        if self.scale is Scale.LOG:
            value = math.exp(value)
        return value if self.step is None else times(nearest(value, self.step), self.step)

    def unit(self, value: JsonValue) -> float | None:
        """Give the number, from 0 to 1, that becomes a value; None if there is none."""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        if self.scale is Scale.LOG:
            if value <= 0:
                return 0.0
            value = math.log(value)
        return NormalDist(self.mu, self.sigma).cdf(value)


Domain = Choices | Steps | Curve | Bell
"""What values a parameter may take."""


def steps_between(low: float, high: float, step: float) -> Steps | None:
    """Find the multiples of a step between two bounds.

    Args:
        low: The lower bound, finite.
        high: The upper bound, finite.
        step: The step, more than 0 and finite.

    Returns:
        The multiples; None if there are none.
    """
    exact = _exact(step)
    first = math.ceil(_exact(low) / exact)
    last = math.floor(_exact(high) / exact)
    return Steps(first, last, step) if first <= last else None


def nearest(value: float, step: float) -> int:
    """Give the number of steps whose sum is nearest to a value."""
    return round(_exact(value) / _exact(step))


def times(count: int, step: float) -> int | float:
    """Multiply without the rounding errors of floats: three times 0.1 is 0.3."""
    product = count * _exact(step)
    return float(product) if type(step) is float else int(product)


def _exact(value: float) -> Fraction:
    """Take a number for what is written, not for the float that stands for it."""
    return Fraction(repr(value))
