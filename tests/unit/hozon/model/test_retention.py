"""What a retention policy keeps, and what goes."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hozon.errors import InvalidRetentionError
from hozon.model.metadata import JsonValue
from hozon.model.retention import (
    RetentionPolicy,
    RetentionRule,
    VersionFacts,
    decide_retention,
    decode_retention,
    encode_retention,
    without_expired,
)
from hozon.model.runs import comparable
from hozon.model.sweeps import Goal
from hozon.model.versions import VersionId

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
NEWEST, BEST, ALIASED, LINKED, YOUNG, PROTECTED = RetentionRule
NONE: Mapping[str, Any] = {"keep_aliased": False, "keep_linked": False}


def facts(index: int, *, created_at: datetime = NOW - 100 * DAY, **known: Any) -> VersionFacts:  # noqa: ANN401  Any field.
    """Describe a version; its key differs from its number."""
    return VersionFacts(id=VersionId(100 - index), index=index, created_at=created_at, **known)


def kept(policy: RetentionPolicy, *versions: VersionFacts) -> dict[int, tuple[RetentionRule, ...]]:
    """Say by number which rules keep a version."""
    decisions = decide_retention(policy, versions, now=NOW)
    return {decision.facts.index: decision.kept_by for decision in decisions}


@pytest.mark.parametrize(
    "rules",
    [
        {"keep_newest": 0},
        {"keep_newest": -1},
        {"keep_newest": True},
        {"keep_newest": 1.5},
        {"keep_newest": "3"},
        {"keep_best": ("loss", 0, "minimize")},
        {"keep_best": ("loss", True, "minimize")},
        {"keep_best": ("loss", 1, "smallest")},
        {"keep_best": ("loss", 1)},
        {"keep_best": ("", 1, "minimize")},
        {"keep_best": (7, 1, "minimize")},
        {"keep_best": ("\ud800", 1, "minimize")},
        {"keep_best": "abc"},
        {"keep_best": 3},
        {"keep_aliased": 1},
        {"keep_linked": None},
        {"keep_for": 30},
        {"keep_for": timedelta()},
        {"keep_for": -DAY},
        {"keep_for": timedelta(seconds=1) - TICK},
        {"keep_for": timedelta(days=36_500) + TICK},
    ],
    ids=repr,
)
def test_a_rule_that_cannot_be_meant_is_refused(rules: Mapping[str, Any]) -> None:
    """The hint says what can."""
    with pytest.raises(InvalidRetentionError) as caught:
        RetentionPolicy(**rules)
    assert caught.value.hint.startswith("Give ")


def test_a_policy_without_a_rule_is_refused() -> None:
    """It would keep nothing; any one rule will do."""
    with pytest.raises(InvalidRetentionError, match="has no rule and would keep nothing"):
        RetentionPolicy(**NONE)
    for rule in (
        {"keep_newest": 1},
        {"keep_best": ("loss", 1, "minimize")},
        {"keep_for": DAY},
        {"keep_aliased": True},
        {"keep_linked": True},
    ):
        RetentionPolicy(**{**NONE, **rule})


def test_the_newest_are_kept_by_number() -> None:
    """As many as asked for, in whatever order they come; all, if there are fewer."""
    versions = [facts(number) for number in (4, 9, 1, 7)]
    assert kept(RetentionPolicy(**NONE, keep_newest=2), *versions) == {
        9: (NEWEST,),
        7: (NEWEST,),
        4: (),
        1: (),
    }
    assert all(kept(RetentionPolicy(**NONE, keep_newest=5), *versions).values())


@pytest.mark.parametrize(("goal", "best"), [("minimize", {0, 2}), ("maximize", {1, 2})])
def test_the_best_are_kept_by_the_goal(goal: str, best: set[int]) -> None:
    """Versions without a result are never among them, not even when there are too few others."""
    versions = [facts(0, result=-1.0), facts(1, result=9), facts(2, result=0.5), facts(3)]
    policy = RetentionPolicy(**NONE, keep_best=("loss", 2, goal))
    assert {n for n, rules in kept(policy, *versions).items() if rules == (BEST,)} == best
    policy = RetentionPolicy(**NONE, keep_best=("loss", 9, goal))
    assert kept(policy, *versions)[3] == ()


@pytest.mark.parametrize("goal", Goal)
def test_of_equal_results_the_earliest_version_is_best(goal: Goal) -> None:
    """Whichever end wins."""
    policy = RetentionPolicy(**NONE, keep_best=("loss", 2, goal))
    versions = [facts(number, result=1.0) for number in (3, 1, 2)]
    assert kept(policy, *versions) == {3: (), 2: (BEST,), 1: (BEST,)}


@pytest.mark.parametrize("value", [math.nan, None, "0.1", True, [1]], ids=repr)
def test_what_is_no_number_is_no_result(value: JsonValue) -> None:
    """And so never best; an infinity can be compared."""
    assert comparable({"loss": value}, "loss") is None
    assert comparable({"loss": -math.inf}, "loss") == -math.inf
    assert comparable({}, "loss") is None


def test_aliases_and_links_keep_where_they_should() -> None:
    """Each only if its rule is on."""
    versions = [facts(0, aliased=True), facts(1, linked=True), facts(2)]
    assert kept(RetentionPolicy(), *versions) == {2: (), 1: (LINKED,), 0: (ALIASED,)}
    assert kept(RetentionPolicy(keep_linked=False), *versions) == {2: (), 1: (), 0: (ALIASED,)}
    assert kept(RetentionPolicy(keep_aliased=False), *versions) == {2: (), 1: (LINKED,), 0: ()}


@pytest.mark.parametrize(
    ("age", "expected"), [(DAY - TICK, (YOUNG,)), (DAY, ()), (DAY + TICK, ())], ids=repr
)
def test_a_version_is_young_until_the_very_moment(
    age: timedelta, expected: tuple[RetentionRule, ...]
) -> None:
    """From then on it is not, as with a TTL."""
    policy = RetentionPolicy(**NONE, keep_for=DAY)
    assert kept(policy, facts(0, created_at=NOW - age)) == {0: expected}


def test_a_protected_alias_is_not_overridden() -> None:
    """Whatever the policy says."""
    policy = RetentionPolicy(**NONE, keep_newest=1)
    versions = [facts(0, aliased=True, protected=True), facts(1)]
    assert kept(policy, *versions) == {1: (NEWEST,), 0: (PROTECTED,)}


def test_any_rule_is_enough_and_all_are_named() -> None:
    """They are evaluated together."""
    policy = RetentionPolicy(
        keep_newest=1, keep_best=("loss", 1, "minimize"), keep_for=timedelta(days=2)
    )
    everything = facts(
        1, created_at=NOW, aliased=True, linked=True, protected=True, result=0.1, latest=True
    )
    assert kept(policy, everything, facts(0, result=0.2)) == {1: tuple(RetentionRule), 0: ()}


def test_latest_falls_when_its_version_expires() -> None:
    """To the newest of those that are left, which then has an alias."""
    versions = [facts(0), facts(1), facts(2, aliased=True, latest=True)]
    left = without_expired(versions, gone={versions[2].id})
    assert left == [facts(0), facts(1, aliased=True, latest=True)]
    assert without_expired(versions, gone={versions[0].id}) == versions[1:]
    assert without_expired(versions, gone={version.id for version in versions}) == []


@pytest.mark.parametrize(
    "policy",
    [
        RetentionPolicy(),
        RetentionPolicy(keep_newest=3, keep_aliased=False, keep_linked=False),
        RetentionPolicy(
            keep_best=("a metric", 2, "maximize"), keep_for=timedelta(days=3, microseconds=7)
        ),
    ],
    ids=repr,
)
def test_a_policy_survives_its_encoding(policy: RetentionPolicy) -> None:
    """As JSON."""
    assert decode_retention(encode_retention(policy)) == policy


@pytest.mark.parametrize(
    "source",
    [
        "keep",
        [],
        {},
        {"keep_newest": 0},
        {"keep_oldest": 3, "keep_aliased": True},
        {"keep_best": ["loss", 1]},
        {"keep_for_us": "1d"},
        {"keep_for_us": 1.5},
        {"keep_for_us": 10**30},
        {"keep_aliased": None},
    ],
    ids=repr,
)
def test_what_is_no_stored_policy_is_refused(source: object) -> None:
    """Better than deleting by half of a policy that a newer release wrote."""
    with pytest.raises(InvalidRetentionError):
        decode_retention(source)
