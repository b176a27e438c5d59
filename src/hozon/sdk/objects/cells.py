"""The values in the cells of a table, and how JSON carries them.

Owns which values there are: None, bool, int, float, text, bytes, datetime, date, lists, dicts with
text keys, NumPy arrays of plain numbers, and objects such as images. What is added becomes one of
these, as a copy; what JSON lacks is tagged, such as `{"$float": "nan"}`. A key of the user's own
that begins with `$` is written with one more. Invariant: what was written comes back equal, in
value and type. Nothing is ever pickled or unpickled.
"""

import base64
import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timezone
from reprlib import repr as short_repr
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from hozon.errors import CorruptObjectError, InvalidTableError
from hozon.model.metadata import MAX_DEPTH, MAX_INTEGER_BITS
from hozon.sdk.objects.base import Reader, StoredObject, write_record
from hozon.sdk.objects.libraries import is_a, is_array, need
from hozon.sdk.objects.media_sink import MediaSink
from hozon.sdk.objects.types import is_cell_object

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ARRAY_KINDS: Final = frozenset("biufcmMUS")
"""NumPy's letters for what an array may hold: no Python objects and no structures."""

_DTYPE: Final = re.compile(r"[<>|=]?[biufcmMUS]\d+(\[\d*[A-Za-z]+\])?")
_MOST_SIDES: Final = 64


def plain_cell(value: object, *, depth: int = 0) -> object:
    """Turn what a user gives into a value that a cell can hold.

    Args:
        value: Anything. Scalars of NumPy and pandas become Python's; missing ones become None.
        depth: How many lists and dicts it is inside of.

    Returns:
        A copy in plain values.

    Raises:
        InvalidTableError: There is no such cell; the message says why.
    """
    exact = _EXACT.get(type(value))
    if exact is not None:
        return exact(value)
    if isinstance(value, StoredObject) or is_array(value):
        return _special(value)
    if isinstance(value, (list, tuple, Mapping)):
        return _nested(value, depth=depth + 1)
    if is_a(value, "numpy", "generic"):
        return _scalar(value)
    if is_a(value, "pandas.api.typing", "NAType") or is_a(value, "pandas.api.typing", "NaTType"):
        return None
    for kind, convert in _SUBCLASSES:
        if isinstance(value, kind):
            return convert(value)
    raise _refusal(f"a value of type {type(value).__name__} ({short_repr(value)})")


def encode_cell(cell: object, sink: MediaSink) -> Any:  # noqa: ANN401  JSON values.
    """Write a cell as JSON values.

    Args:
        cell: What `plain_cell` gave.
        sink: Takes the bytes of objects.
    """
    encode = _ENCODERS.get(type(cell))
    if encode is not None:
        return encode(cell, sink)
    if isinstance(cell, StoredObject):
        return {"$object": write_record(cell, sink)}
    return {"$array": _encode_array(cell)}


def decode_cell(value: Any, reader: Reader, *, where: str) -> Any:  # noqa: ANN401  JSON values.
    """Read a cell as `encode_cell` wrote it.

    Args:
        value: JSON values.
        reader: Makes the objects.
        where: The object file that they stand in.

    Raises:
        CorruptObjectError: This is not what Hozon writes.
    """
    if isinstance(value, list):
        return [decode_cell(item, reader, where=where) for item in value]
    if not isinstance(value, dict):
        return value
    tag = next((key for key in value if key.startswith("$") and not key.startswith("$$")), None)
    if tag is None:
        return {
            key.removeprefix("$"): decode_cell(item, reader, where=where)
            for key, item in value.items()
        }
    try:
        (content,) = value.values()  # A tag stands alone.
        if tag == "$object":
            return reader.read(content, where=where)
        return _DECODERS[tag](content)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise CorruptObjectError(
            f"{where!r} holds a cell with a wrong {tag!r} ({error})",
            hint="Read the version before it, or log the object again.",
        ) from error


def _refusal(found: str) -> InvalidTableError:
    """Say what cells hold instead."""
    return InvalidTableError(
        f"a cell cannot hold {found}",
        hint="Cells hold None, bool, int, float, str, bytes, datetime, date, list, dict, NumPy "
        "arrays of numbers or text, and media.",
    )


def _integer(value: int) -> int:
    """Accept an integer that Python can read back from text."""
    if value.bit_length() > MAX_INTEGER_BITS:
        raise _refusal(f"an integer of more than {MAX_INTEGER_BITS} bits")
    return int(value)


def _text(value: str) -> str:
    """Accept text that UTF-8 can carry."""
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise _refusal(f"text that is not valid Unicode ({short_repr(value)})")
    return str.__str__(value)


def _datetime(value: datetime) -> datetime:
    """Keep the offset from UTC, not the name of the zone."""
    if getattr(value, "nanosecond", 0):
        raise _refusal(f"a time with nanoseconds ({value})")
    offset = value.utcoffset()
    return datetime(
        *(value.year, value.month, value.day, value.hour, value.minute, value.second),
        value.microsecond,
        tzinfo=None if offset is None else timezone(offset),
    )


