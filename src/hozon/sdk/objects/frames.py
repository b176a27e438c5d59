"""Rows from whatever holds them: lists, mappings, arrays, and frames of pandas and polars.

Owns the names of columns and the order of rows. Refuses to judge cells: the table does. Invariant:
each of the libraries is met only in what the user hands in.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from hozon.errors import InvalidTableError
from hozon.sdk.objects.libraries import is_a, is_array, need

Rows = Iterable[Sequence[object]]
"""Rows, each with one cell for each column."""


def read_rows(data: object, *, columns: object, dataframe: object) -> tuple[list[str], Rows]:
    """Find the columns and the rows of what makes a table.

    Args:
        data: Rows, a mapping of columns, an array, or a frame; None for nothing.
        columns: The names of the columns; None where the data knows them.
        dataframe: A frame; None for nothing.

    Raises:
        InvalidTableError: The data is of no such kind, there are two of them, the names of the
            columns are missing, or they are not those of the data.
    """
    given = None if columns is None else check_columns(columns)
    if dataframe is not None and data is not None:
        raise InvalidTableError(
            "The table has both data and a dataframe", hint="Give one of the two."
        )
    if dataframe is not None and not _is_frame(dataframe):
        raise InvalidTableError(
            f"dataframe is of type {type(dataframe).__name__}",
            hint="Give a frame of pandas or polars, or use data.",
        )
    content = data if dataframe is None else dataframe
    if content is None:
        return given or [], []
    if is_array(content):
        return _of_array(content, given)
    if _is_frame(content):
        return _of_frame(content, given)
    if isinstance(content, Mapping):
        return _of_columns(content, given)
    if isinstance(content, (list, tuple)):
        return _of_rows(content, given)
    raise InvalidTableError(
        f"data is of type {type(content).__name__}",
        hint="Give a list of rows, a mapping of columns, a NumPy array, or a frame.",
    )


def check_columns(columns: object) -> list[str]:
    """Accept the names of columns.

    Raises:
        InvalidTableError: They are no list of texts, or one is empty or there twice.
    """
    hint = "Give a list of names, each of them text and there once."
    if isinstance(columns, str) or not isinstance(columns, Iterable):
        raise InvalidTableError(f"columns is {columns!r}, not a list", hint=hint)
    names = list(columns)
    for index, name in enumerate(names):
        if not isinstance(name, str) or not name or not _is_unicode(name):
            raise InvalidTableError(f"The column name {name!r} is not text or empty", hint=hint)
        if name in names[:index]:
            raise InvalidTableError(f"The column {name!r} is there twice", hint=hint)
    return [str.__str__(name) for name in names]


def cells_of(data: object) -> list[object]:
    """List the cells of a new column.

    Args:
        data: A sequence, an array, or a series of pandas or polars.

    Raises:
        InvalidTableError: It is none of these.
    """
    if is_a(data, "pandas", "Series"):
        return list(_pandas_cells(data))
    if isinstance(data, (str, bytes, Mapping)) or not isinstance(data, Iterable):
        raise InvalidTableError(
            f"The new column is of type {type(data).__name__}",
            hint="Give a list or an array with one cell for each row.",
        )
    return list(data)


def _is_unicode(text: str) -> bool:
    """Tell whether UTF-8 can carry a text."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _is_frame(value: object) -> bool:
    """Tell whether a value is a frame of pandas or polars."""
    return is_a(value, "pandas", "DataFrame") or is_a(value, "polars", "DataFrame")


def _of_frame(frame: Any, given: list[str] | None) -> tuple[list[str], Rows]:  # noqa: ANN401  A frame.
    """Read a frame; the index of pandas is left out."""
    names = check_columns([str(name) for name in frame.columns])
    _same_columns(given, names)
    if is_a(frame, "polars", "DataFrame"):
        return names, frame.iter_rows()
    cells = [_pandas_cells(frame.iloc[:, index]) for index in range(len(names))]
    return names, zip(*cells, strict=True)


def _pandas_cells(series: Any) -> Iterator[object]:  # noqa: ANN401  A series.
    """Give the cells of a series; what is missing becomes None, but NaN in floats stays."""
    if getattr(series.dtype, "kind", "O") == "f" and is_a(series.dtype, "numpy", "dtype"):
        return iter(series.tolist())
    pandas = need("pandas", what="The column")
    return (
        None if pandas.api.types.is_scalar(cell) and pandas.isna(cell) else cell for cell in series
    )


def _of_array(array: Any, given: list[str] | None) -> tuple[list[str], Rows]:  # noqa: ANN401  NumPy's.
    """Read an array with two sides."""
    if array.ndim != 2:  # noqa: PLR2004  Rows and columns.
        raise InvalidTableError(
            f"The array has the shape {array.shape}", hint="Give an array of rows and columns."
        )
    names = _needed(given)
    if array.shape[1] != len(names):
        raise InvalidTableError(
            f"The array has {array.shape[1]} columns, and columns has {len(names)} names",
            hint="Give one name for each column.",
        )
    return names, array


def _of_columns(data: Mapping[Any, object], given: list[str] | None) -> tuple[list[str], Rows]:
    """Read a mapping from names to columns of one length."""
    names = check_columns(data)
    _same_columns(given, names)
    cells = [cells_of(data[name]) for name in names]
    for name, column in zip(names, cells, strict=True):
        if len(column) != len(cells[0]):
            raise InvalidTableError(
                f"The column {name!r} has {len(column)} cells, {names[0]!r} has {len(cells[0])}",
                hint="Give each column one cell for each row.",
            )
    return names, zip(*cells, strict=True)


def _of_rows(data: Sequence[Any], given: list[str] | None) -> tuple[list[str], Rows]:
    """Read rows that are lists, or dicts by the names of columns."""
    if data and isinstance(data[0], Mapping):
        names = given or check_columns(data[0])
        return names, (_of_dict(row, names, index) for index, row in enumerate(data))
    return _needed(given), (_of_list(row, index) for index, row in enumerate(data))


def _of_dict(row: object, names: list[str], index: int) -> list[object]:
    """Put the cells of a dict into the order of the columns."""
    if isinstance(row, Mapping) and row.keys() == set(names):
        return [row[name] for name in names]
    found = list(row) if isinstance(row, Mapping) else type(row).__name__
    raise InvalidTableError(
        f"Row {index} has the keys {found}, and the table the columns {names}",
        hint="Give every row a dict with the same keys; None is a value.",
    )


def _of_list(row: object, index: int) -> Sequence[object]:
    """Accept a row."""
    if isinstance(row, (list, tuple)):
        return row
    if is_array(row):
        return list(row)
    raise InvalidTableError(
        f"Row {index} is of type {type(row).__name__}", hint="Give each row as a list of cells."
    )


def _needed(given: list[str] | None) -> list[str]:
    """Insist on names that the data does not know."""
    if given is None:
        raise InvalidTableError(
            "The columns have no names", hint="Give them as columns=['image', 'label']."
        )
    return given


def _same_columns(given: list[str] | None, names: list[str]) -> None:
    """Refuse names that are not those of the data."""
    if given is not None and given != names:
        raise InvalidTableError(
            f"columns is {given}, and the data has {names}",
            hint="Leave columns out, or select and rename in the data.",
        )
