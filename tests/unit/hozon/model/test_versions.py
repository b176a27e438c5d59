"""The life cycle of a version."""

import pytest

from hozon.errors import VersionStateError
from hozon.model.versions import VersionState, check_transition

ALLOWED = {
    (VersionState.PENDING, VersionState.COMMITTED),
    (VersionState.COMMITTED, VersionState.DELETED),
    (VersionState.DELETED, VersionState.COMMITTED),
    (VersionState.DELETED, VersionState.PURGED),
}


@pytest.mark.parametrize("before", VersionState)
@pytest.mark.parametrize("after", VersionState)
def test_only_the_steps_of_the_life_cycle_are_taken(
    before: VersionState, after: VersionState
) -> None:
    """Every other step is refused; the message names the version and the hint the way on."""
    if (before, after) in ALLOWED:
        check_transition("mnist:v0", before=before, after=after)
        return
    with pytest.raises(VersionStateError, match=f"mnist:v0 is {before}") as caught:
        check_transition("mnist:v0", before=before, after=after)
    assert caught.value.hint.startswith(f"From {before} it can become ")


def test_nothing_comes_after_a_purge() -> None:
    """A purged version is a tombstone for good."""
    with pytest.raises(VersionStateError) as caught:
        check_transition("x", before=VersionState.PURGED, after=VersionState.COMMITTED)
    assert caught.value.hint == "From PURGED it can become nothing."
