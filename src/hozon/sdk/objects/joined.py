"""Tables made of tables: `JoinedTable` and `PartitionedTable`.

Own where their parts are, and the order of rows. The rows stay with the tables, which are read when
rows are asked for. Invariant: what is stored is paths and names, so that parts may come later.
"""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any, Final, Self

from hozon.errors import InvalidTableError
from hozon.model.paths import check_entry_path
from hozon.sdk.errors import ArtifactNotLoggedError
from hozon.sdk.objects.base import Reader, StoredObject, write_object_file
from hozon.sdk.objects.contents import LocalContent
from hozon.sdk.objects.media_sink import MediaSink
from hozon.sdk.objects.records import Record
from hozon.sdk.objects.table import Table

_SUFFIX: Final = ".table.json"
_MEDIA: Final = "media/tables/"
"""Where tables lie that were joined without a name of their own."""


class PartitionedTable(StoredObject, type_name="partitioned-table"):
    """All tables below a folder of an artifact, as one table.

    Only the folder is stored. Tables that are added below it later, or in a later version, belong
    to it, too. All of them must have the same columns.

    Args:
        parts_path: The folder inside the artifact, such as `parts`.

    Raises:
        InvalidEntryPathError: The folder is absolute or leads outside.

    Examples:
        It is added to the artifact beside its parts.

        ```python
        import hozon

        parts = hozon.PartitionedTable("parts")
        print(parts, parts == hozon.PartitionedTable("parts/"))
        #> <PartitionedTable of the tables below parts/> True
        ```
    """

    parts_path: str
    """The folder inside the artifact."""

    def __init__(self, parts_path: str) -> None:
        """Remember the folder; nothing is read."""
        self.parts_path = check_entry_path(str(parts_path).rstrip("/"))
        self._reader: Reader | None = None

    def __repr__(self) -> str:
        """Show the folder."""
        return f"<PartitionedTable of the tables below {self.parts_path}/>"

    @property
    def columns(self) -> list[str]:
        """The names of the columns, as the first part has them; empty while there is no part.

        Raises:
            ArtifactNotLoggedError: It was not read from an artifact: log it, and get it.
        """
        for _, part in self._parts():
            return part.columns
        return []

    def iterrows(self) -> Iterator[tuple[int, list[Any]]]:
        """Iterate over the rows of all parts, in the order of their paths.

        One part at a time is in memory.

        Yields:
            The number of a row, from 0 over all parts, and its cells.

        Raises:
            ArtifactNotLoggedError: It was not read from an artifact: log it, and get it.
            InvalidTableError: A part has other columns than the first.
        """
        parts = self._parts()
        return _numbered(row for part in _alike(parts) for _, row in part.iterrows())

    def _parts(self) -> Iterator[tuple[str, Table]]:
        """Read the parts, one after the other."""
        reader = self._reader
        if reader is None:
            raise _unread(f"The partitioned table {self.parts_path!r}")
        prefix = f"{self.parts_path}/"
        paths = [
            path
            for path in reader.source.paths(prefix)
            if path.startswith(prefix) and path.endswith(_SUFFIX)
        ]
        return ((path, _load_table(path, reader)) for path in sorted(paths))

    def _to_record(self, sink: MediaSink) -> dict[str, Any]:  # noqa: ARG002  It has no bytes.
        """Describe it by its folder."""
        return {"parts_path": self.parts_path}

    @classmethod
    def _of_record(cls, record: Record, reader: Reader) -> Self:
        """Remember where the parts are."""
        made = cls(record.path("parts_path"))
        made._reader = reader
        return made


