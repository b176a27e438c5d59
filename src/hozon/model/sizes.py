"""Sizes as people write them: `64 MiB`, `5GB`, `1000`.

Owns units of bytes. Refuses to own what a size is for.
"""

import re
from fractions import Fraction
from types import MappingProxyType

from hozon.errors import InputError

_SIZE = re.compile(r"(\d{1,30}(?:\.\d{1,30})?)\s*([kmgt]i?b?|b)?", re.IGNORECASE)
_POWERS = MappingProxyType({"": 0, "k": 1, "m": 2, "g": 3, "t": 4})


def parse_size(text: str, *, what: str = "size") -> int:
    """Read a number of bytes.

    Args:
        text: A number, perhaps with a unit: `KB`, `MB`, `GB` and `TB` count in thousands, `KiB`,
            `MiB`, `GiB` and `TiB` in 1,024s. Case and a space before the unit do not matter.
        what: What to call it in the message.

    Returns:
        Bytes, 0 or more; a fraction of a byte is dropped.

    Raises:
        InputError: It is none.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise InputError(
            f"The {what} {text!r} is no number of bytes",
            hint="Write it as 500MB, 64MiB or 10GB, or as a plain number of bytes.",
        )
    unit = (match[2] or "").lower().removesuffix("b")
    base = 1024 if unit.endswith("i") else 1000
    return int(Fraction(match[1]) * base ** _POWERS[unit.removesuffix("i")])
