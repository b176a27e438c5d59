"""The clock: where the present comes from."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time. Tests and scenes put one of their own here."""

    def now(self) -> datetime:
        """Give the present as an aware datetime in UTC."""
        ...
