"""Plans: what they take, what they spare, and when they are outdated."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hozon.errors import InputError, PlanOutdatedError
from hozon.model.names import Alias, EntityName
from hozon.model.paths import ArtifactPath, ProjectPath
from hozon.model.plans import (
    DeletePlan,
    LeftOut,
    LeftOutReason,
    PlanReport,
    PlanRules,
    VersionLook,
    check_keep_newest,
    check_unchanged,
    choose,
    cutoff,
    difference,
    in_order,
    planned,
)
from hozon.model.versions import VersionId, VersionState
from hozon.testing.records import digest_of

AT = ProjectPath.of("ada", "digits")
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DAY = timedelta(days=1)
LINK = ArtifactPath.parse("team:v0", default=AT)


def look(
    index: int, *aliases: str, name: str = "mnist", links: tuple[ArtifactPath, ...] = ()
) -> VersionLook:
    """See a version, begun on the day of its number."""
    return VersionLook(
        id=VersionId(index),
        path=ArtifactPath.parse(f"{name}:v{index}", default=AT),
        state=VersionState.COMMITTED,
        digest=digest_of("a"),
        size=7,
        aliases=tuple(map(Alias, aliases)),
        links=links,
        protected=(),
        created_at=NOW + index * DAY,
        updated_at=NOW + index * DAY,
    )


def plan_of(
    *looks: VersionLook, delete_aliases: bool = True, force_links: bool = True
) -> DeletePlan:
    """Plan to delete versions."""
    return DeletePlan(
        at=AT,
        created_at=NOW,
        created_by=EntityName("ada"),
        delete_aliases=delete_aliases,
        force_links=force_links,
        versions=tuple(map(planned, looks)),
        left_out=(),
        freed_bytes=0,
    )


def taken(rules: PlanRules, *looks: VersionLook) -> list[int | None]:
    """Give the numbers of the versions that a plan takes of those, which are given oldest first."""
    return [item.path.index for item in choose(reversed(looks), rules=rules)[0]]


def spared(rules: PlanRules, *looks: VersionLook) -> list[tuple[int | None, str]]:
    """Give the numbers and the reasons of those that it spares."""
    return [(item.path.index, item.reason) for item in choose(reversed(looks), rules=rules)[1]]


def test_without_rules_everything_goes_that_nothing_names() -> None:
    """Aliases and links protect a version, and the plan says so."""
    looks = (look(0), look(1, links=(LINK,)), look(2, "best"), look(3))
    assert taken(PlanRules(), *looks) == [0, 3]
    assert spared(PlanRules(), *looks) == [(1, "links"), (2, "aliases")]


def test_what_may_go_goes() -> None:
    """Each permission is for itself."""
    looks = (look(0, "best"), look(1, links=(LINK,)), look(2, "good", links=(LINK,)))
    assert taken(PlanRules(delete_aliases=True), *looks) == [0]
    assert taken(PlanRules(force_links=True), *looks) == [1]
    assert taken(PlanRules(delete_aliases=True, force_links=True), *looks) == [0, 1, 2]


def test_a_protected_alias_is_never_planned() -> None:
    """Whatever may go; it is the reason that is told."""
    held = replace(look(0, "best"), protected=(ArtifactPath.parse("mnist:best", default=AT),))
    rules = PlanRules(delete_aliases=True, force_links=True)
    assert taken(rules, held) == []
    (item,) = choose([held], rules=rules)[1]
    assert item.reason is LeftOutReason.PROTECTED
    assert str(item) == (
        "ada/digits/mnist:v0 stands under the protected aliases ada/digits/mnist:best"
    )
    assert spared(PlanRules(), held) == [(0, "protected")]


def test_the_newest_stay() -> None:
    """By number, whatever else would spare them; more than there are is fine."""
    looks = (look(0), look(2), look(5, "best"))
    assert taken(PlanRules(keep_newest=1), *looks) == [0, 2]
    assert taken(PlanRules(keep_newest=2), *looks) == [0]
    assert taken(PlanRules(keep_newest=9), *looks) == []
    assert spared(PlanRules(keep_newest=1), *looks) == []


def test_what_is_too_young_is_not_chosen() -> None:
    """And not told as left out either; the time itself is too young."""
    looks = (look(0, "best"), look(1), look(2), look(3, "good"))
    rules = PlanRules(created_before=NOW + 2 * DAY)
    assert taken(rules, *looks) == [1]
    assert spared(rules, *looks) == [(0, "aliases")]


def test_latest_goes_last() -> None:
    """Where it falls, no other planned version of the collection stands any more."""
    looks = (look(0), look(1, "latest"), look(2))
    assert taken(PlanRules(delete_aliases=True), *looks) == [0, 2, 1]
    mixed = [look(10), look(1, "latest"), look(2), look(0, name="a"), look(9)]
    assert [str(v.path)[11:] for v in in_order(map(planned, mixed))] == [
        "a:v0",
        "mnist:v2",
        "mnist:v9",
        "mnist:v10",
        "mnist:v1",
    ]


def test_a_version_that_looks_the_same_is_no_difference() -> None:
    """With and without aliases and links."""
    for seen in (look(0), look(1, "best", links=(LINK,))):
        plan = plan_of(seen)
        assert difference(plan, plan.versions[0], seen) is None


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (None, "is not in this catalog"),
        (
            replace(look(0, "a"), digest=digest_of("b")),
            "has other content: the plan was made for another catalog",
        ),
        (look(0, "a", "b"), "has the aliases a, b instead of a"),
        (look(0), "has the aliases none instead of a"),
        (look(0, "a", links=(LINK,)), "has the links ada/digits/team:v0 instead of none"),
        (
            replace(look(0, "a"), updated_at=NOW + DAY),
            "was edited or restored at 2026-01-03 03:04:05 UTC",
        ),
        (
            replace(look(0, "a"), protected=(ArtifactPath.parse("mnist:a", default=AT),)),
            "stands under the protected aliases ada/digits/mnist:a",
        ),
    ],
)
def test_every_change_is_a_difference(now: VersionLook | None, said: str) -> None:
    """And is said in words."""
    plan = plan_of(look(0, "a"))
    assert difference(plan, plan.versions[0], now) == said


def test_a_plan_cannot_be_talked_into_more_than_it_may() -> None:
    """A file to which aliases or links were added is held to its own permissions."""
    seen = look(0, "best", links=(LINK,))
    for may in ({"delete_aliases": False}, {"force_links": False}):
        plan = plan_of(seen, **may)
        assert difference(plan, plan.versions[0], seen) in {
            "has the aliases best",
            "has the links ada/digits/team:v0",
        }


def test_what_is_deleted_or_purged_is_gone() -> None:
    """What is committed is not."""
    states = (VersionState.COMMITTED, VersionState.DELETED, VersionState.PURGED)
    assert [replace(look(0), state=state).is_gone for state in states] == [False, True, True]


def test_a_plan_is_refused_with_the_first_few_differences() -> None:
    """And a count of the others."""
    check_unchanged([])
    with pytest.raises(PlanOutdatedError, match=r"is outdated: v0 x; v1 x\. This call deleted"):
        check_unchanged(["v0 x", "v1 x"])
    with pytest.raises(PlanOutdatedError, match="v4 x; and 2 more") as caught:
        check_unchanged([f"v{index} x" for index in range(7)])
    assert "v5" not in str(caught.value)


def test_names_are_counted_beyond_the_first_few() -> None:
    """A version may have hundreds of aliases."""
    item = LeftOut(LINK, LeftOutReason.ALIASES, tuple(f"a{index}" for index in range(7)))
    assert str(item) == "ada/digits/team:v0 has the aliases a0, a1, a2, a3, a4 and 2 more"


def test_the_size_of_a_plan_is_that_of_its_versions() -> None:
    """Whatever they share."""
    assert plan_of(look(0), look(1)).size_bytes == 14
    assert plan_of().size_bytes == 0


def test_ages_and_times_are_one_cutoff() -> None:
    """Of both the earlier one; without any there is none."""
    assert cutoff(NOW, created_before=None, older_than=None) is None
    assert cutoff(NOW, created_before=None, older_than=DAY) == NOW - DAY
    assert cutoff(NOW, created_before=NOW - 2 * DAY, older_than=DAY) == NOW - 2 * DAY
    assert cutoff(NOW, created_before=NOW + DAY, older_than=DAY) == NOW - DAY


@pytest.mark.parametrize(
    ("created_before", "older_than", "said"),
    [
        (NOW.replace(tzinfo=None), None, "no time with a zone"),
        (NOW.date(), None, "no time with a zone"),
        (None, 30, "no age"),
        (None, -DAY, "no age"),
        (None, timedelta.max, "no age"),
    ],
)
def test_what_is_no_time_is_refused(created_before: object, older_than: object, said: str) -> None:
    """A wrong kind, a time without a zone, an age that nothing can have."""
    with pytest.raises(InputError, match=said):
        cutoff(NOW, created_before=created_before, older_than=older_than)


@pytest.mark.parametrize("value", [-1, True, 1.5, "3", None])
def test_how_many_stay_is_a_number(value: object) -> None:
    """0 or more."""
    assert [check_keep_newest(number) for number in (0, 3)] == [0, 3]
    with pytest.raises(InputError, match="keep_newest is"):
        check_keep_newest(value)


def test_a_report_is_written_for_people() -> None:
    """The counts, and each version that was spared."""
    report = PlanReport(("a:v0",), ("a:v1", "a:v2"), {"a:v3": "has the links b:v0 instead of none"})
    assert str(report) == (
        "1 deleted, 2 already gone, 1 failed\n  a:v3 has the links b:v0 instead of none"
    )