class JoinedTable(StoredObject, type_name="joined-table"):
    """The rows of two tables that have the same key.

    Rows come in the order of the first table, and for each in the order of the second. A row
    without a partner is left out; None and NaN have no partner.

    Args:
        table1: A table, or the name of one in the same artifact, which may be partitioned.
        table2: The other one.
        join_key: The column that both have, or a pair with the column of each.

    Raises:
        InvalidTableError: A table lacks the key, or an argument is of another kind.
        InvalidEntryPathError: A name is absolute or leads outside.

    Examples:
        Join what a model said with what is true.

        ```python
        import hozon

        truth = hozon.Table(["image", "label"], [["0001.png", 7], ["0002.png", 2]])
        said = hozon.Table(["image", "guess"], [["0002.png", 3], ["0001.png", 7]])
        joined = hozon.JoinedTable(truth, said, "image")
        print(joined)
        #> <JoinedTable of 2 tables by image and image>
        for index, row in joined.iterrows():
            print(index, row)
            #> 0 ['0001.png', 7, 7]
            #> 1 ['0002.png', 2, 3]
        ```
    """

    join_key: tuple[str, str]
    """The key's column in the first table, and in the second."""

    def __init__(
        self, table1: Table | str, table2: Table | str, join_key: str | Sequence[str]
    ) -> None:
        """Check the key; names are not looked up yet."""
        self.join_key = _pair(join_key)
        self._sides = (_side(table1), _side(table2))
        self._reader: Reader | None = None
        for side, key in zip(self._sides, self.join_key, strict=True):
            if isinstance(side, Table):
                _index_of(key, side.columns)

    def __repr__(self) -> str:
        """Show the key."""
        return f"<JoinedTable of 2 tables by {' and '.join(self.join_key)}>"

    def __eq__(self, other: object) -> bool:
        """Compare the key and the tables: by content, or by name if both have names."""
        if not isinstance(other, JoinedTable) or type(other) is not type(self):
            return NotImplemented
        return self.join_key == other.join_key and all(
            self._same(mine, theirs, other)
            for mine, theirs in zip(self._sides, other._sides, strict=True)
        )

    __hash__ = None  # Two equal ones may be changed apart.

    @property
    def columns(self) -> list[str]:
        """The columns of the first table, then those of the second without its key.

        A name that is taken gets `_2` at its end.

        Raises:
            ArtifactNotLoggedError: It has names of tables and was not read from an artifact.
            InvalidTableError: A table is missing.

        Examples:
            Both tables have a column `label`.

            ```python
            import hozon

            truth = hozon.Table(["image", "label"], [["0001.png", 7]])
            said = hozon.Table(["image", "label"], [["0001.png", 1]])
            print(hozon.JoinedTable(truth, said, "image").columns)
            #> ['image', 'label', 'label_2']
            ```
        """
        first, second = (self._table(side) for side in self._sides)
        names = first.columns
        for name in _without(second.columns, _index_of(self.join_key[1], second.columns)):
            free = name
            while free in names:
                free += "_2"
            names.append(free)
        return names

    def iterrows(self) -> Iterator[tuple[int, list[Any]]]:
        """Iterate over the joined rows.

        The second table is in memory meanwhile.

        Yields:
            The number of a joined row, from 0, and its cells.

        Raises:
            ArtifactNotLoggedError: It has names of tables and was not read from an artifact.
            InvalidTableError: A table or its key is missing, or a key is a list, a dict, an
                array or an object.

        Examples:
            A key may be there more than once.

            ```python
            import hozon

            images = hozon.Table(["image", "label"], [["0001.png", 7], ["0002.png", 2]])
            names = hozon.Table(["id", "name"], [[2, "two"], [7, "seven"], [7, "sept"]])
            joined = hozon.JoinedTable(images, names, ("label", "id"))
            print([row for _, row in joined.iterrows()][:2])
            #> [['0001.png', 7, 'seven'], ['0001.png', 7, 'sept']]
            ```
        """
        first, second = (self._table(side) for side in self._sides)
        left = _index_of(self.join_key[0], first.columns)
        right = _index_of(self.join_key[1], second.columns)
        return _numbered(_joined(first, left, second, right))

    def _table(self, side: Table | str) -> Table | PartitionedTable:
        """Find one of the two tables."""
        if isinstance(side, Table):
            return side
        if self._reader is None:
            raise _unread("The joined table")
        return _load_any(side, self._reader)

    def _same(self, mine: Table | str, theirs: Table | str, other: "JoinedTable") -> bool:
        """Compare one side with that of another joined table."""
        if isinstance(mine, str) and isinstance(theirs, str):
            return mine == theirs
        try:
            return self._table(mine) == other._table(theirs)  # noqa: SLF001  Of the same class.
        except ArtifactNotLoggedError:
            return False

    def _to_record(self, sink: MediaSink) -> dict[str, Any]:
        """Describe it by the names of the tables; tables without a name are stored as media."""
        names = []
        for side in self._sides:
            if isinstance(side, str) and not side.startswith(_MEDIA):
                sink.tables.append(side)
                names.append(side)
            else:
                names.append(_store(self._table(side), sink))
        return {"table1": names[0], "table2": names[1], "join_key": list(self.join_key)}

    @classmethod
    def _of_record(cls, record: Record, reader: Reader) -> Self:
        """Remember where the tables are."""
        made = cls(record.path("table1"), record.path("table2"), record.items("join_key"))
        made._reader = reader
        return made


