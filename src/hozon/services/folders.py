"""Target folders: local folders into which checked files are put, and nothing else.

Owns safety of paths and the appearance of files. Invariants: nothing is ever written outside the
folder, whatever a manifest or a link says; a file appears under its name whole or not at all; what
a killed process left unfinished lies in a folder of its own, which the next one removes.
"""

import errno
import os
import secrets
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import BinaryIO, Self

from hozon.errors import EntryConflictError, InvalidEntryPathError, SourceFileError
from hozon.model.paths import UNFINISHED, check_entry_path, folders_above
from hozon.services.scratch import (
    make_scratch_folder,
    make_shared_folder,
    remove_left,
    remove_scratch_folder,
)

_BINARY = getattr(os, "O_BINARY", 0)  # Windows would change the ends of lines.


class TargetFolder:
    """A folder that takes files of an artifact. Use it as a context manager.

    Args:
        root: The folder; made if need be. Other files in it stay.

    Concurrency:
        Several threads may write different files at once, and several processes the same ones.
    """

    def __init__(self, root: Path) -> None:
        """Remember the folder; nothing is touched yet."""
        self.root = root
        """The folder."""
        self._folders: dict[str, bool] = {}
        self._by_case: dict[str, str] | None = None
        self._numbers = count()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Make the folder if need be, and room for what is not checked yet.

        Raises:
            SourceFileError: The folder cannot be written.
            InvalidEntryPathError: A link in the folder would lead outside it.
        """
        with writing(self.root):
            self._folders[""] = not self.root.exists()
            make_shared_folder(self.root)
            self._real = os.path.realpath(self.root)
            self._check_inside(UNFINISHED)
            remove_left(self.root / UNFINISHED)
            self._unfinished = make_scratch_folder(self.root / UNFINISHED)
            if _ignores_case(self._unfinished):
                self._by_case = {}
        return self

    def __exit__(self, *error: object) -> None:
        """Remove what was not finished."""
        remove_scratch_folder(self._unfinished, owner=os.getpid())
        with suppress(OSError):  # Another process is at work here, too.
            self._unfinished.parent.rmdir()

    def prepare(self, paths: Iterable[str]) -> None:
        """Make sure that files may be written under these paths, and make their folders.

        Args:
            paths: Paths inside the artifact.

        Raises:
            InvalidEntryPathError: A path, or a link in the folder, would lead outside it.
            EntryConflictError: Two paths differ only in case, and the folder takes them for one;
                download to a file system that tells them apart.
            SourceFileError: A folder cannot be made.
        """
        for path in paths:
            check_entry_path(path)
            if self._by_case is not None:
                self._refuse_twin(path, self._by_case)
            parent = path.rpartition("/")[0]
            if parent not in self._folders:
                self._make(parent)

    def target(self, path: str) -> Path:
        """Tell where the file of a path goes; the path has been prepared."""
        return Path(self._real, path)

    def may_have(self, path: str) -> bool:
        """Tell whether something may lie there already: not if its folder is new."""
        return not self._folders[path.rpartition("/")[0]]

    def write(self, path: str, content: bytes) -> None:
        """Write a small file that has been checked.

        Raises:
            SourceFileError: It cannot be written.
        """
        with writing(path):
            unfinished = f"{self._unfinished}/{next(self._numbers)}"
            # Not of tempfile: this file has the mode that the caller's umask gives.
            handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
            try:
                left = memoryview(content)
                while left:
                    left = left[os.write(handle, left) :]
            finally:
                os.close(handle)
            self._finish(unfinished, path)

    def write_checked(self, path: str, write: Callable[[BinaryIO], None]) -> None:
        """Write a large file; it appears only if the writer returns.

        Args:
            path: Its path; it has been prepared.
            write: Writes the file, and raises if it turns out to be wrong.

        Raises:
            SourceFileError: It cannot be written.
        """
        with writing(path):
            unfinished = self._unfinished / str(next(self._numbers))
            try:
                # Buffered: a single call of the system need not write all of a chunk.
                with unfinished.open("xb") as file:
                    write(file)
                self._finish(os.fspath(unfinished), path)
            except BaseException:
                unfinished.unlink(missing_ok=True)
                raise

    def _finish(self, unfinished: str, path: str) -> None:
        """Give a file its name."""
        target = f"{self._real}/{path}"
        try:
            os.replace(unfinished, target)  # noqa: PTH105  A tenth of the time of a download.
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            # A folder of the target lies on another disk.
            beside = f"{target}{UNFINISHED}-{secrets.token_hex()}"
            try:
                shutil.copyfile(unfinished, beside)
                os.replace(beside, target)  # noqa: PTH105  As above.
            finally:
                Path(beside).unlink(missing_ok=True)
            Path(unfinished).unlink()

    def _make(self, folder: str) -> None:
        """Make a folder and those above it, after a look at where they would really be."""
        with self._lock, writing(self.root / folder):
            self._check_inside(folder)
            for above in (*folders_above(folder), folder):
                if above not in self._folders:
                    try:
                        os.mkdir(f"{self._real}/{above}")  # noqa: PTH102  As above.
                        self._folders[above] = True
                    except FileExistsError:
                        if not Path(self._real, above).is_dir():
                            raise
                        self._folders[above] = False

    def _check_inside(self, folder: str) -> None:
        """Refuse to follow a link out of the folder."""
        # Unlike Path.resolve, realpath raises nothing for links in a circle; making them fails.
        real = os.path.realpath(f"{self._real}/{folder}")
        if not Path(real).is_relative_to(self._real):
            raise InvalidEntryPathError(
                f"{folder!r} would be written outside {self.root}, through a link in the folder",
                hint="Remove the link, or download to another folder.",
            )

    def _refuse_twin(self, path: str, by_case: dict[str, str]) -> None:
        """Refuse two paths that are one file where case does not count."""
        twin = by_case.setdefault(path.casefold(), path)
        if twin != path:
            raise EntryConflictError(
                f"{twin!r} and {path!r} are one file in {self.root}, where case does not count",
                hint="Download to a file system that tells upper from lower case.",
            )


def _ignores_case(folder: Path) -> bool:
    """Tell whether a folder takes upper and lower case for the same."""
    probe = folder / "probe"
    probe.touch()
    try:
        return (folder / "PROBE").exists()
    finally:
        probe.unlink()


@contextmanager
def writing(target: Path | str) -> Iterator[None]:
    """Turn errors of the operating system into ours.

    Args:
        target: What is written.

    Raises:
        SourceFileError: The system refused.
    """
    try:
        yield
    except OSError as error:
        raise SourceFileError(
            f"{str(target)!r} cannot be written ({error.strerror or error})",
            hint="Check that the folder is writable and that its disk has space.",
        ) from error
