"""A clock that stands still until it is told to move.

Owns the time of a test. Invariant: it never goes backwards, and never moves by itself.
"""

from datetime import UTC, datetime, timedelta

_START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class ManualClock:
    """Tells the time that the test chose.

    Args:
        start: The first time it tells, aware; by default the same in every test.

    Raises:
        ValueError: The start has no time zone.
    """

    def __init__(self, start: datetime = _START) -> None:
        """Stand at the start."""
        if start.tzinfo is None:
            raise ValueError("The start of a clock needs a time zone.")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Give the time as it was set, in UTC."""
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Let time pass.

        Args:
            by: How much, zero or more.

        Returns:
            The time after.

        Raises:
            ValueError: The span is negative.
        """
        if by < timedelta():
            raise ValueError(f"A clock cannot go back by {-by}.")
        self._now += by
        return self._now
