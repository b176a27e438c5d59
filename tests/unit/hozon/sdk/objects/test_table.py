"""Tables: what they take, what they refuse, and what comes out."""

import tracemalloc
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from enum import IntEnum, StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pytest

import hozon
from folders import FolderArtifact
from hozon.errors import InvalidTableError, MissingExtraError
from hozon.sdk.objects import StoredObject, store_object

RoundTrip = Callable[[StoredObject], StoredObject | None]


class Label(IntEnum):
    """A number with a name."""

    SEVEN = 7


class Name(StrEnum):
    """A text with a name."""

    SEVEN = "seven"


def one(value: object) -> object:
    """Put a value into the cell of a table, and take it out."""
    return hozon.Table(["cell"], [[value]]).data[0][0]


@pytest.mark.parametrize(
    "data",
    [
        [["a", 1], ["b", 2]],
        [("a", 1), ("b", 2)],
        [{"name": "a", "n": 1}, {"n": 2, "name": "b"}],
        {"name": ["a", "b"], "n": np.array([1, 2])},
        np.array([["a", 1], ["b", 2]], dtype=object),
        pd.DataFrame({"name": ["a", "b"], "n": [1, 2]}),
        pl.DataFrame({"name": ["a", "b"], "n": [1, 2]}),
    ],
    ids=["lists", "tuples", "dicts", "columns", "array", "pandas", "polars"],
)
def test_all_kinds_of_data_make_the_same_table(data: object) -> None:
    """Columns, types and plain Python values."""
    table = hozon.Table(["name", "n"], data)
    assert table.columns == ["name", "n"]
    assert table.column_types == {"name": "string", "n": "number"}
    assert table.data == [["a", 1], ["b", 2]]
    assert [type(cell) for cell in table.data[0]] == [str, int]


@pytest.mark.parametrize(
    "frame", [pd.DataFrame({"n": [1]}), pl.DataFrame({"n": [1]})], ids=["pandas", "polars"]
)
def test_a_frame_may_be_given_by_name(frame: object) -> None:
    """With `dataframe`, and then it knows the columns."""
    table = hozon.Table(dataframe=frame)
    assert (table.columns, table.data) == (["n"], [[1]])


def test_the_index_and_the_names_of_pandas() -> None:
    """The index is left out, and names become text."""
    frame = pd.DataFrame([[1, 2]], index=["row"], columns=[0, 1])
    assert hozon.Table(dataframe=frame).columns == ["0", "1"]


def test_what_pandas_marks_as_missing_becomes_none() -> None:
    """NaN in text, NA and NaT; NaN in floats is a number and stays."""
    frame = pd.DataFrame(
        {
            "text": ["a", None],
            "whole": pd.array([1, None], dtype="Int64"),
            "time": pd.to_datetime(["2026-01-02", None]),
            "float": [0.5, float("nan")],
        }
    )
    table = hozon.Table(dataframe=frame)
    assert table.data[0] == ["a", 1, datetime(2026, 1, 2), 0.5]  # noqa: DTZ001  Naive, as in pandas.
    assert table.data[1][:3] == [None, None, None]
    assert table.data[1][3] != table.data[1][3]


def test_a_table_without_anything_is_empty() -> None:
    """No columns, no rows."""
    table = hozon.Table()
    assert (table.columns, table.data, len(table)) == ([], [], 0)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),  # noqa: FBT003  The value under test.
        (np.str_("a"), "a"),
        (np.datetime64("2026-01-02T03:04:05"), datetime(2026, 1, 2, 3, 4, 5)),  # noqa: DTZ001  Naive, as in NumPy.
        (np.datetime64("2026-01-02", "ns"), datetime(2026, 1, 2)),  # noqa: DTZ001  The same.
        (np.datetime64("NaT"), None),
        (pd.Timestamp("2026-01-02T03:04:05Z"), datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (pd.NaT, None),
        (pd.NA, None),
        (Label.SEVEN, 7),
        (Name.SEVEN, "seven"),
        (bytearray(b"a"), b"a"),
        ((1, (2,)), [1, [2]]),
        ({"a": (np.int8(1),)}, {"a": [1]}),
    ],
    ids=repr,
)
def test_cells_become_plain_values(value: object, expected: object) -> None:
    """In value and in type."""
    cell = one(value)
    assert (cell, type(cell)) == (expected, type(expected))


