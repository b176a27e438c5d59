"""Object files: the JSON that stands for an object in an artifact.

Owns the text: UTF-8, one row of a table a line, and no NaN, which JSON lacks. Rows are written one
at a time, so that a large table needs no second copy in memory. Refuses to know objects. Invariant:
what cannot be read is a `CorruptObjectError` that names the file.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NoReturn

from hozon.errors import CorruptObjectError

_FORMAT_KEY: Final = "_format"
_FORMAT: Final = 1
"""Which way of writing object files this is; a later one has a greater number."""

_TEXT: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def write_json(record: Mapping[str, Any], path: Path) -> None:
    """Write a record to a new file.

    Args:
        record: The record; an iterator in it becomes a list, written item by item.
        path: The file; it must not exist.
    """
    with path.open("x", encoding="utf-8", newline="\n") as file:
        for number, (key, value) in enumerate({**record, _FORMAT_KEY: _FORMAT}.items()):
            file.write(f"{',' if number else '{'}\n{_TEXT.encode(key)}:")
            if not isinstance(value, Iterator):
                file.write(_TEXT.encode(value))
                continue
            file.write("[")
            for index, item in enumerate(value):
                file.write(f"{',' if index else ''}\n{_TEXT.encode(item)}")
            file.write("\n]")
        file.write("\n}\n")


def read_json(path: Path, *, where: str) -> Mapping[str, Any]:
    """Read a record.

    Args:
        path: The file.
        where: Its path inside the artifact, for messages.

    Raises:
        CorruptObjectError: It is no JSON object, or is written in a way of a later release.
    """
    try:
        with path.open(encoding="utf-8") as file:
            record = json.load(file, parse_constant=_refuse_constant)
    except (OSError, ValueError, RecursionError) as error:
        raise CorruptObjectError(
            f"{where!r} is no object file ({error})",
            hint="Read the version before it, or log the object again.",
        ) from error
    if not isinstance(record, dict):
        raise CorruptObjectError(
            f"{where!r} is no object file: it holds a {type(record).__name__}",
            hint="Read the version before it, or log the object again.",
        )
    if record.get(_FORMAT_KEY) != _FORMAT:
        raise CorruptObjectError(
            f"{where!r} is written in the unknown format {record.get(_FORMAT_KEY)!r}",
            hint="A newer release of Hozon may read it.",
        )
    return record


def _refuse_constant(text: str) -> NoReturn:
    """Refuse what JSON lacks."""
    raise ValueError(f"{text} is not JSON")
