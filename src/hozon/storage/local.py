"""Objects in a local folder.

Owns one file per key. Invariant: a file under its final name is complete; what a crash leaves
behind lies under `incoming/` and is no key.
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

    @property
    def url(self) -> str:
        """The folder as a URL."""
        return self._root.absolute().as_uri()

    def put(self, key: str, source: Path) -> None:
        """Copy a file in and make it durable before it gets its name."""
        target = self._root / key
        incoming = self._root / _INCOMING
        with _translated(f"Storing {key} in {self._root}"):
            incoming.mkdir(parents=True, exist_ok=True)
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=incoming)
            try:
                with os.fdopen(handle, "wb") as copy, source.open("rb") as original:
                    shutil.copyfileobj(original, copy, CHUNK_BYTES)
                    copy.flush()
                    os.fsync(copy.fileno())
                Path(name).replace(target)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise

    def read(self, place: Place) -> Iterator[bytes]:
        """Read a range in chunks of 1 MiB."""
        try:
            file = (self._root / place.key).open("rb")
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
