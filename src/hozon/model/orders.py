"""Orders of runs: by which field, and in which direction.

Owns where a run stands. Invariant: an order is total; runs without the field come last in both
directions, and those that are equal in it in the order of creation.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from hozon.errors import InvalidFilterError
from hozon.model.filters import Field, rank
from hozon.model.runs import Run, RunKey

Standing = tuple[int, int | float | str]
"""Where a run stands, among those that have the field."""


@dataclass(frozen=True, slots=True)
class Order:
    """A field to sort by, and the direction."""

    field: Field
    """The field."""

    descending: bool = False
    """Whether the greatest comes first."""

    @classmethod
    def parse(cls, text: str) -> "Order":
        """Read an order.

        Args:
            text: `+` or `-`, and a field; without a sign it is ascending.

        Raises:
            InvalidFilterError: There is no such field.
        """
        if not isinstance(text, str):
            raise InvalidFilterError(
                f"An order is a text, not a {type(text).__name__}",
                hint='Write for example "-summary_metrics.accuracy".',
            )
        name = text[1:] if text.startswith(("+", "-")) else text
        return cls(Field.parse(name), text.startswith("-"))

    @property
    def is_creation(self) -> bool:
        """Whether it is the order in which runs were made, in one direction or the other."""
        return self.field.is_time

    def standing(self, run: Run) -> Standing | None:
        """Tell where a run stands; None for one without the field, or with NaN in it."""
        if self.field.is_time:
            return (0, run.key)  # Keys are given in the order of creation; times may be equal.
        return rank(self.field.of(run))  # type: ignore[return-value]  # The field is no time.

    def sort(self, standings: Iterable[tuple[RunKey, Standing | None]]) -> list[RunKey]:
        """Put runs in order.

        Args:
            standings: Keys and standings, in the order of creation.
        """
        last: list[RunKey] = []
        placed: list[tuple[Standing, RunKey]] = []
        for key, standing in standings:
            if standing is None:
                last.append(key)
            else:
                placed.append((standing, key))
        # Sorting is stable in both directions, so equal runs stay in the order of creation.
        placed.sort(key=lambda item: item[0], reverse=self.descending)
        return [*(key for _, key in placed), *last]
