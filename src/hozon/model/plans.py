"""Delete plans: what would be deleted, to be looked at before it is.

Owns which versions a plan takes and which it leaves out, and when the world has changed too much to
execute it. Refuses to own how it is kept in a file; that is `hozon.model.plan_files`. Invariants:
nothing under a protected alias is ever planned; a version that a plan names is deleted only while
it looks as it did when the plan was made.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from hozon.errors import InputError, PlanOutdatedError
from hozon.model.digests import ManifestDigest
from hozon.model.names import LATEST, Alias, EntityName
from hozon.model.paths import ArtifactPath, ProjectPath
from hozon.model.versions import VersionId, VersionState

_EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
_NAMED = 5
"""How many versions or names an error lists at most."""


@dataclass(frozen=True, slots=True)
class VersionLook:
    """A version as a plan sees it."""

    id: VersionId
    """Its key in the catalog."""

    path: ArtifactPath
    """Which version it is, by number."""

    state: VersionState
    """Where it stands in its life; never PENDING."""

    digest: ManifestDigest
    """The identity of its content."""

    size: int
    """The sum of the sizes of its files, in bytes."""

    aliases: tuple[Alias, ...]
    """The aliases that point at it, sorted."""

    links: tuple[ArtifactPath, ...]
    """The committed links that lead to it, oldest first."""

    protected: tuple[ArtifactPath, ...]
    """The aliases of it and of its links that are protected, each with where it is, sorted."""

    created_at: datetime
    """When its upload began, UTC."""

    updated_at: datetime
    """When its aliases, notes or state last changed, UTC."""

    @property
    def is_gone(self) -> bool:
        """Whether it is deleted, or purged since."""
        return self.state in {VersionState.DELETED, VersionState.PURGED}


@dataclass(frozen=True, slots=True)
class PlannedVersion:
    """A version that a plan would delete, as it looked when the plan was made.

    Examples:
        See what would go with a version.

        ```python
        import hozon

        plan = hozon.Api().plan_delete("mnist", keep_newest=2, delete_aliases=True)
        for version in plan.versions:
            print(version.path, version.size_bytes, version.aliases, version.links)
            #> ada/digits/mnist:v0 32 ('reviewed',) ()
        ```
    """

    path: ArtifactPath
    """Which version it is; as text, `entity/project/name:v0`."""

    digest: ManifestDigest
    """The identity of its content."""

    size_bytes: int
    """The sum of the sizes of its files, in bytes; what it shares with others is counted, too."""

    aliases: tuple[Alias, ...]
    """The aliases that would be lost, sorted."""

    links: tuple[ArtifactPath, ...]
    """The links that would go with it, oldest first."""

    updated_at: datetime
    """When its aliases, notes or state had last changed, UTC."""


class LeftOutReason(StrEnum):
    """Why a plan leaves a version out that its filters chose.

    Examples:
        Count what aliases protect; a reason is a text, too.

        ```python
        import hozon

        plan = hozon.Api().plan_delete("mnist")
        print(sum(item.reason == "aliases" for item in plan.left_out))
        #> 2
        ```
    """

    ALIASES = "aliases"
    """It has aliases, and the plan was made without `delete_aliases=True`."""

    LINKS = "links"
    """Links lead to it, and the plan was made without `force_links=True`."""

    PROTECTED = "protected"
    """It, or a link to it, stands under a protected alias."""


_SENTENCES = {
    LeftOutReason.ALIASES: "has the aliases",
    LeftOutReason.LINKS: "has the links",
    LeftOutReason.PROTECTED: "stands under the protected aliases",
}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A version that a plan does not delete though its filters chose it, and why.

    Examples:
        See what a plan spares.

        ```python
        import hozon

        for item in hozon.Api().plan_delete("mnist").left_out:
            print(item.why)
            #> has the aliases reviewed
            #> has the aliases candidate, latest
        ```
    """

    path: ArtifactPath
    """Which version it is; as text, `entity/project/name:v0`."""

    reason: LeftOutReason
    """Why it stays."""

    names: tuple[str, ...]
    """What holds it: aliases, or paths of links or of protected aliases."""

    def __str__(self) -> str:
        """Write it as a sentence without a full stop."""
        return f"{self.path} {self.why}"

    @property
    def why(self) -> str:
        """The sentence without its subject."""
        return f"{_SENTENCES[self.reason]} {listed(self.names)}"


