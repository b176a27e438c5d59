"""Where the machine of the life cycle keeps its data: real adapters, each run with new ones."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from hozon.bootstrap import open_catalog, prepare_catalog
from hozon.ports.catalog import Catalog
from hozon.ports.object_store import ObjectStore
from hozon.storage.local import LocalObjectStore
from hozon.testing.clocks import ManualClock

_IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108  Linux's folder in memory: waits for no disk.


def fast_folder() -> Path:
    """Make a folder on what answers fastest."""
    return Path(mkdtemp(prefix="lifecycle-", dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None))


@cache
def _empty_catalog() -> bytes:
    """Make an empty catalog once, to copy it for each run."""
    folder = fast_folder()
    try:
        prepare_catalog(f"sqlite:///{folder / 'catalog.db'}")
        return (folder / "catalog.db").read_bytes()
    finally:
        shutil.rmtree(folder)


@contextmanager
def sqlite_catalog(folder: Path, clock: ManualClock) -> Iterator[Catalog]:
    """Give an empty catalog on SQLite."""
    (folder / "catalog.db").write_bytes(_empty_catalog())
    catalog = open_catalog(f"sqlite:///{folder / 'catalog.db'}", clock=clock)
    try:
        yield catalog
    finally:
        catalog.close()


@contextmanager
def sqlite_and_folder(folder: Path, clock: ManualClock) -> Iterator[tuple[Catalog, ObjectStore]]:
    """Give the embedded stack: SQLite, and objects in a folder with a trash."""
    with sqlite_catalog(folder, clock) as catalog:
        yield catalog, LocalObjectStore(folder / "objects")
