"""Columns as NumPy arrays.

Owns which columns an array can hold. Invariant: what the array holds equals what the cells held,
but for None, which becomes NaN in numbers and NaT in times.
"""

from typing import TYPE_CHECKING, Any, Final

from hozon.errors import InvalidTableError
from hozon.sdk.objects.libraries import need

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PLAIN: Final = frozenset({"array", "boolean", "date", "datetime", "list", "number", "string"})
_DTYPES: Final = {"date": "datetime64[D]", "datetime": "datetime64[us]"}
_NUMBERS: Final = frozenset("biuf")
"""NumPy's letters for numbers and booleans."""


def to_numpy(cells: list[Any], *, kind: str, name: str) -> "NDArray[Any]":
    """Turn the cells of a column into an array.

    Args:
        cells: The cells.
        kind: The kind of the column.
        name: Its name, for messages.

    Raises:
        InvalidTableError: No array holds these cells as they are.
        MissingExtraError: NumPy is not installed.
    """
    numpy = need("numpy", what=f"The column {name!r} as an array")
    if kind not in _PLAIN or any(getattr(cell, "tzinfo", None) for cell in cells):
        raise _refusal(name, kind)
    try:
        if kind == "array":
            stacked: NDArray[Any] = numpy.stack(cells)
            return stacked
        if kind == "number":
            cells = [numpy.nan if cell is None else cell for cell in cells]
        array: NDArray[Any] = numpy.array(cells, dtype=_DTYPES.get(kind))
    except (OverflowError, TypeError, ValueError) as error:
        raise _refusal(name, kind) from error
    if not _holds(array, cells, kind=kind):
        raise _refusal(name, kind)
    return array


def _holds(array: "NDArray[Any]", cells: list[Any], *, kind: str) -> bool:
    """Tell whether an array holds what the cells held, and not what NumPy made of it."""
    if kind in _DTYPES or array.dtype.kind == "U":
        return bool(array.tolist() == cells)
    if array.dtype.kind not in _NUMBERS:
        return False
    return kind != "number" or all(
        item == cell or cell != cell  # noqa: PLR0124  NaN differs from itself.
        for item, cell in zip(array.tolist(), cells, strict=True)
    )


def _refusal(name: str, kind: str) -> InvalidTableError:
    """Say that there is no such array."""
    return InvalidTableError(
        f"The column {name!r} ({kind}) cannot be an array without a change of its cells",
        hint="Get it as a list, with convert_to=None.",
    )
