"""Target folders: local folders into which checked files are put, and nothing else.

Owns safety of paths and the appearance of files. Invariants: nothing is ever written outside the
folder, whatever a manifest or a link says; a file appears under its name whole or not at all; what
stands in its way gives way only when it is asked to, and after everything was checked; what a
killed process left unfinished lies in a folder of its own, which the next one removes.
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
        replacing: Whether `replace` will be called: then a folder that has the name of a file, or a
            file that has the name of a folder, is no error, and the file waits until then.

    Concurrency:
        Several threads may write different files at once, and several processes the same ones.
    """

    def __init__(self, root: Path, *, replacing: bool = False) -> None:
        """Remember the folder; nothing is touched yet."""
        self.root = root
        """The folder."""
        self._folders: dict[str, bool] = {}
        self._by_case: dict[str, str] | None = None
        self._replacing = replacing
        self._in_files: set[str] = set()
        self._waiting: dict[str, str] = {}
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
        """Tell where the file of a path goes, or waits; the path has been prepared."""
        return Path(self._waiting.get(path) or f"{self._real}/{path}")

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

    def replace(self) -> None:
        """Remove what stands in the way of files that wait, and give them their names.

        Danger:
            A folder goes with everything in it.

        Raises:
            SourceFileError: What stands there cannot be removed; what waits is brought again by the
                next download.
        """
        self._replacing = False
        for path, unfinished in self._waiting.items():
            with writing(self.root / path):
                target = Path(self._real, path)
                for above in map(Path(self._real).joinpath, folders_above(path)):
                    if not above.is_dir():
                        above.unlink(missing_ok=True)
                        break  # Nothing can lie below a file.
                target.parent.mkdir(parents=True, exist_ok=True)
                if _is_real_folder(target):
                    shutil.rmtree(target)
                self._finish(unfinished, path)
        self._waiting.clear()

    def _finish(self, unfinished: str, path: str) -> None:
        """Give a file its name, or let it wait for that."""
        target = f"{self._real}/{path}"
        if self._replacing and self._is_taken(path):
            self._waiting[path] = unfinished
            return
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

    def _is_taken(self, path: str) -> bool:
        """Tell whether a folder has the name of a file, or a file that of a folder above it."""
        in_file = path.rpartition("/")[0] in self._in_files
        return in_file or (self.may_have(path) and _is_real_folder(Path(self._real, path)))

    def _make(self, folder: str) -> None:
        """Make a folder and those above it, after a look at where they would really be."""
        with self._lock, writing(self.root / folder):
            self._check_inside(folder)
            for above in (*folders_above(folder), folder):
                if above not in self._folders:
                    self._folders[above] = self._make_one(above)

    def _make_one(self, folder: str) -> bool:
        """Make a folder in one that is there, and tell whether it is new."""
        if folder.rpartition("/")[0] not in self._in_files:
            try:
                os.mkdir(f"{self._real}/{folder}")  # noqa: PTH102  A tenth of the time of a download.
            except FileExistsError:
                if Path(self._real, folder).is_dir():
                    return False
                if not self._replacing:
                    raise
            else:
                return True
        self._in_files.add(folder)  # Nothing can lie there before `replace`.
        return True

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


def _is_real_folder(path: Path) -> bool:
    """Tell whether a folder lies there, and no link to one."""
    return path.is_dir() and not path.is_symlink()


def _ignores_case(folder: Path) -> bool:
    """Tell whether a folder takes upper and lower case for the same."""
    probe = folder / "probe"
    probe.touch()
    try:
        return (folder / "PROBE").exists()
    finally:
        probe.unlink()


def local_folder(path: str | Path) -> Path:
    """Accept the path of a local folder, there or not.

    Args:
        path: Its path.

    Raises:
        SourceFileError: It is no path of this system.
    """
    try:
        if b"\0" not in os.fsencode(path):
            return Path(path)
        reason = "it holds a NUL character"
    except TypeError:
        reason = f"it is a {type(path).__name__}"
    except UnicodeEncodeError:
        reason = "it is not valid Unicode"
    raise SourceFileError(
        f"{path!r} is no path of a folder: {reason}", hint="Give a text or a pathlib.Path."
    )


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
