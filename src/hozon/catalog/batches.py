"""Batches: how many values a query takes."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

_BATCH = 500
"""Values per `IN (…)`: below the limit of 999 parameters of old SQLite builds."""


def batches(values: Iterable[T]) -> Iterator[Sequence[T]]:
    """Cut values into parts that fit `IN (…)`, none of them empty."""
    rest = iter(values)
    while batch := list(islice(rest, _BATCH)):
        yield batch
