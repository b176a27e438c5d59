"""Retention: which versions of a collection a policy keeps, and which go.

Owns the rules and how they are weighed. Refuses to own who deletes what goes; that is a service.
Invariants: a version stays if any rule keeps it; what a protected alias names stays whatever the
policy says; a policy has at least one rule.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, cast

from hozon.errors import InvalidRetentionError
from hozon.model.metadata import JsonObject, JsonValue
from hozon.model.sweep_config import Goal
from hozon.model.ttl import MAX_TTL, MIN_TTL
from hozon.model.versions import VersionId

_MICROSECOND: Final = timedelta(microseconds=1)
_BEST_PARTS: Final = 3


class RetentionRule(StrEnum):
    """Why a version is kept."""

    NEWEST = "newest"
    """It is one of the newest."""

    BEST = "best"
    """The run that logged it has one of the best results."""

    ALIASED = "aliased"
    """It has an alias, `latest` included."""

    LINKED = "linked"
    """A link leads to it."""

    YOUNG = "young"
    """It is not old enough to go."""

    PROTECTED = "protected"
    """A protected alias points at it or at a link to it; no policy overrides that."""


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """What to keep of a collection; all else is soft-deleted by the next pass.

    The rules are evaluated together: a version stays if any of them keeps it.

    Args:
        keep_newest: How many of the newest versions to keep, 1 or more; None for no such rule.
        keep_best: Which versions have the best results: a key of the summary of the runs that
            logged them, how many to keep, 1 or more, and `minimize` or `maximize`. A version whose
            run has no number there is never among the best; of equal results the earliest version
            wins. None for no such rule.
        keep_aliased: Whether to keep every version that has an alias, `latest` included.
        keep_linked: Whether to keep every version that a link leads to. Without this rule, links
            go along with the versions that they lead to.
        keep_for: The age below which every version is kept, from one second to 36,500 days; None
            for no such rule.

    Raises:
        InvalidRetentionError: A rule cannot be meant, or there is none.

    Examples:
        Keep the newest model, the best two, and what has an alias.

        ```python
        import hozon

        api = hozon.Api()
        collection = api.artifact_collection("model", "sweep-classifier")
        collection.retention = hozon.RetentionPolicy(
            keep_newest=1, keep_best=("loss", 2, "minimize")
        )
        collection.save()
        for verdict in collection.preview_retention():
            print(verdict.version, verdict.goes, *verdict.kept_by)
            #> sweep-classifier:v2 False newest aliased
            #> sweep-classifier:v1 False best
            #> sweep-classifier:v0 False best
        stored = api.artifact_collection("model", "sweep-classifier")
        print(stored.retention.metric)
        #> loss
        ```
    """

    keep_newest: int | None = None
    """How many of the newest versions are kept; None for no such rule."""

    keep_best: tuple[str, int, Goal | str] | None = None
    """Metric, number and goal of the best versions; None for no such rule."""

    keep_aliased: bool = True
    """Whether versions with an alias are kept."""

    keep_linked: bool = True
    """Whether versions that a link leads to are kept."""

    keep_for: timedelta | None = None
    """The age below which every version is kept; None for no such rule."""

    def __post_init__(self) -> None:
        """Check every rule, and that there is one."""
        if self.keep_newest is not None:
            _check_count(self.keep_newest, what="keep_newest")
        if self.keep_best is not None:
            object.__setattr__(self, "keep_best", _check_best(self.keep_best))
        for name in ("keep_aliased", "keep_linked"):
            if not isinstance(getattr(self, name), bool):
                raise InvalidRetentionError(
                    f"{name} is {getattr(self, name)!r}", hint="Give True or False."
                )
        if self.keep_for is not None:
            _check_age(self.keep_for)
        if not any(
            (
                self.keep_newest,
                self.keep_best,
                self.keep_aliased,
                self.keep_linked,
                self.keep_for,
            )
        ):
            raise InvalidRetentionError(
                "The retention policy has no rule and would keep nothing",
                hint="Keep at least the newest version: keep_newest=1.",
            )

    @property
    def metric(self) -> str | None:
        """The key of the summaries that it compares; None for none."""
        return self.keep_best[0] if self.keep_best else None


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """What a policy needs to know of a version."""

    id: VersionId
    """Its key in the catalog."""

    index: int
    """Its number within the collection."""

    created_at: datetime
    """When it was created, UTC."""

    aliased: bool = False
    """Whether it has an alias, `latest` included."""

    latest: bool = False
    """Whether it has the alias `latest`."""

    linked: bool = False
    """Whether a link leads to it."""

    protected: bool = False
    """Whether a protected alias points at it or at a link to it."""

    result: float | None = None
    """The metric of the run that logged it; None where it has none that can be compared."""


@dataclass(frozen=True, slots=True)
class RetentionDecision:
    """What a policy says of one version."""

    facts: VersionFacts
    """The version."""

    kept_by: tuple[RetentionRule, ...]
    """The rules that keep it; none when it goes."""

    @property
    def goes(self) -> bool:
        """Whether the next pass deletes it."""
        return not self.kept_by


def without_expired(
    versions: Iterable[VersionFacts], *, gone: AbstractSet[VersionId]
) -> list[VersionFacts]:
    """Leave out the versions whose TTL has run out, and let `latest` fall to the newest other.

    Args:
        versions: The committed versions of a collection.
        gone: Those that have expired, whether they are deleted yet or not.

    Returns:
        What is left, in the same order, as it will be when the others are deleted.
    """
    everything = list(versions)
    left = [version for version in everything if version.id not in gone]
    if left and any(version.latest for version in everything if version.id in gone):
        newest = max(left, key=lambda version: version.index)
        left[left.index(newest)] = replace(newest, aliased=True, latest=True)
    return left


def decide_retention(
    policy: RetentionPolicy, versions: Iterable[VersionFacts], *, now: datetime
) -> list[RetentionDecision]:
    """Weigh all rules for all versions of a collection.

    Args:
        policy: The rules.
        versions: The committed versions of the collection, in any order.
        now: The time, UTC.

    Returns:
        For each version the rules that keep it, newest first.
    """
    ordered = sorted(versions, key=lambda version: version.index, reverse=True)
    newest = {version.id for version in ordered[: policy.keep_newest or 0]}
    best = _best(policy, ordered)
    return [
        RetentionDecision(
            version, tuple(_kept_by(policy, version, newest=newest, best=best, now=now))
        )
        for version in ordered
    ]


def _kept_by(
    policy: RetentionPolicy,
    version: VersionFacts,
    *,
    newest: AbstractSet[VersionId],
    best: AbstractSet[VersionId],
    now: datetime,
) -> Iterable[RetentionRule]:
    """Give the rules that keep a version."""
    if version.id in newest:
        yield RetentionRule.NEWEST
    if version.id in best:
        yield RetentionRule.BEST
    if policy.keep_aliased and version.aliased:
        yield RetentionRule.ALIASED
    if policy.keep_linked and version.linked:
        yield RetentionRule.LINKED
    if policy.keep_for is not None and now < version.created_at + policy.keep_for:
        yield RetentionRule.YOUNG
    if version.protected:
        yield RetentionRule.PROTECTED


def _best(policy: RetentionPolicy, versions: Collection[VersionFacts]) -> set[VersionId]:
    """Choose the versions with the best results; of equal ones the earliest."""
    if policy.keep_best is None:
        return set()
    _, count, goal = policy.keep_best
    sign = 1 if goal == Goal.MINIMIZE else -1
    scored = [
        (sign * version.result, version.index, version.id)
        for version in versions
        if version.result is not None
    ]
    return {key for _, _, key in sorted(scored)[:count]}


def encode_retention(policy: RetentionPolicy) -> JsonObject:
    """Write a policy as JSON; rules that it lacks are left out."""
    encoded: dict[str, JsonValue] = {
        "keep_aliased": policy.keep_aliased,
        "keep_linked": policy.keep_linked,
    }
    if policy.keep_newest is not None:
        encoded["keep_newest"] = policy.keep_newest
    if policy.keep_best is not None:
        metric, count, goal = policy.keep_best
        encoded["keep_best"] = [metric, count, str(goal)]
    if policy.keep_for is not None:
        encoded["keep_for_us"] = policy.keep_for // _MICROSECOND
    return encoded


def decode_retention(source: object) -> RetentionPolicy:
    """Read a policy that `encode_retention` wrote.

    Raises:
        InvalidRetentionError: It is none, or has a rule that this release does not know.
    """
    known = {"keep_newest", "keep_best", "keep_aliased", "keep_linked", "keep_for_us"}
    if not isinstance(source, Mapping) or not source.keys() <= known:
        raise InvalidRetentionError(
            f"The stored retention policy {source!r} is not understood",
            hint="Set it again, or read it with a newer release.",
        )
    rules = cast("dict[str, JsonValue]", {"keep_aliased": False, "keep_linked": False, **source})
    span, best = rules.get("keep_for_us"), rules.get("keep_best")
    if span is not None and not (isinstance(span, int) and 0 < span <= MAX_TTL // _MICROSECOND):
        raise InvalidRetentionError(
            f"The stored keep_for_us is {span!r}", hint="Give a number of microseconds."
        )
    return RetentionPolicy(
        keep_newest=cast("int | None", rules.get("keep_newest")),
        keep_best=_check_best(best) if best is not None else None,
        keep_aliased=cast("bool", rules["keep_aliased"]),
        keep_linked=cast("bool", rules["keep_linked"]),
        keep_for=None if span is None else span * _MICROSECOND,
    )


def _check_count(value: object, *, what: str) -> int:
    """Accept a number of versions."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InvalidRetentionError(
            f"{what} is {value!r}", hint="Give a number of versions, 1 or more, or None."
        )
    return value


def _check_best(value: object) -> tuple[str, int, Goal]:
    """Accept a metric, a number and a goal."""
    hint = "Give (metric, number, goal), such as ('loss', 3, 'minimize')."
    if isinstance(value, str) or not isinstance(value, Sequence) or len(value) != _BEST_PARTS:
        raise InvalidRetentionError(f"keep_best is {value!r}", hint=hint)
    metric, count, goal = value
    if not isinstance(metric, str) or not metric.isprintable() or not metric:
        raise InvalidRetentionError(f"keep_best has the metric {metric!r}", hint=hint)
    try:
        wanted = Goal(goal)
    except ValueError:
        raise InvalidRetentionError(f"keep_best has the goal {goal!r}", hint=hint) from None
    return metric, _check_count(count, what="The number in keep_best"), wanted


def _check_age(value: object) -> None:
    """Accept a span of time."""
    if not isinstance(value, timedelta):
        raise InvalidRetentionError(
            f"keep_for is {value!r}", hint="Give a timedelta, such as timedelta(days=30), or None."
        )
    if not MIN_TTL <= value <= MAX_TTL:
        raise InvalidRetentionError(
            f"keep_for is {value}", hint=f"Give one second to {MAX_TTL.days} days."
        )
