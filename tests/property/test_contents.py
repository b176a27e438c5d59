"""Properties of what moves bytes: cut apart, put together, and the same again."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hozon.bootstrap import open_catalog
from hozon.model.access import Principal
from hozon.model.digests import ContentDigest
from hozon.model.manifest import ManifestEntry
from hozon.model.names import EntityName, TypeName
from hozon.model.places import PackSizes, Place, runs_of
from hozon.model.sizes import parse_size
from hozon.services.commit import CommitRequest, commit_version
from hozon.services.contents import Contents, LocalFile, LocalRange, StagedFile
from hozon.services.context import Context
from hozon.services.download import download_version
from hozon.services.known_files import ForgetfulIndex, KnownFiles
from hozon.services.staging import StagingArea
from hozon.services.transfers import Receiver, fetch
from hozon.testing.clocks import ManualClock
from hozon.testing.memory import MemoryObjectStore, MemoryReferences
from worlds import MNIST

sizes = st.builds(
    PackSizes,
    pack_bytes=st.integers(1, 60),
    packed_file_bytes=st.integers(0, 30),
    gap_bytes=st.integers(0, 20),
    run_bytes=st.integers(1, 60),
)
layouts = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 9)), max_size=12)
"""Lengths of places, each with the gap before it."""


def places_in(key: str, layout: list[tuple[int, int]]) -> list[Place]:
    """Lay places out one behind the other."""
    made, at = [], 0
    for length, gap in layout:
        made.append(Place(key, at + gap, length))
        at += gap + length
    return made


class ChoppyStore(MemoryObjectStore):
    """Gives chunks of the lengths that it is told."""

    def __init__(self, content: bytes, cuts: list[int]) -> None:
        """Hold one object."""
        super().__init__()
        self._objects["k"] = content
        self._cuts = cuts

    def read(self, place: Place) -> Iterator[bytes]:
        """Cut what the range holds."""
        left, number = b"".join(super().read(place)), 0
        while left:
            cut = self._cuts[number % len(self._cuts)]
            yield left[:cut]
            left, number = left[cut:], number + 1


@pytest.fixture(scope="module")
def module_context(
    tmp_path_factory: pytest.TempPathFactory, migrated_catalog: Path
) -> Iterator[Context]:
    """Give one catalog to all examples: each logs into a collection of its own content."""
    folder = tmp_path_factory.mktemp("property")
    shutil.copyfile(migrated_catalog, folder / "catalog.db")
    context = Context(
        catalog=open_catalog(f"sqlite:///{folder / 'catalog.db'}", clock=ManualClock()),
        store=MemoryObjectStore(),
        references=MemoryReferences(),
        principal=Principal(EntityName("ada"), operator=True),
        staging=folder / "staging",
        sizes=PackSizes(),
        cache=None,
        cache_bytes=0,
    )
    yield context
    context.close()


@given(
    layout=layouts,
    cuts=st.lists(st.integers(1, 20), min_size=1, max_size=4),
    chosen=sizes,
    threads=st.integers(1, 3),
    large=st.integers(0, 12),
)
@settings(max_examples=60)
def test_every_place_is_read_exactly(
    module_context: Context,
    layout: list[tuple[int, int]],
    cuts: list[int],
    chosen: PackSizes,
    threads: int,
    large: int,
) -> None:
    """Whatever the gaps, the chunks and the runs, small or large: the bytes that lie there."""
    places = places_in("k", layout)
    end = max((place.end for place in places), default=0)
    content = hashlib.shake_256(repr(layout).encode()).digest(end)
    wanted = {
        ContentDigest(hashlib.sha256(content[p.offset : p.end]).hexdigest()): p for p in places
    }
    found: dict[str, bytes] = {}
    receiver = Receiver(
        small=found.__setitem__,
        large=lambda digest, chunks: found.__setitem__(digest, b"".join(chunks)),
        name=str,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hozon.services.transfers.SMALL_BYTES", large)
        context = replace(module_context, store=ChoppyStore(content, cuts), sizes=chosen)
        fetch(context, wanted, receiver, threads=threads)
    assert found == {digest: content[p.offset : p.end] for digest, p in wanted.items()}


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 99), st.integers(0, 20))),
    sizes,
)
def test_runs_cover_each_place_once(
    given_places: list[tuple[str, int, int]], chosen: PackSizes
) -> None:
    """Each run is of one key, in order, and within its bounds unless it is one place."""
    places = [Place(*place) for place in given_places]
    runs = list(runs_of(places, sizes=chosen))
    assert sorted(map(repr, (place for run in runs for place in run))) == sorted(
        map(repr, set(places))
    )
    for run in runs:
        assert len({place.key for place in run}) == 1
        assert [p.offset for p in run] == sorted(p.offset for p in run)
        assert len(run) == 1 or run[-1].end - run[0].offset <= chosen.run_bytes
        assert all(b.offset - a.end <= chosen.gap_bytes for a, b in pairwise(run))


entries = st.builds(
    lambda path, digest, size, ref: ManifestEntry(path, f"{digest:02x}" * 32, size, ref),
    st.sampled_from("abcd"),
    st.integers(0, 255),
    st.one_of(st.none(), st.integers(0, 99)),
    st.sampled_from([None, "s3://b/k", "hozon-artifact://7/a"]),
)
LOCAL = [LocalRange(LocalFile(Path(str(n)), private=True), n, 5) for n in range(2)]
steps = st.lists(
    st.one_of(
        st.builds(
            lambda entry, at: StagedFile(
                entry, LOCAL[at] if at < 2 and entry.size == 5 and not entry.ref else None
            ),
            entries,
            st.integers(0, 3),
        ),
        st.sampled_from("abcd"),
    ),
    max_size=20,
)


@given(steps)
def test_contents_behave_as_a_dictionary(taken: list[StagedFile | str]) -> None:
    """Putting and removing in any order, against a real one."""
    contents, model = Contents(), dict[str, StagedFile]()
    for step in taken:
        if isinstance(step, StagedFile):
            contents.put(step)
            model[step.entry.path] = step
        elif step in model:
            contents.remove(step)
            del model[step]
        assert list(contents) == [model[path] for path in sorted(model)]
        assert len(contents) == len(model)
        assert contents.size == sum(file.size for file in model.values())
        assert {path: contents.get(path) for path in "abcd"} == {p: model.get(p) for p in "abcd"}
    needed = sorted(
        (f.entry.content, f.at.offset if f.at else 0, f.size)
        for f in model.values()
        if f.entry.content
    )
    assert sorted(part for _, parts in contents.by_file() for part in parts) == needed


@given(st.dictionaries(st.from_regex(r"[a-z]/?[a-z]", fullmatch=True), st.integers(0, 40)), sizes)
@settings(max_examples=30)
def test_what_is_packed_is_unpacked(
    module_context: Context, lengths: dict[str, int], chosen: PackSizes
) -> None:
    """Files of any size around the limits come out of a version as they went in."""
    files = {
        path: hashlib.shake_256(f"{path} {chosen}".encode()).digest(length)
        for path, length in lengths.items()
        if not any(other.startswith(f"{path}/") for other in lengths)
    }
    context = replace(module_context, sizes=chosen)
    with tempfile.TemporaryDirectory() as folder:
        known = KnownFiles(ForgetfulIndex(), stored=lambda _: (), clock=ManualClock())
        area = StagingArea(Path(folder, "staging"), sizes=chosen, known=known)
        contents = Contents()
        for path, content in files.items():
            contents.put(area.stage_chunks([content], path=path))
        area.seal()
        version = commit_version(
            context,
            CommitRequest(
                collection=MNIST,
                type=TypeName("dataset"),
                contents=contents,
                aliases=(),
                description=None,
                metadata={},
                run=None,
            ),
        ).version
        root = download_version(context, version, Path(folder, "root"))
        found = {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in root.rglob("*")
            if path.is_file()
        }
        area.clear()
    assert found == files


@given(st.integers(0, 10**29), st.sampled_from(["", "B", "KB", "MiB", "gb", "t", "TiB"]))
def test_a_size_is_read_exactly(number: int, unit: str) -> None:
    """Whole numbers of a unit, however many."""
    base = 1024 if "i" in unit else 1000
    power = " kmgt".index(unit[:1].lower()) if unit[:1].lower() in set("kmgt") else 0
    assert parse_size(f"{number}{unit}") == number * base**power
