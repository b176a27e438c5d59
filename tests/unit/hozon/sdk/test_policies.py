"""How long versions live, through the SDK."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

import hozon
from hozon.errors import (
    CollectionKindError,
    InvalidNameError,
    InvalidPathError,
    InvalidRetentionError,
    InvalidTtlError,
)

LogText = Callable[..., hozon.Artifact]
DAY = timedelta(days=1)
INHERIT = hozon.ArtifactTTL.INHERIT


@pytest.fixture
def run() -> Iterator[hozon.Run]:
    """Give a run that is going on."""
    with hozon.init(id="r1") as run:
        yield run


@pytest.fixture
def version(run: hozon.Run, log_text: LogText) -> hozon.Artifact:
    """Give a version."""
    return log_text(run, "hello")


def test_a_draft_does_not_expire() -> None:
    """It has no creation yet."""
    draft = hozon.Artifact("mnist", type="dataset")
    draft.ttl = DAY
    for name in ("expires_at", "ttl_suspended_by", "effective_ttl"):
        with pytest.raises(hozon.ArtifactNotLoggedError, match=name):
            getattr(draft, name)


def test_a_ttl_counts_once_it_is_stored(version: hozon.Artifact) -> None:
    """What is only set does not; never ends it."""
    version.ttl = DAY
    assert (version.expires_at, version.effective_ttl) == (None, None)
    version.save()
    assert version.expires_at == version.created_at + DAY
    version.ttl = None
    version.save()
    assert version.expires_at is None


def test_every_level_is_set_and_read(version: hozon.Artifact) -> None:
    """The nearest that is set applies, at once."""
    api = hozon.Api()
    for days, level in ((4, api.team()), (3, api.project()), (2, version.collection)):
        level.ttl = days * DAY
        level.save()
        assert version.effective_ttl == days * DAY
    assert (api.team().ttl, api.project().ttl) == (4 * DAY, 3 * DAY)
    assert api.artifact_collection("dataset", "mnist").ttl == 2 * DAY
    for level, left in ((version.collection, 3), (api.project(), 4)):
        level.ttl = INHERIT
        level.save()
        assert version.effective_ttl == left * DAY


def test_what_is_not_saved_is_not_stored(version: hozon.Artifact) -> None:
    """It shows on the object that has it, and nowhere else."""
    api = hozon.Api()
    for level, again in (
        (api.team(), api.team),
        (api.project(), api.project),
        (version.collection, lambda: version.collection),
    ):
        level.ttl = DAY
        assert level.ttl == DAY
        assert again().ttl is INHERIT
        level.ttl = INHERIT
        level.save()


@pytest.mark.parametrize("ttl", [30, "30d", -DAY, timedelta(), DAY * 36_501], ids=repr)
def test_what_is_no_ttl_is_refused_on_every_level(version: hozon.Artifact, ttl: object) -> None:
    """When it is set, before anything is stored."""
    api = hozon.Api()
    for level in (version, version.collection, api.project(), api.team()):
        with pytest.raises(InvalidTtlError):
            level.ttl = ttl  # type: ignore[assignment]  That is the point.


def test_projects_and_teams_are_named(version: hozon.Artifact) -> None:
    """By a path, by two names, or by the defaults."""
    api = hozon.Api(overrides={"project": version.project})
    assert repr(api.project()) == "<Project ada/digits>"
    assert repr(api.project("letters")) == "<Project ada/letters>"
    assert repr(api.project("letters", entity="grace")) == "<Project grace/letters>"
    project = api.project("grace/letters")
    assert (project.entity, project.name) == ("grace", "letters")
    assert (repr(api.team()), api.team("grace").name) == ("<Team ada>", "grace")
    with pytest.raises(InvalidPathError):
        api.project("a/b/c")
    with pytest.raises(InvalidNameError):
        api.team("a b")


def test_who_may_set_ttls_is_yes_or_no() -> None:
    """And nothing that only looks like it; the TTL beside it stays as it is."""
    team = hozon.Api().team()
    with pytest.raises(InvalidTtlError, match="members_may_set_ttl is 0"):
        team.members_may_set_ttl = 0  # type: ignore[assignment]  That is the point.
    team.ttl = DAY
    team.save()
    again = hozon.Api().team()
    again.members_may_set_ttl = False
    again.save()
    assert (hozon.Api().team().ttl, hozon.Api().team().members_may_set_ttl) == (DAY, False)


def test_a_portfolio_takes_no_ttl(version: hozon.Artifact) -> None:
    """INHERIT, which it has, may be set again."""
    portfolio = version.link("shared").collection
    with pytest.raises(CollectionKindError):
        portfolio.ttl = DAY
    portfolio.ttl = INHERIT
    portfolio.save()
    assert portfolio.ttl is INHERIT


@pytest.mark.parametrize("policy", [3, {"keep_newest": 3}, "keep"], ids=repr)
def test_what_is_no_policy_is_refused(version: hozon.Artifact, policy: object) -> None:
    """The hint names the class."""
    with pytest.raises(InvalidRetentionError, match="The retention policy is a ") as caught:
        version.collection.retention = policy  # type: ignore[assignment]  That is the point.
    assert "hozon.RetentionPolicy" in caught.value.hint


def test_two_who_set_different_things_both_get_them(version: hozon.Artifact) -> None:
    """Each saves only what it changed."""
    first, second = version.collection, version.collection
    policy = hozon.RetentionPolicy(keep_newest=3)
    assert (first.ttl, second.retention) == (INHERIT, None)
    first.ttl, second.retention = DAY, policy
    first.save()
    second.save()
    assert (second.ttl, second.retention) == (DAY, policy)
    assert (version.collection.ttl, version.collection.retention) == (DAY, policy)


def test_a_preview_needs_a_policy(version: hozon.Artifact) -> None:
    """Without one everything is kept, which is no verdict."""
    with pytest.raises(InvalidRetentionError, match="ada/digits/mnist has no retention policy"):
        version.collection.preview_retention()


def test_a_preview_is_of_what_is_set_here(run: hozon.Run, log_text: LogText) -> None:
    """Stored or not, and nothing changes."""
    for text in ("one", "two", "three"):
        collection = log_text(run, text).collection
    collection.retention = hozon.RetentionPolicy(keep_newest=2)
    verdicts = collection.preview_retention()
    assert [verdict.version for verdict in verdicts] == ["mnist:v2", "mnist:v1", "mnist:v0"]
    assert [verdict.goes for verdict in verdicts] == [False, False, True]
    assert hozon.Api().expire().by_retention == ()
    collection.save()
    assert hozon.Api().expire(dry_run=True).by_retention == ("ada/digits/mnist:v0",)
    assert hozon.Api().expire().by_retention == ("ada/digits/mnist:v0",)
