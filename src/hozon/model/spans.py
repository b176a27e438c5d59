"""Spans of time as people write them: `7d`, `36h`, `90m`, `30s`, `3600`.

Owns units of time. Refuses to own what a span is for.
"""

import re
from datetime import timedelta
from fractions import Fraction
from types import MappingProxyType

from hozon.errors import InputError

_SPAN = re.compile(r"(\d{1,12}(?:\.\d{1,12})?)\s*([dhms])?", re.IGNORECASE | re.ASCII)
_SECONDS = MappingProxyType({"d": 86_400, "h": 3_600, "m": 60, "s": 1, "": 1})


def parse_span(text: str, *, what: str = "span of time") -> timedelta:
    """Read a span of time.

    Args:
        text: A number, perhaps with a unit: `d` for days of 24 hours, `h` for hours, `m` for
            minutes, `s` for seconds. Case and a space before the unit do not matter; without a
            unit, seconds are meant.
        what: What to call it in the message.

    Returns:
        A span of 0 or more; less than a microsecond is dropped.

    Raises:
        InputError: It is none, or a longer one than can be reckoned with.
    """
    match = _SPAN.fullmatch(text.strip())
    if match is not None:
        seconds = Fraction(match[1]) * _SECONDS[(match[2] or "").lower()]
        try:
            return timedelta(microseconds=int(seconds * 1_000_000))
        except OverflowError:
            pass
    raise InputError(
        f"The {what} {text!r} is no span of time",
        hint="Write it as 7d, 36h, 90m or 30s, or as a plain number of seconds.",
    )
