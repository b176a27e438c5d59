"""What every typed object has in common, and where objects are written to and read from.

Owns the two ports of this package, which a draft and a logged version fill, and the way from an
object to its record and back. A record is the JSON object that stands for it in an artifact: in an
object file of its own, or in the cell of a table. Invariant: what is read back equals what was
written.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol, Self

from hozon.errors import CorruptObjectError, InputError
from hozon.sdk.objects.files import read_json, write_json
from hozon.sdk.objects.media_sink import MediaSink
from hozon.sdk.objects.records import Record

TYPE_KEY: Final = "_type"
"""The key of a record that says what it stands for."""


class ObjectTarget(Protocol):
    """The write side: an artifact that is still a draft."""

    def has(self, path: str) -> bool:
        """Tell whether there is a file at a path."""

    def write(self, path: str, content: bytes) -> None:
        """Add bytes at a path.

        Raises:
            EntryConflictError: Other bytes are there already; the same bytes again are fine.
        """

    def add_file(self, path: str, source: Path) -> None:
        """Add a copy of a local file at a path.

        Raises:
            EntryConflictError: Another content is there already; the same again is fine.
        """


class ObjectSource(Protocol):
    """The read side: a logged version, or a draft's own files."""

    def has(self, path: str) -> bool:
        """Tell whether there is a file at a path."""

    def paths(self, prefix: str) -> Iterable[str]:
        """Give all paths that begin with a text, such as `parts/`, in any order."""

    def local(self, path: str) -> Path:
        """Give a local copy of the file at a path, checked, and fetched if need be."""


class StoredObject(ABC):
    """Something that an artifact keeps as a typed object.

    Two objects are equal if they are of one class and have the same content, wherever their bytes
    lie. They have no hash, because most can be changed.
    """

    type_name: ClassVar[str]
    """What stands as `_type` in a record, and in the name of an object file."""

    def __init_subclass__(cls, *, type_name: str | None = None) -> None:
        """Take the name of the type; a class below another may share it."""
        super().__init_subclass__()
        if type_name is not None:
            cls.type_name = type_name

    def __eq__(self, other: object) -> bool:
        """Compare by content."""
        if type(other) is not type(self):
            return NotImplemented
        with MediaSink() as sink:
            mine, others = write_record(self, sink), write_record(other, sink)
        # As text: in Python, 1 equals both 1.0 and True.
        return json.dumps(mine, sort_keys=True) == json.dumps(others, sort_keys=True)

    __hash__ = None  # type: ignore[assignment]  # Python's own way to say so.

    @abstractmethod
    def _to_record(self, sink: MediaSink) -> dict[str, Any]:
        """Describe the object in JSON values, and hand its bytes to the sink."""

    @classmethod
    @abstractmethod
    def _of_record(cls, record: Record, reader: "Reader") -> Self:
        """Make the object that a record describes."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Makes objects of what an artifact holds."""

    source: ObjectSource
    """The artifact."""

    kinds: Mapping[str, type[StoredObject]]
    """The classes, by the name of their type."""

    def read(self, values: Mapping[str, Any], *, where: str) -> StoredObject:
        """Make the object that a record describes.

        Args:
            values: The record.
            where: The object file that it stands in.

        Raises:
            CorruptObjectError: The record is not one that Hozon writes.
        """
        record = Record(values, where)
        kind = self.kinds.get(record.text(TYPE_KEY))
        if kind is None:
            raise CorruptObjectError(
                f"{where!r} holds an object of the unknown type {values[TYPE_KEY]!r}",
                hint="A newer release of Hozon may read it.",
            )
        try:
            return kind._of_record(record, self)  # noqa: SLF001  The other half of this module.
        except InputError as error:
            raise CorruptObjectError(
                f"{where!r} holds what no {kind.__name__} can be: {error.message}",
                hint="Read the version before it, or log the object again.",
            ) from error

    def load(self, path: str) -> StoredObject | None:
        """Make the object of an object file.

        Args:
            path: The path of the file inside the artifact.

        Returns:
            The object; None if there is no such file.

        Raises:
            CorruptObjectError: The file is not one that Hozon writes.
        """
        if not self.source.has(path):
            return None
        values = read_json(self.source.local(path), where=path)
        try:
            return self.read(values, where=path)
        except RecursionError as error:
            raise CorruptObjectError(
                f"{path!r} holds values nested too deep",
                hint="Read the version before it, or log the object again.",
            ) from error


def write_object_file(obj: StoredObject, path: Path, sink: MediaSink) -> None:
    """Write the object file of an object.

    Args:
        obj: The object.
        path: A file that does not exist yet.
        sink: Takes the bytes that the object file refers to.
    """
    write_json(write_record(obj, sink), path)


def write_record(obj: StoredObject, sink: MediaSink) -> dict[str, Any]:
    """Describe an object in JSON values.

    Args:
        obj: The object.
        sink: Takes the bytes that the description refers to.

    Returns:
        The record; the rows of a table are an iterator in it.
    """
    return {TYPE_KEY: obj.type_name, **obj._to_record(sink)}  # noqa: SLF001  The same.