def test_an_aware_datetime_keeps_its_offset() -> None:
    """And not the name of its zone."""
    cell = one(datetime(2026, 7, 1, tzinfo=ZoneInfo("Europe/Berlin")))
    assert isinstance(cell, datetime)
    assert cell.tzinfo == timezone(timedelta(hours=2))


def test_nobody_else_holds_the_lists_of_a_table() -> None:
    """What went in may change, and so may what came out."""
    inside = [1]
    array = np.zeros(2)
    table = hozon.Table(["a", "b"], [[inside, array]])
    inside.append(2)
    array[0] = 1
    table.data[0][0] = None
    assert table.data[0][0] == [1]
    assert table.data[0][1].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (object(), "a value of type object"),
        (1j, "a value of type complex"),
        (np.complex64(1j), "a value of type complex64"),
        (timedelta(1), "a value of type timedelta"),
        (np.timedelta64(1, "ns"), "a value of type timedelta64"),
        (np.datetime64(1, "ns"), "a time with nanoseconds"),
        (pd.Timestamp(1), "a time with nanoseconds"),
        (np.array([None]), "a ndarray of object"),
        (np.ma.array([1], mask=[True]), "a MaskedArray of int64"),
        (np.zeros(1, dtype=[("x", "i4")]), "a ndarray of "),
        ({1: "a"}, "a dict with the key 1, which is not text"),
        ({"a": {1}}, "a value of type set"),
        ("\ud800", "text that is not valid Unicode"),
        (1 << 20_000, "an integer of more than 14000 bits"),
        (hozon.PartitionedTable("parts"), "a PartitionedTable; add it"),
    ],
    ids=range(15),
)
def test_other_values_are_refused(value: object, found: str) -> None:
    """The message names row, column and value."""
    with pytest.raises(
        InvalidTableError, match=f"^Row 0, column 'cell': a cell cannot hold {found}"
    ):
        one(value)


def test_values_nested_too_deep_are_refused() -> None:
    """Before Python gives up on them."""
    value: list[object] = []
    value.append(value)
    with pytest.raises(InvalidTableError, match="nested more than 100 levels"):
        one(value)


@pytest.mark.parametrize("width", [1, 3])
def test_a_row_of_another_width_is_refused(width: int) -> None:
    """The message counts both, and the table stays as it was."""
    table = hozon.Table(["a", "b"], [[1, 2]])
    with pytest.raises(InvalidTableError, match=f"Row 1 has {width} cells, and the table has 2"):
        table.add_data(*range(width))
    assert table.data == [[1, 2]]


def test_a_cell_of_another_kind_is_refused() -> None:
    """The message names row, column, expected and found; nothing of the row is kept."""
    table = hozon.Table(["a", "b"], [[None, 1]])
    with pytest.raises(
        InvalidTableError, match=r"Row 1, column 'b': expected number, found string \('x'\)"
    ) as caught:
        table.add_data("new", "x")
    assert "allow_mixed_types=True" in caught.value.hint
    assert table.column_types == {"a": "unknown", "b": "number"}
    assert table.data == [[None, 1]]


def test_a_boolean_is_no_number() -> None:
    """Though Python counts with it."""
    with pytest.raises(InvalidTableError, match="expected number, found boolean"):
        hozon.Table(["a"], [[1], [True]])


def test_mixed_types_are_taken_when_asked_for() -> None:
    """In every column without a type of its own."""
    table = hozon.Table(["a"], [[1], ["x"], [None]], allow_mixed_types=True)
    assert table.column_types == {"a": "any"}
    table.add_column("b", [1, "x", None])
    assert table.column_types == {"a": "any", "b": "any"}


