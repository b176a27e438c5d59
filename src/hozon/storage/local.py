"""Objects in a local folder.

Owns one file per key, and a trash of those that were discarded. Invariants: a file under its final
name is complete; what a crash leaves behind lies under `incoming/` and is no key; what `put` or
`recover` stored survives a power cut, its name and the folders above it included (where the system
lets folders be synchronized, as POSIX does). New files and folders follow the umask of the process,
so that others on the machine may read them where it says so, usually with the mode 0644.
"""

import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from hozon.errors import MissingObjectError, StorageError
from hozon.model.deployments import BucketVersioning
from hozon.model.digests import CHUNK_BYTES
from hozon.model.places import Place
from hozon.ports.object_store import StoredKey
from hozon.storage.folders import remove_empty, sync_folder, sync_folders, walk_files
from hozon.storage.trash import TRASH, Trash

_INCOMING: Final = "incoming"
_NO_KEYS: Final = frozenset({_INCOMING, TRASH})

_SILENCE: Final = timedelta(days=1)
"""How long nobody has written to a file that counts as left behind. A trash that keeps nothing is
emptied up to the present, in which others write; and their clock may be another."""

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
        self._trash = Trash(root)
        self._durable: set[Path] = set()
        self._mode: int | None = None

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
        with _translated(f"Storing {key} in {self._root}"):
            self._store(self._root / key, source, may_link=may_link)

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

    def keys(self, prefix: str = "", *, after: str | None = None) -> Iterator[StoredKey]:
        """List the files below the folder, without unfinished and discarded ones."""
        with _translated(f"Listing {self._root}"):
            found = walk_files(self._root, prefix=prefix, after=after or "", skipped=_NO_KEYS)
            for file in found:
                yield StoredKey(file.name, file.size_bytes)

    def discard(self, keys: Iterable[str], *, now: datetime) -> Mapping[str, str]:
        """Move files to the trash, and bring the names to the disk once, at the end."""
        return self._each(keys, lambda key: self._trash.take(key, now))

    def recover(self, key: str, new_key: str) -> bool:
        """Give a file that is there, or in the trash, a second name; or copy it."""
        with _translated(f"Recovering {key} in {self._root} as {new_key}"):
            for kept in self._kept(key):
                try:
                    self._store(self._root / new_key, kept, may_link=True)
                except FileNotFoundError:
                    if kept.exists():
                        raise
                else:
                    return True
        return False

    def empty_trash(self, before: datetime) -> int:
        """Remove the days of the trash that ended before, and what crashes left unfinished."""
        with _translated(f"Emptying the trash of {self._root}"):
            return self._trash.empty(before) + self._remove_unfinished(before)

    def erase(self, keys: Iterable[str]) -> Mapping[str, str]:
        """Remove files and their copies in the trash."""
        return self._each(keys, self._erase)

    def versioning(self) -> BucketVersioning:
        """Say that there is a trash, which counts as versioning."""
        return BucketVersioning(
            enabled=True,
            expires_old_versions=True,
            detail=f"What is removed lies in {self._root / TRASH}",
        )

    def close(self) -> None:
        """Do nothing: files are closed after each call."""

    def _kept(self, key: str) -> Iterator[Path]:
        """Give where a key may be; the trash is looked at later, as others may discard it now."""
        if (live := self._root / key).is_file():
            yield live
        yield from self._trash.find(key)

    def _each(self, keys: Iterable[str], remove: Callable[[str], set[Path]]) -> dict[str, str]:
        """Remove keys one by one, note what fails, and bring the changed folders to the disk."""
        failures, done, changed = dict[str, str](), list[str](), set[Path]()
        try:
            for key in keys:
                try:
                    changed |= remove(key)
                    done.append(key)
                except OSError as error:
                    failures[key] = error.strerror or str(error)
            if (done or failures) and not self._root.is_dir():
                raise StorageError(
                    f"There is no folder {self._root} to remove keys from",
                    hint="Check that the disk is mounted, and HOZON_STORAGE_URL.",
                )
        finally:
            unsynced = self._sync(changed)
        return failures | (dict.fromkeys(done, unsynced) if unsynced else {})

    def _sync(self, changed: set[Path]) -> str | None:
        """Bring names to the disk, those of the trash first; give the reason if that fails.

        Folders of uploads of which nothing is left are removed. Those in the root stay: uploads
        that begin are about to use them.
        """
        trash = self._root / TRASH
        kept = {folder for folder in changed if trash in (folder, *folder.parents)}
        try:
            sync_folders(kept | (changed & {self._root}))
            live = changed - kept - {self._root}
            sync_folders(live | remove_empty(f for f in live if self._root in f.parent.parents))
        except OSError as error:
            return error.strerror or str(error)
        return None

    def _erase(self, key: str) -> set[Path]:
        """Remove a file and its copies in the trash; give the folders that changed."""
        changed = set[Path]()
        for path in (self._root / key, *self._trash.find(key)):
            with suppress(FileNotFoundError, NotADirectoryError):
                path.unlink()
                changed.add(path.parent)
        return changed

    def _store(self, target: Path, source: Path, *, may_link: bool) -> None:
        """Take a file in; if its new folder was removed meanwhile for being empty, once more."""
        self._make_durable(target.parent)
        try:
            self._take_in(target, source, may_link=may_link)
        except FileNotFoundError:
            if target.parent.is_dir():
                raise
            self._make_durable(target.parent)
            self._take_in(target, source, may_link=may_link)

    def _take_in(self, target: Path, source: Path, *, may_link: bool) -> None:
        """Link or copy a file, and make its name durable."""
        if may_link and _linked(source, target):
            self._share(target)
        else:
            self._copy(source, target)
        try:
            sync_folder(target.parent)
        except BaseException:
            target.unlink(missing_ok=True)
            raise

    def _copy(self, source: Path, target: Path) -> None:
        """Copy a file in, and give the copy its name when it is complete and on the disk."""
        copied = self._unfinished()
        try:
            with source.open("rb") as original, copied.open("xb") as copy:
                shutil.copyfileobj(original, copy, CHUNK_BYTES)
                copy.flush()
                os.fsync(copy.fileno())
            copied.replace(target)
        except BaseException:
            copied.unlink(missing_ok=True)
            raise

    def _share(self, linked: Path) -> None:
        """Give a file that was made for this process alone the mode that a new file would have."""
        if self._mode is None:
            probe = self._unfinished()
            with probe.open("xb") as file:
                self._mode = os.fstat(file.fileno()).st_mode
            probe.unlink()
        with suppress(PermissionError):  # Someone else's file stays as it is.
            if linked.stat().st_mode != self._mode:
                linked.chmod(self._mode & 0o777)

    def _unfinished(self) -> Path:
        """Name a new file that is no key."""
        incoming = self._root / _INCOMING
        incoming.mkdir(exist_ok=True)
        return incoming / secrets.token_hex(16)

    def _remove_unfinished(self, before: datetime) -> int:
        """Remove files that a crash left behind; whoever writes to one wrote to it lately."""
        last, freed = (before - _SILENCE).timestamp(), 0
        for file in walk_files(self._root, prefix=f"{_INCOMING}/"):
            path = self._root / file.name
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < last:
                    path.unlink()
                    freed += file.size_bytes
        return freed

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
        sync_folder(folder.parent)
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
