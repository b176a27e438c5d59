"""Objects in a local folder.

Owns one file per key. Invariants: a file under its final name is complete; what a crash leaves
behind lies under `incoming/` and is no key; what `put` stored survives a power cut, its name and
the folders above it included (where the system lets folders be synchronized, as POSIX does).
"""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hozon.errors import MissingObjectError, StorageError
from hozon.model.digests import CHUNK_BYTES
from hozon.model.places import Place

_INCOMING = "incoming"

_REMEMBERED = 1000
"""How many durable folders a store remembers, lest a long-lived process remember every upload."""


class LocalObjectStore:
    """Keeps objects as files below a folder.

    Args:
        root: The folder; made by the first write.

    Concurrency:
        See `hozon.ports.object_store.ObjectStore`. A file appears under its name by one rename.
    """

    def __init__(self, root: Path) -> None:
        """Remember the folder; nothing is touched yet."""
        self._root = root
        self._durable: set[Path] = set()

    @property
    def url(self) -> str:
        """The folder as a URL."""
        return self._root.absolute().as_uri()

    @property
    def is_local(self) -> bool:
        """Whether it keeps bytes on this machine: yes."""
        return True

    def put(self, key: str, source: Path, *, may_link: bool = False) -> None:
        """Take a file in and make it durable before it gets its name."""
        target = self._root / key
        with _translated(f"Storing {key} in {self._root}"):
            self._make_durable(target.parent)
            if not (may_link and _linked(source, target)):
                self._copy(source, target)
            try:
                _sync_folder(target.parent)
            except BaseException:
                target.unlink(missing_ok=True)
                raise

    def read(self, place: Place) -> Iterator[bytes]:
        """Read a range in chunks of 1 MiB."""
        try:
            file = (self._root / place.key).open("rb", buffering=0)
        except FileNotFoundError as error:
            raise MissingObjectError(
                f"The store {self._root} has nothing under {place.key}",
                hint="Restore the folder from a backup: a version still needs this object.",
            ) from error
        except OSError as error:
            raise _failure(f"Reading {place.key} from {self._root}", error) from error
        with file, _translated(f"Reading {place.key} from {self._root}"):
            file.seek(place.offset)
            left = place.length
            while left:
                chunk = file.read(min(left, CHUNK_BYTES))
                if not chunk:
                    raise StorageError(
                        f"{place.key} in {self._root} ends {left} bytes early",
                        hint="Restore the file from a backup.",
                    )
                left -= len(chunk)
                yield chunk

    def delete(self, keys: Iterable[str]) -> None:
        """Remove files; those that are absent count as removed."""
        for key in keys:
            with _translated(f"Removing {key} from {self._root}"):
                (self._root / key).unlink(missing_ok=True)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """List the files below the folder, in order, without unfinished ones."""
        with _translated(f"Listing {self._root}"):
            found = sorted(
                path.relative_to(self._root).as_posix()
                for path in self._root.rglob("*")
                if path.is_file()
            )
        for key in found:
            if key.startswith(prefix) and not key.startswith(f"{_INCOMING}/"):
                yield key

    def close(self) -> None:
        """Do nothing: files are closed after each call."""

    def _copy(self, source: Path, target: Path) -> None:
        """Copy a file in, and give the copy its name when it is complete and on the disk."""
        incoming = self._root / _INCOMING
        incoming.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=incoming)
        copied = Path(name)
        try:
            with os.fdopen(handle, "wb") as copy, source.open("rb") as original:
                shutil.copyfileobj(original, copy, CHUNK_BYTES)
                copy.flush()
                os.fsync(copy.fileno())
            copied.replace(target)
        except BaseException:
            copied.unlink(missing_ok=True)
            raise

    def _make_durable(self, folder: Path) -> None:
        """Make a folder, and those above it, so that their names survive a power cut.

        A folder below the root that another process made is synchronized, too: that process may
        not have come so far.
        """
        known = folder in self._durable or self._root not in folder.parents
        if known and folder.is_dir():
            return
        self._make_durable(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)
        if len(self._durable) >= _REMEMBERED:
            self._durable.clear()
        self._durable.add(folder)


def _linked(source: Path, target: Path) -> bool:
    """Give a file that never changes a second name; False where the file system cannot."""
    with source.open("rb") as file:
        os.fsync(file.fileno())
    try:
        target.hardlink_to(source)
    except FileExistsError:
        raise
    except OSError:  # Another disk, or a file system without links.
        return False
    return True


def _sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    if os.name != "posix":
        return  # Windows has no such call.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _translated(action: str) -> Iterator[None]:
    """Turn errors of the operating system into ours."""
    try:
        yield
    except OSError as error:
        raise _failure(action, error) from error


def _failure(action: str, error: OSError) -> StorageError:
    """Describe what failed and why."""
    return StorageError(
        f"{action} failed ({error.strerror or error})",
        hint="Check that the folder is reachable and writable and that the disk has space.",
    )