@pytest.mark.parametrize("dtype", [str, "string", [str], {"a": "string"}], ids=str)
def test_a_type_may_be_given(dtype: object) -> None:
    """For all columns, for each in order, or by name."""
    table = hozon.Table(["a"], dtype=dtype)
    with pytest.raises(InvalidTableError, match="expected string, found number"):
        table.add_data(1)


@pytest.mark.parametrize(
    ("dtype", "message"),
    [
        ("text", "The column type 'text' is unknown"),
        (hozon.Table, "The column type .* is unknown"),
        ([str], "dtype has 1 items, and the table 2 columns"),
        ({"c": str}, "dtype names the column 'c'"),
    ],
    ids=str,
)
def test_a_wrong_type_is_refused(dtype: object, message: str) -> None:
    """With what there is instead."""
    with pytest.raises(InvalidTableError, match=message):
        hozon.Table(["a", "b"], dtype=dtype)


def test_none_is_refused_where_it_is_not_allowed() -> None:
    """Column by column."""
    table = hozon.Table(["a", "b"], optional=[True, False])
    with pytest.raises(InvalidTableError, match="column 'b': expected a value, found None"):
        table.add_data(None, None)


@pytest.mark.parametrize(
    ("columns", "data", "message"),
    [
        (None, [[1]], "The columns have no names"),
        (None, np.zeros((1, 1)), "The columns have no names"),
        ("ab", None, "columns is 'ab', not a list"),
        (["a", "a"], None, "The column 'a' is there twice"),
        ([""], None, "The column name '' is not text or empty"),
        ([1], None, "The column name 1 is not text or empty"),
        (["\ud800"], None, "is not text or empty"),
        (["a"], np.zeros(3), r"The array has the shape \(3,\)"),
        (["a"], np.zeros((1, 2)), "The array has 2 columns, and columns has 1 names"),
        (["b"], {"a": [1]}, r"columns is \['b'\], and the data has \['a'\]"),
        (None, {"a": [1], "b": []}, "The column 'b' has 0 cells, 'a' has 1"),
        (None, [{"a": 1}, {"b": 1}], r"Row 1 has the keys \['b'\]"),
        (["a"], ["text"], "Row 0 is of type str"),
        (["a"], "text", "data is of type str"),
    ],
    ids=range(14),
)
def test_data_that_makes_no_table_is_refused(columns: object, data: object, message: str) -> None:
    """With what is wrong about it."""
    with pytest.raises(InvalidTableError, match=message):
        hozon.Table(columns, data)


def test_two_sources_are_refused() -> None:
    """Nobody could say which one counts; and a list is no frame."""
    frame = pd.DataFrame({"a": [1]})
    with pytest.raises(InvalidTableError, match="both data and a dataframe"):
        hozon.Table(data=[[1]], dataframe=frame)
    with pytest.raises(InvalidTableError, match="dataframe is of type list"):
        hozon.Table(dataframe=[[1]])


def test_a_column_is_added_to_every_row() -> None:
    """And to a table without columns as many rows as it has cells."""
    table = hozon.Table()
    table.add_column("a", [1, 2])
    table.add_column("b", pd.Series(["x", None]))
    table.add_column("c", pl.Series(["x", None]))
    table.add_column("d", np.array([0.5, 1.5]))
    assert table.data == [[1, "x", "x", 0.5], [2, None, None, 1.5]]
    assert list(table.column_types.values()) == ["number", "string", "string", "number"]


