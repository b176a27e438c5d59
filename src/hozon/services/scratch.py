"""Scratch folders: each belongs to one process and goes with it.

Owns their names, `draft-<host>-<pid>-<random>`, by which a later process tells those that a killed
one left. Refuses to own what lies in them. Invariant: only the process that made a folder removes
it, or one that knows that this process has ended.
"""

import errno
import os
import re
import shutil
import stat
import tempfile
import time
from contextlib import suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Final

from hozon.services.processes import CAN_ASK, has_ended, realm

LEFT_AFTER: Final = timedelta(days=1)
"""The age from which a folder counts as left where processes cannot be asked for, as on Windows."""

_ATTEMPTS = 100

_OWNER = re.compile(r"(\d{1,9})-[^-]+")


def make_scratch_folder(parent: Path) -> Path:
    """Make a folder for this process; the first time, remove what killed processes left.

    Args:
        parent: Where to make it; made if need be. Another process may remove it while it is empty.

    Raises:
        OSError: The parent cannot be written.
    """
    for _ in range(_ATTEMPTS):
        make_shared_folder(parent)
        _remove_left_once(parent)
        with suppress(FileNotFoundError):
            return Path(tempfile.mkdtemp(dir=parent, prefix=f"draft-{realm()}-{os.getpid()}-"))
    raise _gone(parent)


def make_shared_folder(folder: Path) -> None:
    """Make a folder, if it is not there, that another process may remove while it is empty.

    Args:
        folder: The folder; those above it are made, too.

    Raises:
        OSError: It cannot be made, or is a file.
    """
    for _ in range(_ATTEMPTS):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            with suppress(FileNotFoundError):
                # One look: a folder may have been removed, and made again, meanwhile.
                if not stat.S_ISDIR(folder.lstat().st_mode):
                    raise
        else:
            return
    raise _gone(folder)


def _gone(folder: Path) -> FileNotFoundError:
    return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), os.fspath(folder))


def remove_scratch_folder(folder: Path, *, owner: int) -> None:
    """Remove a folder with its content; what cannot be removed stays.

    Args:
        folder: The folder.
        owner: The id of the process that made it; in any other, such as a forked child, nothing
            happens.
    """
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


@cache
def _remove_left_once(parent: Path) -> None:
    """Do so once for each parent: a program may have a thousand drafts."""
    remove_left(parent)


def remove_left(parent: Path) -> None:
    """Remove the folders of processes of this host that have ended.

    Args:
        parent: Where they were made.
    """
    mine = f"draft-{realm()}-"
    # Not Path.glob: it raises when the parent goes between its two looks at it.
    try:
        names = os.listdir(parent)  # noqa: PTH208  Names are wanted, not paths.
    except FileNotFoundError:
        return
    for name in names:
        owner = _OWNER.fullmatch(name.removeprefix(mine)) if name.startswith(mine) else None
        if owner and _is_left(parent / name, int(owner[1])):
            shutil.rmtree(parent / name, ignore_errors=True)


def _is_left(folder: Path, pid: int) -> bool:
    """Tell whether the process that made a folder has ended."""
    if not CAN_ASK:
        return time.time() - folder.stat().st_mtime > LEFT_AFTER.total_seconds()
    return has_ended(pid)
