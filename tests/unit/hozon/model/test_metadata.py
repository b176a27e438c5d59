"""What may be attached to artifacts and runs."""

import math
from dataclasses import dataclass

import pytest

from hozon.errors import InvalidMetadataError
from hozon.model.metadata import check_description, check_json_object, check_metadata


@dataclass
class Scalar:
    """Looks like a NumPy scalar: no dimensions, and an item."""

    value: object
    ndim: int = 0

    def item(self) -> object:
        """Give the plain value."""
        return self.value


def test_json_values_pass_as_a_deep_copy() -> None:
    """Changing what was given changes nothing that was kept."""
    inner = [1, 2.5, "three", None, True]
    checked = check_metadata({"a": {"b": inner}})
    inner.append(4)
    assert checked == {"a": {"b": [1, 2.5, "three", None, True]}}


def test_none_means_nothing() -> None:
    """No metadata is an empty object."""
    assert check_metadata(None) == {}


def test_tuples_become_lists() -> None:
    """What JSON would turn into a list is a list at once."""
    assert check_metadata({"a": (1, (2,))}) == {"a": [1, [2]]}


def test_numpy_scalars_become_plain_numbers() -> None:
    """Metrics come from NumPy more often than not."""
    assert check_metadata({"a": Scalar(1.5)}) == {"a": 1.5}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([1], "The metadata is a list"),
        ("text", "The metadata is a str"),
        ({1: "a"}, "metadata has the key 1"),
        ({"a": {None: 1}}, r"metadata\['a'\] has the key None"),
        ({"a": math.nan}, r"metadata\['a'\] is nan"),
        ({"a": [0, math.inf]}, r"metadata\['a'\]\[1\] is inf"),
        ({"a": {"b": {1, 2}}}, r"metadata\['a'\]\['b'\] is a set"),
        ({"a": b"bytes"}, r"metadata\['a'\] is a bytes"),
        ({"a": Scalar([1], ndim=1)}, r"metadata\['a'\] is a Scalar"),
        ({"a": Scalar(math.nan)}, r"metadata\['a'\] is nan"),
    ],
    ids=ascii,
)
def test_what_json_cannot_carry_is_refused_by_place(value: object, said: str) -> None:
    """The message names the key at which it fails."""
    with pytest.raises(InvalidMetadataError, match=said):
        check_metadata(value)


def test_a_value_that_contains_itself_is_refused() -> None:
    """Endless nesting is an input error like any other."""
    endless: dict[str, object] = {}
    endless["again"] = endless
    with pytest.raises(InvalidMetadataError, match="100 levels deep"):
        check_metadata(endless)


def test_nesting_has_a_bound_that_no_interpreter_sets() -> None:
    """A hundred levels are stored, one more is refused."""
    value: object = 1
    for _ in range(99):
        value = [value]
    assert check_metadata({"a": value})
    with pytest.raises(InvalidMetadataError, match="100 levels deep"):
        check_metadata({"a": [[value]]})


def test_an_integer_that_could_not_be_read_back_is_refused() -> None:
    """Python refuses to read numbers of more than 4,300 digits."""
    assert check_metadata({"a": 10**4000})
    with pytest.raises(InvalidMetadataError, match=r"metadata\['a'\] is an integer of"):
        check_metadata({"a": 10**5000})


def test_metrics_may_be_nan_and_infinite() -> None:
    """A diverged loss is a result."""
    checked = check_json_object({"a": [math.nan, -math.inf]}, what="row", finite=False)
    assert str(checked) == "{'a': [nan, -inf]}"


def test_a_hundred_keys_are_enough() -> None:
    """The limit itself passes."""
    assert len(check_metadata({str(number): number for number in range(100)})) == 100


def test_keys_are_counted_at_all_levels() -> None:
    """The 101st key is refused, however deep it lies."""
    nested = {"a": [{str(number): number for number in range(100)}]}
    with pytest.raises(InvalidMetadataError, match="has 101 keys, more than 100"):
        check_metadata(nested)


@pytest.mark.parametrize("text", [None, "", "a note\n", "保存"])
def test_a_description_is_any_text_or_none(text: str | None) -> None:
    """It comes back unchanged."""
    assert check_description(text) == text


@pytest.mark.parametrize(
    ("value", "said"),
    [(7, "is a int"), (["note"], "is a list"), ("\ud800", "not valid Unicode"), ("a\0b", "a NUL")],
    ids=ascii,
)
def test_what_not_every_database_stores_is_no_description(value: object, said: str) -> None:
    """Refused when it is given, not when it is stored."""
    with pytest.raises(InvalidMetadataError, match=said):
        check_description(value)