@dataclass(frozen=True, slots=True)
class PlanRules:
    """What a plan may take of a collection."""

    created_before: datetime | None = None
    """Only versions whose upload began before, UTC; None for any."""

    keep_newest: int = 0
    """How many committed versions with the highest numbers stay in each collection, 0 or more."""

    delete_aliases: bool = False
    """Whether versions with aliases may go, and their aliases with them."""

    force_links: bool = False
    """Whether versions with links may go, and the links with them."""


@dataclass(frozen=True, slots=True)
class DeletePlan:
    """What would be deleted, and what that would free."""

    at: ProjectPath
    """The project."""

    created_at: datetime
    """When the plan was made, UTC."""

    created_by: EntityName
    """Who made it."""

    delete_aliases: bool
    """Whether aliases go with their versions."""

    force_links: bool
    """Whether links go with their versions."""

    versions: tuple[PlannedVersion, ...]
    """What would be deleted, in the order in which it would be."""

    left_out: tuple[LeftOut, ...]
    """What the filters chose and the plan spares."""

    freed_bytes: int
    """What purging all of it would free, in bytes: the objects that nothing else reaches."""

    @property
    def size_bytes(self) -> int:
        """The sum of the sizes of its versions, in bytes."""
        return sum(version.size_bytes for version in self.versions)


@dataclass(frozen=True, slots=True)
class PlanReport:
    """What came of executing a plan. `DeletePlan.execute` returns it.

    Examples:
        Execute a plan, and then once more: nothing is left to do.

        ```python
        import hozon

        plan = hozon.Api().plan_delete("mnist")
        print(plan.execute())
        #> 1 deleted, 0 already gone, 0 failed
        print(plan.execute().already_gone)
        #> ('ada/digits/mnist:v1',)
        ```
    """

    deleted: tuple[str, ...]
    """The versions that were deleted, by path."""

    already_gone: tuple[str, ...]
    """The versions that had been deleted before, by path."""

    failed: Mapping[str, str]
    """The versions that changed meanwhile and were spared, by path, each with the reason."""

    def __str__(self) -> str:
        """Write the counts in one line, and a line for each version that was spared."""
        counts = f"{len(self.deleted)} deleted, {len(self.already_gone)} already gone"
        head = f"{counts}, {len(self.failed)} failed"
        return "\n".join((head, *(f"  {path} {why}" for path, why in self.failed.items())))


def cutoff(now: datetime, *, created_before: object, older_than: object) -> datetime | None:
    """Tell before when a version has to have begun for a plan to take it; None for any time.

    Args:
        now: The catalog's time, UTC.
        created_before: A time with a zone; None for any.
        older_than: An age, zero or more; None for any. Where both are given, both have to hold.

    Raises:
        InputError: The time has no zone, the age is negative or out of range, or one of them is
            another kind of thing.
    """
    times: list[datetime] = []
    if created_before is not None:
        if not isinstance(created_before, datetime) or created_before.tzinfo is None:
            raise InputError(
                f"created_before is {created_before!r}, which is no time with a zone",
                hint="Give an aware datetime, such as datetime(2026, 1, 31, tzinfo=UTC).",
            )
        times.append(created_before)
    if older_than is not None:
        if not isinstance(older_than, timedelta) or not timedelta() <= older_than < now - _EARLIEST:
            raise InputError(
                f"older_than is {older_than!r}, which is no age that a version could have",
                hint="Give a timedelta, such as timedelta(days=30).",
            )
        times.append(now - older_than)
    return min(times, default=None)


