"""Paging by key: lists that stay right while what they list is being deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

PageKey = int | str
"""What a listing is ordered and continued by: a number, or text."""

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Keyed(Generic[T_co]):
    """A listed value and the key to continue after."""

    key: PageKey
    """Where the value stands in the order of the listing."""

    value: T_co
    """The value."""


class Listing(Protocol[T_co]):
    """A list that is read a page at a time."""

    def count(self) -> int:
        """Count what is listed now, 0 or more."""
        ...

    def page(self, *, after: PageKey | None, limit: int) -> Sequence[Keyed[T_co]]:
        """Read what follows a key.

        Args:
            after: The key of the last value seen; None for the first page.
            limit: The most values to give, 1 or more.

        Returns:
            At most `limit` values in the order of the listing; fewer only at its end.
        """
        ...
