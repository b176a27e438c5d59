"""Sizes as people write them."""

import pytest

from hozon.errors import InputError
from hozon.model.sizes import parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("1000", 1000),
        ("7b", 7),
        ("1k", 1000),
        ("1KB", 1000),
        ("1KiB", 1024),
        ("5GB", 5 * 10**9),
        ("10GiB", 10 * 2**30),
        ("64 MiB", 64 * 2**20),
        (" 2tib ", 2 * 2**40),
        ("1.5k", 1500),
        ("0.5b", 0),
        ("1.0009765625KiB", 1025),
    ],
)
def test_a_size_is_a_number_and_a_unit(text: str, size: int) -> None:
    """Thousands or 1,024s, in any case; a fraction of a byte is dropped."""
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["9007199254740993", "9007199254740.993kB"])
def test_large_numbers_are_exact(text: str) -> None:
    """More digits than a floating-point number has."""
    assert parse_size(text) == 9007199254740993


@pytest.mark.parametrize(
    "text", ["", "5 XB", "-1", "1e3", "inf", "GB", "1..5", "1 2", "0x10", "9" * 5000, "5 GBB"]
)
def test_what_is_no_size_is_named(text: str) -> None:
    """With the name of the setting, and examples."""
    with pytest.raises(InputError, match="The cache_size '") as caught:
        parse_size(text, what="cache_size")
    assert "64MiB" in caught.value.hint
