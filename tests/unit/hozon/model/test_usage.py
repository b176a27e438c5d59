"""Patterns of names."""

import pytest

from hozon.errors import InvalidNameError
from hozon.model.usage import NamePatterns


def test_nothing_given_is_every_name() -> None:
    """None and an empty list mean the same."""
    for values in (None, []):
        patterns = NamePatterns.of(values)
        assert patterns.match("mnist")
        assert (patterns.names, patterns.expression) == ((), None)


@pytest.mark.parametrize(
    ("patterns", "name", "matches"),
    [
        ("mnist", "mnist", True),
        ("mnist", "mnist2", False),
        ("nist", "mnist", False),
        ("a.b", "axb", False),
        ("a?b", "a-b", True),
        ("a?b", "ab", False),
        ("run-*", "run-", True),
        ("*", "anything", True),
        (["a", "b*"], "bcd", True),
        (["a", "b*"], "ab", False),
    ],
)
def test_wildcards_stand_for_text(patterns: str | list[str], name: str, matches: bool) -> None:  # noqa: FBT001  A parameter of the test.
    """`*` for any, `?` for one character, and everything else for itself."""
    assert NamePatterns.of(patterns).match(name) is matches


def test_names_without_wildcards_are_told_apart() -> None:
    """They have to exist."""
    assert NamePatterns.of(["mnist", "run-*", "a?", "b"]).names == ("mnist", "b")


@pytest.mark.parametrize("value", ["", "a b", "a/b", "[ab]", ["a", ""], [3], 3, b"a", "x" * 129])
def test_what_is_no_name_is_refused(value: object) -> None:
    """Wildcards apart, the rules for names hold."""
    with pytest.raises(InvalidNameError):
        NamePatterns.of(value)  # type: ignore[arg-type]
