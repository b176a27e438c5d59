"""Parcels and their weight: a package that is documented, and knows nothing of its documentation.

Owns a parcel and a sum. Refuses to send anything.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Parcel", "TooHeavyError", "read_limit", "weigh"]

LIMIT = 2000


class TooHeavyError(ValueError):
    """A parcel weighs more than the limit; pack two."""


@dataclass(frozen=True)
class Parcel:
    """One parcel, ready to be sent."""

    name: str
    """What is in it."""
    grams: int
    """Its weight, in grams."""

    def label(self, *, prefix: str = "") -> str:
        """Write the label.

        Args:
            prefix: What stands before the name.

        Returns:
            One line.

        Examples:
            ```python
            from parcels import Parcel

            print(Parcel("lamp", 900).label(prefix="to Ana: "))
            #> to Ana: lamp, 900 g
            ```
        """
        return f"{prefix}{self.name}, {self.grams} g"


def weigh(parcels: Iterable[Parcel], *, limit: int = LIMIT) -> int:
    """Weigh parcels together.

    Args:
        parcels: The parcels.
        limit: What each may weigh, in grams.

    Returns:
        The sum, in grams.

    Raises:
        TooHeavyError: A parcel weighs more than `limit`.
    """
    total = 0
    for parcel in parcels:
        if parcel.grams > limit:
            raise TooHeavyError(f"{parcel.name} weighs {parcel.grams} g, more than {limit} g")
        total += parcel.grams
    return total


def read_limit(text: str) -> int:
    """Read the limit from a configuration.

    Args:
        text: The configuration, as TOML.

    Returns:
        The limit, in grams.
    """
    return int(tomllib.loads(text)["limit"])
