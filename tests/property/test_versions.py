"""Properties of stored versions: what goes in comes out, and no history of calls breaks a rule."""

import shutil
import tempfile
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from hozon.bootstrap import open_catalog
from hozon.errors import AliasedVersionError, CollectionNotFoundError, LinkedVersionError
from hozon.model.access import Principal
from hozon.model.names import Alias, EntityName
from hozon.model.paths import ArtifactPath, CollectionPath
from hozon.model.places import PackSizes
from hozon.model.versions import LogOutcome, Version
from hozon.services.commit import commit_version
from hozon.services.contents import Contents, StagedFile
from hozon.services.context import Context
from hozon.services.delete import delete_collection, delete_version
from hozon.services.download import download_version
from hozon.services.edit import edit_version
from hozon.services.known_files import ForgetfulIndex, KnownFiles
from hozon.services.links import link_version, unlink_version
from hozon.services.resolve import list_versions, resolve_collection, resolve_version
from hozon.services.staging import StagingArea
from hozon.storage.local import LocalObjectStore
from hozon.testing.clocks import ManualClock
from hozon.testing.memory import MemoryObjectStore, MemoryReferences
from worlds import AT, MNIST, Logger

parts = st.sampled_from(["a", "b", "c d", "日本", "..x", "x.txt"])
paths = st.lists(parts, min_size=1, max_size=3).map("/".join)
ALIASES = ("best", "candidate")
PORTFOLIO = CollectionPath.parse("shared", default=AT)


def no_path_is_a_folder(files: dict[str, bytes]) -> bool:
    """Tell whether files can lie in one folder."""
    return not any(other.startswith(f"{path}/") for path in files for other in files)


contents = st.dictionaries(paths, st.binary(max_size=300), max_size=6).filter(no_path_is_a_folder)


@pytest.fixture(scope="module")
def make_context(
    migrated_catalog: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Context]:
    """Give a function that makes an installation on SQLite and a local folder."""

    def make() -> Context:
        folder = tmp_path_factory.mktemp("installation")
        shutil.copyfile(migrated_catalog, folder / "catalog.db")
        return Context(
            catalog=open_catalog(f"sqlite:///{folder}/catalog.db", clock=ManualClock()),
            store=LocalObjectStore(folder / "objects"),
            references=MemoryReferences(),
            principal=Principal(EntityName("ada"), operator=True),
            staging=folder / "staging",
            sizes=PackSizes(),
            cache=None,
            cache_bytes=0,
        )

    return make


def new_area(context: Context) -> StagingArea:
    """Make a staging area that knows no file."""
    known = KnownFiles(ForgetfulIndex(), stored=lambda _: (), clock=ManualClock())
    return StagingArea(context.staging, sizes=context.sizes, known=known)


def contents_of(area: StagingArea, files: Iterable[StagedFile]) -> Contents:
    """Put staged files together."""
    found = Contents()
    for file in files:
        found.put(file)
    area.seal()
    return found


@given(contents)
@settings(max_examples=20, deadline=None)
def test_files_come_out_as_they_went_in(
    make_context: Callable[[], Context], files: dict[str, bytes]
) -> None:
    """Through a folder that is added, a local store, and a download."""
    context = make_context()
    area = new_area(context)
    with tempfile.TemporaryDirectory() as source, tempfile.TemporaryDirectory() as target:
        for path, content in files.items():
            (Path(source) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(source) / path).write_bytes(content)
        logger = Logger(context, lambda _: contents_of(area, area.stage_folder(Path(source))))
        version = commit_version(context, logger.request(files={})).version
        root = download_version(context, version, Path(target))
        found = {p.relative_to(root).as_posix(): p for p in root.rglob("*") if p.is_file()}
        assert {path: file.read_bytes() for path, file in found.items()} == files
    area.clear()
    context.close()


