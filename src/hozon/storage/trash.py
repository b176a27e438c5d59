"""The trash of a local store: what was discarded, by day.

Owns `trash/<YYYY-MM-DD>/<key>`. Refuses to own live keys, and how long the trash is kept.
Invariants: a file moves into the trash by one rename, so that it is never in neither place; a day
is one of UTC.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

TRASH: Final = "trash"
"""The folder in the root of the store; it begins no key."""


class Trash:
    """Keeps files that were discarded.

    Args:
        root: The folder of the store.

    Concurrency:
        Every method may be called from several threads and processes at once.
    """

    def __init__(self, root: Path) -> None:
        """Remember the folder; nothing is touched yet."""
        self._root = root
        self._folder = root / TRASH

    def take(self, key: str, now: datetime) -> set[Path]:
        """Move the file of a key into the trash.

        Args:
            key: The key; if there is no file, nothing happens.
            now: When this happens.

        Returns:
            The folders whose names have to be brought to the disk.

        Raises:
            OSError: The file cannot be moved.
        """
        source = self._root / key
        day = self._folder / now.astimezone(UTC).date().isoformat()
        target = day / key
        if source.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(source))
        try:
            source.replace(target)
        except NotADirectoryError:
            return set()  # What would be above it is a file.
        except FileNotFoundError:
            if not os.path.lexists(source):
                return set()
            target.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):  # Someone else was first.
                source.replace(target)
        depth = len(Path(key).parts)
        return {source.parent, day.parent.parent, day.parent, *target.parents[:depth]}

    def find(self, key: str) -> Iterator[Path]:
        """Give where a key may be in the trash, the newest day first.

        Raises:
            OSError: The trash cannot be read.
        """
        for day in reversed(self._days()):
            if (path := self._folder / day.isoformat() / key).is_file():
                yield path

    def empty(self, before: datetime) -> int:
        """Remove the days that ended before a moment.

        Returns:
            How many bytes became free; a file that is also kept under another name frees none.

        Raises:
            OSError: A file cannot be removed; others may be gone.
        """
        last = before.astimezone(UTC).date()
        freed = sum(
            _remove_tree(self._folder / day.isoformat()) for day in self._days() if day < last
        )
        with suppress(OSError):  # It holds other days.
            self._folder.rmdir()
        return freed

    def _days(self) -> list[date]:
        """List the days of which there is something, in order."""
        found = list[date]()
        with suppress(FileNotFoundError):
            for name in os.listdir(self._folder):  # noqa: PTH208  Names are wanted, not paths.
                with suppress(ValueError):  # It is not ours.
                    day = date.fromisoformat(name)
                    found += [day] if day.isoformat() == name else []
        return sorted(found)


def _remove_tree(folder: Path) -> int:
    """Remove a folder with its content, and count the bytes that become free."""
    freed = 0
    for above, folders, files in os.walk(folder, topdown=False):
        for name in files:
            path = Path(above, name)
            with suppress(FileNotFoundError):  # Another process empties the trash, too.
                status = path.lstat()
                path.unlink()
                freed += status.st_size if status.st_nlink == 1 else 0
        for name in folders:
            with suppress(FileNotFoundError):
                Path(above, name).rmdir()
    with suppress(FileNotFoundError):
        folder.rmdir()
    return freed
