"""Properties of retention: a version stays if any rule keeps it, and more rules keep more."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hozon.model.retention import (
    RetentionPolicy,
    RetentionRule,
    VersionFacts,
    decide_retention,
    decode_retention,
    encode_retention,
    without_expired,
)
from hozon.model.sweeps import Goal
from hozon.model.versions import VersionId

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
OFF = {"keep_aliased": False, "keep_linked": False}

ages = st.integers(0, 5).map(lambda days: timedelta(days=days))
counts = st.integers(1, 4)
bests = st.tuples(st.just("loss"), counts, st.sampled_from(Goal))
spans = st.integers(1, 5).map(lambda days: timedelta(days=days))
single_rules = st.one_of(
    st.builds(lambda count: {"keep_newest": count}, counts),
    st.builds(lambda best: {"keep_best": best}, bests),
    st.builds(lambda span: {"keep_for": span}, spans),
    st.just({"keep_aliased": True}),
    st.just({"keep_linked": True}),
)
rules = st.lists(single_rules, min_size=1, max_size=5).map(
    lambda chosen: {key: value for rule in chosen for key, value in rule.items()}
)


@st.composite
def collections(draw: st.DrawFn) -> list[VersionFacts]:
    """Draw the versions of a collection, in any order."""
    indices = draw(st.lists(st.integers(0, 20), unique=True, max_size=8))
    named = {index: draw(st.booleans()) for index in indices}
    latest = draw(st.sampled_from(indices)) if indices else None
    return [
        VersionFacts(
            id=VersionId(1000 - index),
            index=index,
            created_at=NOW - draw(ages),
            aliased=named[index] or index == latest,
            latest=index == latest,
            linked=draw(st.booleans()),
            protected=draw(st.booleans()),
            result=draw(st.none() | st.integers(0, 3).map(float)),
        )
        for index in indices
    ]


def kept(chosen: dict[str, Any], versions: list[VersionFacts]) -> set[VersionId]:
    """Apply a policy with only these rules."""
    policy = RetentionPolicy(**{**OFF, **chosen})
    decisions = decide_retention(policy, versions, now=NOW)
    return {decision.facts.id for decision in decisions if not decision.goes}


@given(rules, collections())
def test_a_version_stays_if_any_rule_keeps_it(
    chosen: dict[str, Any], versions: list[VersionFacts]
) -> None:
    """What a policy keeps is what its rules keep one by one, all together."""
    each = [kept({name: rule}, versions) for name, rule in chosen.items()]
    assert kept(chosen, versions) == set().union(*each)


@given(collections(), counts, st.sampled_from(Goal), spans)
def test_a_wider_rule_keeps_no_less(
    versions: list[VersionFacts], count: int, goal: Goal, span: timedelta
) -> None:
    """More of the newest, more of the best, or for longer."""
    wider = span + timedelta(days=1)
    assert kept({"keep_newest": count}, versions) <= kept({"keep_newest": count + 1}, versions)
    best, better = ("loss", count, goal), ("loss", count + 1, goal)
    assert kept({"keep_best": best}, versions) <= kept({"keep_best": better}, versions)
    assert kept({"keep_for": span}, versions) <= kept({"keep_for": wider}, versions)


@given(rules, collections())
def test_what_went_does_not_change_what_stays(
    chosen: dict[str, Any], versions: list[VersionFacts]
) -> None:
    """However many of those that go are gone already: a pass may be cut short at any version."""
    stays = kept(chosen, versions)
    going = sorted(version.id for version in versions if version.id not in stays)
    for some in (going[::2], going[1::2], going):
        left = [version for version in versions if version.id not in some]
        assert kept(chosen, left) == stays


@given(rules, collections())
def test_what_is_protected_stays(chosen: dict[str, Any], versions: list[VersionFacts]) -> None:
    """Whatever the rules, and those that go are named by none."""
    protected = {version.id for version in versions if version.protected}
    assert protected <= kept(chosen, versions)
    policy = RetentionPolicy(**{**OFF, **chosen})
    for decision in decide_retention(policy, versions, now=NOW):
        assert decision.goes is not bool(decision.kept_by)
        assert (RetentionRule.PROTECTED in decision.kept_by) is decision.facts.protected


@given(collections(), st.sets(st.integers(980, 1000)))
def test_latest_is_always_somewhere(versions: list[VersionFacts], numbers: set[int]) -> None:
    """Whatever expires, the rest has exactly one `latest`, unless nothing is left."""
    gone = {VersionId(number) for number in numbers}
    left = without_expired(versions, gone=gone)
    assert [version.latest for version in left].count(True) == bool(left)
    assert {version.id for version in left} == {version.id for version in versions} - gone
    unnamed = [replace(version, aliased=False, latest=False) for version in left]
    before = [replace(v, aliased=False, latest=False) for v in versions if v.id not in gone]
    assert unnamed == before


@given(rules)
def test_a_policy_survives_its_encoding(chosen: dict[str, Any]) -> None:
    """Every rule comes back as it was."""
    policy = RetentionPolicy(**{**OFF, **chosen})
    assert decode_retention(encode_retention(policy)) == policy
