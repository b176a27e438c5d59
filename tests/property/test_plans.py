"""Properties of plans: what they say is freed is freed, and a file gives back all of a plan."""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from hozon.bootstrap import open_catalog
from hozon.model.digests import ManifestDigest
from hozon.model.names import Alias, EntityName
from hozon.model.paths import ArtifactPath, ProjectPath
from hozon.model.plan_files import decode_plan, encode_plan
from hozon.model.plans import DeletePlan, LeftOut, LeftOutReason, PlannedVersion
from hozon.model.usage import NamePatterns
from hozon.model.versions import VersionId
from hozon.ports.catalog import CatalogSession
from hozon.testing.clocks import ManualClock
from hozon.testing.records import AT, LATER, make_collection, new_version, read_all, soft_delete
from hozon.testing.usage import digest, holding, length

LETTERS = "abcdefgh"


@dataclass(frozen=True)
class Drawn:
    """A version to be: its collection, its contents, what becomes of it, and what it refers to."""

    collection: str
    letters: str
    fate: str
    refers_to: int | None
    chosen: bool


drawn = st.builds(
    Drawn,
    collection=st.sampled_from(["one", "two"]),
    letters=st.text(LETTERS, max_size=4),
    fate=st.sampled_from(["committed", "committed", "deleted", "purged"]),
    refers_to=st.none() | st.integers(0, 9),
    chosen=st.booleans(),
)


@dataclass(frozen=True)
class World:
    """What a catalog holds, in plain Python."""

    letters: Mapping[VersionId, set[str]]
    """What each version that is not purged reaches."""

    sources: Mapping[VersionId, VersionId]
    """Which version each of some refers to."""

    pinned: set[str]
    """What an upload holds."""

    def reachable(self, versions: set[VersionId]) -> int:
        """Add up what some versions and the upload reach."""
        reached = self.pinned.union(*(self.letters[version] for version in versions))
        return sum(map(length, reached))

    def left_after(self, chosen: set[VersionId]) -> set[VersionId]:
        """Purge versions one by one, as a collector does: none while another one refers to it."""
        left = set(self.letters)
        while True:
            referred = {self.sources[version] for version in left if version in self.sources}
            due = (chosen & left) - referred
            # Two that refer to each other cannot be: one was there before.
            if not due:
                return left
            left -= due


def build(session: CatalogSession, plans: list[Drawn], pinned: set[str]) -> World:
    """Write the world into a catalog."""
    letters: dict[VersionId, set[str]] = {}
    sources: dict[VersionId, VersionId] = {}
    made: list[VersionId] = []
    purged: list[VersionId] = []
    for plan in plans:
        source = made[plan.refers_to % len(made)] if made and plan.refers_to is not None else None
        own = min(letters[source], default=None) if source is not None else None
        refers_to = {own: source} if source is not None and own is not None else None
        version = holding(
            session, make_collection(session, plan.collection), plan.letters, refers_to=refers_to
        )
        letters[version] = {*plan.letters, *(refers_to or ())}
        if source is not None and refers_to:
            sources[version] = source
        made.append(version)
    for plan, version in zip(plans, made, strict=True):
        if plan.fate != "committed":
            soft_delete(session, version)
        # A collector purges nothing that another version refers to.
        if plan.fate == "purged" and version not in sources.values():
            purged.append(version)
    session.garbage.purge(purged, by="ada", now=LATER)
    upload = session.versions.open(make_collection(session, "upload").key, new_version("upload"))
    session.objects.pin(upload, map(digest, sorted(pinned)))
    for version in purged:
        letters.pop(version)
        sources.pop(version, None)
    return World(letters, sources, pinned)


