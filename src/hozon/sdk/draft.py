"""Drafts: the content of an artifact before it is logged.

Owns what may be added beside what. Invariant: a path is added once; adding it again with the same
content changes nothing, with other content is refused or, where the caller says so, takes its
place; no path is a file and a folder at once, so that every draft can be downloaded again.
"""

import codecs
import hashlib
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

from hozon.errors import EntryConflictError, EntryNotFoundError, InputError, SourceFileError
from hozon.model.digests import CHUNK_BYTES, md5_of_chunks, published_manifest_digest
from hozon.model.manifest import Manifest, ManifestEntry
from hozon.model.paths import check_entry_path, folders_above
from hozon.sdk.errors import ArtifactFinalizedError
from hozon.services.contents import Contents, LocalRange, StagedFile
from hozon.services.staging import Policy, Progress, StagingArea, reading

_MODES = {"x", "w", "xb", "wb"}

_TMP_DIGITS = 20
"""How many hexadecimal digits stand for the stem of a temporary file.

Source: the published documentation of `add_file`.
"""


class Draft:
    """Content that is still being put together.

    Concurrency:
        Several threads may add at once. A folder, or a list of entries, is added as a whole:
        whoever freezes the content meanwhile waits for it.

    Args:
        name: What to call the artifact in messages.
        area: Where private copies go.
        entries: What is in it from the beginning; its bytes are stored already.
        release: Is called when the content needs no protection any more.
    """

    def __init__(
        self,
        name: str,
        area: StagingArea,
        *,
        entries: Iterable[ManifestEntry] = (),
        release: Callable[[], None] = lambda: None,
    ) -> None:
        """Begin with what is stored already."""
        self._name = name
        self._area = area
        self._contents = Contents()
        self._folders: Counter[str] = Counter()
        self._sources: dict[str, str] = {}
        self._final = False
        self._release = release
        self._lock = threading.RLock()
        for entry in entries:
            self._put(StagedFile(entry, None))

    @property
    def manifest(self) -> Manifest:
        """What has been added so far."""
        with self._lock:
            return self._contents.manifest

    @property
    def is_final(self) -> bool:
        """Whether the content is frozen."""
        return self._final

    @property
    def size(self) -> int:
        """The sum of the sizes that are known, in bytes."""
        with self._lock:
            return self._contents.size

    @property
    def count(self) -> int:
        """How many entries there are."""
        return len(self._contents)

    def entry(self, path: str) -> ManifestEntry | None:
        """Give what has been added under a path; None for nothing."""
        with self._lock:
            return self._contents.entry(path)

    def local(self, path: str) -> LocalRange | None:
        """Tell where the bytes of a path are on this machine; None if they are not."""
        with self._lock:
            known = self._contents.get(path)
        return known.at if known else None

    def published_digest(
        self, stored: Callable[[Iterable[ManifestEntry]], Mapping[str, str]]
    ) -> str:
        """Compute the digest that W&B would publish for what has been added so far.

        Args:
            stored: Maps our digests of entries whose bytes are stored to the published ones.

        Raises:
            SourceFileError: A file that was not copied has changed since it was added.
            StorageError: The staging folder cannot be written.
        """
        self._area.seal()
        with self._lock:
            files = list(self._contents)
        elsewhere = [file.entry for file in files if file.at is None and file.entry.content]
        known = stored(elsewhere) if elsewhere else {}
        return published_manifest_digest(
            (
                file.entry.path,
                _published(file.at, file.entry.digest)
                if file.at
                else known.get(file.entry.digest, file.entry.digest),
            )
            for file in files
        )

    def add_file(
        self,
        source: Path,
        *,
        path: str,
        policy: Policy,
        skip_cache: bool = False,
        is_tmp: bool = False,
        overwrite: bool = False,
    ) -> ManifestEntry:
        """Take a file in."""
        self.check_open()
        staged = self._area.stage_file(source, path=path, policy=policy, skip_cache=skip_cache)
        if is_tmp:
            staged = _renamed(staged, _tmp_path(staged.entry))
        return self._add(staged, overwrite=overwrite)

    def add_folder(
        self,
        source: Path,
        *,
        prefix: str,
        policy: Policy,
        skip_cache: bool = False,
        merge: bool = False,
        progress: Progress = lambda _: None,
    ) -> None:
        """Take the contents of a folder in, all or nothing."""
        self.check_open()
        staged = self._area.stage_folder(
            source, prefix=prefix, policy=policy, skip_cache=skip_cache, progress=progress
        )
        self._add_all(staged, overwrite=merge)

    def add_bytes(self, content: bytes, *, path: str) -> ManifestEntry:
        """Take bytes in that lie in no file."""
        self.check_open()
        return self._add(self._area.stage_chunks([content], path=path), overwrite=False)

    def add_entries(self, entries: Iterable[ManifestEntry]) -> list[ManifestEntry]:
        """Take entries in whose bytes are stored already, or are somebody else's: all or none."""
        self.check_open()
        added = [StagedFile(entry, None) for entry in entries]
        for file in added:
            check_entry_path(file.entry.path)
        self._add_all(added, overwrite=False)
        return [file.entry for file in added]

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
        if path in self._contents and mode.startswith("x"):
            raise self._conflict(path)
        with self._area.new_copy() as (_, scratch):
            pass
        try:
            with scratch.open(mode.replace("x", "w"), encoding=text) as file:
                yield file
            staged = self._area.stage_chunks(_chunks(scratch), path=path)
        finally:
            scratch.unlink(missing_ok=True)
        self._add(staged, overwrite=mode.startswith("w"))

    def remove(self, path: str) -> None:
        """Take a file out, or everything below a folder.

        Raises:
            EntryNotFoundError: There is neither.
        """
        below = f"{path}/"
        with self._lock:
            self.check_open()
            found = [known for known in self._contents.paths() if known.startswith(below)]
            if path in self._contents:
                found.append(path)
            if not found:
                raise EntryNotFoundError(
                    f"The artifact {self._name!r} has no file or folder {path!r}",
                    hint="List what it has with artifact.manifest.entries.",
                )
            for known in found:
                self._take(known)

    def note_source(self, source: Path, path: str) -> None:
        """Remember that a local file or folder was added under a path."""
        self._sources[os.path.abspath(source)] = path  # noqa: PTH100  Links are not followed.

    def added_as(self, source: Path) -> str | None:
        """Tell under which path a local file was added; None if it is not in it."""
        wanted = Path(os.path.abspath(source))  # noqa: PTH100  As above.
        for folder in (wanted, *wanted.parents):
            above = self._sources.get(str(folder))
            if above is not None:
                below = wanted.relative_to(folder).as_posix()
                path = "/".join(
                    part for part in (above.rstrip("/"), below) if part not in {"", "."}
                )
                return path if path in self._contents else None
        return None

    @property
    def contents(self) -> Contents:
        """What has been added, ready to be stored."""
        self._area.seal()
        return self._contents

    def finalize(self) -> None:
        """Freeze the content."""
        with self._lock:
            self._final = True

    @contextmanager
    def finalizing(self) -> Iterator[None]:
        """Freeze the content before the block, and leave it as it was if the block raises."""
        with self._lock:
            before, self._final = self._final, True
            try:
                yield
            except BaseException:
                self._final = before
                raise

    def check_open(self) -> None:
        """Refuse changes to frozen content.

        Raises:
            ArtifactFinalizedError: The content is frozen.
        """
        if self._final:
            raise ArtifactFinalizedError(
                f"The artifact {self._name!r} has been finalized and cannot be changed",
                hint="Make a new Artifact of the same name; logging it makes the next version.",
            )

    def clear(self) -> None:
        """Remove the private copies, and let go of what was protected."""
        self._area.clear()
        self._release()

    def _add(self, file: StagedFile, *, overwrite: bool) -> ManifestEntry:
        """Add a file, or keep the equal one that is there."""
        with self._lock:
            self.check_open()
            if not self._check_free(file.entry, overwrite=overwrite):
                if file.entry.path in self._contents:
                    self._take(file.entry.path)
                self._put(file)
        return file.entry

    def _add_all(self, files: Iterable[StagedFile], *, overwrite: bool) -> None:
        """Add files, or none of them if one is refused or cannot be read."""
        added: list[str] = []
        replaced: dict[str, StagedFile] = {}
        with self._lock:
            try:
                for file in files:
                    path = file.entry.path
                    before = self._contents.get(path)
                    self._add(file, overwrite=overwrite)
                    if before is None:
                        added.append(path)
                    else:
                        replaced.setdefault(path, before)
            except BaseException:
                for path in added:
                    self._take(path)
                for path, before in replaced.items():
                    if path in self._contents:
                        self._take(path)
                    if path not in added:
                        self._put(before)
                raise

    def _check_free(self, entry: ManifestEntry, *, overwrite: bool) -> bool:
        """Refuse a path that other content has, or that cannot lie beside what is there.

        Returns:
            Whether the same content is there already.
        """
        known = self._contents.entry(entry.path)
        if known == entry:
            return True
        if known is not None and not overwrite:
            raise self._conflict(entry.path)
        clash = next((f for f in folders_above(entry.path) if f in self._contents), None)
        if clash is not None or entry.path in self._folders:
            raise EntryConflictError(
                f"The artifact {self._name!r} cannot have {(clash or entry.path)!r} both as a file"
                " and as a folder",
                hint="Add it under another name, or make a new Artifact.",
            )
        return False

    def _put(self, file: StagedFile) -> None:
        self._contents.put(file)
        self._folders.update(folders_above(file.entry.path))

    def _take(self, path: str) -> None:
        self._contents.remove(path)
        for folder in folders_above(path):
            self._folders[folder] -= 1
            if not self._folders[folder]:
                del self._folders[folder]

    def _conflict(self, path: str) -> EntryConflictError:
        """Describe a path that is taken."""
        return EntryConflictError(
            f"The artifact {self._name!r} has other content at {path!r} already",
            hint="Use another name, or overwrite=True for a file and merge=True for a folder.",
        )


