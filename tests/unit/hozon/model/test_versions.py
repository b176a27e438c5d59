"""The life cycle of a version."""

from datetime import UTC, datetime

import pytest

from hozon.errors import AliasedVersionError, LinkStateError, VersionStateError
from hozon.model.digests import ManifestDigest
from hozon.model.links import check_link, check_own_ttl
from hozon.model.names import Alias, CollectionName, RunId, TypeName
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath
from hozon.model.ttl import ArtifactTTL
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
    """Every other step is refused; the message names the version, the hint is for people."""
    if (before, after) in ALLOWED:
        check_transition("mnist:v0", before=before, after=after)
        return
    with pytest.raises(VersionStateError, match=f"mnist:v0 is {before}") as caught:
        check_transition("mnist:v0", before=before, after=after)
    assert not any(state in caught.value.hint for state in VersionState)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (VersionState.COMMITTED, VersionState.COMMITTED, "be restored. It has not been deleted"),
        (VersionState.DELETED, VersionState.DELETED, "be deleted. Its bytes are still kept: bring"),
        (VersionState.PURGED, VersionState.COMMITTED, "be restored. Its bytes have been given up"),
        (VersionState.PENDING, VersionState.DELETED, "be deleted. Wait until it is logged"),
    ],
)
def test_what_is_refused_is_followed_by_what_may_be_done(
    before: VersionState, after: VersionState, said: str
) -> None:
    """The message says what cannot be done, the hint what can."""
    with pytest.raises(VersionStateError, match=f"x is {before} and cannot {said}"):
        check_transition("x", before=before, after=after)


def test_what_is_being_uploaded_has_no_number_to_name() -> None:
    """A delete that comes too early is told what it is about all the same."""
    with pytest.raises(VersionStateError, match=r"^A new version of ada/digits/mnist is PENDING"):
        check_deletable(version(state=VersionState.PENDING), delete_aliases=True)


def version(
    *aliases: str,
    state: VersionState = VersionState.COMMITTED,
    key: int = 1,
    source: ArtifactPath | None = None,
) -> Version:
    """Make version 0 of `mnist`."""
    now = datetime(2026, 1, 2, tzinfo=UTC)
    return Version(
        id=VersionId(key),
        content_id=VersionId(1),
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
        tags=(),
        ttl=ArtifactTTL.INHERIT,
        logged_by=RunId("r1"),
        history_step=None,
        source=source,
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


SOURCE = ArtifactPath.parse("grace/letters/alphabet:v3", default=ProjectPath.of("x", "y"))


def test_a_link_comes_from_its_source() -> None:
    """Its path is its own; its maker is a run of the project in which the source was logged."""
    link, plain = version(source=SOURCE), version()
    assert (link.is_link, str(link.path), link.origin) == (True, "ada/digits/mnist:v0", SOURCE)
    assert str(link.producer) == "grace/letters/r1"
    assert (plain.is_link, plain.origin) == (False, plain.path)
    assert str(plain.producer) == "ada/digits/r1"


def test_an_id_is_that_of_one_version() -> None:
    """It is text that says nothing, and no other version of the catalog has it."""
    first, second = version(key=1), version(key=2)
    assert first.opaque_id == version("best", key=1).opaque_id != second.opaque_id


def test_a_commit_hash_is_that_of_the_source() -> None:
    """Equal content under another path has another."""
    plain, link = version(), version(source=SOURCE)
    assert plain.commit_hash != link.commit_hash
    assert plain.commit_hash == version(source=plain.path).commit_hash
    assert len(plain.commit_hash) == 64


def test_only_links_are_unlinked() -> None:
    """The message names the version, the hint what to do instead."""
    check_link(version(source=SOURCE))
    with pytest.raises(LinkStateError, match="mnist:v0 is no link") as caught:
        check_link(version())
    assert "delete()" in caught.value.hint


def test_only_links_have_no_ttl_of_their_own() -> None:
    """The hint names the source."""
    check_own_ttl(version())
    with pytest.raises(LinkStateError, match="mnist:v0 is a link") as caught:
        check_own_ttl(version(source=SOURCE))
    assert str(SOURCE) in caught.value.hint
