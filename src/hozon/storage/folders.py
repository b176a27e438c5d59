"""Folders: what lies in them, in order, and how their names come to the disk.

Owns walking and synchronizing. Refuses to own what files mean. Invariant: what others remove
meanwhile is no error.
"""

import os
import stat
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file below a folder."""

    name: str
    """Its path from there, with `/` between the parts."""

    size_bytes: int
    """How large it is."""


def walk_files(
    root: Path, *, prefix: str = "", after: str = "", skipped: Collection[str] = ()
) -> Iterator[FoundFile]:
    """Find the files below a folder in the order of the code points of their names.

    One folder after the other is read, and only such as can hold what is asked for: memory grows
    with the largest folder, not with the number of files.

    Args:
        root: The folder; where there is none, there are no files.
        prefix: What names begin with; text, not a folder.
        after: Only names behind this one are given.
        skipped: Names of folders in the root that are left out.

    Yields:
        Each file once.

    Raises:
        OSError: A folder cannot be read.
    """
    yield from _walk(root, "", prefix=prefix, after=after, skipped=skipped)


def _walk(
    folder: Path, above: str, *, prefix: str, after: str, skipped: Collection[str]
) -> Iterator[FoundFile]:
    """Walk one folder; a slash behind the names of folders makes the order that of whole names."""
    for name in sorted(_children(folder)):
        found = above + name
        if name.endswith("/"):
            wanted = found.startswith(prefix) or prefix.startswith(found)
            passed = found < after and not after.startswith(found)
            if wanted and not passed and name[:-1] not in skipped:
                yield from _walk(folder / name, found, prefix=prefix, after=after, skipped=())
        elif found.startswith(prefix) and found > after:
            with suppress(FileNotFoundError):
                status = (folder / name).stat()
                if stat.S_ISREG(status.st_mode):
                    yield FoundFile(found, status.st_size)


def _children(folder: Path) -> list[str]:
    """Name what is in a folder; none of it, if the folder is no more."""
    try:
        with os.scandir(folder) as entries:
            return [
                f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name
                for entry in entries
            ]
    except FileNotFoundError:
        return []


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk.

    Raises:
        OSError: The disk failed, or there is no such folder.
    """
    if os.name != "posix":
        return  # Windows has no such call.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folders(folders: Iterable[Path]) -> None:
    """Bring the names in folders to the disk, those above first; what is no more needs none.

    Raises:
        OSError: The disk failed.
    """
    for folder in sorted(folders):
        with suppress(FileNotFoundError):
            sync_folder(folder)


def remove_empty(folders: Iterable[Path]) -> set[Path]:
    """Remove those folders that are empty, as far as the system lets it.

    Returns:
        The folders in which these were: their names have changed.
    """
    changed = set[Path]()
    for folder in folders:
        with suppress(OSError):  # It is not empty, or someone else was first.
            folder.rmdir()
            changed.add(folder.parent)
    return changed
