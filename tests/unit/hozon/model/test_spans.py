"""Spans of time as people write them."""

from datetime import timedelta

import pytest

from hozon.errors import InputError
from hozon.model.spans import parse_span


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("7d", timedelta(days=7)),
        ("36h", timedelta(hours=36)),
        ("90m", timedelta(minutes=90)),
        ("2w", timedelta(weeks=2)),
        ("30s", timedelta(seconds=30)),
        ("3600", timedelta(hours=1)),
        ("0", timedelta()),
        ("1.5 H", timedelta(minutes=90)),
        (" 0.5s ", timedelta(milliseconds=500)),
    ],
)
def test_a_span_has_a_unit_or_is_in_seconds(text: str, span: timedelta) -> None:
    """Case and spaces do not matter, and a fraction is no error."""
    assert parse_span(text, what="window") == span


@pytest.mark.parametrize("text", ["", "soon", "-1d", "1y", "d", "1d 2h", "inf"])
def test_what_is_no_span_is_shown(text: str) -> None:
    """With what it was to be, and how to write it."""
    with pytest.raises(InputError) as caught:
        parse_span(text, what="window")
    assert caught.value.message == f"{text!r} is no span of time for window"
    assert "7d" in caught.value.hint


@pytest.mark.parametrize("text", ["9" * 12 + "d", "9" * 400])
def test_what_is_too_long_is_shown(text: str) -> None:
    """Time cannot be reckoned with for so long."""
    with pytest.raises(InputError, match="too long a span for window"):
        parse_span(text, what="window")