@pytest.mark.parametrize(
    ("name", "cells", "message"),
    [
        ("a", [1, 2], "The column 'a' is there twice"),
        ("b", [1], "The new column 'b' has 1 cells, and the table 2 rows"),
        ("b", [1, "x"], "Row 1, column 'b': expected number, found string"),
        ("b", "xy", "The new column is of type str"),
    ],
)
def test_a_wrong_column_is_refused(name: str, cells: object, message: str) -> None:
    """And the table stays as it was."""
    table = hozon.Table(["a"], [[1], [2]])
    with pytest.raises(InvalidTableError, match=message):
        table.add_column(name, cells)
    assert (table.columns, table.data) == (["a"], [[1], [2]])


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([1, 2], "i"),
        ([1, 2.5], "f"),
        ([1, None], "f"),
        ([True, False], "b"),
        (["a", "bc"], "U"),
        ([datetime(2026, 1, 2)], "M"),  # noqa: DTZ001  Naive, as in NumPy.
        ([date(2026, 1, 2)], "M"),
        ([[1, 2], [3, 4]], "i"),
        ([np.zeros(2), np.ones(2)], "f"),
    ],
    ids=str,
)
def test_a_column_becomes_an_array(cells: list[object], kind: str) -> None:
    """Of the type that holds its cells as they are."""
    array = hozon.Table(["a"], [[cell] for cell in cells]).get_column("a", convert_to="numpy")
    assert isinstance(array, np.ndarray)
    assert array.dtype.kind == kind
    assert len(array) == len(cells)


@pytest.mark.parametrize(
    "cells",
    [
        ["a", None],
        ["a\0"],
        [b"a"],
        [True, None],
        [2**53 + 1, 0.5],
        [2**80],
        [{"a": 1}],
        [[1], [1, 2]],
        [datetime(2026, 1, 2, tzinfo=UTC)],
        [np.zeros(1), np.zeros(2)],
    ],
    ids=str,
)
def test_a_column_that_no_array_holds_is_refused(cells: list[object]) -> None:
    """Rather than handed out as something else."""
    table = hozon.Table(["a"], [[cell] for cell in cells])
    with pytest.raises(InvalidTableError, match=r"The column 'a' \(\w+\) cannot be an array"):
        table.get_column("a", convert_to="numpy")
    assert len(table.get_column("a")) == len(cells)


def test_an_unknown_column_is_named() -> None:
    """With those that there are; and so is an unknown conversion."""
    table = hozon.Table(["a"])
    with pytest.raises(InvalidTableError, match="no column 'b'") as caught:
        table.get_column("b")
    assert "'a'" in caught.value.hint
    with pytest.raises(InvalidTableError, match="converted to 'torch'"):
        table.get_column("a", convert_to="torch")


def test_a_table_becomes_a_frame() -> None:
    """With the columns and the values."""
    frame = hozon.Table(["a", "b"], [[1, "x"], [2, None]]).get_dataframe()
    assert list(frame.columns) == ["a", "b"]
    assert frame["a"].tolist() == [1, 2]


def test_rows_are_numbered() -> None:
    """By `get_index` and `iterrows` alike."""
    table = hozon.Table(["a"], [["x"], ["y"]])
    assert table.get_index() == [0, 1]
    assert list(table.iterrows()) == [(0, ["x"]), (1, ["y"])]


