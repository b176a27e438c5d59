"""What comes back, and where aliases point afterwards."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hozon.model.aliases import Pointers, after_delete
from hozon.model.names import LATEST, Alias
from hozon.model.restoring import Remembered, after_restore, stands
from hozon.model.versions import VersionId

BEST = Alias("best")
OLD, NEW, NEWER = map(VersionId, (1, 2, 3))
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def restore(
    pointers: Pointers,
    *remembered: Remembered,
    before: VersionId | None,
    newest: VersionId,
    fell: bool = True,
) -> Pointers:
    """Restore what was remembered."""
    return after_restore(
        pointers,
        remembered=remembered,
        newest_before=before,
        newest=newest,
        latest_fell=fell,
    )


def test_a_free_alias_comes_back() -> None:
    """The others stay where they are."""
    after = restore({LATEST: NEW}, (BEST, OLD), before=NEW, newest=NEW)
    assert after == {LATEST: NEW, BEST: OLD}


def test_a_taken_alias_stays_where_it_is() -> None:
    """A restore takes nothing from anybody."""
    after = restore({LATEST: NEW, BEST: NEW}, (BEST, OLD), before=NEW, newest=NEW)
    assert after == {LATEST: NEW, BEST: NEW}


def test_the_first_of_two_gets_an_alias_that_both_had() -> None:
    """They are given by the newest version."""
    after = restore({LATEST: NEWER}, (BEST, NEW), (BEST, OLD), before=NEWER, newest=NEWER)
    assert after[BEST] == NEW


def test_the_newest_version_gets_latest_back() -> None:
    """It had fallen to the newest of those that were left."""
    after = restore({LATEST: OLD}, (LATEST, NEW), before=OLD, newest=NEW)
    assert after == {LATEST: NEW}


def test_latest_stays_where_it_was_moved() -> None:
    """It is on another version than the one it fell to."""
    after = restore({LATEST: OLD}, (LATEST, NEWER), before=NEW, newest=NEWER)
    assert after == {LATEST: OLD}


def test_latest_stays_with_what_was_logged_since() -> None:
    """The restored version is not the newest any more."""
    after = restore({LATEST: NEWER}, (LATEST, NEW), before=NEWER, newest=NEWER)
    assert after == {LATEST: NEWER}


def test_latest_stays_where_somebody_had_put_it() -> None:
    """It fell from no version: it was on an old one already when the newest was deleted."""
    after = restore({LATEST: OLD}, (BEST, NEW), before=OLD, newest=NEW, fell=False)
    assert after == {LATEST: OLD, BEST: NEW}


def test_where_nothing_was_left_latest_goes_where_it_was() -> None:
    """Else to the newest."""
    assert restore({}, (LATEST, OLD), before=None, newest=NEW) == {LATEST: OLD}
    assert restore({}, before=None, newest=NEW) == {LATEST: NEW}


versions = st.integers(1, 6).map(VersionId)


@given(
    pointers=st.dictionaries(st.sampled_from(["a", "b", "c"]).map(Alias), versions),
    deleted=st.sets(versions, min_size=1),
)
def test_a_restore_takes_a_delete_back(pointers: Pointers, deleted: set[VersionId]) -> None:
    """Whatever was deleted at once, when nothing happened in between."""
    everything = {VersionId(key) for key in range(1, 7)}
    before = {LATEST: max(everything), **pointers}
    left = max(everything - deleted, default=None)
    gone = after_delete(before, deleted=deleted, newest=left)
    lost = [(alias, version) for alias, version in before.items() if version in deleted]
    fell = any(alias == LATEST for alias, _ in lost)
    assert restore(gone, *lost, before=left, newest=max(everything), fell=fell) == before


@pytest.mark.parametrize(
    ("has_link", "deleted_at", "taken_at", "expected"),
    [
        (True, None, NOON, True),
        (True, NOON + timedelta(hours=1), NOON, True),
        (False, None, NOON, True),
        (False, NOON - timedelta(hours=1), NOON, True),
        (False, NOON, NOON, False),
        (False, NOON + timedelta(hours=1), NOON, False),
        (False, NOON, None, False),
    ],
)
def test_a_portfolio_stands_until_it_is_deleted(
    *, has_link: bool, deleted_at: datetime | None, taken_at: datetime | None, expected: bool
) -> None:
    """One that is empty only because its links were taken along stands, too."""
    assert stands(has_link=has_link, deleted_at=deleted_at, taken_at=taken_at) is expected
