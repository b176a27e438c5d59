"""The types of a table's columns.

Owns what a column may hold: one kind of value, and None where it is optional. Refuses to own what
is inside lists and dicts. Invariant: a column's kind is found out once, and never changes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from reprlib import repr as short_repr
from types import MappingProxyType
from typing import Any, Final

from hozon.errors import InvalidTableError
from hozon.sdk.objects.base import StoredObject

ANY: Final = "any"
"""The kind of a column that takes values of all kinds."""

UNKNOWN: Final = "unknown"
"""The kind of a column in which there is no value yet."""

_NONE: Final = "none"

_SIMPLE: Final = MappingProxyType(
    {
        bool: "boolean",
        int: "number",
        float: "number",
        str: "string",
        bytes: "bytes",
        datetime: "datetime",
        date: "date",
        list: "list",
        dict: "dict",
        type(None): _NONE,
    }
)

_OBJECTS: Final = (
    "audio-file",
    "bokeh-file",
    "bounding-boxes",
    "classes",
    "html-file",
    "image-file",
    "mask",
    "object3D-file",
    "video-file",
)

KINDS: Final = frozenset({*_SIMPLE.values(), *_OBJECTS, "array", ANY, UNKNOWN} - {_NONE})
"""The names of all kinds."""


@dataclass(frozen=True, slots=True)
class ColumnType:
    """What a column holds."""

    kind: str = UNKNOWN
    """One of `KINDS`."""

    optional: bool = True
    """Whether None is a value of it, too."""

    def admit(self, cell: object) -> "ColumnType":
        """Accept a cell.

        Args:
            cell: A value as `hozon.sdk.objects.cells.plain_cell` gives it.

        Returns:
            The type of the column with this cell in it.

        Raises:
            InvalidTableError: The cell is of another kind, or None where that is not allowed.
        """
        kind = kind_of(cell)
        if kind == _NONE and self.optional:
            return self
        if self.kind == UNKNOWN and kind != _NONE:
            return replace(self, kind=kind)
        if kind == self.kind or (self.kind == ANY and kind != _NONE):
            return self
        found = "None" if kind == _NONE else f"{kind} ({short_repr(cell)})"
        raise InvalidTableError(
            f"expected {'a value' if self.kind in {ANY, UNKNOWN} else self.kind}, found {found}",
            hint="Correct the cell, or make the table with "
            f"{'optional' if kind == _NONE else 'allow_mixed_types'}=True.",
        )


def kind_of(cell: object) -> str:
    """Name the kind of a cell's value."""
    simple = _SIMPLE.get(type(cell))
    if simple is not None:
        return simple
    return cell.type_name if isinstance(cell, StoredObject) else "array"


def column_types(
    columns: Sequence[str], *, dtype: object, optional: bool | Sequence[bool], mixed: bool
) -> list[ColumnType]:
    """Say what each column will hold.

    Args:
        columns: The names.
        dtype: A kind for all columns, a list with one for each, or a mapping from names; None for
            what the first value tells.
        optional: Whether None is allowed, for all columns or for each.
        mixed: Whether columns without a kind of their own take all kinds.

    Raises:
        InvalidTableError: A kind is unknown, or there are more or fewer than columns.
    """
    if isinstance(dtype, Mapping):
        strange = [name for name in dtype if name not in columns]
        if strange:
            raise InvalidTableError(
                f"dtype names the column {strange[0]!r}, which the table lacks",
                hint=f"Columns are {', '.join(map(repr, columns)) or 'none'}.",
            )
        kinds = [dtype.get(name) for name in columns]
    else:
        kinds = _spread(dtype, columns, what="dtype")
    allowed = _spread(optional, columns, what="optional")
    missing = ANY if mixed else UNKNOWN
    return [
        ColumnType(missing if kind is None else _kind_named(kind), optional=bool(may_be_none))
        for kind, may_be_none in zip(kinds, allowed, strict=True)
    ]


def _spread(value: Any, columns: Sequence[str], *, what: str) -> list[Any]:  # noqa: ANN401  Of users.
    """Give each column its own value."""
    if not isinstance(value, (list, tuple)):
        return [value] * len(columns)
    if len(value) == len(columns):
        return list(value)
    raise InvalidTableError(
        f"{what} has {len(value)} items, and the table {len(columns)} columns",
        hint="Give one for each column, or one for all.",
    )


def _kind_named(kind: object) -> str:
    """Accept the name of a kind, or a class that stands for one."""
    if isinstance(kind, type):
        if issubclass(kind, StoredObject) and kind.type_name in _OBJECTS:
            return kind.type_name
        kind = _SIMPLE.get(kind, kind)
    if isinstance(kind, str) and kind in KINDS:
        return kind
    raise InvalidTableError(
        f"The column type {kind!r} is unknown", hint=f"Types are {', '.join(sorted(KINDS))}."
    )


def is_cell_object(value: object) -> bool:
    """Tell whether a value is an object that a cell can hold; tables are not."""
    return isinstance(value, StoredObject) and value.type_name in _OBJECTS
