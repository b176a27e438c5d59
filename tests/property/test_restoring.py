"""Properties of deletes and restores: what goes comes back, and nothing is taken from anybody."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hozon.bootstrap import open_catalog
from hozon.model.access import Principal
from hozon.model.names import LATEST, Alias, EntityName
from hozon.model.paths import ArtifactPath, CollectionPath
from hozon.model.places import PackSizes
from hozon.model.versions import Version, VersionState
from hozon.services.contents import Contents
from hozon.services.context import Context
from hozon.services.delete import delete_collection, delete_version
from hozon.services.edit import edit_version
from hozon.services.known_files import ForgetfulIndex, KnownFiles
from hozon.services.links import link_version, unlink_version
from hozon.services.resolve import resolve_collection
from hozon.services.restore import list_deleted, restore_collection, restore_version
from hozon.services.staging import StagingArea
from hozon.testing.clocks import ManualClock
from hozon.testing.memory import MemoryObjectStore, MemoryReferences
from worlds import AT, MNIST, Logger

ALIASES = ("a", "b", "c")
PORTFOLIOS = tuple(CollectionPath.parse(name, default=AT) for name in ("team", "shared"))
VERSIONS = 4
TICK = timedelta(seconds=1)

QUICK = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

Step = tuple[str, int, str]
"""What is done, to which version, with which alias or portfolio."""

Picture = Mapping[str, str]
"""Every path of a version, and every alias, with what it leads to."""

steps = st.lists(
    st.tuples(
        st.sampled_from(["log", "alias", "plain", "link", "unlink", "delete", "restore"]),
        st.integers(0, VERSIONS - 1),
        st.sampled_from(ALIASES),
    ),
    max_size=8,
)
"""A short history."""


class World:
    """A collection of a few versions, and two portfolios."""

    def __init__(self, context: Context, logger: Logger, clock: ManualClock) -> None:
        """Log the versions."""
        self.context, self.logger, self.clock = context, logger, clock
        self.versions = [logger.log(str(number)).version for number in range(VERSIONS)]

    def now(self, number: int) -> Version:
        """Read a version as it is."""
        with self.context.catalog.read() as session:
            return session.versions.get(self.versions[number].id)

    def do(self, step: Step) -> None:
        """Take a step, if it can be taken."""
        self.clock.advance(TICK)
        kind, number, name = step
        version, portfolio = self.now(number), PORTFOLIOS[name == "a"]
        there = version.state is VersionState.COMMITTED
        if kind == "restore" and not there:
            restore_version(self.context, version)
        elif kind == "log":
            self.logger.log(str(number) if there else f"{number} again", name)
        elif kind == "plain":
            self.logger.log(str(number))
        elif not there:
            return
        elif kind == "alias":
            wanted = [*version.aliases, Alias(name)]
            edit_version(self.context, version, aliases=wanted, notes=version.notes)
        elif kind == "link":
            link_version(self.context, version, portfolio, aliases=[Alias(name)])
        elif kind == "unlink":
            with self.context.catalog.read() as session:
                links = session.links.to_version(version.id)
            for link in links[:1]:
                unlink_version(self.context, link)
        elif kind == "delete":
            self.delete(number)

    def delete(self, number: int) -> None:
        """Delete a version with all that holds it."""
        delete_version(self.context, self.now(number), delete_aliases=True, force_links=True)

    def picture(self) -> Picture:
        """Draw what whoever looks something up would find."""
        found: dict[str, str] = {}
        with self.context.catalog.read() as session:
            for path in (MNIST, *PORTFOLIOS):
                collection = session.collections.find(path)
                if collection is None:
                    continue
                for item in session.versions.listing(collection.key).page(after=None, limit=99):
                    found[str(item.value.path)] = str(item.value.origin)
                for alias, key in session.collections.pointers(collection.key).items():
                    found[str(ArtifactPath(path, alias))] = str(session.versions.get(key).path)
        return found

    def latest_is_newest(self) -> bool:
        """Tell whether `latest` of every collection is on its newest version."""
        with self.context.catalog.read() as session:
            return all(
                session.collections.pointers(found.key).get(LATEST)
                == session.versions.newest(found.key)
                for path in (MNIST, *PORTFOLIOS)
                if (found := session.collections.find(path))
            )


def newest(picture: Picture, name: str) -> str:
    """Find the newest version of the collection of an alias."""
    collection, _, _ = name.partition(":")
    numbers = (path.rpartition(":v")[2] for path in picture if path.startswith(f"{collection}:v"))
    return f"{collection}:v{max(int(number) for number in numbers if number.isdecimal())}"


@contextmanager
def new_world(template: Path) -> Iterator[World]:
    """Make an installation, and remove it again."""
    folder, clock = Path(tempfile.mkdtemp()), ManualClock()
    shutil.copyfile(template, folder / "catalog.db")
    context = Context(
        catalog=open_catalog(f"sqlite:///{folder}/catalog.db", clock=clock),
        store=MemoryObjectStore(),
        references=MemoryReferences(),
        principal=Principal(EntityName("ada"), operator=True),
        staging=folder / "staging",
        sizes=PackSizes(),
        cache=None,
        cache_bytes=0,
    )
    known = KnownFiles(ForgetfulIndex(), stored=lambda _: (), clock=clock)
    area = StagingArea(context.staging, sizes=context.sizes, known=known)

    def stage(files: Mapping[str, bytes]) -> Contents:
        contents = Contents()
        for path, content in files.items():
            contents.put(area.stage_chunks([content], path=path))
        area.seal()
        return contents

    try:
        yield World(context, Logger(context, stage), clock)
    finally:
        area.clear()
        context.close()
        shutil.rmtree(folder)


@given(history=steps, number=st.integers(0, VERSIONS - 1))
@QUICK
def test_a_version_that_is_restored_at_once_is_as_it_was(
    migrated_catalog: Path, history: list[Step], number: int
) -> None:
    """Aliases and links included; `latest` as long as nobody put it on an old version."""
    with new_world(migrated_catalog) as world:
        for step in history:
            world.do(step)
        assume(world.now(number).state is VersionState.COMMITTED)
        assume(world.latest_is_newest())
        before = world.picture()
        world.clock.advance(TICK)
        world.delete(number)
        world.clock.advance(TICK)
        restored = restore_version(world.context, world.now(number))
        assert world.picture() == before
        assert (restored.conflicts, restored.lost_links) == ({}, ())


@given(history=steps, choice=st.integers(0, len(PORTFOLIOS)))
@QUICK
def test_a_collection_that_is_restored_at_once_is_as_it_was(
    migrated_catalog: Path, history: list[Step], choice: int
) -> None:
    """Wherever `latest` was, in a sequence as in a portfolio."""
    path = (MNIST, *PORTFOLIOS)[choice]
    with new_world(migrated_catalog) as world:
        for step in history:
            world.do(step)
        before = world.picture()
        assume(any(name.startswith(f"{path}:") for name in before))
        world.clock.advance(TICK)
        collection = resolve_collection(world.context, path)
        delete_collection(world.context, collection, force_links=True)
        world.clock.advance(TICK)
        restored = restore_collection(world.context, path)
        assert world.picture() == before
        assert (restored.conflicts, restored.lost_links) == ({}, ())


@given(history=steps, number=st.integers(0, VERSIONS - 1), since=steps)
@QUICK
def test_a_restore_takes_nothing_from_anybody(
    migrated_catalog: Path, history: list[Step], number: int, since: list[Step]
) -> None:
    """Whatever happened since: what was there stays, `latest` moves to the newest or not at all."""
    with new_world(migrated_catalog) as world:
        for step in history:
            world.do(step)
        assume(world.now(number).state is VersionState.COMMITTED)
        world.delete(number)
        for step in since:
            world.do(step)
        assume(world.now(number).state is VersionState.DELETED)
        before = world.picture()
        world.clock.advance(TICK)
        restored = restore_version(world.context, world.now(number))
        after = world.picture()
        moved = {name for name, found in before.items() if after.get(name) != found}
        assert all(name.endswith(f":{LATEST}") for name in moved)
        assert all(after[name] == newest(after, name) for name in moved)
        new = after.keys() - before.keys()
        assert new | moved == {*restored.versions, *restored.links, *restored.aliases}
        for name, holder in restored.conflicts.items():
            assert after[name] == holder
        links = [(name.partition(":")[0], found) for name, found in after.items() if name != found]
        sources = [link for link in links if link[1].startswith(f"{MNIST}:")]
        of_portfolios = [link for link in sources if link[0] != str(MNIST)]
        assert len(of_portfolios) == len(set(of_portfolios))


@given(history=steps)
@QUICK
def test_everything_that_is_listed_can_be_restored(
    migrated_catalog: Path, history: list[Step]
) -> None:
    """In the order of the list, all sources first; then nothing is left to restore."""
    with new_world(migrated_catalog) as world:
        for step in history:
            world.do(step)
        while True:
            listing = list_deleted(world.context, AT, type_name=None, name=MNIST.name)
            page = listing.page(after=None, limit=1)
            if not page:
                break
            restore_version(world.context, page[0].value)
        picture = world.picture()
        assert all(str(version.path) in picture for version in world.versions)