def _side(table: object) -> Table | str:
    """Accept a table, or the name of one."""
    if isinstance(table, Table):
        return table
    if isinstance(table, str):
        return check_entry_path(table).removesuffix(_SUFFIX)
    raise InvalidTableError(
        f"A {type(table).__name__} cannot be joined",
        hint="Give tables, or the names of tables in the same artifact.",
    )


def _pair(key: object) -> tuple[str, str]:
    """Accept one name for both tables, or one for each."""
    names = [key, key] if isinstance(key, str) else key
    if isinstance(names, (list, tuple)) and [type(name) for name in names] == [str, str]:
        return names[0], names[1]
    raise InvalidTableError(
        f"The join key is {key!r}", hint="Give the name of a column, or a pair of names."
    )


def _index_of(key: str, columns: list[str]) -> int:
    """Find the column of a key."""
    if key in columns:
        return columns.index(key)
    raise InvalidTableError(
        f"A table has no column {key!r} to join by",
        hint=f"Its columns are {', '.join(map(repr, columns)) or 'not named yet'}.",
    )


def _joined(
    first: Table | PartitionedTable, left: int, second: Table | PartitionedTable, right: int
) -> Iterator[list[Any]]:
    """Give each row of the first table with its partners."""
    partners: dict[tuple[bool, object], list[list[Any]]] = {}
    for _, row in second.iterrows():
        partners.setdefault(_key(row[right]), []).append(_without(row, right))
    for _, row in first.iterrows():
        key = _key(row[left])
        for partner in partners.get(key, ()) if _joins(row[left]) else ():
            yield [*row, *partner]


def _joins(cell: object) -> bool:
    """Tell whether a key may have a partner: None and NaN have none."""
    return cell is not None and cell == cell  # noqa: PLR0124  NaN differs from itself.


def _key(cell: object) -> tuple[bool, object]:
    """Give what equal keys have in common; True is not 1."""
    try:
        hash(cell)
    except TypeError:
        raise InvalidTableError(
            f"A {type(cell).__name__} is no key to join by",
            hint="Join by a column of numbers, text, booleans, bytes or times.",
        ) from None
    return isinstance(cell, bool), cell


def _without(row: list[Any], index: int) -> list[Any]:
    """Leave one item out."""
    return [*row[:index], *row[index + 1 :]]


def _numbered(rows: Iterator[list[Any]]) -> Iterator[tuple[int, list[Any]]]:
    """Number rows."""
    return zip(count(), rows, strict=False)


def _alike(parts: Iterator[tuple[str, Table]]) -> Iterator[Table]:
    """Insist on the columns of the first part."""
    columns: list[str] | None = None
    for path, part in parts:
        columns = columns or part.columns
        if part.columns != columns:
            raise InvalidTableError(
                f"The part {path!r} has the columns {part.columns}, and the first {columns}",
                hint="Give all parts the same columns, in the same order.",
            )
        yield part


def _load_table(path: str, reader: Reader) -> Table:
    """Read a table."""
    found = reader.load(path)
    if isinstance(found, Table):
        return found
    raise InvalidTableError(
        f"There is no table {path!r} in the artifact", hint="Add the table under this name."
    )


def _load_any(name: str, reader: Reader) -> Table | PartitionedTable:
    """Read a table or a partitioned table by its name."""
    for kind in (Table, PartitionedTable):
        path = f"{name}.{kind.type_name}.json"
        found = reader.load(path) if reader.source.has(path) else None
        if isinstance(found, (Table, PartitionedTable)):
            return found
    return _load_table(f"{name}{_SUFFIX}", reader)


def _store(table: StoredObject, sink: MediaSink) -> str:
    """Store a table among the media, under a name made of its content."""
    file = sink.new_file()
    write_object_file(table, file, sink)
    return str(sink.add(LocalContent.of(file), folder="tables", suffix=_SUFFIX)["path"])


def _unread(what: str) -> ArtifactNotLoggedError:
    """Say that there is nothing to read rows from."""
    return ArtifactNotLoggedError(
        f"{what} names tables of an artifact, and was not read from one",
        hint="Log the artifact, and get the table from it.",
    )
