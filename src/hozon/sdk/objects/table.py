"""`Table`: typed columns and rows.

Owns the rows in memory, and the check of each cell when it is added. What cells hold is
`hozon.sdk.objects.cells`' business, what columns hold `hozon.sdk.objects.types`'. Invariant: every
row has a cell of the right type for each column, and nobody else holds its lists.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Literal, Self, overload

from hozon.errors import InvalidTableError
from hozon.sdk.notebooks import grid
from hozon.sdk.objects.base import Reader, StoredObject
from hozon.sdk.objects.cells import decode_cell, encode_cell, plain_cell
from hozon.sdk.objects.columns import to_numpy
from hozon.sdk.objects.frames import cells_of, check_columns, read_rows
from hozon.sdk.objects.libraries import need
from hozon.sdk.objects.media_sink import MediaSink
from hozon.sdk.objects.records import Record
from hozon.sdk.objects.types import ColumnType, column_types

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


class Table(StoredObject, type_name="table"):
    """A table with typed columns, whose cells may be media.

    Cells hold None, bool, int, float, str, bytes, datetime, date, lists, dicts with text keys,
    NumPy arrays of numbers or text, and media such as `hozon.Image`; not tables. They are copied
    when they are added. Scalars of NumPy and pandas become Python's, tuples become lists, and what
    pandas marks as missing becomes None. NaN and infinity are kept. A datetime keeps its offset
    from UTC, not the name of its zone.

    A column takes the kind of its first value; every other must be of the same kind. An int and a
    float are both numbers, and stay what they are. What is inside lists and dicts is not typed.

    To compute a column, compute its list and give it to `add_column`.

    Args:
        columns: The names of the columns. May be left out where the data knows them.
        data: A list of rows, each a list or a dict; a mapping of names to columns; a NumPy array
            of rows and columns; or a frame of pandas or polars.
        dataframe: A frame of pandas or polars, instead of data. The index of pandas is left out:
            call `reset_index()` first to keep it.
        dtype: The kind of each column, as a mapping of names or a list; or one for all. A kind is
            a class, such as `str`, `int` or `hozon.Image`, or a name, such as `string`, `number`
            or `image-file`. By default the first value tells.
        optional: Whether cells may be None; one answer, or a list with one for each column.
        allow_mixed_types: Whether columns without a `dtype` take cells of all kinds.

    Raises:
        InvalidTableError: The data is of no such kind, a row has more or fewer cells than there
            are columns, or a cell is of the wrong type; row, column, and what was expected and
            found are named.
        MissingExtraError: A library is missing that the data needs.

    Examples:
        Give the names of the columns, and the rows.

        ```python
        import hozon

        table = hozon.Table(columns=["image", "label"], data=[["0001.png", 7]])
        table.add_data("0002.png", 2)
        print(table)
        #> <Table with 2 rows of image (string), label (number)>
        print(len(table), table.column_types)
        #> 2 {'image': 'string', 'label': 'number'}
        ```

        A cell of another kind is refused, unless types may be mixed.

        ```python
        import hozon

        rows = [["0001.png", 7], ["0002.png", "two"]]
        try:
            hozon.Table(columns=["image", "label"], data=rows)
        except hozon.errors.InvalidTableError as error:
            print(error.message)
            #> Row 1, column 'label': expected number, found string ('two')
        mixed = hozon.Table(["image", "label"], rows, allow_mixed_types=True)
        print(mixed.column_types)
        #> {'image': 'any', 'label': 'any'}
        ```
    """

    def __init__(
        self,
        columns: Sequence[str] | None = None,
        data: object = None,
        dataframe: object = None,
        dtype: object = None,
        optional: bool | Sequence[bool] = True,
        allow_mixed_types: bool = False,
    ) -> None:
        """Take the rows in, and check each cell."""
        self._columns, rows = read_rows(data, columns=columns, dataframe=dataframe)
        self._types = column_types(
            self._columns, dtype=dtype, optional=optional, mixed=allow_mixed_types
        )
        self._mixed = allow_mixed_types
        self._rows: list[list[Any]] = []
        for row in rows:
            self.add_data(*row)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self._rows)

    def __repr__(self) -> str:
        """Show the size and the columns."""
        columns = ", ".join(f"{name} ({kind})" for name, kind in self.column_types.items())
        return f"<Table with {_counted(len(self))} of {columns or 'no columns'}>"

    def _repr_html_(self) -> str:
        """Show the first rows in a notebook, and how many more there are."""
        names = [f"{name} ({kind})" for name, kind in self.column_types.items()]
        return grid(f"Table of {_counted(len(self))}", names, self._rows, total=len(self))

    def __eq__(self, other: object) -> bool:
        """Compare columns, types and cells; NaN equals NaN, and 1 equals neither 1.0 nor True."""
        if not isinstance(other, Table) or type(other) is not type(self):
            return NotImplemented
        if (self._columns, self._types) != (other.columns, other._types):
            return False
        pairs = zip_longest(self.iterrows(), other.iterrows())
        with MediaSink() as sink:
            return all(_exact(one, sink) == _exact(two, sink) for one, two in pairs)

    __hash__ = None  # Two equal ones may be changed apart.

    @property
    def columns(self) -> list[str]:
        """The names of the columns, in order.

        Examples:
            The data knows the names.

            ```python
            import hozon

            table = hozon.Table(data=[{"image": "0001.png", "label": 7}])
            print(table.columns)
            #> ['image', 'label']
            ```
        """
        return list(self._columns)

    @property
    def column_types(self) -> dict[str, str]:
        """The kind of each column: `unknown` while there is no value in it.

        Examples:
            A column can be given its kind before there is a row.

            ```python
            import hozon

            table = hozon.Table(["image", "label"], dtype={"image": hozon.Image})
            print(table.column_types)
            #> {'image': 'image-file', 'label': 'unknown'}
            ```
        """
        return {name: kind.kind for name, kind in zip(self._columns, self._types, strict=True)}

    @property
    def data(self) -> list[list[Any]]:
        """All rows, as new lists; to change the table, use `add_data` and `add_column`.

        Examples:
            The values are as they were given.

            ```python
            import hozon

            table = hozon.Table(["label", "score"], [[7, 0.5], [2, float("nan")]])
            print(table.data)
            #> [[7, 0.5], [2, nan]]
            ```
        """
        return [list(row) for row in self._rows]

    def add_data(self, *data: object) -> None:
        """Add a row.

        Args:
            *data: One cell for each column, in their order.

        Raises:
            InvalidTableError: There are more or fewer cells than columns, or one is of the wrong
                type. The table is left as it was.

        Examples:
            Add what a model says, row by row.

            ```python
            import hozon

            table = hozon.Table(columns=["image", "label"])
            for image, label in (("0001.png", 7), ("0002.png", 2)):
                table.add_data(image, label)
            print(table.data)
            #> [['0001.png', 7], ['0002.png', 2]]
            ```
        """
        if len(data) != len(self._columns):
            raise InvalidTableError(
                f"Row {len(self)} has {len(data)} cells, and the table has"
                f" {len(self._columns)} columns",
                hint=f"The columns are {', '.join(map(repr, self._columns)) or 'not named yet'}.",
            )
        row, types = [], []
        for name, kind, value in zip(self._columns, self._types, data, strict=True):
            cell, admitted = _admit(kind, value, row=len(self), column=name)
            row.append(cell)
            types.append(admitted)
        self._rows.append(row)
        self._types = types

    def add_column(self, name: str, data: object, optional: bool = True) -> None:
        """Add a column.

        Args:
            name: Its name.
            data: A list, an array or a series with one cell for each row. A table without columns
                gets as many rows.
            optional: Whether cells may be None.

        Raises:
            InvalidTableError: There is such a column, the number of cells is not that of the
                rows, or a cell is of the wrong type. The table is left as it was.

        Examples:
            Add what was computed from another column.

            ```python
            import hozon

            table = hozon.Table(columns=["score"], data=[[0.4], [0.9]])
            table.add_column("passed", [score > 0.5 for score in table.get_column("score")])
            print(table.columns, table.data)
            #> ['score', 'passed'] [[0.4, False], [0.9, True]]
            ```
        """
        columns = check_columns([*self._columns, name])
        cells = cells_of(data)
        if self._columns and len(cells) != len(self):
            raise InvalidTableError(
                f"The new column {name!r} has {len(cells)} cells, and the table {len(self)} rows",
                hint="Give one cell for each row.",
            )
        (kind,) = column_types([name], dtype=None, optional=optional, mixed=self._mixed)
        for index, value in enumerate(cells):
            cells[index], kind = _admit(kind, value, row=index, column=name)
        if not self._columns:
            self._rows = [[] for _ in cells]
        for row, cell in zip(self._rows, cells, strict=True):
            row.append(cell)
        self._columns = columns
        self._types = [*self._types, kind]

    @overload
    def get_column(self, name: str, convert_to: None = None) -> list[Any]: ...

    @overload
    def get_column(self, name: str, convert_to: Literal["numpy"]) -> "NDArray[Any]": ...

    def get_column(
        self, name: str, convert_to: Literal["numpy"] | None = None
    ) -> "list[Any] | NDArray[Any]":
        """Get the cells of a column.

        Args:
            name: Its name.
            convert_to: None for a list; `numpy` for an array of numbers, booleans, text or naive
                times. None becomes NaN in numbers, and NaT in times.

        Returns:
            The cells, in the order of the rows.

        Raises:
            InvalidTableError: There is no such column, or no array holds its cells as they are:
                get the list.
            MissingExtraError: NumPy is not installed.

        Examples:
            Get it as a list, and as an array.

            ```python
            import hozon

            table = hozon.Table(["label", "score"], [[7, 0.5], [2, None]])
            print(table.get_column("label"))
            #> [7, 2]
            print(table.get_column("score", convert_to="numpy"))
            #> [0.5 nan]
            ```
        """
        if name not in self._columns:
            raise InvalidTableError(
                f"The table has no column {name!r}",
                hint=f"Columns are {', '.join(map(repr, self._columns)) or 'not named yet'}.",
            )
        if convert_to not in {None, "numpy"}:
            raise InvalidTableError(
                f"A column cannot be converted to {convert_to!r}", hint="Use None or 'numpy'."
            )
        index = self._columns.index(name)
        cells = [row[index] for row in self._rows]
        return to_numpy(cells, kind=self._types[index].kind, name=name) if convert_to else cells

    def get_index(self) -> list[int]:
        """Get the numbers of the rows, from 0.

        Examples:
            Keep them beside the rows of another table.

            ```python
            import hozon

            table = hozon.Table(columns=["label"], data=[[7], [2], [1]])
            print(table.get_index())
            #> [0, 1, 2]
            ```
        """
        return list(range(len(self._rows)))

    def get_dataframe(self) -> "pd.DataFrame":
        """Get the table as a frame of pandas.

        Returns:
            A frame with the same columns; pandas chooses their types.

        Raises:
            MissingExtraError: pandas is not installed.

        Examples:
            Let pandas compute.

            ```python
            import hozon

            table = hozon.Table(["label", "score"], [[7, 0.5], [7, 0.7], [2, 0.1]])
            print(table.get_dataframe().groupby("label")["score"].max().to_dict())
            #> {2: 0.1, 7: 0.7}
            ```
        """
        pandas = need("pandas", what="A frame of a table")
        frame: pd.DataFrame = pandas.DataFrame(self.data, columns=self.columns)
        return frame

    def iterrows(self) -> Iterator[tuple[int, list[Any]]]:
        """Iterate over the rows.

        Yields:
            The number of a row, from 0, and its cells as a new list.

        Examples:
            Look at one row after the other.

            ```python
            import hozon

            table = hozon.Table(["image", "label"], [["0001.png", 7], ["0002.png", 2]])
            for index, row in table.iterrows():
                print(index, row)
                #> 0 ['0001.png', 7]
                #> 1 ['0002.png', 2]
            ```
        """
        return ((index, list(row)) for index, row in enumerate(self._rows))

    def _to_record(self, sink: MediaSink) -> dict[str, Any]:
        """Describe the columns; the rows come one at a time."""
        return {
            "columns": self._columns,
            "column_types": [
                {"kind": kind.kind, "optional": kind.optional} for kind in self._types
            ],
            "allow_mixed_types": self._mixed,
            "nrows": len(self._rows),
            "data": ([encode_cell(cell, sink) for cell in row] for row in self._rows),
        }

    @classmethod
    def _of_record(cls, record: Record, reader: Reader) -> Self:
        """Read the rows, and check them as those of a user."""
        kinds = record.records("column_types")
        table = cls(
            columns=record.items("columns"),
            dtype=[kind.text("kind") for kind in kinds],
            optional=[kind.flag("optional") for kind in kinds],
        )
        table._mixed = record.flag("allow_mixed_types")
        for row in record.items("data"):
            if not isinstance(row, list):
                record.refuse("data", "a list of lists")
            table.add_data(*(decode_cell(cell, reader, where=record.where) for cell in row))
        if len(table) != record.integer("nrows"):
            record.refuse("data", f"{record.integer('nrows')} rows")
        return table


def _counted(rows: int) -> str:
    """Say how many rows there are."""
    return f"{rows} row{'' if rows == 1 else 's'}"


def _admit(kind: ColumnType, value: object, *, row: int, column: str) -> tuple[Any, ColumnType]:
    """Accept a cell, or say where it stands."""
    try:
        cell = plain_cell(value)
        return cell, kind.admit(cell)
    except InvalidTableError as error:
        raise InvalidTableError(
            f"Row {row}, column {column!r}: {error.message}", hint=error.hint
        ) from None


def _exact(numbered: tuple[int, list[Any]] | None, sink: MediaSink) -> str | None:
    """Write a row so that only equal cells are written equally."""
    if numbered is None:
        return None
    return json.dumps([encode_cell(cell, sink) for cell in numbered[1]], sort_keys=True)
