"""Places: where bytes lie in a store, and which of them one request reads."""

import pytest

from hozon.model.places import PackSizes, Place, object_key, pack_key, runs_of

SIZES = PackSizes(gap_bytes=10, run_bytes=100)


def test_keys_of_two_uploads_never_meet() -> None:
    """Deleting what one upload wrote never deletes what another wrote."""
    keys = {
        key(upload, number)
        for key in (object_key, pack_key)
        for upload in ("aa", "a")
        for number in (0, 1, 10)
    }
    assert len(keys) == 12


def test_keys_lie_below_one_prefix() -> None:
    """Objects and packs can be listed without what else lies in the store."""
    assert object_key("abc", 7) == "objects/abc/7"
    assert pack_key("abc", 7) == "packs/abc/7"


def test_the_end_is_where_the_next_begins() -> None:
    """Offset and length add up."""
    assert Place("k", 3, 4).end == 7


@pytest.mark.parametrize(("gap", "runs"), [(0, 1), (10, 1), (11, 2)])
def test_neighbours_are_read_together(gap: int, runs: int) -> None:
    """Up to the gap that the sizes allow, that one included."""
    first = Place("k", 0, 5)
    assert len(list(runs_of([first, Place("k", first.end + gap, 5)], sizes=SIZES))) == runs


@pytest.mark.parametrize(("length", "runs"), [(95, 1), (96, 2)])
def test_a_run_has_a_bound(length: int, runs: int) -> None:
    """No request reads more than that, unless one file is larger."""
    assert len(list(runs_of([Place("k", 0, 5), Place("k", 5, length)], sizes=SIZES))) == runs
    assert len(list(runs_of([Place("k", 0, 1000)], sizes=SIZES))) == 1


def test_two_keys_are_two_requests() -> None:
    """A request names one key."""
    runs = list(runs_of([Place("b", 0, 1), Place("a", 1, 1), Place("a", 0, 1)], sizes=SIZES))
    assert runs == [[Place("a", 0, 1), Place("a", 1, 1)], [Place("b", 0, 1)]]


def test_a_place_that_is_given_twice_is_read_once() -> None:
    """And what is empty comes before what begins where it lies."""
    places = [Place("k", 5, 3), Place("k", 5, 0), Place("k", 5, 3), Place("k", 0, 5)]
    assert list(runs_of(places, sizes=SIZES)) == [
        [Place("k", 0, 5), Place("k", 5, 0), Place("k", 5, 3)]
    ]


def test_nothing_is_read_for_nothing() -> None:
    """No places, no requests."""
    assert list(runs_of([], sizes=SIZES)) == []
