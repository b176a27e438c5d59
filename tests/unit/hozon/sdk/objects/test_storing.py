"""Object files: their names, what they hold, and the distrust of what is read."""

import re
from pathlib import Path

import numpy as np
import pytest

import hozon
from folders import FolderArtifact
from hozon.errors import (
    CorruptObjectError,
    EntryConflictError,
    InputError,
    InvalidEntryPathError,
)
from hozon.sdk.objects import load_object, store_object
from hozon.sdk.objects.storing import KINDS
from hozon.sdk.objects.types import KINDS as CELLS

PACKAGE = Path(hozon.__file__).parent / "sdk" / "objects"
TABLE = hozon.Table(["a"], [[1]])


@pytest.mark.parametrize("name", ["said", "said.table.json"])
def test_a_name_may_have_its_end(name: str, artifact: FolderArtifact) -> None:
    """Going in and coming out."""
    assert store_object(TABLE, name, artifact) == "said.table.json"
    assert load_object("said", artifact) == TABLE
    assert load_object("said.table.json", artifact) == TABLE


def test_a_name_may_have_folders(artifact: FolderArtifact) -> None:
    """As any path in an artifact."""
    assert store_object(TABLE, "eval/said", artifact) == "eval/said.table.json"
    assert load_object("eval/said", artifact) == TABLE


def test_a_missing_object_reads_as_none(artifact: FolderArtifact) -> None:
    """Also where a plain file has the name."""
    artifact.write("labels.csv", b"a")
    for name in ("absent", "absent.table.json", "labels.csv"):
        assert load_object(name, artifact) is None


@pytest.mark.parametrize("name", ["", "/said", "../said", "a//b"])
def test_a_name_stays_inside(name: str, artifact: FolderArtifact) -> None:
    """Of the artifact."""
    with pytest.raises(InvalidEntryPathError):
        store_object(TABLE, name, artifact)
    with pytest.raises(InvalidEntryPathError):
        load_object(name, artifact)


def test_only_objects_are_stored(artifact: FolderArtifact) -> None:
    """For files there is another call."""
    with pytest.raises(InputError, match="A list is no object") as caught:
        store_object([1], "it", artifact)
    assert "add_file" in caught.value.hint


def test_the_same_object_may_be_stored_twice(artifact: FolderArtifact) -> None:
    """Another one under its name is refused, and so is one of another type."""
    for _ in range(2):
        store_object(TABLE, "it", artifact)
    with pytest.raises(EntryConflictError, match=r"it\.table\.json"):
        store_object(hozon.Table(["b"]), "it", artifact)
    with pytest.raises(EntryConflictError, match=r"another object 'it' already, 'it\.table\.json'"):
        store_object(hozon.Classes([]), "it", artifact)


def test_two_types_of_one_name_are_told_apart(artifact: FolderArtifact, tmp_path: Path) -> None:
    """Where somebody else has put them there."""
    store_object(TABLE, "it", artifact)
    other = FolderArtifact(tmp_path / "other")
    path = store_object(hozon.Classes([]), "it", other)
    artifact.write(path, other.local(path).read_bytes())
    with pytest.raises(InputError, match="The artifact has 2 objects 'it'") as caught:
        load_object("it", artifact)
    assert "'it.classes.json'" in caught.value.hint
    assert load_object("it.classes.json", artifact) == hozon.Classes([])


def test_an_object_file_is_written_last(artifact: FolderArtifact) -> None:
    """So that one that is there can be read."""
    store_object(hozon.Image(np.zeros((1, 1))), "it", artifact)
    assert artifact.added[-1] == "it.image-file.json"
    assert len(artifact.added) == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "3",
        '{"_type": "table"}',
        '{"_type": "table", "_format": 2}',
        '{"_type": "table", "_format": 1}',
        '{"_type": "spreadsheet", "_format": 1}',
        '{"_type": 3, "_format": 1}',
        '{"_format": 1}',
        '{"_format": NaN}',
        "[" * 100_000,
        "\ufeff{}",
    ],
    ids=range(13),
)
def test_a_file_that_is_no_object_file_is_named(text: str, artifact: FolderArtifact) -> None:
    """Whatever is in it; and so it is when it is no text."""
    for content in (text.encode(), b"\xff"):
        (artifact.root / "it.table.json").write_bytes(content)
        with pytest.raises(CorruptObjectError, match=r"'it\.table\.json'") as caught:
            load_object("it", artifact)
        assert caught.value.hint


