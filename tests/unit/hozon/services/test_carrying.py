"""Carrying: what a team takes over from others is copied into its own store."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from collecting import download, keys_of
from hozon.errors import DigestMismatchError, MissingObjectError
from hozon.model.digests import digest_of_chunks
from hozon.model.names import EntityName
from hozon.model.paths import CollectionPath, ProjectPath
from hozon.model.places import PackSizes
from hozon.ports.object_store import ObjectStore
from hozon.services.carrying import Part, carry
from hozon.services.commit import commit_version
from hozon.services.contents import Contents, LocalFile, StagedFile
from hozon.services.context import Context
from hozon.services.resolve import load_manifest
from hozon.testing.faulty import Fault, FaultyObjectStore
from hozon.testing.memory import MemoryObjectStore
from worlds import Logger, Stage

TEAM = EntityName("vision")
THEIRS = CollectionPath.parse("mnist", default=ProjectPath.of(TEAM, "digits"))
SIZES = PackSizes(pack_bytes=20, packed_file_bytes=10, gap_bytes=0)
FILES = {f"{number}.txt": b"file %d" % number for number in range(5)} | {"large": b"x" * 5_000_000}


class OneConnector:
    """The connector of one team."""

    def __init__(self, store: ObjectStore) -> None:
        """Keep its bytes there."""
        self.store = store

    @property
    def teams(self) -> list[EntityName]:
        """Name the team."""
        return [TEAM]

    def open(self, team: EntityName) -> ObjectStore:
        """Give its store."""
        assert team == TEAM
        return self.store

    def close(self) -> None:
        """Keep it open."""


@pytest.fixture
def main_store(store: MemoryObjectStore) -> FaultyObjectStore:
    """Give the main store, which lies when it is told to."""
    return FaultyObjectStore(store)


@pytest.fixture
def their_store() -> MemoryObjectStore:
    """Give the store of the team."""
    return MemoryObjectStore()


@pytest.fixture
def connected(
    context: Context, main_store: FaultyObjectStore, their_store: MemoryObjectStore
) -> Context:
    """Give an installation in which one team has a store of its own."""
    connectors = OneConnector(their_store)
    return replace(context, store=main_store, connectors=connectors, sizes=SIZES)


@pytest.fixture
def taken_over(connected: Context, stage: Stage) -> Contents:
    """Give what a draft takes over from a version of the main store."""
    logger = Logger(connected, stage)
    version = commit_version(connected, logger.request(files=FILES)).version
    contents = Contents()
    for entry in load_manifest(connected, version.id).entries.values():
        contents.put(StagedFile(entry, None))
    return contents


def test_everything_arrives_in_the_other_store(
    connected: Context, taken_over: Contents, stage: Stage, their_store: MemoryObjectStore
) -> None:
    """Small files in packs as large as may be, a large one under a key of its own."""
    request = replace(
        Logger(connected, stage).request(files={}), collection=THEIRS, contents=taken_over
    )
    version = commit_version(connected, request).version
    assert version.store == TEAM
    assert sorted(key.partition("/")[0] for key in keys_of(their_store)) == [
        "objects",
        "packs",
        "packs",
    ]
    assert download(connected, version, connected.staging / "copy") == FILES


def test_files_that_were_carried_go_when_they_are_stored(
    connected: Context, taken_over: Contents, stage: Stage
) -> None:
    """Nothing is left on this machine."""
    request = replace(
        Logger(connected, stage).request(files={}), collection=THEIRS, contents=taken_over
    )
    before = set(connected.staging.rglob("*"))
    commit_version(connected, request)
    assert set(connected.staging.rglob("*")) <= before


@pytest.mark.parametrize("fault", [Fault.FLIP, Fault.SWAP])
def test_a_store_that_lies_is_not_believed(
    connected: Context,
    taken_over: Contents,
    stage: Stage,
    main_store: FaultyObjectStore,
    their_store: MemoryObjectStore,
    fault: Fault,
) -> None:
    """Nothing is logged; the next try succeeds."""
    request = replace(
        Logger(connected, stage).request(files={}), collection=THEIRS, contents=taken_over
    )
    main_store.on_read = fault
    with pytest.raises(DigestMismatchError):
        commit_version(connected, request)
    main_store.on_read = None
    version = commit_version(connected, request).version
    assert version.index == 0
    assert download(connected, version, connected.staging / "copy") == FILES
    assert their_store.keys("")


def test_what_nobody_holds_is_named(connected: Context, tmp_path: Path) -> None:
    """By its digest: no path is known here."""
    digest = digest_of_chunks([b"never stored"])
    with pytest.raises(MissingObjectError, match=f"No store holds {digest[:12]}") as caught:
        list(carry(connected, [(digest, 0, 12)], tmp_path))
    assert "Make the draft again" in caught.value.hint


def test_many_objects_are_carried_some_at_a_time(
    connected: Context, stage: Stage, tmp_path: Path
) -> None:
    """As many as one key may hold lie on this machine at once, not all of them."""
    logger = Logger(connected, stage)
    version = commit_version(connected, logger.request(files=FILES)).version
    contents = dict(load_manifest(connected, version.id).contents())
    missing = [(digest, 0, size) for digest, size in contents.items()]
    theirs = connected.at(version.store)
    folder, most = tmp_path / "carried", 0
    folder.mkdir()
    for file, parts in _removed_when_used(carry(theirs, missing, folder)):
        assert sum(length for _, _, length in parts) == file.stat().st_size
        most = max(most, len(list(folder.iterdir())))
    assert most == 1


def _removed_when_used(
    carried: Iterable[tuple[LocalFile, Sequence[Part]]],
) -> Iterator[tuple[Path, Sequence[Part]]]:
    """Do as an upload does: a file goes when it was stored."""
    for file, parts in carried:
        path = file.path
        yield path, parts
        path.unlink()
