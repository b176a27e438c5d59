"""References to files of this machine, or of a disk that it shares.

Owns reading `file:` URIs and walking over folders. Refuses to own copies of the files. Invariant:
links are followed, and a circle of links is an error, never an endless walk.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote
from urllib.request import url2pathname

from hozon.errors import (
    InvalidReferenceError,
    MissingReferenceError,
    ReferenceBackendError,
    ReferenceChangedError,
)
from hozon.model.digests import CHUNK_BYTES, digest_of_file
from hozon.model.manifest import ManifestEntry
from hozon.model.references import at_most
from hozon.ports.references import FoundObject

_SCHEME = "file:"
_AGAIN = "Restore the file, or add the reference again to record what is there now."


class FileReferences:
    """Looks at local files, and reads them.

    Concurrency:
        See `hozon.ports.references.ReferenceHandler`; there is nothing to share.
    """

    def find(self, uri: str, *, checksum: bool, max_objects: int | None) -> Iterator[FoundObject]:
        """Look at a file, or at all files below a folder, in the order of their paths."""
        path = _path(uri)
        with _translated(uri):
            if not path.exists():
                raise InvalidReferenceError(
                    f"There is nothing at {uri!r}", hint="Check the path, and that you may read it."
                )
            if not path.is_dir():
                yield _look(path, name=path.name, checksum=checksum, single=True)
                return
            found = at_most(_walk(path), max_objects, uri=uri)
            names = sorted(child.relative_to(path).as_posix() for child in found)
        if not names:
            raise InvalidReferenceError(
                f"There are no files below {uri!r}", hint="Check that the folder is the right one."
            )
        for name in names:
            with _translated(uri):
                yield _look(path / name, name=name, checksum=checksum, single=False)

    def read(self, entry: ManifestEntry) -> Iterator[bytes]:
        """Read the file and hold it to its digest on the way."""
        path = _path(entry.ref or "")
        sha, size = hashlib.sha256(), 0
        with _translated(str(entry.ref)):
            try:
                file = path.open("rb")
            except FileNotFoundError as error:
                raise MissingReferenceError(
                    f"There is nothing at {entry.ref!r} any more", hint=_AGAIN
                ) from error
            with file:
                while chunk := file.read(CHUNK_BYTES):
                    sha.update(chunk)
                    size += len(chunk)
                    yield chunk
        if size != entry.size:
            raise ReferenceChangedError(
                f"{entry.ref!r} has {size} bytes, and {entry.size} were recorded", hint=_AGAIN
            )
        if _is_checked(entry) and sha.hexdigest() != entry.digest:
            raise ReferenceChangedError(
                f"{entry.ref!r} has the digest {sha.hexdigest()[:12]}…, and {entry.digest[:12]}…"
                " was recorded",
                hint=_AGAIN,
            )

    def matches(self, entry: ManifestEntry, file: Path) -> bool:
        """Compare the SHA-256, where one was recorded."""
        if not _is_checked(entry) or file.stat().st_size != entry.size:
            return False
        with file.open("rb") as opened:
            return digest_of_file(opened) == entry.digest

    def target(self, entry: ManifestEntry) -> str:
        """Give the URI of the file."""
        return entry.ref or ""

    def close(self) -> None:
        """Do nothing: files are closed after each call."""


def _is_checked(entry: ManifestEntry) -> bool:
    """Tell whether the digest is that of the content."""
    return entry.digest != entry.ref


def _path(uri: str) -> Path:
    """Read the absolute path from a URI; `#` and `?` may stand in it as they are."""
    rest = uri[len(_SCHEME) :]
    if rest.startswith("//localhost/"):
        rest = rest.removeprefix("//localhost")
    elif rest.startswith("///"):
        rest = rest.removeprefix("//")
    if not rest.startswith("/") or rest.startswith("//") or "\0" in unquote(rest):
        raise InvalidReferenceError(
            f"The reference {uri!r} names no absolute path on this machine",
            hint="Give pathlib.Path(…).absolute().as_uri(), which is file:/// and the path.",
        )
    return Path(url2pathname(rest))


def _walk(root: Path) -> Iterator[Path]:
    """Yield all files below a folder, following links."""
    pending: list[tuple[Path, frozenset[str]]] = [(root, frozenset())]
    while pending:
        folder, above = pending.pop()
        real = os.path.realpath(folder)
        if real in above:
            raise InvalidReferenceError(
                f"The link {str(folder)!r} leads back to a folder above it",
                hint="Remove the link, or add the parts one by one.",
            )
        with os.scandir(folder) as scan:
            children = [(Path(child.path), child.is_dir()) for child in scan]
        for path, is_folder in children:
            if is_folder:
                pending.append((path, above | {real}))
            else:
                yield path


def _look(path: Path, *, name: str, checksum: bool, single: bool) -> FoundObject:
    """Describe one file."""
    uri = path.as_uri()
    if path.exists() and not path.is_file():
        raise InvalidReferenceError(
            f"{uri!r} is no regular file", hint="Refer to files and folders only."
        )
    if not checksum:
        return FoundObject(name, ref=uri, digest=uri, size=path.stat().st_size, single=single)
    with path.open("rb") as file:
        digest = digest_of_file(file)
        size = file.tell()  # Of what was hashed, even if the file grows meanwhile.
    return FoundObject(name, ref=uri, digest=digest, size=size, single=single)


@contextmanager
def _translated(uri: str) -> Iterator[None]:
    """Turn errors of the operating system into ours."""
    try:
        yield
    except OSError as error:
        raise ReferenceBackendError(
            f"{uri!r} cannot be read ({error.strerror or error})",
            hint="Check that the disk is there and that you may read the file.",
        ) from error