def _tmp_path(entry: ManifestEntry) -> str:
    """Name a temporary file by its content."""
    path = PurePosixPath(entry.path)
    return str(path.with_name(entry.digest[:_TMP_DIGITS] + path.suffix))


def _renamed(file: StagedFile, path: str) -> StagedFile:
    """Give a file another path."""
    return StagedFile(ManifestEntry(path, file.entry.digest, file.entry.size), file.at)


def _published(at: LocalRange, digest: str) -> str:
    """Compute the digest that W&B would publish for bytes that lie here."""
    sha = hashlib.sha256()

    def chunks() -> Iterator[bytes]:
        for chunk in _chunks(at.file.path, offset=at.offset, length=at.length):
            sha.update(chunk)
            yield chunk

    with reading(at.file.path):
        md5 = md5_of_chunks(chunks())
    if sha.hexdigest() != digest:
        raise SourceFileError(
            f"{str(at.file.path)!r} has changed since it was added", hint="Add it again."
        )
    return md5


def _codec(encoding: str) -> str:
    """Accept an encoding that Python knows."""
    try:
        return codecs.lookup(encoding).name
    except (LookupError, ValueError):  # ValueError: a NUL, or a lone surrogate.
        raise InputError(
            f"The encoding {encoding!r} is unknown", hint="Leave it out for UTF-8."
        ) from None


def _chunks(path: Path, *, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
    """Read a private copy, or a part of it, in chunks."""
    with path.open("rb") as file:
        file.seek(offset)
        left = path.stat().st_size - offset if length is None else length
        while left and (chunk := file.read(min(left, CHUNK_BYTES))):
            left -= len(chunk)
            yield chunk
