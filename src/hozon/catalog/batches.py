"""Batches: how many values a statement takes."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, TypeVar

T = TypeVar("T")

IN_BATCH: Final = 500
"""Values per `IN (…)`: below the limit of 999 parameters of old SQLite builds."""


def batches(values: Iterable[T], *, size: int = IN_BATCH) -> Iterator[Sequence[T]]:
    """Cut values into parts, none of them empty; by default into such as fit `IN (…)`."""
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch
