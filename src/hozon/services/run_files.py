"""The files of a run: those of the versions that it logged.

Owns how two listings, versions and their entries, are read as one.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import islice

from hozon.model.manifest import ManifestEntry
from hozon.model.runs import RunKey
from hozon.model.versions import Version
from hozon.ports.paging import Keyed, Listing, PageKey
from hozon.services.context import Context
from hozon.services.lineage import list_logged
from hozon.services.resolve import list_entries

_PAGE = 100


@dataclass(frozen=True, slots=True)
class RunFile:
    """A file of a version that a run logged."""

    version: Version
    """The version."""

    entry: ManifestEntry
    """The file."""


class _RunFiles:
    """The files of a run: by version in the order of logging, then by path."""

    def __init__(self, context: Context, run: RunKey, names: AbstractSet[str] | None) -> None:
        self._context = context
        self._run = run
        self._names = names

    def count(self) -> int:
        versions = (version for _, version in self._versions(after=None))
        return sum(self._entries(version).count() for version in versions)

    def page(self, *, after: PageKey | None, limit: int) -> Sequence[Keyed[RunFile]]:
        return list(islice(self._files(after=after, limit=limit), limit))

    def _files(self, *, after: PageKey | None, limit: int) -> Iterator[Keyed[RunFile]]:
        """Give the files that follow a key: the one of a version, and a path within it."""
        edge, _, path = str(after).partition(" ") if after is not None else ("0", "", "")
        # The version of the last file is read again, unless it was deleted meanwhile.
        for key, version in self._versions(after=int(edge) - 1):
            last = path if key == int(edge) and path else None
            while found := self._entries(version).page(after=last, limit=limit):
                last = str(found[-1].key)
                for item in found:
                    yield Keyed(f"{key} {item.value.path}", RunFile(version, item.value))

    def _versions(self, *, after: PageKey | None) -> Iterator[tuple[int, Version]]:
        """Give the versions that follow a key, each with its own."""
        while page := list_logged(self._context, self._run).page(after=after, limit=_PAGE):
            after = page[-1].key
            yield from ((int(item.key), item.value) for item in page)

    def _entries(self, version: Version) -> Listing[ManifestEntry]:
        return list_entries(self._context, version, names=self._names)


def list_run_files(
    context: Context, run: RunKey, *, names: AbstractSet[str] | None = None
) -> Listing[RunFile]:
    """List the files of the committed versions that a run logged.

    Args:
        context: The capabilities.
        run: The run.
        names: The paths to list; None for all.

    Concurrency:
        Deleting a version that was listed skips no file of another.
    """
    return _RunFiles(context, run, names)
