"""Joined and partitioned tables."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hozon
from folders import FolderArtifact
from hozon.errors import CorruptObjectError, InvalidEntryPathError, InvalidTableError
from hozon.sdk.objects import StoredObject, load_object, store_object

RoundTrip = Callable[[StoredObject], StoredObject | None]
Combined = hozon.JoinedTable | hozon.PartitionedTable

TRUTH = hozon.Table(["image", "label"], [["a", 7], ["b", 2], ["c", 1]])
SAID = hozon.Table(["image", "label"], [["b", 3], ["a", 7], ["b", 4]])


def rows(table: object) -> list[list[Any]]:
    """List the rows, whose numbers must count from 0."""
    numbered = list(table.iterrows())
    assert [index for index, _ in numbered] == list(range(len(numbered)))
    return [row for _, row in numbered]


def read(name: str, artifact: FolderArtifact) -> StoredObject:
    """Read a table that must be there."""
    found = load_object(name, artifact)
    assert found is not None
    return found


def test_rows_with_the_same_key_are_joined() -> None:
    """In the order of the first table, and then of the second; rows without a partner go."""
    joined = hozon.JoinedTable(TRUTH, SAID, "image")
    assert joined.columns == ["image", "label", "label_2"]
    assert rows(joined) == [["a", 7, 7], ["b", 2, 3], ["b", 2, 4]]


def test_keys_may_have_two_names() -> None:
    """The first table's and the second's; that of the second is left out."""
    names = hozon.Table(["n", "label_2", "label"], [[7, "x", "seven"]])
    joined = hozon.JoinedTable(TRUTH, names, ("label", "n"))
    assert joined.columns == ["image", "label", "label_2", "label_2_2"]
    assert rows(joined) == [["a", 7, "x", "seven"]]


def test_none_and_nan_have_no_partner() -> None:
    """And True is not 1, but 1 is 1.0."""
    one = hozon.Table(["k"], [[None], [math.nan], [1], [True]], allow_mixed_types=True)
    two = hozon.Table(["k", "v"], [[None, "none"], [math.nan, "nan"], [1.0, "one"]])
    assert rows(hozon.JoinedTable(one, two, "k")) == [[1, "one"]]


@pytest.mark.parametrize("cell", [[1], {"a": 1}, np.zeros(1), hozon.Classes([])], ids=range(4))
def test_a_key_that_cannot_be_compared_is_refused(cell: object) -> None:
    """With the kinds that can."""
    table = hozon.Table(["k"], [[cell]])
    with pytest.raises(InvalidTableError, match="is no key to join by"):
        rows(hozon.JoinedTable(table, table, "k"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((TRUTH, SAID, "name"), "A table has no column 'name' to join by"),
        ((TRUTH, SAID, ("image", "name")), "A table has no column 'name' to join by"),
        ((TRUTH, SAID, ["a", "b", "c"]), "The join key is"),
        ((TRUTH, SAID, 3), "The join key is 3"),
        ((TRUTH, [[1]], "image"), "A list cannot be joined"),
    ],
    ids=range(5),
)
def test_what_cannot_be_joined_is_refused(arguments: object, message: str) -> None:
    """When the joined table is made, not when it is read."""
    with pytest.raises(InvalidTableError, match=message):
        hozon.JoinedTable(*arguments)


def test_joined_tables_come_back(round_trip: RoundTrip, artifact: FolderArtifact) -> None:
    """With tables that had no name, each stored once."""
    joined = hozon.JoinedTable(TRUTH, SAID, "image")
    back = round_trip(joined)
    assert back == joined
    assert rows(back) == rows(joined)
    assert len(list(artifact.paths("media/tables/"))) == 2
    same = hozon.JoinedTable(TRUTH, TRUTH, "image")
    store_object(same, "same", artifact)
    assert len(list(artifact.paths("media/tables/"))) == 2
    assert read("same", artifact) == same != joined


def test_joined_tables_keep_names(artifact: FolderArtifact) -> None:
    """Of tables in the same artifact, which are looked up when rows are read."""
    store_object(TRUTH, "truth", artifact)
    store_object(SAID, "sub/said", artifact)
    joined = hozon.JoinedTable("truth", "sub/said.table.json", "image")
    store_object(joined, "joined", artifact)
    artifact.fetched.clear()
    back = read("joined", artifact)
    assert artifact.fetched == ["joined.joined-table.json"]
    assert back == joined
    assert back == hozon.JoinedTable(TRUTH, SAID, "image")
    assert back != hozon.JoinedTable(SAID, TRUTH, "image")
    assert rows(back) == [["a", 7, 7], ["b", 2, 3], ["b", 2, 4]]


def test_a_joined_table_that_was_read_can_be_stored_elsewhere(
    round_trip: RoundTrip, tmp_path: Path
) -> None:
    """With the tables that had no name."""
    joined = hozon.JoinedTable(TRUTH, SAID, "image")
    back = round_trip(joined)
    assert back is not None
    other = FolderArtifact(tmp_path / "other")
    assert load_object(store_object(back, "it", other), other) == joined


def test_a_partitioned_table_can_be_joined(artifact: FolderArtifact) -> None:
    """By its name."""
    store_object(TRUTH, "parts/0", artifact)
    store_object(hozon.PartitionedTable("parts"), "all", artifact)
    store_object(hozon.JoinedTable("all", SAID, "image"), "joined", artifact)
    assert rows(read("joined", artifact))[0] == ["a", 7, 7]


def test_a_joined_table_needs_its_tables(artifact: FolderArtifact) -> None:
    """When it is stored; if they are lost later, the message says which."""
    joined = hozon.JoinedTable("truth", "said", "image")
    with pytest.raises(
        InvalidTableError, match="names the table 'truth', which the artifact lacks"
    ):
        store_object(joined, "joined", artifact)
    assert artifact.files == []
    for name in ("truth", "said"):
        store_object(TRUTH, name, artifact)
    store_object(joined, "joined", artifact)
    (artifact.root / "said.table.json").unlink()
    with pytest.raises(InvalidTableError, match=r"no table 'said\.table\.json' in the artifact"):
        rows(read("joined", artifact))


def test_parts_are_read_in_the_order_of_their_paths(artifact: FolderArtifact) -> None:
    """Those below the folder, at any depth, and no others."""
    for name, cell in (("parts/2", 3), ("parts/10/a", 2), ("parts/1", 1), ("parts2/0", 9)):
        store_object(hozon.Table(["n"], [[cell]]), name, artifact)
    store_object(hozon.Classes([]), "parts/0", artifact)
    store_object(hozon.PartitionedTable("parts/"), "all", artifact)
    table = read("all", artifact)
    assert table == hozon.PartitionedTable("parts")
    assert table.columns == ["n"]
    assert rows(table) == [[1], [2], [3]]


def test_parts_may_come_later(artifact: FolderArtifact) -> None:
    """Only the folder is stored."""
    store_object(hozon.PartitionedTable("parts"), "all", artifact)
    table = read("all", artifact)
    assert (table.columns, rows(table)) == ([], [])
    store_object(TRUTH, "parts/0", artifact)
    assert rows(table) == TRUTH.data


def test_parts_have_the_same_columns(artifact: FolderArtifact) -> None:
    """The part that has others is named."""
    store_object(hozon.Table(["a"], [[1]]), "parts/0", artifact)
    store_object(hozon.Table(["b"], [[1]]), "parts/1", artifact)
    store_object(hozon.PartitionedTable("parts"), "all", artifact)
    with pytest.raises(InvalidTableError, match=r"'parts/1\.table\.json' has the columns \['b'\]"):
        rows(read("all", artifact))


def test_parts_are_read_one_at_a_time(artifact: FolderArtifact) -> None:
    """The next one when the rows of the last are used up."""
    for number in range(3):
        store_object(TRUTH, f"parts/{number}", artifact)
    store_object(hozon.PartitionedTable("parts"), "all", artifact)
    table = read("all", artifact)
    artifact.fetched.clear()
    next(table.iterrows())
    assert artifact.fetched == ["parts/0.table.json"]


@pytest.mark.parametrize(
    "table",
    [hozon.PartitionedTable("parts"), hozon.JoinedTable("a", TRUTH, "image")],
    ids=["partitioned", "joined"],
)
def test_rows_need_an_artifact(table: Combined) -> None:
    """A folder or a name alone leads nowhere."""
    for ask in (table.iterrows, lambda: table.columns):
        with pytest.raises(hozon.ArtifactNotLoggedError, match="was not read from one"):
            ask()
    assert table == table  # noqa: PLR0124  Equality asks for no rows.


@pytest.mark.parametrize("path", ["", "/parts", "../parts", "a//b"])
def test_a_folder_stays_inside(path: str) -> None:
    """Of the artifact."""
    with pytest.raises(InvalidEntryPathError):
        hozon.PartitionedTable(path)
    with pytest.raises(InvalidEntryPathError):
        hozon.JoinedTable(path, TRUTH, "image")


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("all", {"parts_path": "../parts"}),
        ("all", {"parts_path": None}),
        ("joined", {"table1": "/etc/passwd"}),
        ("joined", {"join_key": "image"}),
        ("joined", {"join_key": ["image"]}),
    ],
    ids=str,
)
def test_a_record_is_not_trusted(
    name: str, change: dict[str, object], artifact: FolderArtifact
) -> None:
    """Its paths stay inside, and its key is a pair."""
    store_object(hozon.PartitionedTable("parts"), "all", artifact)
    store_object(hozon.JoinedTable(TRUTH, SAID, "image"), "joined", artifact)
    (path,) = artifact.paths(f"{name}.")
    artifact.change(path, **change)
    with pytest.raises(CorruptObjectError, match=path):
        load_object(name, artifact)