@pytest.mark.parametrize(
    "change",
    [
        {"columns": "a"},
        {"columns": ["a", "a"]},
        {"columns": ["a", "b"]},
        {"columns": [1]},
        {"column_types": []},
        {"column_types": [{}]},
        {"column_types": [{"kind": "text", "optional": True}]},
        {"column_types": [{"kind": "string", "optional": True}]},
        {"column_types": ["number"]},
        {"allow_mixed_types": 1},
        {"nrows": 2},
        {"nrows": -1},
        {"nrows": True},
        {"data": {}},
        {"data": [1]},
        {"data": [[1, 2]]},
        {"data": [["x"]]},
    ],
    ids=str,
)
def test_a_record_of_a_table_is_not_trusted(
    change: dict[str, object], artifact: FolderArtifact
) -> None:
    """Columns, types and rows are checked as those of a user."""
    artifact.change(store_object(TABLE, "it", artifact), **change)
    with pytest.raises(CorruptObjectError, match=r"'it\.table\.json'"):
        load_object("it", artifact)


@pytest.mark.parametrize(
    "cell",
    [
        {"$float": "1"},
        {"$float": 1},
        {"$datetime": "yesterday"},
        {"$date": None},
        {"$bytes": "?"},
        {"$pickle": "gASVAAAA"},
        {"$float": "nan", "a": 1},
        {"$object": 3},
        {"$object": {"_type": "absent"}},
        {"$object": {"_type": "classes", "class_set": [1]}},
        {"$array": {"dtype": "|O", "shape": [1], "data": "AAAAAAAAAAA="}},
        {"$array": {"dtype": "O", "shape": [1], "data": "AAAAAAAAAAA="}},
        {"$array": {"dtype": [["a", "<f8"]], "shape": [1], "data": "AAAAAAAAAAA="}},
        {"$array": {"dtype": "<f8,<f8", "shape": [1], "data": "AAAAAAAAAAA="}},
        {"$array": {"dtype": "<f8", "shape": [2], "data": "AAAAAAAAAAA="}},
        {"$array": {"dtype": "<f8", "shape": [-1], "data": "AAAAAAAAAAA="}},
        {"$array": {"dtype": "<f8", "shape": [True], "data": "AAAAAAAAAAA="}},
        {"$array": {"dtype": "<f8", "shape": [0, 10**30], "data": ""}},
        {"$array": {"dtype": "<f8", "shape": [1] * 65, "data": "AAAAAAAAAAA="}},
        {"$array": {"dtype": "<f8", "shape": 1, "data": "AAAAAAAAAAA="}},
        {"$array": {}},
        {"$array": 1},
    ],
    ids=range(22),
)
def test_a_cell_that_is_tagged_wrongly_is_refused(cell: object, artifact: FolderArtifact) -> None:
    """And never run, unpickled or guessed at."""
    path = store_object(hozon.Table(["a"], allow_mixed_types=True), "it", artifact)
    artifact.change(path, data=[[cell]], nrows=1)
    with pytest.raises(CorruptObjectError, match=r"'it\.table\.json'"):
        load_object("it", artifact)


def test_a_cell_that_is_nested_too_deep_is_refused(artifact: FolderArtifact) -> None:
    """Python would give up on it."""
    path = store_object(hozon.Table(["a"], allow_mixed_types=True), "it", artifact)
    text = artifact.local(path).read_text("utf-8")
    for depth in (200, 700):
        cell = "[" * depth + "]" * depth
        deep = re.sub(r'"data":\[\s*\]', f'"data":[[{cell}]]', text).replace(
            '"nrows":0', '"nrows":1'
        )
        assert cell in deep
        artifact.local(path).write_text(deep, "utf-8")
        with pytest.raises(CorruptObjectError, match=r"'it\.table\.json'"):
            load_object("it", artifact)


def test_every_class_is_known() -> None:
    """Those that are exported are those that are read, and cells hold all but tables."""
    tables = {"table", "joined-table", "partitioned-table"}
    assert {kind.__name__ for kind in KINDS.values()} < set(hozon.__all__)
    assert len(KINDS) == 12
    assert KINDS.keys() - CELLS == tables


def test_nothing_is_unpickled() -> None:
    """No module of the package imports what can, and no call asks a library to."""
    sources = [path.read_text("utf-8") for path in PACKAGE.glob("*.py")]
    assert len(sources) > 10
    forbidden = re.compile(
        r"import (pickle|marshal|shelve|dill)|allow_pickle|read_pickle"
        r"|(numpy|np)\.(load|save|fromfile)|to_pickle"
    )
    assert [match for source in sources for match in forbidden.findall(source)] == []