def _special(value: Any) -> object:  # noqa: ANN401  An object or an array.
    """Accept an object that a cell can hold, or copy an array."""
    if isinstance(value, StoredObject):
        if is_cell_object(value):
            return value
        raise _refusal(f"a {type(value).__name__}; add it to the artifact under its own name")
    if value.dtype.kind not in _ARRAY_KINDS or is_a(value, "numpy.ma", "MaskedArray"):
        raise _refusal(f"a {type(value).__name__} of {value.dtype}")
    return need("numpy", what="A cell").array(value, order="C", copy=True, subok=False)


def _nested(value: Any, *, depth: int) -> object:  # noqa: ANN401  A list, tuple or mapping.
    """Copy a list or a mapping with what is in it."""
    if depth > MAX_DEPTH:
        raise _refusal(f"values nested more than {MAX_DEPTH} levels deep")
    if not isinstance(value, Mapping):
        return [plain_cell(item, depth=depth) for item in value]
    strange = next((key for key in value if not isinstance(key, str)), None)
    if strange is not None:
        raise _refusal(f"a dict with the key {strange!r}, which is not text")
    return {_text(key): plain_cell(item, depth=depth) for key, item in value.items()}


def _scalar(value: Any) -> object:  # noqa: ANN401  A NumPy scalar.
    """Turn a scalar of NumPy into Python's."""
    if value.dtype.kind == "M":
        numpy = need("numpy", what="A cell")
        if numpy.isnat(value):
            return None
        exact = value.astype("datetime64[us]")
        if exact != value:
            raise _refusal(f"a time with nanoseconds ({value})")
        value = exact
    item = value.item()
    exact_type = _EXACT.get(type(item))
    if exact_type is None or value.dtype.kind == "m":  # Some spans would become integers.
        raise _refusal(f"a value of type {type(value).__name__} ({value})")
    return exact_type(item)


def _encode_dict(cell: dict[str, Any], sink: MediaSink) -> dict[str, Any]:
    """Write a dict; keys that look like a tag get one more `$`."""
    return {
        f"${key}" if key.startswith("$") else key: encode_cell(item, sink)
        for key, item in cell.items()
    }


def _encode_array(array: Any) -> dict[str, Any]:  # noqa: ANN401  NumPy may not be there.
    """Write an array as its type, its shape and its bytes."""
    return {
        "dtype": array.dtype.str,
        "shape": list(array.shape),
        "data": base64.b64encode(array.tobytes()).decode(),
    }


def _decode_array(record: Mapping[str, Any]) -> "NDArray[Any]":
    """Read an array from its bytes; its type is checked before NumPy sees it."""
    numpy = need("numpy", what="A cell with an array")
    name, shape = record["dtype"], record["shape"]
    if not isinstance(name, str) or _DTYPE.fullmatch(name) is None:
        raise ValueError(f"the array type {name!r}")
    if len(shape) > _MOST_SIDES or not all(type(side) is int and side >= 0 for side in shape):
        raise ValueError(f"the array shape {shape!r}")
    data, dtype = base64.b64decode(record["data"], validate=True), numpy.dtype(name)
    if math.prod(shape) * dtype.itemsize != len(data):
        raise ValueError(f"{len(data)} bytes for an array of shape {shape}")
    array: NDArray[Any] = (
        numpy.frombuffer(data, dtype).reshape(shape).copy() if data else numpy.zeros(shape, dtype)
    )
    return array


def _decode_float(text: str) -> float:
    """Read a float that JSON lacks."""
    return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[text]


def _decode_bytes(text: str) -> bytes:
    """Read bytes."""
    return base64.b64decode(text, validate=True)


_EXACT: Final[Mapping[type, Callable[[Any], object]]] = MappingProxyType(
    {
        type(None): lambda value: value,
        bool: lambda value: value,
        float: lambda value: value,
        bytes: lambda value: value,
        int: _integer,
        str: _text,
        datetime: _datetime,
        date: lambda value: value,
    }
)
"""What accepts a value of exactly this type."""

_SUBCLASSES: Final[tuple[tuple[type, Callable[[Any], object]], ...]] = (
    (datetime, _datetime),
    (date, lambda value: date(value.year, value.month, value.day)),
    (int, lambda value: _integer(int(value))),
    (float, float.__float__),
    (str, _text),
    (bytearray, bytes),
    (bytes, bytes),
)
"""What accepts a value of another class below it, such as an enumeration's."""

_ENCODERS: Final[Mapping[type, Callable[[Any, MediaSink], Any]]] = MappingProxyType(
    {
        **dict.fromkeys((type(None), bool, int, str), lambda cell, _: cell),
        float: lambda cell, _: cell if math.isfinite(cell) else {"$float": repr(cell)},
        bytes: lambda cell, _: {"$bytes": base64.b64encode(cell).decode()},
        datetime: lambda cell, _: {"$datetime": cell.isoformat()},
        date: lambda cell, _: {"$date": cell.isoformat()},
        list: lambda cell, sink: [encode_cell(item, sink) for item in cell],
        dict: _encode_dict,
    }
)
"""What writes a value of exactly this type."""

_DECODERS: Final[Mapping[str, Callable[[Any], object]]] = MappingProxyType(
    {
        "$float": _decode_float,
        "$datetime": datetime.fromisoformat,
        "$date": date.fromisoformat,
        "$bytes": _decode_bytes,
        "$array": _decode_array,
    }
)