class Versions(RuleBasedStateMachine):
    """Logs, links, deletes and edits versions of one collection, beside a model in plain Python."""

    template: ClassVar[Path]

    def __init__(self) -> None:
        """Begin with an empty installation and an empty model."""
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copyfile(self.template, self.folder / "catalog.db")
        self.context = Context(
            catalog=open_catalog(f"sqlite:///{self.folder}/catalog.db", clock=ManualClock()),
            store=MemoryObjectStore(),
            references=MemoryReferences(),
            principal=Principal(EntityName("ada"), operator=True),
            staging=self.folder / "staging",
            sizes=PackSizes(),
            cache=None,
            cache_bytes=0,
        )
        self.area = new_area(self.context)
        self.logger = Logger(
            self.context,
            lambda files: contents_of(
                self.area, (self.area.stage_chunks([c], path=p) for p, c in files.items())
            ),
        )
        self.contents: dict[int, str] = {}
        self.pointers: dict[str, int] = {}
        self.next_index = 0
        self.links: dict[int, int] = {}
        self.link_latest: int | None = None
        self.next_link = 0

    def teardown(self) -> None:
        """Remove everything."""
        self.area.clear()
        self.context.close()
        shutil.rmtree(self.folder)

    def find(self, choice: int) -> Version | None:
        """Look up one of the versions that the model has."""
        if not self.contents:
            return None
        index = sorted(self.contents)[choice % len(self.contents)]
        return resolve_version(self.context, ArtifactPath.at_index(MNIST, index))

    def settle_latest(self) -> None:
        """Let the model's `latest` fall to the newest version, if it has none."""
        self.pointers = {a: i for a, i in self.pointers.items() if i in self.contents}
        if self.contents:
            self.pointers.setdefault("latest", max(self.contents))

    @rule(text=st.sampled_from("abcd"), given=st.sets(st.sampled_from(ALIASES)))
    def log(self, text: str, given: set[str]) -> None:
        """Log content that may be new, that of `latest`, or that of another version."""
        result = self.logger.log(text, *sorted(given))
        known = [index for index, content in self.contents.items() if content == text]
        if not known:
            assert result.outcome is LogOutcome.CREATED
            known, self.next_index = [self.next_index], self.next_index + 1
        elif self.pointers["latest"] in known:
            assert result.outcome is LogOutcome.UNCHANGED
        else:
            assert result.outcome is LogOutcome.REUSED
        assert result.version.index == known[0]
        self.contents[known[0]] = text
        self.pointers |= dict.fromkeys({"latest", *given}, known[0])

    @rule(choice=st.integers(0, 9), delete_aliases=st.booleans(), force_links=st.booleans())
    def delete(self, choice: int, *, delete_aliases: bool, force_links: bool) -> None:
        """Delete a version, which its aliases or its links may forbid."""
        version = self.find(choice)
        if version is None:
            return
        refusal: type[Exception] | None = None
        if version.aliases and not delete_aliases:
            refusal = AliasedVersionError
        elif version.index in self.links.values() and not force_links:
            refusal = LinkedVersionError
        with pytest.raises(refusal) if refusal else nullcontext():
            delete_version(
                self.context, version, delete_aliases=delete_aliases, force_links=force_links
            )
        if refusal is None:
            del self.contents[version.index]
            self.settle_latest()
            self.drop_links()

    @rule(choice=st.integers(0, 9))
    def link(self, choice: int) -> None:
        """Link a version, for the first time or again."""
        version = self.find(choice)
        if version is None:
            return
        link = link_version(self.context, version, PORTFOLIO, aliases=[])
        if version.index not in self.links.values():
            self.links[self.next_link] = version.index
            self.next_link += 1
        assert self.links[link.index] == version.index
        self.link_latest = link.index

    @rule(choice=st.integers(0, 9))
    def unlink(self, choice: int) -> None:
        """Remove a link."""
        if not self.links:
            return
        index = sorted(self.links)[choice % len(self.links)]
        unlink_version(
            self.context, resolve_version(self.context, ArtifactPath.at_index(PORTFOLIO, index))
        )
        del self.links[index]
        self.drop_links()

    def drop_links(self) -> None:
        """Let the model's links go that lead nowhere, and `latest` fall to the newest link."""
        self.links = {link: i for link, i in self.links.items() if i in self.contents}
        if self.link_latest not in self.links:
            self.link_latest = max(self.links, default=None)

    @rule(choice=st.integers(0, 9), wanted=st.sets(st.sampled_from(("latest", *ALIASES))))
    def edit(self, choice: int, wanted: set[str]) -> None:
        """Give a version exactly these aliases."""
        version = self.find(choice)
        if version is None:
            return
        edit_version(
            self.context,
            version,
            aliases=[Alias(alias) for alias in sorted(wanted)],
            notes=replace(version.notes, description="edited"),
        )
        self.pointers = {a: i for a, i in self.pointers.items() if i != version.index}
        self.pointers |= dict.fromkeys(wanted, version.index)
        self.settle_latest()

    @rule()
    def delete_all(self) -> None:
        """Delete the collection, which needs a version."""
        try:
            collection = resolve_collection(self.context, MNIST)
        except CollectionNotFoundError:
            assert not self.contents
            return
        if self.links:
            with pytest.raises(LinkedVersionError):
                delete_collection(self.context, collection)
        deleted = delete_collection(self.context, collection, force_links=True)
        assert deleted == len(self.contents)
        self.contents.clear()
        self.pointers.clear()
        self.drop_links()

    @invariant()
    def the_listing_is_that_of_the_model(self) -> None:
        """Numbers and aliases; so `latest` never dangles and no number comes back."""
        try:
            collection = resolve_collection(self.context, MNIST)
        except CollectionNotFoundError:
            assert not self.contents
            return
        page = list_versions(self.context, collection).page(after=None, limit=100)
        listed = {item.value.index: item.value for item in page}
        assert list(listed) == sorted(self.contents, reverse=True)
        pointers = {str(alias): index for index, v in listed.items() for alias in v.aliases}
        assert pointers == self.pointers
        assert pointers["latest"] in self.contents

    @invariant()
    def the_portfolio_is_that_of_the_model(self) -> None:
        """Numbers, sources and `latest`; so no link leads to a version that is gone."""
        try:
            portfolio = resolve_collection(self.context, PORTFOLIO)
        except CollectionNotFoundError:
            assert not self.links
            return
        page = list_versions(self.context, portfolio).page(after=None, limit=100)
        listed = {item.value.index: item.value for item in page}
        sources = {index: str(link.source) for index, link in listed.items()}
        assert sources == {link: f"{MNIST}:v{index}" for link, index in self.links.items()}
        latest = [index for index, link in listed.items() if "latest" in link.aliases]
        assert latest == [self.link_latest]

    @invariant()
    def every_version_can_be_downloaded(self) -> None:
        """With the content that was logged; a link with that of its source."""
        paths = {ArtifactPath.at_index(MNIST, index): text for index, text in self.contents.items()}
        for link, index in self.links.items():
            paths[ArtifactPath.at_index(PORTFOLIO, link)] = self.contents[index]
        for path, text in paths.items():
            version = resolve_version(self.context, path)
            with tempfile.TemporaryDirectory(dir=self.folder) as root:
                download_version(self.context, version, Path(root))
                assert (Path(root) / "data.txt").read_text() == text


def test_no_history_breaks_a_rule(migrated_catalog: Path) -> None:
    """Whatever is logged, linked, deleted and edited, catalog and model agree."""
    Versions.template = migrated_catalog
    run_state_machine_as_test(
        Versions,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
