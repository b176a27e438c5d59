"""How objects get into an artifact and out of it.

Owns the names of object files, `<name>.<type>.json`, and what is written when. Invariant: an object
file is written after everything that it refers to, so that one that is there can be read.
"""

from types import MappingProxyType
from typing import Final

from hozon.errors import EntryConflictError, InputError, InvalidTableError
from hozon.model.paths import check_entry_path
from hozon.sdk.objects.annotations import BoundingBoxes2D, ImageMask
from hozon.sdk.objects.audio import Audio
from hozon.sdk.objects.base import (
    ObjectSource,
    ObjectTarget,
    Reader,
    StoredObject,
    write_object_file,
)
from hozon.sdk.objects.classes import Classes
from hozon.sdk.objects.html import Html
from hozon.sdk.objects.image import Image
from hozon.sdk.objects.joined import JoinedTable, PartitionedTable
from hozon.sdk.objects.media_sink import MediaSink
from hozon.sdk.objects.object3d import Object3D
from hozon.sdk.objects.plots import Bokeh
from hozon.sdk.objects.table import Table
from hozon.sdk.objects.video import Video

KINDS: Final = MappingProxyType(
    {
        kind.type_name: kind
        for kind in (
            *(Table, JoinedTable, PartitionedTable, Classes, ImageMask, BoundingBoxes2D),
            *(Image, Audio, Video, Html, Object3D, Bokeh),
        )
    }
)
"""The classes of objects, by the name of their type."""


def store_object(obj: StoredObject, name: str, target: ObjectTarget) -> str:
    """Write an object into an artifact.

    Args:
        obj: The object.
        name: Its name in the artifact, which may have folders; with or without the end
            `.<type>.json` of its object file.
        target: The artifact.

    Returns:
        The path of the object file.

    Raises:
        InputError: It is no object.
        InvalidEntryPathError: The name is absolute or leads outside.
        EntryConflictError: There is another object of this name.
        InvalidTableError: A joined table names a table that is not there: add that one first.
        SourceFileError: A file has gone, or has changed since the object was made of it.
    """
    if not isinstance(obj, tuple(KINDS.values())):
        raise InputError(
            f"A {type(obj).__name__} is no object that an artifact keeps",
            hint="Give a hozon.Table, a hozon.Image or the like; use add_file for a file.",
        )
    end = _end(obj.type_name)
    base = check_entry_path(name).removesuffix(end)
    path = check_entry_path(base + end)
    for other in KINDS:
        if other != obj.type_name and target.has(base + _end(other)):
            raise EntryConflictError(
                f"The artifact has another object {base!r} already, {base + _end(other)!r}",
                hint="Give each object a name of its own.",
            )
    with MediaSink() as sink:
        file = sink.new_file()
        write_object_file(obj, file, sink)
        _check_tables(sink, target)
        for where, content in sink.contents.items():
            content.send(target, where)
        target.add_file(path, file)
    return path


def load_object(name: str, source: ObjectSource) -> StoredObject | None:
    """Read an object of an artifact.

    Its bytes are fetched when they are asked for, and the parts of a partitioned or joined table
    when their rows are.

    Args:
        name: Its name, with or without the end `.<type>.json` of its object file.
        source: The artifact.

    Returns:
        The object; None if there is none of this name.

    Raises:
        InvalidEntryPathError: The name is absolute or leads outside.
        InputError: Objects of several types have this name.
        CorruptObjectError: The object file is not one that Hozon writes.
        MissingExtraError: The object has an array, and NumPy is not installed.
    """
    check_entry_path(name)
    reader = Reader(source, KINDS)
    if name.endswith(tuple(map(_end, KINDS))) and source.has(name):
        return reader.load(name)
    found = [path for kind in KINDS if source.has(path := name + _end(kind))]
    if len(found) > 1:
        raise InputError(
            f"The artifact has {len(found)} objects {name!r}",
            hint=f"Ask for one of {', '.join(map(repr, found))}.",
        )
    return reader.load(found[0]) if found else None


def _end(type_name: str) -> str:
    """Give how the name of an object file ends."""
    return f".{type_name}.json"


def _check_tables(sink: MediaSink, target: ObjectTarget) -> None:
    """Insist on the tables that a joined table names."""
    for name in sink.tables:
        if not any(target.has(name + _end(kind)) for kind in ("table", "partitioned-table")):
            raise InvalidTableError(
                f"The joined table names the table {name!r}, which the artifact lacks",
                hint="Add that table first.",
            )
