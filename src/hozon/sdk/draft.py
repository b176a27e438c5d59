"""Drafts: the content of an artifact before it is logged.

Owns the staged files by path. Invariant: a path is added once; adding it again with the same
content changes nothing, with other content is refused; no path is a file and a folder at once, so
that every draft can be downloaded again.
"""

import codecs
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from typing import IO, Any

from hozon.errors import EntryConflictError, InputError
from hozon.model.digests import CHUNK_BYTES, md5_of_chunks, published_manifest_digest
from hozon.model.manifest import Manifest, ManifestEntry
from hozon.model.paths import check_entry_path
from hozon.sdk.errors import ArtifactFinalizedError
from hozon.services.staging import StagedFile, StagingArea

_MODES = {"x", "w", "xb", "wb"}


class Draft:
    """Content that is still being put together.

    Args:
        name: What to call the artifact in messages.
        staging: The folder for private copies.
    """

    def __init__(self, name: str, *, staging: Path) -> None:
        """Begin empty."""
        self._name = name
        self._area = StagingArea(staging)
        self._files: dict[str, StagedFile] = {}
        self._folders: set[str] = set()
        self._final = False

    @property
    def manifest(self) -> Manifest:
        """What has been added so far."""
        return Manifest.of(file.entry for file in self._files.values())

    def published_digest(self) -> str:
        """Compute the digest that W&B would publish for what has been added so far."""
        return published_manifest_digest(
            (path, md5_of_chunks(_chunks(file.copy))) for path, file in self._files.items()
        )

    def add_file(self, source: Path, *, path: str) -> ManifestEntry:
        """Copy a file in."""
        self.check_open()
        return self._add([self._area.stage_file(source, path=path)])[0]

    def add_folder(self, source: Path, *, prefix: str) -> None:
        """Copy the contents of a folder in, all or nothing."""
        self.check_open()
        self._add(self._area.stage_folder(source, prefix=prefix))

    @contextmanager
    def new_file(self, path: str, *, mode: str, encoding: str | None) -> Iterator[IO[Any]]:
        """Open a new file for writing; it is added when the block ends without an exception."""
        self.check_open()
        check_entry_path(path)
        if mode not in _MODES:
            raise InputError(
                f"The mode {mode!r} of the new file {path!r} is not supported",
                hint="Use 'x' or 'w' for text, 'xb' or 'wb' for bytes.",
            )
        text = None if "b" in mode else _codec(encoding or "utf-8")
        if path in self._files and mode.startswith("x"):
            raise self._conflict(path)
        with self._area.new_copy() as (_, scratch):
            pass
        try:
            with scratch.open(mode.replace("x", "w"), encoding=text) as file:
                yield file
            staged = self._area.stage_file(scratch, path=path)
        finally:
            scratch.unlink(missing_ok=True)
        self.check_open()
        if mode.startswith("w"):
            self._files.pop(path, None)
        self._add([staged])

    @property
    def files(self) -> list[StagedFile]:
        """The private copies of what has been added so far."""
        return list(self._files.values())

    def finalize(self) -> None:
        """Freeze the content."""
        self._final = True

    def check_open(self) -> None:
        """Refuse changes to frozen content.

        Raises:
            ArtifactFinalizedError: The content is frozen.
        """
        if self._final:
            raise ArtifactFinalizedError(
                f"The artifact {self._name!r} has been logged and cannot take more files",
                hint="Make a new Artifact of the same name; logging it makes the next version.",
            )

    def clear(self) -> None:
        """Remove the private copies."""
        self._area.clear()

    def _add(self, staged: Iterable[StagedFile]) -> list[ManifestEntry]:
        """Add files, all or none."""
        added = {file.entry.path: file for file in staged}
        try:
            for file in added.values():
                self._check_free(file.entry)
        except EntryConflictError:
            for file in added.values():
                file.copy.unlink(missing_ok=True)
            raise
        self._files.update(added)
        self._folders.update(*map(_folders, added))
        return [file.entry for file in added.values()]

    def _check_free(self, entry: ManifestEntry) -> None:
        """Refuse a path that other content has, or that cannot lie beside what is there."""
        known = self._files.get(entry.path)
        if known is not None and known.entry != entry:
            raise self._conflict(entry.path)
        clash = next((folder for folder in _folders(entry.path) if folder in self._files), None)
        if clash is not None or entry.path in self._folders:
            raise EntryConflictError(
                f"The artifact {self._name!r} cannot have {(clash or entry.path)!r} both as a file"
                " and as a folder",
                hint="Add it under another name, or make a new Artifact.",
            )

    def _conflict(self, path: str) -> EntryConflictError:
        """Describe a path that is taken."""
        return EntryConflictError(
            f"The artifact {self._name!r} has a file {path!r} already",
            hint="Add it under another name, or make a new Artifact.",
        )


def _folders(path: str) -> list[str]:
    """List the folders above a path inside the artifact, the top one first."""
    return list(accumulate(path.split("/")[:-1], "{}/{}".format))


def _codec(encoding: str) -> str:
    """Accept an encoding that Python knows."""
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise InputError(
            f"The encoding {encoding!r} is unknown", hint="Leave it out for UTF-8."
        ) from None


def _chunks(copy: Path) -> Iterator[bytes]:
    """Read a private copy in chunks."""
    with copy.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