@given(plans=st.lists(drawn, max_size=8), pinned=st.sets(st.sampled_from(LETTERS), max_size=2))
@settings(max_examples=40)
def test_what_a_plan_says_is_freed_is_freed(
    migrated_catalog: Path, plans: list[Drawn], pinned: set[str]
) -> None:
    """What is reached before, less what is reached when a collector has purged what was chosen."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalog.db"
        shutil.copyfile(migrated_catalog, path)
        catalog = open_catalog(f"sqlite:///{path}", clock=ManualClock())
        with catalog.write() as session:
            world = build(session, plans, pinned)
            everything = set(world.letters)
            chosen = {
                version
                for plan, version in zip(plans, range(1, len(plans) + 1), strict=True)
                if plan.chosen and version in everything
            }
            before = world.reachable(everything)
            after = world.reachable(world.left_after({VersionId(key) for key in chosen}))
            assert session.usage.freed_bytes(map(VersionId, chosen)) == before - after
            check_usage(session, world)
        catalog.close()


def check_usage(session: CatalogSession, world: World) -> None:
    """Hold the figures of each collection and version against the world."""
    listing = session.usage.by_collection(AT, names=NamePatterns(()), type_name=None)
    for usage in read_all(listing):
        own = {look.version: look.live for look in _versions(session, usage.name)}
        others = set(world.letters) - set(own)
        live = set[str]().union(*(world.letters[v] for v, is_live in own.items() if is_live))
        elsewhere = world.pinned.union(*(world.letters[version] for version in others))
        assert usage.total_bytes == sum(map(length, live))
        assert usage.unique_bytes == sum(map(length, live - elsewhere))
        assert usage.versions == sum(own.values())
        assert usage.deleted_versions == len(own) - sum(own.values())
        for version in read_all(session.usage.by_version(usage.path)):
            (key,) = (
                look.id
                for look in session.usage.looks_at(usage.path, [version.path.index or 0]).values()
            )
            rest = world.pinned.union(
                *(found for other, found in world.letters.items() if other != key)
            )
            assert version.total_bytes == sum(map(length, world.letters[key]))
            assert version.unique_bytes == sum(map(length, world.letters[key] - rest))


@dataclass(frozen=True)
class _Version:
    version: VersionId
    live: bool


def _versions(session: CatalogSession, name: str) -> list[_Version]:
    """List the versions of a collection that are not purged."""
    path = make_collection(session, name).path
    looks = session.usage.looks_at(path, range(20)).values()
    return [_Version(look.id, not look.is_gone) for look in looks if look.state != "PURGED"]


names = st.from_regex(r"[A-Za-z0-9_-]{1,8}", fullmatch=True)
aliases = st.sampled_from(["best", "日本", "a b", "x.y", "é", "'\"\\"]).map(Alias)
times = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  The strategy adds the zone.
projects = st.builds(ProjectPath.of, names, names)
versions = st.builds(
    lambda at, name, index: ArtifactPath.parse(f"{at}/{name}:v{index}", default=AT),
    projects,
    names,
    st.integers(0, 10**6),
)
planned = st.builds(
    PlannedVersion,
    path=versions,
    digest=st.binary(min_size=32, max_size=32).map(lambda data: ManifestDigest(data.hex())),
    size_bytes=st.integers(0, 10**15),
    aliases=st.lists(aliases, max_size=3).map(tuple),
    links=st.lists(versions, max_size=2).map(tuple),
    updated_at=times,
)
plan_values = st.builds(
    DeletePlan,
    at=projects,
    created_at=times,
    created_by=names.map(EntityName),
    delete_aliases=st.booleans(),
    force_links=st.booleans(),
    versions=st.lists(planned, max_size=4, unique_by=lambda v: v.path).map(tuple),
    left_out=st.lists(
        st.builds(
            LeftOut,
            path=versions,
            reason=st.sampled_from(LeftOutReason),
            names=st.lists(aliases.map(str), max_size=3).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
    freed_bytes=st.integers(0, 10**15),
)


@given(plan_values)
def test_a_file_gives_back_all_of_a_plan(plan: DeletePlan) -> None:
    """Names, numbers and times, to the microsecond."""
    assert decode_plan(encode_plan(plan), name="plan.json") == plan
    assert decode_plan(encode_plan(plan).encode(), name="plan.json") == plan
