"""Keeping objects: the draft that typed objects are written to, the version they are read from.

Owns the way between `hozon.sdk.objects`, which know no artifacts, and artifacts. Invariant: what is
read has been checked against its digest.
"""

from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

from hozon.errors import EntryNotFoundError
from hozon.model.manifest import ManifestEntry
from hozon.model.paths import check_entry_prefix
from hozon.model.versions import Version
from hozon.sdk.draft import Draft
from hozon.sdk.session import Session
from hozon.services.references import source_versions
from hozon.services.resolve import find_entry, read_entries
from hozon.services.staging import Policy

_BATCH = 1000


class DraftTarget:
    """A draft, as the target of objects.

    Args:
        draft: Where the files go.
        overwrite: Whether an object takes the place of another of its name.
    """

    def __init__(self, draft: Draft, *, overwrite: bool) -> None:
        """Belong to a draft."""
        self._draft = draft
        self._overwrite = overwrite

    def has(self, path: str) -> bool:
        """Tell whether there is a file at a path."""
        return self._draft.entry(path) is not None

    def write(self, path: str, content: bytes) -> None:
        """Add bytes at a path."""
        self._draft.add_bytes(content, path=path)

    def add_file(self, path: str, source: Path) -> None:
        """Add a copy of a local file at a path."""
        self._draft.add_file(
            source, path=path, policy=Policy.MUTABLE, skip_cache=True, overwrite=self._overwrite
        )


class VersionSource:
    """A logged version, as the source of objects.

    Files are fetched when they are needed. An object file that lives in another artifact finds its
    media there.

    Args:
        session: The connections over which the version was found.
        version: The version.
        bring: Fetches an entry of a version, checked, and gives its local path.
    """

    def __init__(
        self, session: Session, version: Version, bring: Callable[[Version, ManifestEntry], Path]
    ) -> None:
        """Belong to a version."""
        self._session = session
        self._version = version
        self._bring = bring

    def has(self, path: str) -> bool:
        """Tell whether there is a file at a path."""
        return self._find(path) is not None

    def paths(self, prefix: str) -> Iterator[str]:
        """Give all paths that begin with a text."""
        context, above = self._session.context, check_entry_prefix(prefix)
        for entries in read_entries(context, self._version.id, prefix=above, batch=_BATCH):
            yield from (entry.path for entry in entries)

    def local(self, path: str) -> Path:
        """Give a local copy of the file at a path, checked, and fetched if need be."""
        found = self._find(path)
        if found is None:
            raise EntryNotFoundError(
                f"{self._version.name} has no file {path!r}",
                hint="Log the object again: a part of it is missing.",
            )
        return self._bring(*found)

    def _find(self, path: str) -> tuple[Version, ManifestEntry] | None:
        """Find a file in the version, or else in those whose entries it refers to."""
        for version in self._versions():
            entry = find_entry(self._session.context, version, path)
            if entry is not None:
                return version, entry
        return None

    def _versions(self) -> Iterator[Version]:
        """Give where to look; the others are looked up only when they are needed."""
        yield self._version
        yield from self._elsewhere

    @cached_property
    def _elsewhere(self) -> list[Version]:
        return source_versions(self._session.context, self._version)
