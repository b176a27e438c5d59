"""What tests of garbage collection share: short names, and looks at what is left."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

from hozon.model.digests import ContentDigest
from hozon.model.garbage import CollectReport, Windows
from hozon.model.versions import Version
from hozon.ports.object_store import ObjectStore
from hozon.services.context import Context
from hozon.services.download import download_version
from hozon.services.resolve import read_entries
from worlds import Files

Collect = Callable[..., CollectReport]
"""Runs a pass; see the fixture `collect`."""

Log = Callable[[Files], Version]
"""Logs files as a version of `mnist`, in one pack."""

Remove = Callable[[Version], None]
"""Deletes a version, and lets its time to be restored pass."""

WINDOWS: Final = Windows(
    restore=timedelta(days=7), trash=timedelta(days=30), grace=timedelta(hours=24)
)
"""How long passes of tests wait."""


def keys_of(store: ObjectStore) -> list[str]:
    """List the keys that are in a store."""
    return [stored.key for stored in store.keys("")]


def stored_bytes(store: ObjectStore) -> int:
    """Sum up what is in a store."""
    return sum(stored.size for stored in store.keys(""))


def digests_of(context: Context, version: Version) -> dict[str, ContentDigest]:
    """Read what a version holds, by path."""
    return {
        entry.path: entry.content
        for entries in read_entries(context, version.id, batch=100)
        for entry in entries
        if entry.content is not None
    }


def download(context: Context, version: Version, root: Path) -> dict[str, bytes]:
    """Download a version into a new folder, and read its files, by path."""
    root = root / "downloaded"
    download_version(context, version, root)
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
