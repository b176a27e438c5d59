"""Optimisers: what proposes the next point of a search from what came of the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from hozon.model.metadata import JsonObject, JsonValue
from hozon.model.sweep_config import SweepConfig

MOST_TRIALS: Final = 1000
"""How many points an optimiser is told of: the newest, so that asking takes bounded time."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A point that was handed out."""

    values: JsonObject
    """A value for each parameter."""

    score: float | None
    """What came of it: a finite number; None if there is none."""

    is_running: bool
    """Whether it is still being tried."""


class Optimizer(Protocol):
    """Proposes points; it remembers nothing between two calls."""

    def propose(
        self, config: SweepConfig, trials: Sequence[Trial], *, seed: int
    ) -> dict[str, JsonValue]:
        """Propose a point.

        Args:
            config: What may be tried, and which end of the metric is the good one.
            trials: What was handed out so far, earliest first.
            seed: Equal seeds and trials give equal points.

        Returns:
            A value for each parameter, within its bounds, nested ones in mappings.
        """
        ...
