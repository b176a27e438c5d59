"""A folder of which a tenth changes with each version: what a store has to collect is made of it.

Owns what is in each file of each version. Needs nothing but the standard library.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

FILE_BYTES = 1024
"""How long a file is."""
CHANGED = 0.1
"""Which share of the files changes with a version."""


def changed_in(version: int, *, files: int) -> range:
    """Tell which files a version has that the one before had not so.

    Args:
        version: Its number, from 0, in which all files are new.
        files: How many files there are; at least 10.

    Returns:
        Their numbers.
    """
    if version == 0:
        return range(files)
    count = round(files * CHANGED)
    first = (version - 1) * count % files
    return range(first, min(first + count, files))


def content_of(number: int, version: int) -> bytes:
    """Give a file as it is since a version: no two are equal."""
    return hashlib.sha256(f"{number} {version}".encode()).digest() * (FILE_BYTES // 32)


def path_of(number: int) -> str:
    """Name a file."""
    return f"{number // 100:03}/{number:06}.bin"


def write_version(folder: Path, version: int, *, files: int) -> None:
    """Write what is new in a version into the folder that holds the one before.

    Args:
        folder: The folder; made if need be.
        version: The number of the version.
        files: How many files it has.
    """
    for number in changed_in(version, files=files):
        path = folder / path_of(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content_of(number, version))


def written(folder: Path, *, versions: int, files: int) -> Iterator[int]:
    """Write one version after the other into a folder.

    Args:
        folder: The folder.
        versions: How many.
        files: How many files each has.

    Yields:
        The number of each, when the folder holds it.
    """
    for version in range(versions):
        write_version(folder, version, files=files)
        yield version
