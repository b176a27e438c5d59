"""The file index in a SQLite file of its own.

Owns the table. Refuses to own trust in what it says. Invariants: losing it costs only time, so a
database that cannot be used is as good as an empty one; it never grows past `MOST_FILES`.
"""

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Final

from hozon.model.digests import ContentDigest
from hozon.ports.file_index import Fingerprint, SeenFile

MOST_FILES: Final = 2_000_000
"""How many files are remembered; the ones that were read longest ago are forgotten first."""

_BATCH = 500
_BUSY_SECONDS = 2
_TABLE = """
CREATE TABLE IF NOT EXISTS files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    changed_ns INTEGER NOT NULL,
    inode BLOB NOT NULL,
    digest BLOB NOT NULL
)
"""


class SqliteFileIndex:
    """Remembers files in a database beside the cache.

    Args:
        path: The database; made by the first write.

    Concurrency:
        See `hozon.ports.file_index.FileIndex`. A process that waits longer than two seconds for
        another goes on without.
    """

    def __init__(self, path: Path) -> None:
        """Remember where; nothing is opened yet."""
        self._path = path
        self._lock = threading.Lock()
        self._opened: tuple[int, sqlite3.Connection] | None = None

    def seen(self, paths: Iterable[str]) -> dict[str, SeenFile]:
        """Give what is known of files."""
        found: dict[str, SeenFile] = {}
        if not os.path.exists(self._path):  # noqa: PTH110  Path.exists raises what is none of ours.
            return found
        rest = filter(_is_text, paths)
        # A damaged database may also give values of other types than were put in.
        with (
            suppress(sqlite3.Error, AttributeError, TypeError, ValueError),
            self._connection() as connection,
        ):
            while batch := list(islice(rest, _BATCH)):
                marks = ",".join("?" * len(batch))
                query = f"SELECT {_COLUMNS} FROM files WHERE path IN ({marks})"  # noqa: S608  Marks only.
                for row in connection.execute(query, batch):
                    file = _file(*row)
                    found[file.path] = file
        return found

    def remember(self, files: Iterable[SeenFile]) -> None:
        """Remember files, and forget the oldest if there are too many."""
        rows = [_row(file) for file in files if _is_text(file.path)]
        try:
            self._write(rows)
        except (sqlite3.OperationalError, OSError):
            return  # Locked for too long, or not ours to write.
        except sqlite3.DatabaseError:  # Damaged, or none: the next one begins anew.
            self.clear()

    def _write(self, rows: Iterable["Row"]) -> None:
        """Write rows, and forget the oldest if there are too many."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._connection() as connection, connection:
            connection.execute(_TABLE)
            connection.executemany(
                f"INSERT OR REPLACE INTO files ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608  Our own columns.
                rows,
            )
            connection.execute(
                "DELETE FROM files WHERE id <= (SELECT max(id) FROM files) - ?", [MOST_FILES]
            )

    def clear(self) -> None:
        """Forget everything."""
        self.close()
        for name in (self._path, *(Path(f"{self._path}{end}") for end in ("-wal", "-shm"))):
            with suppress(OSError):
                name.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the database, if this process opened it."""
        with self._lock:
            opened, self._opened = self._opened, None
        if opened is not None and opened[0] == os.getpid():
            opened[1].close()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Give the connection of this process: a forked child must not touch its parent's."""
        with self._lock:
            if self._opened is None or self._opened[0] != os.getpid():
                connection = sqlite3.connect(
                    self._path, timeout=_BUSY_SECONDS, check_same_thread=False
                )
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.execute("PRAGMA journal_mode = WAL")
                self._opened = os.getpid(), connection
            yield self._opened[1]


_COLUMNS = "path, size, modified_ns, changed_ns, inode, digest"

Row = tuple[str, int, int, int, bytes, bytes]
"""A row of the table."""


def _row(file: SeenFile) -> Row:
    print_ = file.fingerprint
    # Numbers of inodes may be larger than what SQLite takes for a number.
    inode = print_.inode.to_bytes(16, "big", signed=True)
    digest = bytes.fromhex(file.digest)
    return file.path, print_.size, print_.modified_ns, print_.changed_ns, inode, digest


def _file(
    path: str, size: int, modified: int, changed: int, inode: bytes, digest: bytes
) -> SeenFile:
    number = int.from_bytes(inode, "big", signed=True)
    fingerprint = Fingerprint(size, modified, changed, number)
    return SeenFile(path, fingerprint, ContentDigest(digest.hex()))


def _is_text(path: str) -> bool:
    """Tell whether SQLite takes a path: one that is no Unicode is read again every time."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
