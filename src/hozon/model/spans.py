"""Spans of time, as people write them.

Owns the units. Refuses to own which spans make sense; that is for whoever asks for one.
"""

import math
import re
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from hozon.errors import InputError

_UNITS: Final[Mapping[str, timedelta]] = MappingProxyType(
    {
        "": timedelta(seconds=1),
        "s": timedelta(seconds=1),
        "m": timedelta(minutes=1),
        "h": timedelta(hours=1),
        "d": timedelta(days=1),
        "w": timedelta(weeks=1),
    }
)
_SPAN: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw]?)")


def parse_span(text: str, *, what: str) -> timedelta:
    """Read a span such as `90`, `30s`, `90m`, `36h`, `7d` or `2w`; a bare number is seconds.

    Args:
        text: What somebody wrote.
        what: What it is for, for the message.

    Returns:
        The span, zero or more.

    Raises:
        InputError: It is no span; write a number and a unit.
    """
    found = _SPAN.fullmatch(text.strip().lower())
    if found is None:
        raise InputError(
            f"{text!r} is no span of time for {what}",
            hint="Write a number and a unit: s, m, h, d or w, such as 30m or 7d.",
        )
    number = float(found[1])
    try:
        return number * _UNITS[found[2]] if math.isfinite(number) else _too_long(text, what)
    except OverflowError:
        return _too_long(text, what)


def _too_long(text: str, what: str) -> timedelta:
    raise InputError(
        f"{text!r} is too long a span for {what}", hint="Give at most some thousands of years."
    )