def check_keep_newest(value: object) -> int:
    """Accept how many versions of each collection stay.

    Args:
        value: A number, 0 or more.

    Raises:
        InputError: It is no such number.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InputError(
            f"keep_newest is {value!r}", hint="Give how many versions stay, 0 or more."
        )
    return value


def choose(
    newest_first: Iterable[VersionLook], *, rules: PlanRules
) -> tuple[list[VersionLook], list[LeftOut]]:
    """Tell which versions of one collection a plan takes.

    Args:
        newest_first: Its committed versions, the highest number first.
        rules: What may be taken.

    Returns:
        What is taken, in the order of deletion, and what is chosen but spared, oldest first.
    """
    taken: list[VersionLook] = []
    spared: list[LeftOut] = []
    for place, look in enumerate(newest_first):
        if place < rules.keep_newest:
            continue
        if rules.created_before is not None and look.created_at >= rules.created_before:
            continue
        held = obstacle(look, delete_aliases=rules.delete_aliases, force_links=rules.force_links)
        if held is None:
            taken.append(look)
        else:
            spared.append(held)
    # `latest` goes last. Where it falls while a plan is executed, nothing planned stands any more:
    # otherwise a plan that was interrupted would itself have changed what is left of it.
    taken.sort(key=lambda look: (LATEST in look.aliases, look.path.index))
    return taken, spared[::-1]


def obstacle(look: VersionLook, *, delete_aliases: bool, force_links: bool) -> LeftOut | None:
    """Tell what keeps a version from being deleted by a plan; None for nothing."""
    if look.protected:
        return LeftOut(look.path, LeftOutReason.PROTECTED, tuple(map(str, look.protected)))
    if look.aliases and not delete_aliases:
        return LeftOut(look.path, LeftOutReason.ALIASES, look.aliases)
    if look.links and not force_links:
        return LeftOut(look.path, LeftOutReason.LINKS, tuple(map(str, look.links)))
    return None


def planned(look: VersionLook) -> PlannedVersion:
    """Remember what a version looks like."""
    return PlannedVersion(
        path=look.path,
        digest=look.digest,
        size_bytes=look.size,
        aliases=look.aliases,
        links=look.links,
        updated_at=look.updated_at,
    )


def in_order(versions: Iterable[PlannedVersion]) -> list[PlannedVersion]:
    """Sort planned versions as they are to be deleted: by collection, `latest` last."""
    return sorted(
        versions,
        key=lambda version: (
            str(version.path.collection),
            LATEST in version.aliases,
            version.path.index,
        ),
    )


def difference(plan: DeletePlan, version: PlannedVersion, now: VersionLook | None) -> str | None:
    """Tell how a version that is not gone differs from what was planned; None for not at all.

    Args:
        plan: The plan.
        version: The version as it was planned.
        now: The version as it is; None where the catalog has none.

    Returns:
        A sentence without its subject.
    """
    if now is None:
        return "is not in this catalog"
    if now.digest != version.digest:
        return "has other content: the plan was made for another catalog"
    for kind, before, after in (
        ("aliases", version.aliases, now.aliases),
        ("links", version.links, now.links),
    ):
        if before != after:
            return f"has the {kind} {listed(after)} instead of {listed(before)}"
    held = obstacle(now, delete_aliases=plan.delete_aliases, force_links=plan.force_links)
    if held is None and now.updated_at != version.updated_at:
        return f"was edited or restored at {now.updated_at:%Y-%m-%d %H:%M:%S} UTC"
    return held.why if held else None


def check_unchanged(differences: Sequence[str]) -> None:
    """Let a plan be executed only while the world is what it was made for.

    Args:
        differences: Sentences without a full stop, one for each version that differs.

    Raises:
        PlanOutdatedError: There are some; the message names the first few.
    """
    if differences:
        more = len(differences) - _NAMED
        rest = f"; and {more} more" if more > 0 else ""
        raise PlanOutdatedError(
            f"The plan is outdated: {'; '.join(differences[:_NAMED])}{rest}",
            hint="This call deleted nothing. Make a new plan and look at it.",
        )


def listed(names: Sequence[object]) -> str:
    """Write names for people, the first few of them."""
    if not names:
        return "none"
    more = len(names) - _NAMED
    rest = f" and {more} more" if more > 0 else ""
    return f"{', '.join(map(str, names[:_NAMED]))}{rest}"
