"""The life cycle of a version."""

from datetime import UTC, datetime

import pytest

from hozon.errors import AliasedVersionError, VersionStateError
from hozon.model.digests import ManifestDigest
from hozon.model.names import Alias, CollectionName, TypeName
from hozon.model.paths import CollectionPath, ProjectPath
from hozon.model.versions import (
    LogOutcome,
    Version,
    VersionId,
    VersionState,
    check_deletable,
    check_transition,
    outcome_of_equal_content,
)

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


def version(*aliases: str, state: VersionState = VersionState.COMMITTED) -> Version:
    """Make version 0 of `mnist`."""
    now = datetime(2026, 1, 2, tzinfo=UTC)
    return Version(
        id=VersionId(1),
        collection=CollectionPath(ProjectPath.of("ada", "digits"), CollectionName("mnist")),
        index=0,
        type=TypeName("dataset"),
        state=state,
        digest=ManifestDigest("ab" * 32),
        size=0,
        file_count=0,
        aliases=tuple(map(Alias, aliases)),
        description=None,
        metadata={},
        logged_by=None,
        created_at=now,
        updated_at=now,
    )


def test_a_version_with_aliases_is_deleted_only_together_with_them() -> None:
    """The message lists them, the hint names the argument."""
    named = version("best", "latest")
    with pytest.raises(
        AliasedVersionError, match="mnist:v0 has the aliases best, latest"
    ) as caught:
        check_deletable(named, delete_aliases=False)
    assert "delete_aliases=True" in caught.value.hint
    check_deletable(named, delete_aliases=True)
    check_deletable(version(), delete_aliases=False)


def test_only_a_committed_version_is_deleted() -> None:
    """Its state is looked at before its aliases."""
    with pytest.raises(VersionStateError, match="mnist:v0 is DELETED"):
        check_deletable(version("best", state=VersionState.DELETED), delete_aliases=False)


def test_equal_content_is_unchanged_or_reused() -> None:
    """It depends on whether `latest` is there already."""
    assert outcome_of_equal_content(version("best", "latest")) is LogOutcome.UNCHANGED
    assert outcome_of_equal_content(version("best")) is LogOutcome.REUSED
