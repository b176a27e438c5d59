"""The fakes and suites that are shipped, beyond what conformance shows of them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from hozon.testing.catalogs import CatalogContract
from hozon.testing.clocks import ManualClock
from hozon.testing.object_stores import ObjectStoreContract
from hozon.testing.references import FolderReferenceContract, ReferenceHandlerContract


def test_a_manual_clock_moves_when_it_is_told_to() -> None:
    """Only then, and by as much."""
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock.now() == clock.now() == datetime(2026, 1, 1, tzinfo=UTC)
    assert clock.advance(timedelta(days=1)) == clock.now() == datetime(2026, 1, 2, tzinfo=UTC)


def test_a_manual_clock_tells_utc() -> None:
    """Whatever zone it was given."""
    start = datetime(2026, 1, 1, 9, tzinfo=timezone(timedelta(hours=9)))
    assert ManualClock(start).now().utcoffset() == timedelta()


def test_a_manual_clock_never_goes_back() -> None:
    """Nor does it take a time without a zone."""
    with pytest.raises(ValueError, match="cannot go back"):
        ManualClock().advance(timedelta(seconds=-1))
    with pytest.raises(ValueError, match="time zone"):
        ManualClock(datetime(2026, 1, 1))  # noqa: DTZ001  The point of the test.


@pytest.mark.parametrize(
    "suite",
    [ObjectStoreContract, CatalogContract, ReferenceHandlerContract, FolderReferenceContract],
)
def test_a_suite_has_no_tests_of_its_own_to_run(suite: type) -> None:
    """Pytest collects subclasses named `Test…`, not the suite where it is imported."""
    assert not suite.__name__.startswith("Test")
    assert any(name.startswith("test_") for name in vars(suite))
