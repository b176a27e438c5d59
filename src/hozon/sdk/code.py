"""Code: which files of a folder are code that a run may log.

Owns the choice and the name. Refuses to own logging. Invariant: nothing outside the folder is
logged, nor what other programs put there: hidden folders, virtual environments, caches.
"""

import inspect
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from hozon.errors import InputError, SourceFileError
from hozon.model.names import MAX_NAME_LENGTH
from hozon.services.staging import reading

Choice = Callable[..., bool]
"""Is given the path of a file, or its path and the folder, and tells whether it is meant."""

_LEFT_OUT: Final = {"__pycache__", "node_modules", "site-packages"}


def find_code(
    root: Path, *, include: Choice | None = None, exclude: Choice | None = None
) -> list[tuple[Path, str]]:
    """Find the files that are code, in the order of their paths.

    Args:
        root: The folder.
        include: Which files to take; by default those that end in `.py`.
        exclude: Which of them to leave out all the same.

    Returns:
        Each file, and its path below the folder.

    Raises:
        SourceFileError: The folder is missing, or cannot be read.
    """
    if not root.is_dir():
        raise SourceFileError(
            f"{str(root)!r} is no folder", hint="Give the folder that holds the code."
        )
    wanted, unwanted = _choice(include or _is_python), _choice(exclude or _is_nothing)
    folder = Path(os.path.realpath(root))
    with reading(root):
        return sorted(
            (file, below)
            for file, below in _files(folder)
            if wanted(file, folder) and not unwanted(file, folder)
        )


def name_of_code(project: str, entry_point: str | None) -> str:
    """Name the artifact of a program's code.

    Args:
        project: The project.
        entry_point: The script, such as `train.py`; None where there is none.

    Returns:
        `source-<project>-<entry point>`, in characters that a name may have.
    """
    parts = ["source", project, *([entry_point] if entry_point else [])]
    return re.sub(r"[^A-Za-z0-9_.-]", "_", "-".join(parts))[:MAX_NAME_LENGTH]


def find_script() -> Path | None:
    """Find the script, or the notebook, that this program is.

    Returns:
        Its file; of a notebook that which Jupyter Server 2 or Visual Studio Code names. None where
        the program is typed in, or a module of a package without a file, and for other notebooks.
    """
    main = sys.modules.get("__main__")
    named = getattr(main, "__file__", None)
    if named is None and "ipykernel" in sys.modules:
        # The first is of Visual Studio Code; the second is inherited by what a notebook starts,
        # which is no kernel.
        named = getattr(main, "__vsc_ipynb_file__", None) or os.environ.get("JPY_SESSION_NAME")
    if named is None:
        return None
    script = Path(named).absolute()
    return script if script.is_file() else None


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Walk over the files of a folder, without following links to outside of it."""
    for found, folders, files in os.walk(folder, onerror=_fail):
        here = Path(found)
        folders[:] = sorted(name for name in folders if _is_ours(here / name))
        for name in files:
            file = here / name
            if not name.startswith(".") and _is_below(file, folder):
                yield file, file.relative_to(folder).as_posix()


def _is_ours(folder: Path) -> bool:
    """Tell whether a folder may hold code of the program itself."""
    if folder.name.startswith(".") or folder.name in _LEFT_OUT:
        return False
    return not (folder / "pyvenv.cfg").exists()


def _is_below(file: Path, folder: Path) -> bool:
    """Tell whether a file lies in a folder, links followed."""
    return Path(os.path.realpath(file)).is_relative_to(folder) and file.is_file()


def _choice(choice: Choice) -> Callable[[Path, Path], bool]:
    """Call a choice with what it takes: a path, or a path and the folder."""
    try:
        takes_folder = len(inspect.signature(choice).parameters) > 1
    except (TypeError, ValueError):
        raise InputError(
            f"{choice!r} cannot choose files",
            hint="Give a function that takes a path, or a path and the folder.",
        ) from None

    def chosen(file: Path, folder: Path) -> bool:
        return bool(choice(str(file), str(folder)) if takes_folder else choice(str(file)))

    return chosen


def _is_python(path: str) -> bool:
    return path.endswith(".py")


def _is_nothing(path: str) -> bool:  # noqa: ARG001  No file is left out.
    return False


def _fail(error: OSError) -> None:
    """Report what os.walk would pass over."""
    raise error