@pytest.mark.parametrize("library", ["numpy", "pandas"])
def test_a_missing_library_is_named(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that installs it."""
    table = hozon.Table(["a"], [[1]])
    monkeypatch.setitem(__import__("sys").modules, library, None)
    extra = {"numpy": "media", "pandas": "pandas"}[library]
    with pytest.raises(MissingExtraError, match="which is not installed") as caught:
        table.get_dataframe() if library == "pandas" else table.get_column("a", "numpy")
    assert f"pip install 'hozon[{extra}]'" in caught.value.hint


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1, 1.0),
        (1, True),
        (0.0, False),
        ([1], [1.0]),
        ({"a": 1}, {"a": True}),
        ("1", 1),
        (b"a", "a"),
        (datetime(2026, 1, 2), date(2026, 1, 2)),  # noqa: DTZ001  The value under test.
        (datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 2)),  # noqa: DTZ001  The same.
        (np.zeros(2), np.zeros(2, dtype="f4")),
        (np.zeros(2), np.zeros((1, 2))),
        ({"$float": "nan"}, float("nan")),
    ],
    ids=range(12),
)
def test_values_of_different_types_are_not_equal(left: object, right: object) -> None:
    """Even where Python says so; each equals itself."""
    tables = [hozon.Table(["a"], [[value]], allow_mixed_types=True) for value in (left, right)]
    assert tables[0] != tables[1]
    assert tables[0] == hozon.Table(["a"], [[left]], allow_mixed_types=True)


def test_tables_differ_in_columns_types_and_length() -> None:
    """And from what is no table."""
    table = hozon.Table(["a"], [[1]])
    assert table == hozon.Table(["a"], [[1]])
    assert table != hozon.Table(["b"], [[1]])
    assert table != hozon.Table(["a"], [[1]], optional=False)
    assert table != hozon.Table(["a"], [[1], [1]])
    assert table != [[1]]


def test_objects_have_no_hash() -> None:
    """They can be changed, and are no keys."""
    for value in (hozon.Table(), hozon.Classes([]), hozon.Html("<p>"), hozon.PartitionedTable("p")):
        with pytest.raises(TypeError, match="unhashable"):
            hash(value)


def test_a_table_with_everything_comes_back(round_trip: RoundTrip) -> None:
    """Values, types and media."""
    image = hozon.Image(np.zeros((2, 2)))
    rows = [
        [1, float("nan"), "日", b"\0", date(2026, 1, 2), [None, -0.0], {"$float": {"$$": 1}}],
        [2.0, float("-inf"), "", b"", None, [], {}],
    ]
    table = hozon.Table(list("abcdefg"), rows)
    table.add_column("image", [image, None])
    table.add_column("classes", [None, hozon.Classes([{"id": 1, "name": "one"}])])
    table.add_column("array", [np.arange(6, dtype=">i2").reshape(2, 3), np.zeros((0, 3))])
    table.add_column("nothing", [None, None])
    back = round_trip(table)
    assert back == table
    assert isinstance(back, hozon.Table)
    assert back.column_types == table.column_types
    assert [type(cell) for cell in back.get_column("a")] == [int, float]
    assert back.get_column("array")[0].dtype == np.dtype(">i2")
    back.add_data(*table.data[0])


def test_mixed_tables_stay_mixed(round_trip: RoundTrip) -> None:
    """Also for columns that are added after reading."""
    back = round_trip(hozon.Table(["a"], [[1], ["x"]], allow_mixed_types=True))
    assert isinstance(back, hozon.Table)
    back.add_column("b", ["x", 1])
    assert back.column_types == {"a": "any", "b": "any"}


def test_an_image_in_many_rows_is_stored_once(artifact: FolderArtifact) -> None:
    """It is named after its content."""
    image = hozon.Image(np.zeros((2, 2)))
    same = hozon.Image(np.zeros((2, 2)))
    store_object(hozon.Table(["a"], [[image], [image], [same]]), "it", artifact)
    assert artifact.files == ["it.table.json", f"media/images/{image.digest[:20]}.png"]
    assert len(artifact.added) == 2


def test_images_are_fetched_when_they_are_looked_at(
    artifact: FolderArtifact, round_trip: RoundTrip
) -> None:
    """Reading a table of a million images fetches one file."""
    back = round_trip(hozon.Table(["a"], [[hozon.Image(np.zeros((2, 2)))]]))
    assert isinstance(back, hozon.Table)
    assert artifact.fetched == ["it.table.json"]
    image = back.data[0][0]
    assert (image.width, image.height, image.image.size) == (2, 2, (2, 2))
    assert artifact.fetched == ["it.table.json", f"media/images/{image.digest[:20]}.png"]


def test_a_large_table_is_written_in_flat_memory(artifact: FolderArtifact) -> None:
    """Row by row: what it takes does not grow with the table."""
    table = hozon.Table(["n", "text"], [[n, f"row {n} of a table"] for n in range(20_000)])
    tracemalloc.start()
    try:
        store_object(table, "it", artifact)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    size = Path(artifact.root, "it.table.json").stat().st_size
    assert size > 500_000
    assert peak < 250_000
