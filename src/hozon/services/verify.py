"""Verify: hold a local folder to what was logged, and make it equal.

Owns what counts as wrong, missing and surplus. Refuses to judge references: their bytes are
somebody else's. Invariant: a surplus file is removed only after everything else is in place.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hozon.errors import InputError, InvalidEntryPathError, VerificationError
from hozon.model.paths import UNFINISHED, folders_above
from hozon.model.versions import Version
from hozon.services.context import Context
from hozon.services.download import BATCH, DownloadOptions, download_version, is_there
from hozon.services.folders import writing
from hozon.services.resolve import load_manifest, read_entries
from hozon.services.staging import reading
from hozon.services.uploads import Progress

_NAMED: Final = 5
"""How many files of a kind a message names."""


@dataclass(frozen=True, slots=True)
class Differences:
    """How a folder differs from a version; paths below the folder, sorted."""

    wrong: tuple[str, ...]
    """Files with other bytes than were logged."""

    missing: tuple[str, ...]
    """Files that were logged and are not there."""

    surplus: tuple[str, ...]
    """Files that are there and were not logged."""

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return bool(self.wrong or self.missing or self.surplus)

    def __str__(self) -> str:
        """Name some of them."""
        kinds = {"wrong": self.wrong, "missing": self.missing, "surplus": self.surplus}
        return "; ".join(f"{kind} {_named(paths)}" for kind, paths in kinds.items() if paths)


def compare_folder(context: Context, version: Version, root: Path) -> Differences:
    """Find out how a folder differs from a version. Every file is read.

    Args:
        context: The capabilities.
        version: A version.
        root: The folder.

    Raises:
        SourceFileError: The folder, or something in it, cannot be read.
    """
    wrong: list[str] = []
    missing: list[str] = []
    surplus = set(_files(root))
    for entries in read_entries(context, version.id, batch=BATCH):
        for entry in entries:
            there = entry.path in surplus
            surplus.discard(entry.path)
            if entry.content is None:
                continue
            if not there:
                missing.append(entry.path)
            elif not is_there(context, entry, root / entry.path):
                wrong.append(entry.path)
    return Differences(tuple(wrong), tuple(missing), tuple(sorted(surplus)))


def verify_folder(context: Context, version: Version, root: Path) -> None:
    """Hold a folder to a version.

    Args:
        context: The capabilities.
        version: A version.
        root: The folder.

    Raises:
        VerificationError: A file is wrong, missing or surplus.
        SourceFileError: The folder, or something in it, cannot be read.
    """
    differences = compare_folder(context, version, root)
    if differences:
        raise VerificationError(
            f"{_printable(str(root))} is not {version.name}: {differences}",
            hint="Download again for what is wrong or missing; checkout removes what is surplus.",
        )


def surplus_files(context: Context, version: Version, root: Path) -> list[str]:
    """List what a checkout would remove.

    Args:
        context: The capabilities.
        version: A version.
        root: The folder.

    Returns:
        Paths below the folder, sorted; none where there is no folder.

    Raises:
        InputError: The folder is one that a checkout must not empty.
        SourceFileError: It cannot be read.
    """
    _check_expendable(root)
    with reading(root):
        if not root.exists():
            return []
    manifest = load_manifest(context, version.id)
    return sorted(path for path in _files(root) if path not in manifest.entries)


def check_out(
    context: Context, version: Version, root: Path, *, progress: Progress = lambda _: None
) -> Path:
    """Make a folder equal to a version: bring what is missing, then remove what is surplus.

    A folder gives way to a file of its name, and a file to a folder, when everything is there.

    Danger:
        Files and folders that are not of the version are removed from the folder.

    Args:
        context: The capabilities.
        version: A version whose bytes are still kept.
        root: The folder; made if need be.
        progress: Is told how many more bytes are done, from several threads.

    Returns:
        The folder.

    Raises:
        InputError: The folder is one that must not be emptied, as the home folder.
        InvalidEntryPathError: A folder of the version is a link in the folder; remove the link.
        SourceFileError: The folder cannot be written.
        IntegrityError: The store lost or changed bytes of this version; nothing was removed.
        StorageError: The store refused or failed; nothing was removed.
    """
    _check_expendable(root)
    manifest = load_manifest(context, version.id)
    folders = {folder for path in manifest.entries for folder in folders_above(path)}
    for folder in folders:
        if (root / folder).is_symlink():
            raise InvalidEntryPathError(
                f"{folder!r} in {root} is a link, not a folder of its own",
                hint="Remove the link, or check out to another folder.",
            )
    download_version(context, version, root, DownloadOptions(replacing=True), progress=progress)
    with writing(root):
        for path in sorted(_files(root)):
            if path not in manifest.entries:
                (root / path).unlink()
        for found in reversed(list(_folders(root))):
            if found not in folders:
                (root / found).rmdir()
    return root


def _files(root: Path) -> Iterator[str]:
    """List all files below a folder, links to folders among them; none of our own unfinished."""
    with reading(root):
        for found, folders, files in os.walk(root, onerror=_fail):
            if Path(found) == root and UNFINISHED in folders:
                folders.remove(UNFINISHED)
            links = [name for name in folders if Path(found, name).is_symlink()]
            for name in (*files, *links):
                yield Path(found, name).relative_to(root).as_posix()


def _folders(root: Path) -> Iterator[str]:
    """List all folders below a folder, each behind the one it is in; none of our own."""
    for found, folders, _ in os.walk(root, onerror=_fail):
        if Path(found) == root and UNFINISHED in folders:
            folders.remove(UNFINISHED)  # Another process may be at work here.
        for name in folders:
            path = Path(found, name)
            if not path.is_symlink():
                yield path.relative_to(root).as_posix()


def _fail(error: OSError) -> None:
    """Report what os.walk would pass over."""
    raise error


def _check_expendable(root: Path) -> None:
    """Refuse folders whose content nobody means to lose."""
    real = Path(os.path.realpath(root))
    # Unlike Path.home, expanduser raises nothing for a user without a home.
    kept = [Path(os.path.realpath(place)) for place in (".", os.path.expanduser("~"))]  # noqa: PTH111  Said above.
    if any(real in (place, *place.parents) for place in kept):
        raise InputError(
            f"{str(root)!r} holds more than an artifact and is not made equal to one",
            hint="Check out to a folder of its own below the working folder.",
        )


def _named(paths: tuple[str, ...]) -> str:
    """Name some paths, and count the others."""
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return ", ".join(map(_printable, paths[:_NAMED])) + more


def _printable(path: str) -> str:
    """Write bytes of a local name that are no text in a way that can be printed."""
    return path.encode(errors="backslashreplace").decode()
