"""Download: bring the files of a version into a local folder.

Owns verification. Invariants: a file appears under its final name only after its digest was
checked; nothing is ever written outside the folder; what lies there already and is right is not
fetched again; other files stay; no file of a version takes the place of another.
"""

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from hozon.errors import (
    DigestMismatchError,
    EntryConflictError,
    InvalidEntryPathError,
    MissingObjectError,
    SourceFileError,
)
from hozon.model.digests import (
    ContentDigest,
    digest_of_file,
    md5_of_chunks,
    published_manifest_digest,
)
from hozon.model.manifest import Manifest, ManifestEntry
from hozon.model.paths import check_entry_path
from hozon.model.places import Place
from hozon.model.versions import Version
from hozon.services.commit import Progress
from hozon.services.context import Context
from hozon.services.parallel import for_each
from hozon.services.resolve import load_manifest

DOWNLOAD_THREADS: Final = 8
"""How many files are fetched at a time."""

_UNFINISHED = ".hozon-"
"""What the names of files begin with that are not checked yet."""


def download_version(
    context: Context, version: Version, root: Path, *, progress: Progress = lambda _: None
) -> Path:
    """Bring all files of a version into a folder.

    Args:
        context: The capabilities.
        version: A version whose bytes are still kept.
        root: The folder; made if need be. Other files in it stay.
        progress: Is told how many more bytes are done, from several threads.

    Returns:
        The folder.

    Raises:
        InvalidEntryPathError: A path, or a link in the folder, would lead outside it.
        EntryConflictError: Two paths differ only in case, and the folder takes them for one;
            download to a file system that tells them apart.
        SourceFileError: The folder cannot be written.
        MissingObjectError: The store lost bytes of this version.
        DigestMismatchError: The store gave other bytes than were logged.
        StorageError: The store refused or failed; call again to go on where it stopped.
    """
    manifest = load_manifest(context, version.id)
    places = _places(context, manifest)
    with _writing(root):
        root.mkdir(parents=True, exist_ok=True)
        _refuse_twins(root, manifest)
    targets = {path: _target(root, path) for path in manifest.entries}

    def fetch(entry: ManifestEntry) -> None:
        if not _is_there(entry, targets[entry.path]):
            _fetch(context, entry, places[ContentDigest(entry.digest)], targets[entry.path])
        progress(entry.size or 0)

    for_each(fetch, manifest, threads=DOWNLOAD_THREADS)
    return root


def published_digest(context: Context, version: Version) -> str:
    """Read all bytes of a version and compute the digest that W&B would publish for them.

    Args:
        context: The capabilities.
        version: A version whose bytes are still kept.

    Returns:
        32 hexadecimal digits; see `hozon.model.digests.published_manifest_digest`.

    Raises:
        MissingObjectError: The store lost bytes of this version.
        StorageError: The store refused or failed.
    """
    manifest = load_manifest(context, version.id)
    places = _places(context, manifest)
    return published_manifest_digest(
        (entry.path, md5_of_chunks(context.store.read(places[ContentDigest(entry.digest)])))
        for entry in manifest
    )


def _places(context: Context, manifest: Manifest) -> Mapping[ContentDigest, Place]:
    """Look up where all bytes of a manifest lie."""
    with context.catalog.read() as session:
        places = session.objects.places(manifest.sizes_by_digest)
    for entry in manifest.entries.values():
        if entry.digest not in places:
            raise MissingObjectError(
                f"The catalog has no place for {entry.path!r} ({entry.digest[:12]}…)",
                hint="Restore the catalog from a backup: a version still needs this object.",
            )
    return places


def _refuse_twins(root: Path, manifest: Manifest) -> None:
    """Refuse two paths that are one file where case does not count."""
    known: dict[str, str] = {}
    for path in manifest.entries:
        twin = known.setdefault(path.casefold(), path)
        if twin != path and _ignores_case(root):
            raise EntryConflictError(
                f"{twin!r} and {path!r} are one file in {root}, where case does not count",
                hint="Download to a file system that tells upper from lower case.",
            )
        if twin != path:
            return  # Asking once is enough.


def _ignores_case(root: Path) -> bool:
    """Tell whether a folder takes upper and lower case for the same."""
    probe = root / f"{_UNFINISHED}probe-{secrets.token_hex()}"
    probe.touch(exist_ok=False)
    try:
        return probe.with_name(probe.name.upper()).exists()
    finally:
        probe.unlink()


def _target(root: Path, path: str) -> Path:
    """Find where a file goes, and refuse to follow a link out of the folder."""
    target = root / check_entry_path(path)
    # Unlike Path.resolve, realpath raises nothing for links in a circle; writing to them fails.
    if not Path(os.path.realpath(target.parent)).is_relative_to(os.path.realpath(root)):
        raise InvalidEntryPathError(
            f"{path!r} would be written outside {root}, through a link in the folder",
            hint="Remove the link, or download to another folder.",
        )
    return target


def _is_there(entry: ManifestEntry, target: Path) -> bool:
    """Tell whether a file lies there with the right bytes already."""
    with _writing(target):
        if target.is_symlink() or not target.is_file() or target.stat().st_size != entry.size:
            return False
        with target.open("rb") as file:
            return digest_of_file(file) == entry.digest


def _fetch(context: Context, entry: ManifestEntry, place: Place, target: Path) -> None:
    """Write a file beside its name, check it, and only then give it the name."""
    chunks = context.store.read(place)
    with _writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        # Unlike one of tempfile, this file has the mode that the caller's umask gives.
        unfinished = target.with_name(_UNFINISHED + secrets.token_hex())
        try:
            with unfinished.open("xb") as file:
                digest = _copy(chunks, file)
            _check(entry, digest)
            unfinished.replace(target)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise


def _check(entry: ManifestEntry, digest: str) -> None:
    """Hold what the store gave to what was logged."""
    if digest != entry.digest:
        raise DigestMismatchError(
            f"The store gave {digest[:12]}… for {entry.path!r} instead of {entry.digest[:12]}…",
            hint="Try again; if it stays so, the object in the store is damaged.",
        )


def _copy(chunks: Iterable[bytes], file: BinaryIO) -> str:
    """Write chunks and identify them on the way."""
    sha = hashlib.sha256()
    for chunk in chunks:
        sha.update(chunk)
        file.write(chunk)
    return sha.hexdigest()


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    """Turn errors of the operating system into ours."""
    try:
        yield
    except OSError as error:
        raise SourceFileError(
            f"{str(target)!r} cannot be written ({error.strerror or error})",
            hint="Check that the folder is writable and that its disk has space.",
        ) from error
