"""Which spans of life may be asked for."""

from datetime import timedelta

import pytest

from hozon.errors import InvalidTtlError
from hozon.model.ttl import ArtifactTTL, Ttl, check_ttl


@pytest.mark.parametrize(
    "ttl",
    [
        None,
        ArtifactTTL.INHERIT,
        timedelta(seconds=1),
        timedelta(seconds=1, microseconds=1),
        timedelta(days=36_500),
    ],
    ids=repr,
)
def test_good_ttls_are_unchanged(ttl: Ttl) -> None:
    """A span of a second to a century, never, or what the policies say."""
    assert check_ttl(ttl) is ttl


@pytest.mark.parametrize("number", [30, 0, 1.5, True, "30d"], ids=repr)
def test_a_bare_number_is_refused(number: object) -> None:
    """The hint asks for a timedelta."""
    with pytest.raises(InvalidTtlError, match=r"^The TTL .* is of type ") as caught:
        check_ttl(number)
    assert "Give a timedelta" in caught.value.hint


@pytest.mark.parametrize(
    "span", [timedelta(), timedelta(days=-1), timedelta(milliseconds=999)], ids=repr
)
def test_a_span_below_a_second_is_refused(span: timedelta) -> None:
    """It is not rounded to another meaning; the hint says how to delete now."""
    with pytest.raises(InvalidTtlError, match="is below one second") as caught:
        check_ttl(span)
    assert "delete()" in caught.value.hint


def test_a_span_above_a_century_is_refused() -> None:
    """Its end may lie after the last year that a date can have; the hint says how to say never."""
    with pytest.raises(InvalidTtlError, match="is above 36500 days") as caught:
        check_ttl(timedelta(days=36_500, microseconds=1))
    assert "None for never" in caught.value.hint


def test_what_is_inherited_is_shown_as_code_names_it() -> None:
    """Whoever prints it can copy it."""
    assert repr(ArtifactTTL.INHERIT) == "ArtifactTTL.INHERIT"
